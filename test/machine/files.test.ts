import {createHash} from 'node:crypto';
import {link, mkdir, readdir, readFile, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {createFiles} from '../../source/machine/files.js';
import {temporaryFolder} from './temporary-folder.js';

const files = createFiles({home: '/home/ada'});

test("a text is written for its owner alone, in folders that are the owner's alone", async () => {
	const folder = await temporaryFolder();
	const path = join(folder, 'run', 'deep', 'report.txt');
	await files.writeText(path, 'hello');
	expect(await files.readText(path)).toBe('hello');
	expect(await files.stat(path)).toEqual({bytes: 5, mode: 0o600, isFolder: false});
	expect(await files.stat(join(folder, 'run'))).toMatchObject({mode: 0o700, isFolder: true});
});

test('a file gets the mode that is asked for, also where there was one before', async () => {
	const path = join(await temporaryFolder(), 'hook.sh');
	await files.writeText(path, 'old');
	await files.writeText(path, 'new', 0o644);
	expect(await files.stat(path)).toMatchObject({mode: 0o644});
	expect(await files.readText(path)).toBe('new');
});

test('writing leaves nothing beside the file, and readers see the old or the new one', async () => {
	const folder = await temporaryFolder();
	const path = join(folder, 'state.json');
	const texts = Array.from({length: 20}, (_, index) => String(index).repeat(10_000));
	await files.writeText(path, texts[0] ?? '');
	const seen = await Promise.all(
		texts.map(async text => {
			await files.writeText(path, text);
			return files.readText(path);
		}),
	);
	expect(seen.every(text => texts.includes(text ?? ''))).toBe(true);
	expect(await readdir(folder)).toEqual(['state.json']);
});

test('what cannot be written leaves nothing behind and names the path', async () => {
	const folder = await temporaryFolder();
	const path = join(folder, 'taken');
	await mkdir(path);
	await expect(files.writeText(path, 'x')).rejects.toMatchObject({
		parts: {code: 'file', seen: expect.stringContaining(path) as string},
	});
	expect(await readdir(folder)).toEqual(['taken']);
});

test('bytes stay as they are', async () => {
	const path = join(await temporaryFolder(), 'license.bin');
	const bytes = Uint8Array.from({length: 256}, (_, index) => index);
	await files.writeBytes(path, bytes);
	expect(new Uint8Array((await files.readBytes(path)) ?? [])).toEqual(bytes);
});

test('nothing is there where nothing is', async () => {
	const folder = await temporaryFolder();
	const path = join(folder, 'no', 'such', 'file');
	expect(await files.readText(path)).toBeUndefined();
	expect(await files.readBytes(path)).toBeUndefined();
	expect(await files.stat(path)).toBeUndefined();
	expect(await files.fingerprint(path)).toBeUndefined();
	expect(await files.list(path)).toEqual([]);
	await expect(files.remove(path)).resolves.toBeUndefined();
	await expect(files.shred(path)).resolves.toBeUndefined();
});

test('a list names the files of all depths, and follows no symbolic link', async () => {
	const folder = await temporaryFolder();
	await mkdir(join(folder, 'outside'));
	await writeFile(join(folder, 'outside', 'secret'), '');
	await files.writeText(join(folder, 'tree', 'b', 'two'), '');
	await files.writeText(join(folder, 'tree', 'a'), '');
	await symlink(join(folder, 'outside'), join(folder, 'tree', 'link'));
	await symlink(join(folder, 'outside', 'secret'), join(folder, 'tree', 'file-link'));
	expect(await files.list(join(folder, 'tree'))).toEqual(['a', join('b', 'two')]);
});

test('a fingerprint is the length and SHA-256, and a stream gives the same bytes', async () => {
	const path = join(await temporaryFolder(), 'data');
	const bytes = new Uint8Array(3_000_000).fill(7);
	await writeFile(path, bytes);
	const hash = createHash('sha256');
	for await (const part of files.stream(path)) {
		hash.update(part);
	}

	expect(await files.fingerprint(path)).toEqual({bytes: 3_000_000, sha256: hash.digest('hex')});
	expect(await files.fingerprint(path)).toMatchObject({sha256: createHash('sha256').update(bytes).digest('hex')});
});

test('free space is told for a path that is not there yet', async () => {
	const folder = await temporaryFolder();
	expect(await files.freeBytes(join(folder, 'not', 'yet'))).toBeGreaterThan(0);
});

test('a shredded file is gone, and another name of it shows nothing of what it held', async () => {
	const folder = await temporaryFolder();
	const path = join(folder, 'users.ldif');
	await writeFile(path, 'userPassword: secret\n'.repeat(100_000));
	await link(path, join(folder, 'other-name'));
	await files.shred(path);
	expect(await readdir(folder)).toEqual(['other-name']);
	expect(await readFile(join(folder, 'other-name'), 'utf8')).not.toContain('secret');
});

test('what a symbolic link points at is never shredded', async () => {
	const folder = await temporaryFolder();
	await writeFile(join(folder, 'kept'), 'kept');
	await symlink(join(folder, 'kept'), join(folder, 'link'));
	await expect(files.shred(join(folder, 'link'))).rejects.toMatchObject({parts: {code: 'shred-refused'}});
	expect(await readFile(join(folder, 'kept'), 'utf8')).toBe('kept');
});
