import {randomUUID} from 'node:crypto';
import {mkdir, open, rename, rm} from 'node:fs/promises';
import {dirname} from 'node:path';
import {isAbsent} from './file-failure.js';

/** Folders that are made are the operator's own. */
export const folderMode = 0o700;

/**
Makes a folder and those above it. Resolves to whether it was not there before. Node's own `recursive` hides why it
cannot (ENOENT for a read-only file system), and does not end where a parent that is there takes no folder (`/proc`).
*/
export const makeFolder = async (folder: string): Promise<boolean> => {
	try {
		await mkdir(folder, {mode: folderMode});
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
			return false;
		}

		if (!isAbsent(error) || !(await makeFolder(dirname(folder)))) {
			throw error;
		}

		await mkdir(folder, {mode: folderMode});
		return true;
	}
};

/** Makes what happened in a folder last. */
export const syncFolder = async (folder: string): Promise<void> => {
	const handle = await open(folder, 'r');
	try {
		await handle.sync();
	} catch (error) {
		// Some file systems do not let a folder be synced; a rename there is as lasting as it gets.
		if (!['EINVAL', 'ENOTSUP', 'EISDIR', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) {
			throw error;
		}
	} finally {
		await handle.close();
	}
};

/**
Writes a file so that there is the old one or the new one at any moment: a file beside it, synced, is renamed into
place.
*/
export const writeDurably = async (path: string, text: string | Uint8Array, mode: number): Promise<void> => {
	const folder = dirname(path);
	const beside = `${path}.${randomUUID()}.part`;
	await mkdir(folder, {recursive: true, mode: folderMode});
	try {
		const handle = await open(beside, 'wx', mode);
		try {
			await handle.writeFile(text);
			await handle.chmod(mode);
			await handle.sync();
		} finally {
			await handle.close();
		}

		await rename(beside, path);
	} catch (error) {
		await rm(beside, {force: true});
		throw error;
	}

	await syncFolder(folder);
};
