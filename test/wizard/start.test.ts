import {expect, test} from 'vitest';
import {Failure} from '../../source/failure/failure.js';
import {createWaits} from '../../source/migration/waits.js';
import type {WorkloadRow} from '../../source/migration/workload-row.js';
import type {StartOptions} from '../../source/wizard/start/choice.js';
import {runStartMenu} from '../../source/wizard/start/index.js';
import {workloadRow} from '../workload-row.js';
import {createTerminal, keys, pasted} from './terminal.js';

const open = (changes: Partial<StartOptions> = {}) => {
	const terminal = createTerminal(80, 24);
	const choice = runStartMenu({
		...terminal,
		colour: false,
		ascii: false,
		screenReader: false,
		program: '0.1.0',
		waits: createWaits(Date.now),
		runs: [],
		contexts: async () => [
			{name: 'production', cluster: 'prod.example', isCurrent: false},
			{name: 'staging', cluster: 'staging.example', isCurrent: true},
		],
		workloads: async () => [],
		namespaces: async () => [{name: 'default'}, {name: 'ping', says: '1 Ping workload.'}, {name: 'ping-two'}],
		...changes,
	});
	const sees = async (what: string): Promise<void> => expect.poll(terminal.text).toContain(what);
	return {...terminal, choice, sees};
};

test('a migration is started in a context and a namespace, the current context first', async () => {
	const {press, sees, choice} = open();
	await sees('❯ Start a migration');
	press(keys.enter);
	await sees('❯ staging');
	await sees('the current context');
	press(keys.down);
	await sees('❯ production');
	press(keys.enter);
	await sees('Which namespace of production?');
	press('two');
	await sees('❯ ping-two');
	press(keys.enter);
	await expect(choice).resolves.toEqual({kind: 'migrate', context: 'production', namespace: 'ping-two'});
});

test('a run that stopped is offered first, with its place, its step and its age', async () => {
	const {press, sees, text, choice} = open({
		runs: [
			{
				run: 'run-1',
				context: 'staging',
				namespace: 'ping',
				mode: 'migrate',
				step: 'Copy out',
				ageSeconds: 7200,
			},
		],
	});
	await sees('❯ Go on with run-1');
	expect(text().replaceAll(/\s+/gv, ' ')).toContain(
		'In namespace ping, context staging. It stopped at «Copy out», 2 h ago.',
	);
	press(keys.enter);
	await expect(choice).resolves.toEqual({kind: 'resume', run: 'run-1'});
});

test('the sandbox needs no place', async () => {
	const {press, sees, choice} = open();
	await sees('Rehearse on the sandbox');
	press(keys.up);
	await sees('❯ Rehearse on the sandbox');
	press(keys.enter);
	await expect(choice).resolves.toEqual({kind: 'rehearse-sandbox'});
});

test('a namespace that cannot be listed can be named', async () => {
	const {press, sees, choice} = open({namespaces: async () => []});
	await sees('Start a migration');
	press(keys.down);
	await sees('❯ Rehearse on staging');
	press(keys.enter);
	await sees('do you rehearse on?');
	press(keys.enter);
	await sees('Type the name of the namespace.');
	press('hidden');
	await sees('❯ Use «hidden»');
	press(keys.enter);
	await expect(choice).resolves.toEqual({kind: 'rehearse', context: 'staging', namespace: 'hidden'});
});

test('a failure is shown in its four parts, and Esc goes back', async () => {
	const {press, sees, choice} = open({
		async contexts() {
			throw new Failure({
				code: 'kubeconfig',
				seen: 'The kubeconfig does not parse.',
				means: 'No cluster is known.',
				todo: 'Mend it.',
				byHand: 'kubectl config view',
			});
		},
	});
	await sees('❯ Start a migration');
	press(keys.enter);
	await sees('✗ The kubeconfig does not parse.');
	await sees('$ kubectl config view');
	press(keys.escape);
	await sees('❯ Start a migration');
	press(keys.interrupt);
	await expect(choice).resolves.toEqual({kind: 'quit'});
});

test('keys that come in one piece each do what they do alone', async () => {
	const {press, sees, text, choice} = open();
	await sees('❯ Start a migration');
	press('?');
	await sees('Where to begin');
	press(keys.escape);
	await sees('❯ Start a migration');
	press(keys.enter);
	await sees('❯ staging');
	for (const letter of 'production') {
		press(letter);
	}

	press(keys.enter);
	await sees('Which namespace of production?');
	press('nothing\u{15}');
	await sees('❯ default');
	expect(text()).not.toContain('Narrowed to');
	press('xyz\u{17}two\r');
	await expect(choice).resolves.toEqual({kind: 'migrate', context: 'production', namespace: 'ping-two'});
});

test('Esc leads one page back', async () => {
	const {press, sees, choice} = open();
	await sees('❯ Start a migration');
	press(keys.enter);
	await sees('Which cluster?');
	press(pasted('prod'));
	await sees('❯ production');
	press(keys.enter);
	await sees('Which namespace of production?');
	press(keys.escape);
	await sees('Which cluster?');
	await sees('Narrowed to prod');
	press(keys.escape);
	await sees('What do you want to do?');
	press('q');
	await expect(choice).resolves.toEqual({kind: 'quit'});
});

test('while a cluster does not answer, the page says who is waited for', async () => {
	let now = Date.parse('2026-03-01T10:00:00.000');
	const waits = createWaits(() => now);
	const {press, sees, choice} = open({
		waits,
		namespaces: async () =>
			waits.during(
				'the API server https://prod.example:6443',
				'GET /api/v1/namespaces',
				async () => Promise.withResolvers<never>().promise,
			),
	});
	now = Date.now() - 12_000;
	await sees('❯ Start a migration');
	press(keys.enter);
	await sees('❯ staging');
	press(keys.enter);
	await sees('Waiting for the API server https://prod.example:6443 since');
	await sees('/api/v1/namespaces)');
	press(keys.interrupt);
	await expect(choice).resolves.toEqual({kind: 'quit'});
});

const workload = (name: string, changes: Partial<WorkloadRow> = {}): WorkloadRow =>
	workloadRow({context: 'staging', namespace: 'ping', name, order: 'PingDirectory first.', ...changes});

const stopped: WorkloadRow['move'] = {
	kind: 'stopped',
	run: 'run-1',
	step: 'Cut over',
	at: '2026-11-30T10:00:00.000Z',
};

const moved: WorkloadRow['move'] = {kind: 'moved', run: 'run-0', at: '2026-11-29T10:00:00.000Z', to: 'users-9031'};

/** A namespace of three workloads, as it is opened by name. */
const openThree = () =>
	open({
		place: {context: 'staging', namespace: 'ping'},
		workloads: async () => [
			workload('pingdirectory', {
				move: stopped,
				frozen: {since: '2026-11-30T10:00:00.000Z'},
				order: 'Its servers refuse writes: end this first.',
			}),
			workload('groups', {blocks: [{code: 'namespace-held', seen: 'The run run-1 of ada holds the namespace.'}]}),
			workload('users', {move: moved, order: 'Nothing is left to do for it.'}),
			workload('legacy', {move: {kind: 'root', run: 'run-2', until: '2020-01-01'}}),
		],
	});

test('a namespace that is named opens on the table of its workloads, and a stopped run is gone on with from there', async () => {
	const {press, sees, text, choice} = openThree();
	await sees('❯ pingdirectory  pingdirectory 8.2.0.1  before 2103  3  WRITES REFUSED');
	expect(text()).toContain('Its servers refuse writes: end this first.');
	expect(text()).toContain('Enter go on   v verify');
	expect(
		text()
			.split('\n')
			.every(line => line.length <= 80),
	).toBe(true);
	press(keys.enter);
	await expect(choice).resolves.toEqual({kind: 'resume', run: 'run-1'});
});

test('a workload whose move is not begun is started from the table, and it says who is at work in the namespace', async () => {
	const {press, sees, choice} = openThree();
	await sees('❯ pingdirectory');
	press(keys.down);
	await sees('The run run-1 of ada holds the namespace.');
	press(keys.enter);
	await expect(choice).resolves.toEqual({
		kind: 'migrate',
		context: 'staging',
		namespace: 'ping',
		workload: 'StatefulSet/groups',
	});
});

test('a workload that has moved is verified from the table; Enter does nothing there', async () => {
	const {press, sees, text, choice} = openThree();
	await sees('❯ pingdirectory');
	press(keys.down + keys.down);
	await sees('❯ users');
	expect(text()).toContain('v verify');
	expect(text()).not.toContain('Enter start');
	press(keys.enter);
	press('v');
	await expect(choice).resolves.toEqual({kind: 'verify', run: 'run-0'});
});

test('what runs as root is paid for by a fresh deployment', async () => {
	const {press, sees, choice} = openThree();
	await sees('❯ pingdirectory');
	press(keys.up);
	await sees('❯ legacy');
	await sees('runs as root, overdue');
	await sees('Enter pay the debt');
	press(keys.enter);
	await expect(choice).resolves.toEqual({
		kind: 'migrate',
		context: 'staging',
		namespace: 'ping',
		workload: 'StatefulSet/legacy',
		strategy: 'fresh',
	});
});

test('Esc leads from the table to the menu, and a look that fails is told there', async () => {
	const {press, sees, choice} = open({
		place: {context: 'staging', namespace: 'ping'},
		async workloads() {
			throw new Failure({
				code: 'forbidden',
				seen: 'You may not list statefulsets.',
				means: 'The workloads are not known.',
				todo: 'Ask for the permission.',
				byHand: 'kubectl auth can-i --list',
			});
		},
	});
	await sees('✗ You may not list statefulsets.');
	press(keys.escape);
	await sees('❯ Start a migration');
	press(keys.interrupt);
	await expect(choice).resolves.toEqual({kind: 'quit'});
});

test('a namespace with several workloads is a table on the way of the menu, too', async () => {
	const {press, sees, choice} = open({
		workloads: async () => [workload('groups'), workload('users')],
	});
	await sees('❯ Start a migration');
	press(keys.enter);
	await sees('❯ staging');
	press(keys.enter);
	await sees('❯ default');
	press(keys.enter);
	await sees('❯ groups');
	press(keys.down);
	await sees('❯ users');
	press(keys.enter);
	await expect(choice).resolves.toMatchObject({kind: 'migrate', workload: 'StatefulSet/users'});
});
