import {randomBytes, randomUUID} from 'node:crypto';
import {lstat, open, rename, rm} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {Failure} from '../failure/failure.js';
import {quoted} from '../failure/quoted.js';
import {isAbsent} from './file-failure.js';

const blockBytes = 1024 * 1024;

/**
Overwrites a file with random bytes, gives it another name and removes it. On a disk that writes elsewhere than where it
was told (an SSD, a copy-on-write file system, a snapshot, a backup) older copies of its blocks may remain: only a disk
that is encrypted, or a copy that was sealed before it was ever written plain, is proof against that. Nothing happens
where there is no file; a symbolic link is refused.
*/
export const shred = async (path: string): Promise<void> => {
	let found;
	try {
		found = await lstat(path);
	} catch (error) {
		if (isAbsent(error)) {
			return;
		}

		throw error;
	}

	if (!found.isFile()) {
		throw new Failure({
			code: 'shred-refused',
			seen: `${path} is not a plain file.`,
			means: 'Only the file itself is overwritten, never what a link points at. Nothing was changed.',
			todo: 'Look what it is, and remove it yourself.',
			byHand: `ls -l ${quoted(path)}`,
		});
	}

	const handle = await open(path, 'r+');
	try {
		for (let at = 0; at < found.size; at += blockBytes) {
			const block = randomBytes(Math.min(blockBytes, found.size - at));
			await handle.write(block, 0, block.length, at);
		}

		await handle.sync();
		await handle.truncate(0);
		await handle.sync();
	} finally {
		await handle.close();
	}

	const nameless = join(dirname(path), randomUUID());
	await rename(path, nameless);
	await rm(nameless);
};
