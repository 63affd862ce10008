import {randomUUID} from 'node:crypto';
import {constants, copyFile, link, mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {hostname} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';
import {Failure} from '../failure/failure.js';
import {quoted} from '../failure/quoted.js';
import {folderMode} from './durable.js';
import {isAbsent, withPath} from './file-failure.js';
import {isAlive, startOf} from './processes.js';

/** A run's folder that no other process of this machine works in. */
export type RunLock = {readonly release: () => Promise<void>};

type Owner = {readonly host: string; readonly pid: number; readonly start: string};

const ownerIn = (text: string): Owner | undefined => {
	try {
		const {host, pid, start} = JSON.parse(text) as Partial<Owner>;
		return typeof host === 'string' && typeof pid === 'number' && typeof start === 'string'
			? {host, pid, start}
			: undefined;
	} catch {
		return undefined;
	}
};

const inUse = (path: string, owner: Owner | undefined): Failure =>
	new Failure({
		code: 'run-in-use',
		seen: owner
			? `The run is in use by the process ${owner.pid} on ${owner.host}.`
			: `The run's lock ${path} was left behind and does not say whether its process still runs.`,
		means: 'Two processes that work on one run would spoil its journal, so the second one does not start.',
		todo: owner
			? 'Go on in that terminal, or end that process. If it is on a machine that is gone for good, remove the lock.'
			: 'If no other unroot runs, remove the lock.',
		byHand: owner?.host === hostname() ? `ps -p ${owner.pid}` : `rm ${quoted(path)}`,
		exit: 'blocked',
		retryable: true,
	});

const readLock = async (path: string): Promise<string | undefined> => {
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		if (isAbsent(error)) {
			return undefined;
		}

		throw error;
	}
};

/** Whether the process that made the lock is gone: dead, or its number belongs to another one by now. */
const isStale = async (owner: Owner | undefined): Promise<boolean> =>
	owner?.host === hostname()
		? !isAlive(owner.pid) || (owner.start !== '' && (await startOf(owner.pid)) !== owner.start)
		: false;

/** Puts a whole file at a path where there is none. Gives false where there is one. */
const place = async (file: string, path: string): Promise<boolean> => {
	try {
		await link(file, path);
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
			return false;
		}
	}

	// A file system without hard links.
	try {
		await copyFile(file, path, constants.COPYFILE_EXCL);
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
			return false;
		}

		throw error;
	}
};

/** Takes a stale lock away. Only who holds the guard beside it may, so that nobody takes away the fresh lock of who was faster. */
const takeAway = async (own: string, path: string, stale: string): Promise<void> => {
	const guard = `${path}.taking`;
	if (!(await place(own, guard))) {
		const left = await readLock(guard);
		if (left !== undefined && (await isStale(ownerIn(left)))) {
			throw inUse(guard, undefined);
		}

		return;
	}

	try {
		if ((await readLock(path)) === stale) {
			await rm(path);
		}
	} finally {
		await rm(guard, {force: true});
	}
};

const take = async (folder: string, path: string): Promise<RunLock> => {
	await mkdir(folder, {recursive: true, mode: folderMode});
	const own = JSON.stringify({host: hostname(), pid: process.pid, start: await startOf(process.pid)} satisfies Owner);
	const beside = `${path}.${randomUUID()}`;
	await writeFile(beside, own, {mode: 0o600, flag: 'wx'});
	try {
		while (!(await place(beside, path))) {
			const text = await readLock(path);
			if (text === undefined) {
				continue;
			}

			const owner = ownerIn(text);
			if (!(await isStale(owner))) {
				throw inUse(path, owner);
			}

			await takeAway(beside, path, text);
		}
	} finally {
		await rm(beside, {force: true});
	}

	return {
		async release() {
			if ((await readLock(path)) === own) {
				await rm(path, {force: true});
			}
		},
	};
};

/**
Keeps a second process away from a run's folder, by a file `lock` that names this process. A lock whose process is gone is taken away. Rejects with the Failure `run-in-use`.
*/
export const lockRun = async (folder: string): Promise<RunLock> => {
	const path = join(folder, 'lock');
	return withPath('locked', path, async () => take(folder, path));
};
