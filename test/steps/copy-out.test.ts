import {expect, test} from 'vitest';
import {copyOut} from '../../source/steps/copy-out.js';
import {fingerprintOf} from './literal/here.js';
import {failing, literalWorld, twoEntries, type Literals} from './literal/world.js';

const remote = '/opt/out/unroot/r/userRoot.ldif';
const local = '/runs/r/data/userRoot.ldif';

const standWith = (literals: Literals & {readonly inPod?: string; readonly isEncrypted?: boolean} = {}) => {
	const {inPod = twoEntries, isEncrypted = false} = literals;
	return literalWorld({
		pods: {'old-0': {counts: {userRoot: '2'}, files: new Map([[remote, inPod]])}},
		...literals,
		outcomes: {
			export: {
				server: {pod: 'old-0', container: 'pingdirectory', ldapsPort: 636},
				files: [{backend: 'userRoot', file: remote, exported: 2, counted: 2, ...fingerprintOf(twoEntries)}],
				isEncrypted,
			},
		},
	});
};

const performed = async (literals?: Parameters<typeof standWith>[0]) => {
	const stand = standWith(literals);
	return {...stand, outcome: await copyOut.perform(stand.context(), stand.reporter)};
};

test('the copy is digested on its way, and is what lies in the pod', async () => {
	const {outcome, context, here} = await performed();
	expect(here.get(local)).toBe(twoEntries);
	expect(outcome).toMatchObject({files: [{entries: 2, digest: expect.stringMatching(/^[\da-f]{64}$/v) as string}]});
	expect(failing(await copyOut.verify(context({'copy-out': outcome})))).toEqual([]);
});

test('an encrypted copy has neither digest nor count', async () => {
	const {outcome, context} = await performed({isEncrypted: true});
	expect(outcome).toMatchObject({files: [{entries: null, digest: null}]});
	const evidence = await copyOut.verify(context({'copy-out': outcome}));
	expect(evidence.map(({label, holds}) => [label, holds])).toEqual([
		['copy of userRoot', true],
		['mode of the file', true],
	]);
});

test('a copy that is not the export is no copy, though it is as it was copied', async () => {
	const {outcome, context} = await performed({inPod: `${twoEntries}\n`});
	expect(failing(await copyOut.verify(context({'copy-out': outcome})))).toEqual(['copy of userRoot']);
});

test.each([
	['has another byte', twoEntries.replace('sn: L', 'sn: M')],
	['is shorter', twoEntries.slice(0, -1)],
])('a copy that %s since is no copy', async (_, text) => {
	const {outcome, context, here} = await performed();
	here.set(local, text);
	expect(failing(await copyOut.verify(context({'copy-out': outcome})))).toEqual(['copy of userRoot']);
});

test('a copy that is gone, and one that others may read, are told', async () => {
	const {outcome, context, here} = await performed();
	here.delete(local);
	expect(failing(await copyOut.verify(context({'copy-out': outcome})))).toEqual([
		'copy of userRoot',
		'mode of the file',
	]);
	const open = await performed({modes: {[local]: 0o640}});
	expect(failing(await copyOut.verify(open.context({'copy-out': open.outcome})))).toEqual(['mode of the file']);
});

test('a copy with another number of entries than were exported is none', async () => {
	const {outcome, context} = await performed();
	const [file] = (outcome as {readonly files: readonly object[]}).files;
	for (const entries of [1, null]) {
		expect(failing(await copyOut.verify(context({'copy-out': {files: [{...file, entries}]}})))).toEqual([
			'entries of userRoot',
		]);
	}
});

test('too little room here, and a folder inside of git, are told before anything is copied', async () => {
	const {context} = standWith();
	expect(await copyOut.inspect(context())).toMatchObject({state: 'to-do', facts: [{}, {label: 'free here'}]});
	const base = context();
	const full = {...base, world: {...base.world, files: {...base.world.files, freeBytes: async () => 10}}};
	expect(await copyOut.inspect(full)).toMatchObject({state: 'blocked', failure: {code: 'no-space-here'}});
	expect(await copyOut.inspect(literalWorld().context())).toMatchObject({state: 'not-needed'});
	expect(await copyOut.questions(base)).toEqual([]);
	expect(await copyOut.preview(base)).toMatchObject({files: [local], commands: [expect.stringContaining(remote)]});
	expect(copyOut.undo.kind).toBe('cannot');
});
