import {randomUUID} from 'node:crypto';
import {mkdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import process from 'node:process';
import {Failure} from '../failure/failure.js';
import {quoted} from '../failure/quoted.js';
import {folderMode} from './durable.js';
import {isAbsent, withPath} from './file-failure.js';
import {takeOsLock} from './os-lock.js';
import {isRunning, startMarkOf} from './processes.js';
import {isSameMachine, thisMachine, type Machine} from './this-machine.js';

/** A run's folder that no other process works in. */
export type RunLock = {readonly release: () => Promise<void>};

/**
Who has a run, in words. `isLocked` says that it held the lock of the system too; a version before knew only this file.
*/
type Owner = Machine & {readonly pid: number; readonly start: string; readonly isLocked: boolean};

const ownerIn = (text: string): Owner | undefined => {
	try {
		const {host, machine, pid, start, isLocked} = JSON.parse(text) as Partial<Record<keyof Owner, unknown>>;
		return typeof host === 'string' && typeof pid === 'number' && typeof start === 'string'
			? {host, machine: typeof machine === 'string' ? machine : '', pid, start, isLocked: isLocked === true}
			: undefined;
	} catch {
		return undefined;
	}
};

const inUse = (path: string, owner: Owner | undefined, isHere: boolean): Failure =>
	new Failure({
		code: 'run-in-use',
		seen: owner
			? `The run is in use by the process ${owner.pid} on ${owner.host}.`
			: 'The run is in use by another process.',
		means: 'Two processes that work on one run would spoil its journal, so the second one does not start.',
		todo: isHere
			? 'Go on in that terminal, or end that process.'
			: 'Go on there, or end that process. If that machine is gone for good, remove the lock.',
		byHand: isHere ? `ps -p ${owner?.pid ?? 'PID'}` : `rm ${quoted(path)}`,
		exit: 'blocked',
		retryable: true,
	});

const readOwner = async (path: string): Promise<Owner | undefined> => {
	try {
		return ownerIn(await readFile(path, 'utf8'));
	} catch (error) {
		if (isAbsent(error)) {
			return undefined;
		}

		throw error;
	}
};

/**
Whether who is named has the run, although the lock of the system is free: elsewhere, where that lock may not be seen,
or with a version before.
*/
const holdsElsewise = async (owner: Owner, isHere: boolean): Promise<boolean> =>
	isHere ? !owner.isLocked && isRunning(owner.pid, owner.start) : true;

const take = async (folder: string, path: string): Promise<RunLock> => {
	await mkdir(folder, {recursive: true, mode: folderMode});
	const here = await thisMachine();
	const own: Owner = {...here, pid: process.pid, start: await startMarkOf(process.pid), isLocked: true};
	const lock = await takeOsLock(join(folder, '.lock'));
	if (!lock) {
		throw inUse(path, await readOwner(path), true);
	}

	const beside = `${path}.${randomUUID()}`;
	try {
		const owner = await readOwner(path);
		const isHere = owner !== undefined && isSameMachine(owner, here);
		if (owner && (await holdsElsewise(owner, isHere))) {
			throw inUse(path, owner, isHere);
		}

		await writeFile(beside, JSON.stringify(own), {mode: 0o600, flag: 'wx'});
		await rename(beside, path);
	} catch (error) {
		lock.release();
		await rm(beside, {force: true});
		throw error;
	}

	return {
		async release() {
			const owner = await readOwner(path).catch(() => undefined);
			if (owner?.pid === own.pid && owner.start === own.start) {
				await rm(path, {force: true});
			}

			lock.release();
		},
	};
};

/**
Keeps a second process away from a run's folder, by a lock of the system on the file `.lock` that ends with this
process, and a file `lock` that names it. Rejects with the Failure `run-in-use`.
*/
export const lockRun = async (folder: string): Promise<RunLock> => {
	const path = join(folder, 'lock');
	return withPath('locked', path, async () => take(folder, path));
};
