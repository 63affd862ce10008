import {Buffer} from 'node:buffer';
import {constants} from 'node:fs';
import {mkdir, open, readFile, type FileHandle} from 'node:fs/promises';
import {join} from 'node:path';
import {Failure} from '../failure/failure.js';
import {quoted} from '../failure/quoted.js';
import {journalFormat, type JournalEvent} from '../migration/event.js';
import type {Journal} from '../migration/journal.js';
import {folderMode, syncFolder} from './durable.js';
import {isAbsent, withPath} from './file-failure.js';
import {eventReader} from './journal-schema.js';

/** A journal that is written to. */
export type OpenJournal = Journal & {readonly close: () => Promise<void>};

/** The journal's file in a run's folder. */
export const journalPath = (folder: string): string => join(folder, 'journal.jsonl');

const lineFeed = '\n';

/** A link in its place is not followed. */
const writing = constants.O_RDWR + constants.O_APPEND + constants.O_CREAT + constants.O_NOFOLLOW;

const refused = (
	path: string,
	parts: {readonly code: string; readonly seen: string; readonly means: string; readonly todo: string},
): Failure =>
	new Failure({
		...parts,
		byHand: `less ${quoted(path)}`,
		exit: 'blocked',
	});

const corrupt = (path: string, line: number, problem: string): Failure =>
	refused(path, {
		code: 'journal-corrupt',
		seen: `Line ${line} of ${path} cannot be read: ${problem}.`,
		means:
			'A journal torn at its very end is repaired, but this is not its end: it was changed, or the disk is bad. ' +
			'What the run did cannot be told with certainty, so it is not resumed.',
		todo:
			'Restore the file from a backup, or repair the line. Otherwise start a new run: it looks at the cluster ' +
			'and finds what is done.',
	});

const empty = (path: string, isThere: boolean): Failure =>
	refused(path, {
		code: isThere ? 'journal-empty' : 'journal-missing',
		seen: isThere ? `${path} holds no event.` : `There is no journal at ${path}.`,
		means: 'There is no run to go on with in that folder.',
		todo: 'Name the folder of a run with --run, or start a new run.',
	});

const newer = (path: string, format: number): Failure =>
	refused(path, {
		code: 'journal-newer',
		seen: `${path} has the format ${format}; this unroot reads up to ${journalFormat}.`,
		means: 'A newer unroot wrote it. This one might misread what was done, so it does not go on.',
		todo: 'Use the version of unroot that began the run, or a newer one.',
	});

/**
The lines that were written whole. What follows the last line feed was torn off while it was written, and was never
confirmed.
*/
const wholeLines = (text: string): readonly string[] =>
	text
		.slice(0, text.lastIndexOf(lineFeed) + 1)
		.split(lineFeed)
		.slice(0, -1);

const parsed = (path: string, line: string, number: number): unknown => {
	try {
		return JSON.parse(line);
	} catch {
		throw corrupt(path, number, 'it is not JSON');
	}
};

/**
Reads a run's events. A last line that was torn is dropped. Rejects with a Failure where there is no journal, where it
is empty, of a newer format, or damaged elsewhere than at its end.
*/
export const readJournal = async (folder: string): Promise<readonly JournalEvent[]> => {
	const path = journalPath(folder);
	const text = await withPath('read', path, async () => {
		try {
			// A link in its place leads elsewhere: it is not followed.
			return await readFile(path, {encoding: 'utf8', flag: constants.O_NOFOLLOW});
		} catch (error) {
			if (isAbsent(error)) {
				throw empty(path, false);
			}

			throw error;
		}
	});
	const values = wholeLines(text).map((line, index) => parsed(path, line, index + 1));
	const [first] = values;
	if (first === undefined) {
		throw empty(path, true);
	}

	const format = typeof first === 'object' && first !== null && 'format' in first ? first.format : undefined;
	if (typeof format === 'number' && format > journalFormat) {
		throw newer(path, format);
	}

	const read = await eventReader();
	const events = values.map((value, index) => {
		const result = read(value);
		if ('problem' in result) {
			throw corrupt(path, index + 1, result.problem);
		}

		return result.event;
	});
	if (events[0]?.type !== 'run-opened') {
		throw corrupt(path, 1, 'a journal begins with run-opened');
	}

	return events;
};

/** The length of what was written whole. */
const wholeBytes = async (handle: FileHandle): Promise<number> => {
	const bytes = await handle.readFile();
	return bytes.lastIndexOf(lineFeed) + 1;
};

/**
Opens a run's journal for writing, and makes it where there is none. A torn last line is cut off first. Appending
returns once the line is on the disk; a line that could not be written whole is taken back.
*/
export const openJournal = async (folder: string): Promise<OpenJournal> => {
	const path = journalPath(folder);
	const handle = await withPath('opened', path, async () => {
		await mkdir(folder, {recursive: true, mode: folderMode});
		return open(path, writing, 0o600);
	});
	let length = await withPath('opened', path, async () => {
		const whole = await wholeBytes(handle);
		await handle.truncate(whole);
		await handle.sync();
		await syncFolder(folder);
		return whole;
	});
	let last: Promise<void> = Promise.resolve();

	const write = async (event: JournalEvent): Promise<void> => {
		const line = Buffer.from(`${JSON.stringify(event)}${lineFeed}`);
		try {
			await handle.appendFile(line);
			await handle.datasync();
			length += line.length;
		} catch (error) {
			await handle.truncate(length);
			throw error;
		}
	};

	return {
		async append(event) {
			const before = last;
			const turn = async (): Promise<void> => {
				await before.catch(() => undefined);
				await withPath('written', path, async () => write(event));
			};

			last = turn();
			await last;
		},
		async close() {
			await last.catch(() => undefined);
			await handle.close();
		},
	};
};
