import {expect, test} from 'vitest';
import {digestOf} from '../../source/ldif/digest.js';
import {prove} from '../../source/steps/prove.js';
import type {Pod} from './literal/pod.js';
import {failing, literalWorld, podObject, twoEntries, type Literals} from './literal/world.js';

const digest = async (text: string): Promise<string> => {
	const result = await digestOf(
		(async function* () {
			yield new TextEncoder().encode(text);
		})(),
	);
	return result.digest;
};

const other = twoEntries.replace('sn: L', 'sn: Lovelace');

type Held = {
	/** What the new server exports again. */
	readonly onNew?: string;
	/** What lies here. */
	readonly copied?: string;
	readonly pod?: Partial<Pod>;
	readonly strategy?: 'fresh' | 'root';
} & Pick<Literals, 'lies'>;

const standWith = async ({onNew = twoEntries, copied = twoEntries, pod = {}, lies, strategy = 'fresh'}: Held = {}) => {
	const files = new Map<string, string>();
	const world = literalWorld({
		objects: [podObject('new-0', 'new')],
		pods: {
			'old-0': {counts: {userRoot: '2'}, files: new Map()},
			'new-0': {
				counts: {userRoot: '2'},
				files,
				tool: argv => ({
					log: 'Exported 2 entries and skipped 0 in 1 seconds',
					makes: [argv[argv.indexOf('--ldifFile') + 1] ?? '', onNew],
				}),
				...pod,
			},
		},
		here: new Map([['/runs/r/data/userRoot.ldif', copied]]),
		...(lies && {lies}),
		outcomes: {
			strategy: {
				strategy,
				newName: 'new',
				image: 'i',
				identity: {uid: 9031, gid: 9999},
				newPorts: {LDAP_PORT: 1389, LDAPS_PORT: 1636, HTTPS_PORT: 1443, JMX_PORT: 1689},
			},
			export: {files: [{backend: 'userRoot', exported: 2}], server: {pod: 'old-0'}, isEncrypted: false},
			import: {files: [{backend: 'userRoot', exported: 2, imported: 2, rejected: 0, skipped: 0}]},
			'copy-out': {
				files: [
					{backend: 'userRoot', path: '/runs/r/data/userRoot.ldif', digest: await digest(twoEntries), entries: 2},
				],
			},
		},
	});
	return {...world, files};
};

const performed = async (held?: Held) => {
	const stand = await standWith(held);
	const outcome = await prove.perform(stand.context(), stand.reporter);
	return {...stand, outcome, evidence: await prove.verify(stand.context({prove: outcome}))};
};

test('a new server that holds what was exported is proved, and its export is removed again', async () => {
	const {evidence, did, files, here} = await performed();
	expect(failing(evidence)).toEqual([]);
	expect(evidence.map(({label}) => label)).toEqual([
		'balance of userRoot',
		'entries of userRoot',
		'copy digest of userRoot',
		'target digest of userRoot',
		'user',
		'listening',
		'volume',
	]);
	expect([...files.keys(), ...here.keys()].filter(path => path.includes('proof'))).toEqual([]);
	expect(did.asked).toContain('new-0 remove');
});

test.each([
	['an entry has another value on the new server', {onNew: other}, '0 entries are missing'],
	[
		'an entry is missing on the new server',
		{onNew: twoEntries.slice(0, twoEntries.indexOf('dn: cn=Ada'))},
		'1 entries',
	],
	['the copy here was changed', {copied: other}, 'differ'],
])('where %s, nothing is proved, and the differences are named in files of the run', async (_, held, seen) => {
	const {context, reporter, here} = await standWith(held);
	await expect(prove.perform(context(), reporter)).rejects.toMatchObject({
		parts: {code: 'entries-differ', retryable: true, seen: expect.stringContaining(seen) as string},
	});
	expect(here.get('/runs/r/data/differences-userRoot.txt')).toMatch(/^(?:differs|missing) cn=ada,dc=example,dc=com/imv);
	expect(here.has('/runs/r/data/repair-userRoot.ldif')).toBe(true);
});

test('as root the old volume may have gone on taking writes, and that is said', async () => {
	const {evidence} = await performed({onNew: other, strategy: 'root'});
	expect(failing(evidence)).toEqual([]);
	expect(evidence.find(({label}) => label === 'target digest of userRoot')?.value).toContain('went on taking writes');
});

test('a digest in the journal that differs is no proof, whatever was performed', async () => {
	const {context} = await standWith();
	const proof = {backend: 'userRoot', source: 'a', copy: 'a', target: 'b', entries: 2};
	expect(failing(await prove.verify(context({prove: {proofs: [proof]}})))).toEqual(['target digest of userRoot']);
	expect(failing(await prove.verify(context({prove: {proofs: [{...proof, copy: 'b', target: 'a'}]}})))).toEqual([
		'copy digest of userRoot',
		'target digest of userRoot',
	]);
});

test.each<readonly [string, Held, string]>([
	['counts another number of entries', {pod: {counts: {userRoot: '1'}}}, 'entries of userRoot'],
	['counts none', {pod: {counts: {userRoot: '0'}}}, 'entries of userRoot'],
	['serves no such backend', {pod: {counts: {other: '2'}}}, 'entries of userRoot'],
	['runs as another user', {pod: {uid: 0}}, 'user'],
	['does not listen on LDAPS', {pod: {ports: [1389]}}, 'listening'],
	['listens on the old ports', {pod: {ports: [389, 636]}}, 'listening'],
	['has a volume that takes no write', {pod: {isReadOnly: true}}, 'volume'],
])('a new server that %s is not proved', async (_, held, label) => {
	const {context} = await standWith(held);
	const proof = {backend: 'userRoot', source: 'a', copy: 'a', target: 'a', entries: 2};
	expect(failing(await prove.verify(context({prove: {proofs: [proof]}})))).toEqual([label]);
});

test('a pod that does not say who it is proves nothing', async () => {
	const {context} = await standWith({lies: {runtime: 'uid \ngid \n'}});
	const proof = {backend: 'userRoot', source: 'a', copy: 'a', target: 'a', entries: 2};
	await expect(prove.verify(context({prove: {proofs: [proof]}}))).rejects.toMatchObject({
		parts: {code: 'user-unknown'},
	});
});

test('an encrypted copy has no digest, which is told, and its count is proved alone', async () => {
	const {context, reporter, did} = await standWith();
	const base = context();
	const encrypted = {
		...base,
		outcomes: {
			...base.outcomes,
			'copy-out': {files: [{backend: 'userRoot', path: '/runs/r/data/userRoot.ldif', digest: null, entries: null}]},
		},
	};
	const outcome = await prove.perform(encrypted, reporter);
	expect(outcome).toMatchObject({proofs: [{source: null, target: null, entries: 2}]});
	expect(did.asked).not.toContain('new-0 job');
	const told = prove.tell?.({...encrypted, outcomes: {...encrypted.outcomes, prove: outcome}}) ?? [];
	expect(told[0]).toMatchObject({mark: 'warning', value: expect.stringContaining('encrypted') as string});
});

test('it says what it will look at, and that there is nothing to undo', async () => {
	const {context} = await standWith();
	expect(await prove.inspect(context())).toMatchObject({
		state: 'to-do',
		facts: [{label: 'source of userRoot'}, {label: 'to be', value: 'uid 9031, ports 1389, 1636, 1443, 1689'}],
	});
	expect(await prove.questions(context())).toEqual([]);
	expect(await prove.preview(context())).toMatchObject({commands: []});
	expect(prove.undo.kind).toBe('cannot');
});
