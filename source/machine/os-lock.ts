import {open} from 'node:fs/promises';
import process from 'node:process';
import type {DatabaseSync} from 'node:sqlite';
import {Failure} from '../failure/failure.js';
import {quoted} from '../failure/quoted.js';

/** A lock that the operating system takes away when its process ends, however it ends. */
export type OsLock = {readonly release: () => void};

/** SQLite's result code for a lock that somebody else has. Source: sqlite.org, rescode.html. */
const busy = 5;

/*
Node opens no file with a lock of its own; its SQLite does. A lock of POSIX on a file is the kernel's: a process that
has ended, and one that has ended and was not reaped, hold none, and a number that another process has by now means
nothing. The file stays empty: nothing is ever written to the database.
*/
const sqlite = (): {readonly DatabaseSync: typeof DatabaseSync} => {
	const {emitWarning} = process;
	// Node calls its SQLite experimental, on standard error, when it is first loaded: not a word for an operator.
	process.emitWarning = () => undefined;
	try {
		return process.getBuiltinModule('node:sqlite');
	} finally {
		process.emitWarning = emitWarning;
	}
};

const impossible = (path: string, problem: string): Failure =>
	new Failure({
		code: 'lock-impossible',
		seen: `${path} cannot be locked: ${problem}.`,
		means: 'That file system does not keep two processes apart, and two processes would spoil the journal of a run.',
		todo: 'Let the folder of the run be on a local disk (--run FOLDER), then try again.',
		byHand: `df ${quoted(path)}`,
		exit: 'blocked',
	});

/**
Makes the empty file where there is none. One that is there is not opened: to close it would let go of a lock that this
process has on it.
*/
const makeFile = async (path: string): Promise<void> => {
	try {
		const handle = await open(path, 'wx', 0o600);
		await handle.close();
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
			throw error;
		}
	}
};

/**
Locks a file, or gives undefined where another process has it, or this one already. Rejects with a Failure on a file
system without locks.
*/
export const takeOsLock = async (path: string): Promise<OsLock | undefined> => {
	await makeFile(path);
	const {DatabaseSync: Database} = sqlite();
	let database: DatabaseSync | undefined;
	try {
		database = new Database(path);
		database.exec('PRAGMA journal_mode = OFF');
		database.exec('BEGIN EXCLUSIVE');
	} catch (error) {
		database?.close();
		const {errcode = 0, message} = error as Error & {readonly errcode?: number};
		// The lower byte is the kind, the rest what kind of it.
		if (errcode % 256 === busy) {
			return undefined;
		}

		throw impossible(path, message);
	}

	const held = database;
	return {
		release() {
			held.close();
		},
	};
};
