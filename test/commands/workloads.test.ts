import {expect, test} from 'vitest';
import type {LeaseHolder} from '../../source/cluster/lease/record.js';
import {workloadsTable} from '../../source/commands/workloads/index.js';
import {moveOf, type KnownRun, type Signs} from '../../source/commands/workloads/move.js';
import {inOrder} from '../../source/commands/workloads/order.js';
import type {JournalEvent} from '../../source/migration/event.js';
import {fold} from '../../source/migration/fold/index.js';
import {emptyState} from '../../source/migration/state.js';
import type {Move, WorkloadRow} from '../../source/migration/workload-row.js';
import {debtText} from '../../source/ping/debt.js';
import type {Workload} from '../../source/ping/workload.js';
import {workloadRow} from '../workload-row.js';

const at = '2026-11-30T10:00:00.000Z';
const now = new Date('2026-11-30T12:00:00.000Z');

const workload = (changes: Partial<Workload> = {}): Workload => ({
	kind: 'StatefulSet',
	name: 'pingdirectory',
	product: 'pingdirectory',
	container: 'pingdirectory',
	image: 'pingidentity/pingdirectory:2102-8.2.0.1',
	productVersion: '8.2.0.1',
	side: 'old',
	signs: [],
	ports: {},
	portsFrom: 'unknown',
	volumes: [],
	replicas: 3,
	pods: [],
	services: [],
	oldPortPlaces: [],
	manager: {kind: 'nobody'},
	...changes,
});

const holder: LeaseHolder = {
	run: 'run-1',
	by: 'ada@laptop',
	host: 'laptop',
	machine: '',
	pid: 1,
	start: '',
	since: '2026-11-30T11:00:00.000Z',
};

const decided = (way: 'fresh' | 'root') => ({
	strategy: way,
	newName: way === 'fresh' ? 'pingdirectory-9031' : 'pingdirectory',
});

const run = (events: readonly JournalEvent[] = [], way: 'fresh' | 'root' = 'fresh'): KnownRun => ({
	at,
	state: (
		[
			{
				type: 'run-opened',
				at,
				format: 2,
				run: 'run-1',
				mode: 'migrate',
				context: 'prod',
				namespace: 'identity',
				sandbox: false,
				program: '0.1.0',
				steps: ['inventory', 'strategy', 'apply', 'cut-over'],
				by: 'ada@laptop',
			},
			{type: 'step-started', at, step: 'inventory', attempt: 1},
			{
				type: 'step-performed',
				at,
				step: 'inventory',
				outcome: {workload: {kind: 'StatefulSet', name: 'pingdirectory'}},
			},
			{type: 'step-verified', at, step: 'inventory', evidence: []},
			{type: 'step-performed', at, step: 'strategy', outcome: decided(way)},
			{type: 'step-verified', at, step: 'strategy', evidence: []},
			{type: 'step-started', at, step: 'apply', attempt: 1},
			...events,
		] as readonly JournalEvent[]
	).reduce((state, event) => fold(state, event), emptyState),
});

const signs = (changes: Partial<Signs> = {}): Signs => ({
	runs: [],
	holder: undefined,
	annotations: {},
	isOnly: false,
	...changes,
});

const frozen: JournalEvent = {
	type: 'freeze-begun',
	at: '2026-11-30T10:30:00.000Z',
	step: 'cut-over',
	workload: {kind: 'StatefulSet', name: 'pingdirectory'},
	mode: 'disabled',
	servers: [],
};

const debt = debtText({
	since: '2026-06-01',
	by: 'ada',
	until: '2026-09-01',
	why: 'the volume is of root',
	run: 'run-1',
});

test.each<[string, Workload, Signs, Move, WorkloadRow['frozen']]>([
	['nobody has begun', workload(), signs(), {kind: 'not-begun'}, null],
	[
		'a run stands at a step, and nobody is at work',
		workload(),
		signs({runs: [run()]}),
		{kind: 'stopped', run: 'run-1', step: 'Apply', at},
		null,
	],
	[
		'somebody is at work',
		workload(),
		signs({runs: [run()], holder}),
		{kind: 'running', run: 'run-1', by: 'ada@laptop', since: holder.since},
		null,
	],
	[
		'a run stopped and left its servers frozen',
		workload(),
		signs({runs: [run([frozen])]}),
		{kind: 'stopped', run: 'run-1', step: 'Apply', at},
		{since: '2026-11-30T10:30:00.000Z'},
	],
	[
		'the clients have moved',
		workload({replicas: 0}),
		signs({runs: [run([{type: 'run-finished', at}])]}),
		{kind: 'moved', run: 'run-1', at, to: 'pingdirectory-9031'},
		null,
	],
	[
		'it was made by a run',
		workload({name: 'pingdirectory-9031', side: 'new'}),
		signs({runs: [run()]}),
		{kind: 'successor', run: 'run-1', of: 'pingdirectory'},
		null,
	],
	[
		'it was rolled back',
		workload(),
		signs({runs: [run([{type: 'run-rolled-back', at}])]}),
		{kind: 'not-begun', rolledBack: 'run-1'},
		null,
	],
	[
		'it runs as root, and says until when',
		workload({side: 'new', identity: {uid: 0, gid: 0, from: 'running'}}),
		signs({runs: [run([{type: 'run-finished', at}], 'root')], annotations: {'unroot/runs-as-root': debt}}),
		{kind: 'root', run: 'run-1', since: '2026-06-01', until: '2026-09-01'},
		null,
	],
	[
		'it runs as root, and nobody wrote that down',
		workload({side: 'new', identity: {uid: 0, gid: 0, from: 'running'}}),
		signs(),
		{kind: 'root'},
		null,
	],
	[
		'somebody elsewhere has frozen it and is at work',
		workload(),
		signs({
			holder,
			annotations: {'unroot/freeze': JSON.stringify({run: 'run-1', since: at, until: '2026-11-30T10:05:00.000Z'})},
		}),
		{kind: 'running', run: 'run-1', by: 'ada@laptop', since: holder.since},
		{since: at, until: '2026-11-30T10:05:00.000Z'},
	],
	[
		'an image that needs no move',
		workload({side: 'new', identity: {uid: 9031, gid: 0, from: 'running'}}),
		signs(),
		{kind: 'unprivileged'},
		null,
	],
	[
		'a run that has not chosen is about the only workload',
		workload({name: 'other'}),
		signs({
			isOnly: true,
			runs: [{at, state: {...run().state, steps: [], answers: {}}}],
		}),
		{kind: 'stopped', run: 'run-1', step: '', at},
		null,
	],
])('where the move of a workload stands: %s', (_, one, given, move, freeze) => {
	expect(moveOf(one, given)).toEqual({move, frozen: freeze});
});

const row = (name: string, changes: Partial<WorkloadRow> = {}): WorkloadRow => workloadRow({name, ...changes});

test(
	'what is begun comes first, then PingDirectory, what reads from it, consoles before engines; what is paid for ' +
		'comes last',
	() => {
		const rows = [
			row('done', {move: {kind: 'unprivileged'}}),
			row('pingfederate-engine', {product: 'pingfederate'}),
			row('pingfederate-admin', {product: 'pingfederate'}),
			row('pingdirectoryproxy', {product: 'pingdirectoryproxy'}),
			row('pingdirectory'),
			row('in-time', {move: {kind: 'root', until: '2026-12-24'}}),
			row('overdue', {move: {kind: 'root', until: '2026-11-29'}}),
			row('stopped', {move: {kind: 'stopped', run: 'r'}}),
			row('running', {move: {kind: 'running', run: 'r', by: 'ada', since: at}, frozen: {since: at}}),
			row('frozen', {move: {kind: 'stopped', run: 'r'}, frozen: {since: at}}),
		];
		expect(inOrder(rows, now).map(({name}) => name)).toEqual([
			'frozen',
			'running',
			'stopped',
			'overdue',
			'pingdirectory',
			'pingdirectoryproxy',
			'pingfederate-admin',
			'pingfederate-engine',
			'in-time',
			'done',
		]);
		expect(inOrder(rows, now).every(({order}) => order !== '')).toBe(true);
	},
);

test('the table is as kubectl prints one; wide has the run, the image and the reason for the order', () => {
	const rows = [
		row('pingdirectory', {
			move: {kind: 'stopped', run: 'run-1', step: 'Cut over', at},
			frozen: {since: at},
			blocks: [{code: 'namespace-held', seen: 'The run run-2 of bob holds the namespace.'}],
			warns: 2,
			order: 'End this first.',
		}),
		row('old', {move: {kind: 'root', until: '2026-11-01'}}),
	];
	const cells = workloadsTable(rows, {isWide: false, hasNamespace: true, now})
		.trimEnd()
		.split('\n')
		.map(line => line.split(/ {3,}/v));
	expect(cells).toEqual([
		['NAMESPACE', 'NAME', 'PRODUCT', 'VERSION', 'SIDE', 'REPLICAS', 'MOVE', 'BLOCKS'],
		[
			'identity',
			'statefulset/pingdirectory',
			'pingdirectory',
			'8.2.0.1',
			'before 2103',
			'3',
			'WRITES REFUSED since 10:00:00 UTC, stopped at «Cut over», 2 h ago',
			'1 blocker, 2 warnings',
		],
		[
			'identity',
			'statefulset/old',
			'pingdirectory',
			'8.2.0.1',
			'before 2103',
			'3',
			'runs as root, overdue since 2026-11-01',
			'-',
		],
	]);
	const [head, first] = workloadsTable(rows, {isWide: true, hasNamespace: false, now}).split('\n', 2);
	expect(head).toMatch(/^NAME .* BLOCKS +RUN +IMAGE +WHY HERE$/v);
	expect(first).toMatch(/ run-1 +pingidentity\/pingdirectory:2102-8\.2\.0\.1 +End this first\.$/v);
});
