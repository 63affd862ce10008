import {Buffer} from 'node:buffer';
import {randomBytes} from 'node:crypto';
import {link, open, readdir, readFile, writeFile, type FileHandle} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, onTestFinished, test, vi} from 'vitest';
import {shred} from '../../source/machine/shred.js';
import {temporaryFolder} from './temporary-folder.js';

const pieces = (bytes: Uint8Array, size: number): readonly string[] =>
	Array.from({length: Math.floor(bytes.length / size)}, (_, index) =>
		Buffer.from(bytes.subarray(index * size, (index + 1) * size)).toString('hex'),
	);

test.each([
	['a few bytes', 640],
	['more than a block of it', 1_100_000],
])('%s are overwritten, all of them, before the file is emptied', async (_, length) => {
	const folder = await temporaryFolder();
	const path = join(folder, 'users.ldif');
	const before = randomBytes(length);
	await writeFile(path, before);
	// Another name of the same file, to see what is on the disk at the moment in which it is emptied.
	await link(path, join(folder, 'name'));
	const handle = await open(path);
	const kind = Object.getPrototypeOf(handle) as FileHandle;
	await handle.close();
	const seen: Uint8Array[] = [];
	const {truncate} = kind;
	const spy = vi.spyOn(kind, 'truncate').mockImplementation(async function (this: FileHandle, bytes?: number) {
		seen.push(await readFile(join(folder, 'name')));
		await Reflect.apply(truncate, this, [bytes]);
	});
	onTestFinished(() => {
		spy.mockRestore();
	});

	await shred(path);
	expect(seen).toHaveLength(1);
	expect(seen[0]).toHaveLength(length);
	// Not one run of bytes is left in its place.
	const held = new Set(pieces(before, 64));
	expect(pieces(seen[0]!, 64).filter(piece => held.has(piece))).toEqual([]);
	expect(await readdir(folder)).toEqual(['name']);
	expect(await readFile(join(folder, 'name'))).toHaveLength(0);
});
