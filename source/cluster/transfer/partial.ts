import {constants} from 'node:fs';
import {open, readFile, rename, rm, statfs, type FileHandle} from 'node:fs/promises';
import {dirname} from 'node:path';
import {localDiskFull} from './failures.js';
import {readRanges} from './look.js';

/**
A copy here that is not whole yet: `<file>.part`, and beside it `<file>.part.ranges`, which says what of it is verified.
*/
export type PartialCopy = {
	readonly handle: FileHandle;
	/** Ranges that an earlier try verified, with their hashes. */
	readonly recorded: ReadonlyMap<number, string>;
	/** Records a range as verified, after the bytes are on the disk. Does not wait for it. */
	readonly record: (range: number, sha256: string) => void;
	/** Rejects where a record could not be written. */
	readonly settled: () => Promise<void>;
	/** Writes the list of ranges anew, without some. */
	readonly forget: (ranges: ReadonlySet<number>) => Promise<void>;
	/** Puts the copy in place. */
	readonly place: () => Promise<void>;
	readonly close: () => Promise<void>;
};

/** The partial copy of a file, and its list of ranges. */
const partsOfCopy = (path: string): {readonly part: string; readonly list: string} => ({
	part: `${path}.part`,
	list: `${path}.part.ranges`,
});

/** The files that a copy to a path may leave beside it when it is stopped. */
export const partialFiles = (path: string): readonly string[] => Object.values(partsOfCopy(path));

/** Only the operator reads user data; a link in the file's place is refused. */
const flags = constants.O_RDWR + constants.O_CREAT + constants.O_NOFOLLOW;
const mode = 0o600;

const syncFolder = async (path: string): Promise<void> => {
	const folder = await open(dirname(path), 'r');
	try {
		await folder.sync();
	} finally {
		await folder.close();
	}
};

const readList = async (path: string, source: string): Promise<ReadonlyMap<number, string>> => {
	let text: string;
	try {
		text = await readFile(path, 'utf8');
	} catch {
		return new Map();
	}

	// A last line without its end was torn by a crash.
	const [first, ...lines] = text.split('\n').slice(0, -1);
	return first === source ? readRanges(lines, '') : new Map();
};

/**
Opens the partial copy of a file, or begins one where there is none of this source. `source` names the source's state
and the size of ranges, on one line.
*/
export const openPartial = async (path: string, source: string, totalBytes: number): Promise<PartialCopy> => {
	const {part, list} = partsOfCopy(path);
	const recorded = await readList(list, source);
	const handle = await open(part, flags, mode);
	let ranges: FileHandle | undefined;
	const hashes = new Map(recorded);
	const waiting: string[] = [];
	let writing: Promise<void> | undefined;
	let problem: unknown;

	const begin = async (lines: ReadonlyMap<number, string>): Promise<void> => {
		await ranges?.close();
		ranges = await open(list, flags + constants.O_APPEND, mode);
		await ranges.truncate(0);
		await ranges.appendFile([source, ...Array.from(lines, ([range, sha256]) => `${range} ${sha256}`), ''].join('\n'));
		await ranges.datasync();
	};

	const write = async (): Promise<void> => {
		try {
			while (waiting.length > 0) {
				const lines = waiting.splice(0).join('');
				await handle.datasync();
				await ranges?.appendFile(lines);
				await ranges?.datasync();
			}
		} catch (error) {
			problem ??= error;
		} finally {
			writing = undefined;
		}
	};

	const settled = async (): Promise<void> => {
		await writing;
		if (problem !== undefined) {
			throw problem as Error;
		}
	};

	const close = async (): Promise<void> => {
		await writing;
		await handle.close();
		await ranges?.close();
	};

	try {
		await handle.chmod(mode);
		if (recorded.size === 0) {
			await handle.truncate(0);
		}

		await begin(recorded);
		const {bavail, bsize} = await statfs(dirname(path));
		const {blocks} = await handle.stat();
		if (totalBytes - blocks * 512 > bavail * bsize) {
			throw localDiskFull(path);
		}
	} catch (error) {
		await close();
		throw error;
	}

	return {
		handle,
		recorded,
		record(range, sha256) {
			hashes.set(range, sha256);
			waiting.push(`${range} ${sha256}\n`);
			writing ??= write();
		},
		settled,
		async forget(bad) {
			await writing;
			await begin(new Map([...hashes].filter(([range]) => !bad.has(range))));
		},
		async place() {
			await handle.truncate(totalBytes);
			await handle.sync();
			await rename(part, path);
			await rm(list, {force: true});
			await syncFolder(path);
		},
		close,
	};
};
