import {expect, test} from 'vitest';
import {Failure} from '../../source/failure/failure.js';
import type {Step} from '../../source/migration/step.js';
import {rehearsalOf} from '../../source/report/rehearsal.js';
import {renderReport} from '../../source/report/report.js';
import {renderStatus, statusJson} from '../../source/report/status.js';
import {scripted, step, type Scripted, type ScriptedOptions} from '../migration/engine/scripted.js';

const steps = (changes: Readonly<Partial<Record<Step['id'], Partial<Step>>>> = {}): readonly Step[] => [
	step('strategy', {
		title: 'Strategy',
		questions: async () => [
			{
				kind: 'choice',
				id: 'strategy',
				title: '',
				why: '',
				options: [{value: 'fresh', label: '', reason: ''}],
			},
			{
				kind: 'typed',
				id: 'confirm',
				title: '',
				why: '',
				expected: 'ping',
			},
		],
		...changes.strategy,
	}),
	step('profile', {
		title: 'Server profile',
		effect: 'local',
		async perform({world}) {
			(world.clock as Scripted['clock']).advance(2500);
			return {
				repository: '/home/ann/profile',
				commit: 'abc123',
				files: 12,
				removed: ['license', 'a|b'],
				url: null,
			};
		},
		undo: {kind: 'can', says: 'Removes the branch.', run: async () => [{label: 'branch', value: 'gone', holds: true}]},
		...changes.profile,
	}),
	step('prove', {
		title: 'Prove',
		perform: async () => ({
			proofs: [
				{
					backend: 'userRoot',
					source: 'sha256:1',
					copy: 'sha256:1',
					entries: 20,
				},
			],
		}),
		verify: async () => [{label: 'Digest | all', value: 'the *same*', holds: true}],
		...changes.prove,
	}),
	step('clean-up', {title: 'Clean up', rehearsal: {kind: 'skip', why: 'Nothing to clean.'}, ...changes['clean-up']}),
];

const ran = async (list: readonly Step[], options: ScriptedOptions = {}): Promise<Scripted> => {
	const run = scripted(list, {given: {strategy: 'fresh', confirm: 'ping'}, ...options});
	run.engine.subscribe(() => {
		run.engine.send({type: run.engine.view().next.includes('retry') ? 'stop' : 'start'});
	});
	await run.engine.run();
	return run;
};

const reportOf = ({engine, journal}: Scripted, expected = {}): string =>
	renderReport(journal, {
		program: '0.1.0',
		folder: '/runs/run-1',
		journal: '/runs/run-1/journal.jsonl',
		checklist: engine.checklist,
		expected,
	});

test('a finished run: what was decided, done, proved, left, and how to go back', async () => {
	const report = reportOf(await ran(steps()), {profile: 4});
	for (const said of [
		'# Migration of ping',
		'Finished. 4 of 4 checks hold.',
		'| Run | `run-1`, a migration |',
		'| Journal | `/runs/run-1/journal.jsonl` |',
		'| `strategy` | `fresh` | chosen, given in advance |',
		'### 2. Server profile',
		'done, 2.5 s',
		'- commit: `abc123`',
		'- files: 12',
		'- removed: `license`, `a|b`',
		String.raw`| ✓ | Digest \| all | the \*same\* |`,
		'| proofs | backend | source | copy | entries |',
		'| 1 | `userRoot` | `sha256:1` | `sha256:1` | 20 |',
		'| Server profile | done | 2.5 s | 4.0 s |',
		'Every step was done.',
		'unroot rollback run-1',
		'- Server profile: Removes the branch.',
	]) {
		expect(report).toContain(said);
	}
});

test('a run that has only begun', () => {
	const report = reportOf(scripted(steps()));
	expect(report).toContain('Not finished: at step 1 of 4, «Strategy».');
	expect(report).toContain('Nothing was decided yet.');
	expect(report).toContain('There is nothing to undo.');
	expect(report).toContain('- Clean up: not begun');
});

test('a run that failed: the four parts, and what supports them', async () => {
	const run = await ran(
		steps({
			prove: {
				async perform() {
					throw new Failure({
						code: 'differs',
						seen: 'One entry differs.',
						means: 'Not proved.',
						todo: 'Look.',
						byHand: 'unroot ldif diff a b',
						details: ['```', 'uid=1'],
					});
				},
			},
		}),
	);
	const report = reportOf(run);
	expect(report).toContain('Not finished: stopped at step 3 of 4, «Prove». One entry differs.');
	for (const part of [
		'- **What was seen:** One entry differs.',
		'- **What it means:** Not proved.',
		'- **What to do:** Look.',
		'- **By hand:** `unroot ldif diff a b`',
		'````\n```\nuid=1\n````',
	]) {
		expect(report).toContain(part);
	}
});

test('a run that was rolled back', async () => {
	const {journal} = await ran(steps());
	const run = scripted(steps(), {history: journal});
	await run.engine.rollback();
	const report = reportOf(run);
	expect(report).toMatch(
		/Rolled back: what could be undone was undone\. (?<held>\d+) of \k<held> checks of the way back hold\./v,
	);
	expect(report).toContain('- Server profile: undone');
	expect(report).toContain('| ✓ | branch | gone |');
});

test('a rehearsal says so, and what it left out', async () => {
	const report = reportOf(await ran(steps(), {run: {mode: 'rehearse', sandbox: true}}));
	expect(report).toContain('# Rehearsal of ping');
	expect(report).toContain('a rehearsal on the sandbox');
	expect(report).toContain('- Clean up: left out. Nothing to clean.');
});

test('what a pod said cannot break the report', async () => {
	const report = reportOf(
		await ran(steps({prove: {verify: async () => [{label: '\u{1B}[2Jx', value: 'a\n| b <script>', holds: true}]}})),
	);
	expect(report).not.toContain('\u{1B}');
	expect(report).toContain(String.raw`| ✓ | x | a \| b \<script\> |`);
});

test('the answers file has the decisions and the seconds, but no word that was typed and no path of this run alone', async () => {
	const {engine} = await ran(steps());
	const {state} = engine.view();
	const answers = {...state.answers, 'profile-repository': '/runs/run-1/server-profiles', other: '/runs/run-10'};
	expect(rehearsalOf({...state, answers}, '/runs/run-1').answers).toEqual({strategy: 'fresh', other: '/runs/run-10'});
	expect(rehearsalOf(state, '/runs/run-1')).toEqual({
		answers: {strategy: 'fresh'},
		steps: {
			strategy: 0,
			profile: 2.5,
			prove: 0,
			'clean-up': 0,
		},
	});
});

test('the status says where a run stands, step by step', async () => {
	const {engine} = await ran(
		steps({
			prove: {
				async perform() {
					throw new Failure({
						code: 'differs',
						seen: 'One entry differs.',
						means: 'Not proved.',
						todo: 'Look.',
						byHand: 'diff',
					});
				},
			},
		}),
	);
	const {state} = engine.view();
	const text = renderStatus(state, {now: '2026-01-01T00:00:00.000Z', checklist: engine.checklist});
	expect(text).toContain('run-1: stopped at step 3 of 4, «Prove»');
	expect(text).toContain('  ✓ Server profile   2.5 s, 1 of 1 checks hold');
	expect(text).toContain('  ✗ Prove            failed');
	expect(text).toContain('What was seen:\n  One entry differs.');
	expect(text).toContain('Go on: unroot resume run-1');
	expect(renderStatus(state, {now: '2026-01-01T00:00:00.000Z', checklist: engine.checklist, ascii: true})).toMatch(
		/^[\n\u{20}-\u{7E}]*$/v,
	);
	expect(statusJson(state)).toMatchObject({
		run: 'run-1',
		status: 'stopped',
		answers: {strategy: 'fresh'},
		steps: [
			{id: 'strategy', status: 'done'},
			{id: 'profile', seconds: 2.5},
			{id: 'prove', status: 'failed', failure: {code: 'differs'}},
			{id: 'clean-up', status: 'waiting'},
		],
	});
});
