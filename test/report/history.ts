import type {JournalEvent} from '../../source/migration/event.js';
import type {Untimed} from '../../source/migration/journal.js';
import type {Json} from '../../source/migration/json.js';
import type {Evidence, StepId} from '../../source/migration/step.js';
import {checklistOf} from '../../source/migration/words/checklist.js';
import type {ReportOptions} from '../../source/report/report.js';
import {checklist} from '../../source/steps/index.js';

export const options: ReportOptions = {
	program: '0.1.0',
	folder: '/runs/run-1',
	journal: '/runs/run-1/journal.jsonl',
	checklist: checklistOf(checklist),
};

/** A text as nobody wishes for it: markup, a picture from outside, and a link. */
export const hostile = '<script>alert(1)</script><img src="https://evil.example/x.png"> & "x" \u{1B}[2J';

const digest = 'd0580a7876fae1951a92feb59d6b4f45f6e5b2a369af4bd4522c13fde4c05be5';
const laterDigest = 'fd57a02341383bd4c79717a5c4b78601174365a309209461afb5f5b208a7fe02';

const ports = (first: number): Json => ({
	LDAP_PORT: first,
	LDAPS_PORT: first + 247,
	HTTPS_PORT: first + 54,
	JMX_PORT: first + 300,
});

const row = (pod: string, role: string): Json => ({
	pod,
	backend: 'userRoot',
	role,
	entries: '20000',
	backlog: '0',
	generation: '4711',
	writes: 'enabled',
});

const holds = (label: string, value = 'as it should be'): readonly Evidence[] => [{label, value, holds: true}];

const did = (
	step: StepId,
	outcome: Json,
	evidence = holds(`${step} checked`),
): ReadonlyArray<Untimed<JournalEvent>> => [
	{type: 'step-started', step, attempt: 1},
	{type: 'step-performed', step, outcome},
	{type: 'step-verified', step, evidence},
];

const picture = (value: string): Json => ({backend: 'userRoot', entries: 20_000, digest: value});

const freeze = (name: string): Untimed<JournalEvent> => ({
	type: 'freeze-begun',
	step: 'cut-over',
	workload: {kind: 'StatefulSet', name},
	mode: 'disabled',
	servers: [
		{
			pod: `${name}-0`,
			container: 'pingdirectory',
			ldapsPort: 636,
			global: 'enabled',
			backends: [],
			lift: 'kubectl exec …',
		},
	],
});

const steps: readonly StepId[] = checklist.map(({id}) => id);

/** Up to the end of the migration. */
const there: ReadonlyArray<Untimed<JournalEvent>> = [
	{
		type: 'run-opened',
		format: 2,
		run: 'run-1',
		mode: 'migrate',
		context: 'production',
		namespace: 'identity',
		sandbox: false,
		program: '0.1.0',
		steps,
		by: 'ann@bastion',
	},
	{type: 'cluster-identified', uid: 'uid-1', version: 'v1.35.0', server: 'https://cluster.example'},
	...did('connect', {}),
	...did('inventory', {
		workload: {
			kind: 'StatefulSet',
			name: 'pingdirectory',
			image: 'pingidentity/pingdirectory:2102-8.2.0.1',
			identity: {uid: 0, gid: 0},
			ports: ports(389),
			replicas: 2,
			pods: ['pingdirectory-0', 'pingdirectory-1'],
			services: [{name: 'pingdirectory'}],
		},
		backends: [{id: 'userRoot', entries: 20_000}],
		topology: [row('pingdirectory-0', 'seed'), row('pingdirectory-1', 'replica')],
	}),
	{
		type: 'question-answered',
		step: 'strategy',
		question: 'strategy',
		answer: 'fresh',
		basis: {recommended: 'fresh', why: 'The old servers stay as they are.', isGiven: true},
	},
	{
		type: 'question-answered',
		step: 'strategy',
		question: 'image',
		answer: 'pingidentity/pingdirectory:2109-8.3.0.0',
		basis: {recommended: 'pingidentity/pingdirectory:2103-8.2.0.3'},
	},
	...did('strategy', {
		strategy: 'fresh',
		image: 'pingidentity/pingdirectory:2109-8.3.0.0',
		identity: {uid: 9031, gid: 9999},
		newPorts: ports(1389),
	}),
	...did('profile', {removed: [hostile, `${'long/'.repeat(60)}name`]}, holds('files', hostile)),
	...did('apply', {workload: 'pingdirectory-2c11ce', pod: 'pingdirectory-2c11ce-0'}),
	...did('export', {files: [{backend: 'userRoot', counted: 20_000}]}),
	...did('copy-out', {files: [{backend: 'userRoot', entries: 20_000}]}),
	{type: 'step-skipped', step: 'restart', why: 'A fresh deployment restarts nothing.'},
	{type: 'step-started', step: 'import', attempt: 1},
	{
		type: 'step-failed',
		step: 'import',
		failure: {code: 'x', seen: 'The stream was cut.', means: 'm', todo: 't', byHand: 'b'},
	},
	{type: 'run-stopped', why: 'The stream was cut.'},
	{
		type: 'run-resumed',
		program: '0.1.0',
		by: 'bob@bastion',
		steps,
		tookOver: {run: 'run-1', by: 'ann@bastion on bastion-1'},
	},
	...did('import', {}),
	...did('prove', {
		proofs: [
			{
				backend: 'userRoot',
				source: digest,
				copy: digest,
				target: digest,
				entries: 20_000,
			},
		],
	}),
	...did('replicas', {topology: [row('pingdirectory-2c11ce-0', 'seed'), row('pingdirectory-2c11ce-1', 'replica')]}),
	...did('catch-up', {}),
	{
		type: 'question-answered',
		step: 'cut-over',
		question: 'cut-over',
		answer: 'identity',
		typed: true,
		basis: {},
	},
	{type: 'step-started', step: 'cut-over', attempt: 1},
	freeze('pingdirectory'),
	{type: 'freeze-ended', step: 'cut-over', workload: 'pingdirectory', how: 'moved'},
	{
		type: 'step-performed',
		step: 'cut-over',
		outcome: {
			services: ['pingdirectory'],
			gate: {
				frozenAt: '2026-11-30T03:29:00.000Z',
				movedAt: '2026-11-30T03:30:00.000Z',
				refusedSeconds: 31,
				proofs: [picture(laterDigest)],
			},
		},
	},
	{type: 'step-verified', step: 'cut-over', evidence: holds('Service/pingdirectory', 'selects the new pods')},
	...did('clean-up', {}),
	{type: 'run-finished'},
];

/** The way back of it. */
const back: ReadonlyArray<Untimed<JournalEvent>> = [
	{type: 'run-resumed', program: '0.1.0', by: 'ann@bastion', steps},
	{type: 'undo-started', step: 'cut-over'},
	freeze('pingdirectory-2c11ce'),
	{type: 'step-noted', step: 'cut-over', note: {kind: 'round', line: 'back', pictures: [picture(digest)]}},
	{type: 'freeze-ended', step: 'cut-over', workload: 'pingdirectory-2c11ce', how: 'moved'},
	{type: 'freeze-ended', step: 'cut-over', workload: 'pingdirectory', how: 'lifted'},
	{type: 'undo-done', step: 'cut-over', evidence: holds('Service/pingdirectory', 'selects the old pods')},
	{type: 'undo-started', step: 'apply'},
	{type: 'undo-done', step: 'apply', evidence: holds('StatefulSet/pingdirectory-2c11ce', '0 replicas wanted')},
	{type: 'run-rolled-back'},
];

/* Half a minute between two events; a night between two sessions. */
const timed = (events: ReadonlyArray<Untimed<JournalEvent>>): readonly JournalEvent[] => {
	let time = Date.parse('2026-11-29T19:00:00.000Z');
	return events.map(event => {
		time += event.type === 'run-resumed' ? 8 * 3_600_000 : 31_000;
		return {...event, at: new Date(time).toISOString()};
	});
};

/** A migration that failed once, was taken over and finished. */
export const finished = timed(there);

/** The same, rolled back in the next night. */
export const rolledBack = timed([...there, ...back]);

/** The same, looked at while writes are refused. */
export const frozen = finished.slice(0, finished.findIndex(({type}) => type === 'freeze-begun') + 1);
