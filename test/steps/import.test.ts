import {expect, test} from 'vitest';
import {importData} from '../../source/steps/import.js';
import type {Pod} from './literal/pod.js';
import {failing, literalWorld, podObject, twoEntries, type Literals} from './literal/world.js';

const rejectsPath = '/opt/out/unroot/r/rejects-userRoot.ldif';

const said = (imported: number, rejected: number): string =>
	`Processed ${imported + rejected} entries, imported ${imported}, skipped 0, rejected ${rejected} and ` +
	'migrated 0 in 1 ' +
	'seconds';

type Held = {
	/** What the tool says. */
	readonly log?: string;
	readonly rejects?: string;
	readonly pod?: Partial<Pod>;
	readonly digest?: string | null;
	readonly copied?: string;
} & Pick<Literals, 'answers' | 'lies' | 'notes' | 'outcomes'>;

const standWith = ({log = said(2, 0), rejects, pod = {}, digest = 'd', copied = twoEntries, ...rest}: Held = {}) => {
	const files = new Map<string, string>();
	const world = literalWorld({
		objects: [podObject('new-0', 'new')],
		pods: {
			'new-0': {
				counts: {userRoot: '2'},
				files,
				tool: () => ({log, ...(rejects !== undefined && {makes: [rejectsPath, rejects] as const})}),
				...pod,
			},
		},
		here: new Map([['/runs/r/data/userRoot.ldif', copied]]),
		...rest,
		outcomes: {
			export: {files: [{backend: 'userRoot', exported: 2}], server: {pod: 'old-0'}, isEncrypted: false},
			'copy-out': {files: [{backend: 'userRoot', path: '/runs/r/data/userRoot.ldif', digest, entries: 2, bytes: 10}]},
			...rest.outcomes,
		},
	});
	return {...world, files};
};

test('what was exported is copied in and imported, and all of it is there', async () => {
	const {context, reporter, files, did} = standWith();
	const outcome = await importData.perform(context(), reporter);
	expect(outcome).toEqual({files: [{backend: 'userRoot', exported: 2, imported: 2, rejected: 0, skipped: 0}]});
	expect(files.get('/opt/out/unroot/r/userRoot.ldif')).toBe(twoEntries);
	expect(did.notes).toEqual([{kind: 'import', backend: 'userRoot'}]);
	expect(failing(await importData.verify(context({import: outcome})))).toEqual([]);
});

test.each([
	['the tool counts one, and its file is empty', {log: said(1, 1)}],
	['the tool counts none, and its file has one', {rejects: '# Entry cn=Ada has no parent\ndn: cn=Ada\n'}],
	['the file is of a form that nobody knows', {rejects: 'something else altogether\n'}],
	['the tool says nothing, and its file has one', {log: 'nothing', rejects: 'dn: cn=Ada\n'}],
])('a rejected entry stops it: %s', async (_, held) => {
	const {context, reporter, did, here} = standWith(held);
	await expect(importData.perform(context(), reporter)).rejects.toMatchObject({
		parts: {code: 'entries-rejected', seen: 'The new server rejected 1 entry of userRoot.', retryable: true},
	});
	expect(did.notes.at(-1)).toEqual({kind: 'import-failed', backend: 'userRoot'});
	expect(here.has('/runs/r/data/rejects-userRoot.ldif')).toBe(true);
	expect(did.lines.join('\n')).not.toContain('Ada');
});

test('a reject file that cannot be counted is no empty one', async () => {
	const {context, reporter} = standWith({lies: {rejects: ''}});
	await expect(importData.perform(context(), reporter)).rejects.toMatchObject({
		parts: {code: 'rejects-unreadable', retryable: true},
	});
});

test('where the tool does not count what it imported, the server does', async () => {
	const {context, reporter} = standWith({log: 'nothing', pod: {counts: {userRoot: '1'}}});
	const outcome = await importData.perform(context(), reporter);
	expect(outcome).toMatchObject({files: [{imported: 1}]});
	expect(failing(await importData.verify(context({import: outcome})))).toEqual([
		'balance of userRoot',
		'entries of userRoot',
	]);
});

test('a server that no longer serves the backend, and does not say how much was imported, proves nothing', async () => {
	const {context, reporter} = standWith({log: 'nothing', pod: {counts: {other: '1'}}});
	await expect(importData.perform(context(), reporter)).rejects.toMatchObject({parts: {code: 'backend-not-served'}});
});

test.each([
	[{exported: 2, imported: 2, rejected: 0, skipped: 0}, []],
	[{exported: 2, imported: 1, rejected: 1, skipped: 0}, ['balance of userRoot']],
	[{exported: 2, imported: 1, rejected: 0, skipped: 1}, []],
	[{exported: 2, imported: 1, rejected: 0, skipped: 0}, ['balance of userRoot']],
	[{exported: 3, imported: 3, rejected: 0, skipped: 0}, ['entries of userRoot']],
])('of the counts %o does not hold: %o', async (counts, labels) => {
	const {context} = standWith();
	const files = [{backend: 'userRoot', ...counts}];
	expect(failing(await importData.verify(context({import: {files}})))).toEqual(labels);
});

test('a backend that the new server has not is told before anything is done', async () => {
	const {context} = standWith({pod: {counts: {other: '0'}}});
	expect(await importData.inspect(context())).toMatchObject({
		state: 'blocked',
		failure: {code: 'backend-missing', seen: 'The new server has no backend userRoot.', exit: 'blocked'},
	});
	// An import that was begun has taken its backend offline: that is looked at when it is performed.
	const begun = standWith({pod: {counts: {other: '0'}}, notes: [{kind: 'import', backend: 'userRoot'}]});
	expect(await importData.inspect(begun.context())).toMatchObject({state: 'to-do'});
	expect(await importData.inspect(standWith().context())).toMatchObject({
		state: 'to-do',
		facts: [{}, {value: '2 entries, which the import replaces'}, {label: 'space'}],
	});
});

test('an import that was cut off has its backend enabled and begins anew', async () => {
	const notes = [{kind: 'import', backend: 'userRoot'}];
	let isEnabled = false;
	const {context, reporter, did} = standWith({
		notes,
		lies: {
			enable() {
				isEnabled = true;
				return '';
			},
			backends: () => `dn: cn=monitor\nds-backend-id: ${isEnabled ? 'userRoot' : 'other'}\nds-backend-entry-count: 2\n`,
		},
	});
	expect(await importData.perform(context(), reporter)).toMatchObject({files: [{imported: 2}]});
	expect(did.asked).toContain('new-0 enable');
	expect(did.notes).toEqual([...notes, ...notes]);
	const stuck = standWith({notes, pod: {counts: {other: '0'}}});
	await expect(importData.perform(stuck.context(), stuck.reporter)).rejects.toMatchObject({
		parts: {code: 'backend-disabled', retryable: true},
	});
});

test('classes that the new server does not know stop it before anything is imported', async () => {
	const {context, reporter, did} = standWith({copied: `${twoEntries}\ndn: cn=X\nobjectClass: exampleThing\ncn: X\n`});
	await expect(importData.perform(context(), reporter)).rejects.toMatchObject({
		parts: {code: 'schema-missing', details: ['examplething'], exit: 'blocked'},
	});
	expect(did.asked).not.toContain('new-0 job');
	const silent = standWith({lies: {schema: 'dn: cn=schema\n'}});
	await expect(importData.perform(silent.context(), silent.reporter)).rejects.toMatchObject({
		parts: {code: 'no-schema'},
	});
});

test('a copy without an export in the journal is not imported', async () => {
	const {context, reporter} = standWith({
		outcomes: {export: {files: [{backend: 'other', exported: 2}], server: {pod: 'old-0'}, isEncrypted: false}},
	});
	await expect(importData.perform(context(), reporter)).rejects.toMatchObject({
		parts: {code: 'not-exported', exit: 'blocked'},
	});
});

test('nothing is imported where nothing was exported, or where the old volume is kept', async () => {
	const none = literalWorld();
	expect(await importData.inspect(none.context())).toMatchObject({state: 'not-needed', why: 'Nothing was exported.'});
	const {context} = standWith();
	expect(await importData.inspect(context({strategy: {strategy: 'root'}}))).toMatchObject({state: 'not-needed'});
});

test('undoing it removes the copy, and says what rm left', async () => {
	const {context, reporter, files} = standWith();
	files.set('/opt/out/unroot/r/userRoot.ldif', twoEntries);
	const {undo} = importData;
	if (undo.kind !== 'can') {
		expect.unreachable();
	}

	expect(failing(await undo.run(context(), reporter))).toEqual([]);
	expect(files.size).toBe(0);
	const lying = standWith({lies: {remove: 'left /opt/out/unroot/r/userRoot.ldif\nlooked\n'}});
	expect(await undo.run(lying.context(), lying.reporter)).toMatchObject([
		{holds: false, value: 'still there: /opt/out/unroot/r/userRoot.ldif'},
	]);
	const silent = standWith({lies: {remove: ''}});
	await expect(undo.run(silent.context(), silent.reporter)).rejects.toMatchObject({parts: {code: 'not-removed'}});
});

test('the preview names the command that replaces the backend', async () => {
	const {commands, summary} = await importData.preview(standWith().context());
	expect(commands).toEqual([expect.stringContaining('import-ldif --task --backendID userRoot') as string]);
	expect(summary.join(' ')).toContain('replaces userRoot of new-0');
});
