import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {lstat, mkdir, open, readdir, readFile, rm, stat, statfs} from 'node:fs/promises';
import {dirname, join, relative} from 'node:path';
import type {Files, TextSink} from '../migration/world.js';
import {folderMode, writeDurably} from './durable.js';
import {fileFailure, isAbsent, withPath} from './file-failure.js';
import {seal} from './seal.js';
import {readSecretFile} from './secret-file.js';
import {shred} from './shred.js';

/** Files hold what only the operator may read. */
const fileMode = 0o600;

/** Does something, and gives undefined where there is nothing at the path. */
const unlessAbsent = async <Result>(
	what: string,
	path: string,
	action: () => Promise<Result>,
): Promise<Result | undefined> => {
	try {
		return await action();
	} catch (error) {
		if (isAbsent(error)) {
			return undefined;
		}

		throw fileFailure(error, what, path);
	}
};

async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
	try {
		yield* createReadStream(path, {highWaterMark: 1024 * 1024}) as AsyncIterable<Uint8Array>;
	} catch (error) {
		throw fileFailure(error, 'read', path);
	}
}

/** The free bytes of the file system that will hold the path, whether or not there is anything yet. */
const freeBytes = async (path: string): Promise<number> => {
	const space = await unlessAbsent('looked at', path, async () => statfs(path));
	if (space) {
		return space.bavail * space.bsize;
	}

	const folder = dirname(path);
	return folder === path ? 0 : freeBytes(folder);
};

/** A file that grows. A link in its place is refused. */
const beginFile = async (path: string): Promise<TextSink> => {
	await mkdir(dirname(path), {recursive: true, mode: folderMode});
	await rm(path, {force: true});
	const handle = await open(path, 'wx', fileMode);
	return {
		write: async text =>
			withPath('written', path, async () => {
				await handle.writeFile(text);
			}),
		close: async () =>
			withPath('written', path, async () => {
				await handle.sync();
				await handle.close();
			}),
	};
};

/** Files on this machine. Rejects with a Failure that names the path. */
export const createFiles = ({home}: {readonly home: string}): Files => ({
	home,
	readText: async path => unlessAbsent('read', path, async () => readFile(path, 'utf8')),
	readSecret: async path => unlessAbsent('read', path, async () => readSecretFile(path)),
	writeText: async (path, text, mode = fileMode) =>
		withPath('written', path, async () => writeDurably(path, text, mode)),
	writeBytes: async (path, bytes, mode = fileMode) =>
		withPath('written', path, async () => writeDurably(path, bytes, mode)),
	readBytes: async path => unlessAbsent('read', path, async () => readFile(path)),
	remove: async path => withPath('removed', path, async () => rm(path, {force: true, recursive: true})),
	async list(folder) {
		const entries =
			(await unlessAbsent('read', folder, async () => readdir(folder, {recursive: true, withFileTypes: true}))) ?? [];
		return entries
			.filter(entry => entry.isFile())
			.map(entry => relative(folder, join(entry.parentPath, entry.name)))
			.toSorted();
	},
	async makeFolder(path) {
		await withPath('made', path, async () => mkdir(path, {recursive: true, mode: folderMode}));
	},
	freeBytes,
	async stat(path) {
		const found = await unlessAbsent('looked at', path, async () => stat(path));
		return found && {bytes: found.size, mode: found.mode % 0o1_0000, isFolder: found.isDirectory()};
	},
	stream: bytesOf,
	begin: async path => withPath('written', path, async () => beginFile(path)),
	async fingerprint(path) {
		const found = await unlessAbsent('read', path, async () => lstat(path));
		if (!found) {
			return undefined;
		}

		const hash = createHash('sha256');
		let bytes = 0;
		for await (const part of bytesOf(path)) {
			hash.update(part);
			bytes += part.length;
		}

		return {bytes, sha256: hash.digest('hex')};
	},
	shred: async path => withPath('shredded', path, async () => shred(path)),
	seal: async (path, passphraseFile) => withPath('sealed', path, async () => seal(path, passphraseFile)),
});
