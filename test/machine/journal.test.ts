import {appendFile, mkdir, readFile, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {expect, test} from 'vitest';
import {createFiles} from '../../source/machine/files.js';
import {journalPath, openJournal, readJournal} from '../../source/machine/journal.js';
import {journalFormat, type JournalEvent} from '../../source/migration/event.js';
import {fold} from '../../source/migration/fold/index.js';
import {emptyState, type RunState} from '../../source/migration/state.js';
import {temporaryFolder} from './temporary-folder.js';

const opened: JournalEvent = {
	at: '2026-11-24T10:00:00.000Z',
	type: 'run-opened',
	format: 1,
	run: '20261124-100000-identity',
	mode: 'migrate',
	context: 'production',
	namespace: 'identity',
	sandbox: false,
	program: '0.1.0',
	steps: ['connect', 'inventory'],
	by: 'ada',
};
const started: JournalEvent = {
	at: '2026-11-24T10:00:01.000Z',
	type: 'step-started',
	step: 'connect',
	attempt: 1,
};

const journalOf = async (...events: readonly JournalEvent[]): Promise<string> => {
	const folder = await temporaryFolder();
	const journal = await openJournal(folder);
	for (const event of events) {
		await journal.append(event);
	}

	await journal.close();
	return folder;
};

test('what was appended is read again, in order, by the owner alone', async () => {
	const folder = await journalOf(opened, started);
	expect(await readJournal(folder)).toEqual([opened, started]);
	expect(await createFiles({home: '/'}).stat(journalPath(folder))).toMatchObject({mode: 0o600});
});

test('appending goes on where an earlier session ended', async () => {
	const folder = await journalOf(opened);
	const journal = await openJournal(folder);
	await journal.append(started);
	await journal.close();
	expect(await readJournal(folder)).toEqual([opened, started]);
});

test('events that are appended at once keep their order and their lines', async () => {
	const folder = await journalOf(opened);
	const journal = await openJournal(folder);
	const events = Array.from({length: 50}, (_, attempt): JournalEvent => ({...started, attempt}));
	await Promise.all(events.map(async event => journal.append(event)));
	await journal.close();
	expect(await readJournal(folder)).toEqual([opened, ...events]);
});

test('wherever the last line was torn, the events before it are read, and the next one is appended after them', async () => {
	const folder = await journalOf(opened);
	const line = JSON.stringify(started);
	const whole = await readFile(journalPath(folder), 'utf8');
	for (const length of [1, 10, line.length - 1, line.length]) {
		await writeFile(journalPath(folder), whole + line.slice(0, length));
		expect(await readJournal(folder)).toEqual([opened]);
		const journal = await openJournal(folder);
		await journal.append(started);
		await journal.close();
		expect(await readJournal(folder)).toEqual([opened, started]);
	}
});

test('a torn line that is cut in the middle of a character, or filled with zeros, is dropped', async () => {
	const folder = await journalOf(opened);
	await appendFile(journalPath(folder), Uint8Array.of(0x7b, 0xc3));
	expect(await readJournal(folder)).toEqual([opened]);
	await appendFile(journalPath(folder), new Uint8Array(512));
	expect(await readJournal(folder)).toEqual([opened]);
});

test.each([
	['is not JSON', '{"type": "step-sta'],
	['is not an event', '{"at": "2026-11-24T10:00:01.000Z", "type": "step-guessed", "step": "connect"}'],
	['lacks a field', '{"at": "2026-11-24T10:00:01.000Z", "type": "step-started", "step": "connect"}'],
	['names a step that there is not', '{"at": "2026-11-24T10:00:01.000Z", "type": "undo-started", "step": "reboot"}'],
	['is empty', ''],
])('a line in the middle that %s is refused, with its number', async (_, line) => {
	const folder = await journalOf(opened);
	await appendFile(journalPath(folder), `${line}\n${JSON.stringify(started)}\n`);
	await expect(readJournal(folder)).rejects.toMatchObject({
		parts: {code: 'journal-corrupt', exit: 'blocked', seen: expect.stringContaining('Line 2 of') as string},
	});
});

test('a journal that does not begin with the opening of a run is refused', async () => {
	const folder = await journalOf(started);
	await expect(readJournal(folder)).rejects.toMatchObject({parts: {code: 'journal-corrupt'}});
});

test('a journal of a newer format is refused, whatever else is in it', async () => {
	const folder = await temporaryFolder();
	await writeFile(
		journalPath(folder),
		`${JSON.stringify({type: 'run-opened', format: journalFormat + 1, somethingNew: true})}\n{"type":"unheard-of"}\n`,
	);
	await expect(readJournal(folder)).rejects.toMatchObject({parts: {code: 'journal-newer'}});
});

test('an empty journal, one with nothing but a torn line, and a missing one are refused', async () => {
	const folder = await temporaryFolder();
	await expect(readJournal(folder)).rejects.toMatchObject({parts: {code: 'journal-missing'}});
	await writeFile(journalPath(folder), '');
	await expect(readJournal(folder)).rejects.toMatchObject({parts: {code: 'journal-empty'}});
	await writeFile(journalPath(folder), JSON.stringify(opened));
	await expect(readJournal(folder)).rejects.toMatchObject({parts: {code: 'journal-empty'}});
});

test('fields that are not known are kept', async () => {
	const folder = await temporaryFolder();
	const event = {...opened, ticket: 'CHG-1'};
	await writeFile(journalPath(folder), `${JSON.stringify(event)}\n`);
	expect(await readJournal(folder)).toEqual([event]);
});

test('a journal of format 1 with every kind of event is read and can be folded', async () => {
	const events = await readJournal(fileURLToPath(new URL('journals/1', import.meta.url)));
	const state = events.reduce<RunState>((before, event) => fold(before, event), emptyState);
	expect(new Set(events.map(({type}) => type)).size).toBe(16);
	expect(state).toMatchObject({
		status: 'rolled-back',
		cluster: {uid: '8a9c4a86-4a64-4f2c-9a53-0d0b4c4f0a11'},
		answers: {strategy: 'fresh'},
	});
	expect(state.steps.map(({id, status}) => [id, status])).toEqual([
		['connect', 'done'],
		['strategy', 'waiting'],
		['export', 'failed'],
		['preview', 'skipped'],
		['apply', 'undone'],
	]);
});

test('a folder that cannot hold a journal is told with its path', async () => {
	const folder = await temporaryFolder();
	await mkdir(journalPath(folder));
	await expect(openJournal(folder)).rejects.toMatchObject({
		parts: {code: 'file', seen: expect.stringContaining(join(folder, 'journal.jsonl')) as string},
	});
	const found = await stat(journalPath(folder));
	expect(found.isDirectory()).toBe(true);
});
