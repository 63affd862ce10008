import {expect, test} from 'vitest';
import {Failure} from '../../source/failure/failure.js';
import {runHeadless, type HeadlessOptions} from '../../source/headless/headless.js';
import type {Question, Step} from '../../source/migration/step.js';
import {preview, scripted, step, type ScriptedOptions} from '../migration/engine/scripted.js';

const strategy: Question = {
	kind: 'choice',
	id: 'strategy',
	title: 'Which way?',
	why: 'Root has to go.',
	recommended: 'fresh',
	options: [
		{value: 'root', label: 'Keep root', reason: 'Little changes.'},
		{
			value: 'fresh',
			label: 'Fresh deployment',
			reason: 'Nothing of root is left.',
			cost: 'A second volume.',
			wayBack: 'The old one stays.',
		},
	],
};
const typed: Question = {
	kind: 'typed',
	id: 'confirm',
	title: 'Apply to ping?',
	why: 'It changes the cluster.',
	expected: 'ping',
};

const steps: readonly Step[] = [
	step('connect', {
		title: 'Connect',
		inspect: async () => ({state: 'to-do', facts: [{label: 'kubectl', value: '1.32', mark: 'good'}]}),
	}),
	step('strategy', {title: 'Strategy', questions: async () => [strategy]}),
	step('apply', {
		title: 'Apply',
		effect: 'cluster',
		preview: async () => preview({commands: ['kubectl apply -f new.yaml'], wayBack: 'Delete it.'}),
	}),
	step('prove', {title: 'Prove', verify: async () => [{label: 'Digest', value: 'the same', holds: true}]}),
];

const headless = async (list: readonly Step[], options: ScriptedOptions & Partial<HeadlessOptions> = {}) => {
	const {engine, journal} = scripted(list, options);
	const out: string[] = [];
	const talk: string[] = [];
	const ending = await runHeadless({
		output: 'text',
		takeRecommended: true,
		...options,
		engine,
		write(line) {
			out.push(line);
		},
		talk(line) {
			talk.push(line);
		},
	});
	return {
		ending,
		out: out.join('\n'),
		talk: talk.join('\n'),
		lines: out,
		engine,
		journal,
	};
};

test('the recommended answers lead to the end; every step, answer, command and check is printed', async () => {
	const {ending, out} = await headless(steps);
	expect(ending).toEqual({exit: 'done'});
	for (const said of [
		'Run run-1 · context staging · namespace ping',
		'[1/4] Connect',
		'  ✓ kubectl: 1.32',
		'[2/4] Strategy',
		'    strategy = fresh (Fresh deployment)',
		'    because: Nothing of root is left.',
		'    cost: A second volume.',
		'  $ kubectl apply -f new.yaml',
		'  Way back: Delete it.',
		'  ✓ Digest: the same',
		'  done in 0.0 s',
		'Done in 0.0 s: 4 steps, 4 of 4 checks hold.',
		'/runs/run-1',
		'unroot rollback run-1',
	]) {
		expect(out).toContain(said);
	}
});

test('a secret cannot be typed without a terminal: the run stops, and says which answer takes its place', async () => {
	const secret: Question = {
		kind: 'secret',
		id: 'password',
		title: 'What is the password?',
		why: 'It is forgotten.',
		instead: {question: 'password-file', says: 'the path of its file'},
	};
	for (const mode of ['migrate', 'rehearse'] as const) {
		const {ending, talk} = await headless([step('profile', {questions: async () => [secret]})], {
			run: {mode},
			given: {password: 'never-taken'},
		});
		expect(ending).toMatchObject({
			exit: 'unanswered',
			failure: {code: 'unanswered', seen: 'The question password has no answer: What is the password?'},
		});
		expect(talk).toContain(
			'Give the path of its file in an answers file as {"answers": {"password-file": "…"}}, or resume on a terminal.',
		);
		expect(talk).not.toContain('never-taken');
	}
});

test('a word that lets a rehearsal begin is not answered by --yes, as its later ones are', async () => {
	const word = {kind: 'typed', title: 'Type it.', why: 'It is real.', expected: 'ping'} as const;
	const asking = [
		step('connect', {questions: async () => [{...word, id: 'rehearse', isAsked: true}]}),
		step('prove', {questions: async () => [{...word, id: 'cut-over'}]}),
	];
	const silent = await headless(asking, {run: {mode: 'rehearse'}, takeRecommended: true});
	expect(silent.ending).toMatchObject({
		exit: 'unanswered',
		failure: {seen: 'The question rehearse has no answer: Type it.'},
	});
	const given = await headless(asking, {run: {mode: 'rehearse'}, takeRecommended: true, given: {rehearse: 'ping'}});
	expect(given.ending).toEqual({exit: 'done'});
});

test('the last words say where the commit, the manifests, the journal and the report lie', async () => {
	const {out} = await headless([
		step('profile', {
			perform: async () => ({repository: '/home/ann/profile', branch: 'unroot/run-1', commit: 'abc123'}),
		}),
		step('preview', {perform: async () => ({folder: '/runs/run-1/manifests', files: ['new.yaml']})}),
	]);
	for (const said of [
		'Profile:    /home/ann/profile, unroot/run-1, abc123',
		'Manifests:  /runs/run-1/manifests',
		'Journal:    /runs/run-1/journal.jsonl',
		'Report:     /runs/run-1/report.md',
	]) {
		expect(out).toContain(said);
	}
});

test('without --yes a question without an answer ends the run, and says how to answer it', async () => {
	const {ending, out, talk, journal} = await headless(steps, {takeRecommended: false});
	expect(ending).toMatchObject({exit: 'unanswered', failure: {code: 'unanswered'}});
	expect(talk).toContain('The question strategy has no answer: Which way?');
	expect(talk).toContain('fresh (recommended): Fresh deployment. Nothing of root is left.');
	expect(talk).toContain('root: Keep root. Little changes.');
	expect(talk).toContain('"answers": {"strategy": "fresh"}');
	expect(talk).toContain('unroot resume run-1 --answers FILE');
	expect(out).toContain('Stopped at step 2 of 4, «Strategy»');
	expect(out).toContain('unroot resume run-1');
	expect(journal.at(-1)).toMatchObject({type: 'run-stopped', why: 'No answer to strategy.'});
});

test('answers given in advance are taken without --yes', async () => {
	const {ending, out} = await headless(steps, {takeRecommended: false, given: {strategy: 'root'}});
	expect(ending.exit).toBe('done');
	expect(out).toContain('strategy = root');
});

test('a typed word is taken from nobody in a real run, and given in a rehearsal', async () => {
	const list = [step('apply', {effect: 'cluster', questions: async () => [typed]})];
	const real = await headless(list);
	expect(real.ending).toMatchObject({exit: 'unanswered'});
	expect(real.talk).toContain('"answers": {"confirm": "ping"}');
	const rehearsal = await headless(list, {run: {mode: 'rehearse'}});
	expect(rehearsal.ending.exit).toBe('done');
});

test('a failure ends the run at once, in its four parts, and nothing is tried again', async () => {
	let tries = 0;
	const {ending, talk, out} = await headless([
		step('export', {
			title: 'Export',
			async perform() {
				tries++;
				throw new Failure({
					code: 'stream-cut',
					seen: 'The stream was cut.',
					means: 'The copy is not whole.',
					todo: 'Resume.',
					byHand: 'kubectl exec',
					retryable: true,
					details: ['EOF'],
				});
			},
		}),
	]);
	expect(tries).toBe(1);
	expect(ending).toMatchObject({exit: 'failed', failure: {code: 'stream-cut'}});
	expect(talk).toBe(
		'What was seen:\n  The stream was cut.\nWhat it means:\n  The copy is not whole.\nWhat to do:\n  ' +
			'Resume.\nBy hand:\n  kubectl exec\nDetails:\n  EOF',
	);
	expect(out).toContain('failed in 0.0 s: stream-cut');
});

test('an error of the journal ends the run as a failure, not as a crash', async () => {
	const {ending, talk} = await headless(steps, {
		journal: {
			async append() {
				throw new Failure({
					code: 'disk-full',
					seen: 'No space is left.',
					means: 'm',
					todo: 't',
					byHand: 'df',
				});
			},
		},
	});
	expect(ending).toMatchObject({exit: 'failed', failure: {code: 'disk-full'}});
	expect(talk).toContain('No space is left.');
});

test('as JSON every event is one line, and the last line says how it ended', async () => {
	const {lines, journal, talk} = await headless(steps, {output: 'json'});
	const events = lines.map(line => JSON.parse(line) as {readonly type: string});
	expect(events.filter(event => 'at' in event)).toEqual(journal.slice(1));
	expect(events.at(-1)).toEqual({
		type: 'ended',
		exit: 'done',
		freeze: null,
		run: 'run-1',
		folder: '/runs/run-1',
	});
	expect(events.map(({type}) => type)).toContain('question-asked');
	expect(talk).toBe('');
});

test('the last line of JSON holds the failure', async () => {
	const {lines} = await headless(steps, {output: 'json', takeRecommended: false});
	expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
		type: 'ended',
		exit: 'unanswered',
		failure: {code: 'unanswered', details: ['Root has to go.', expect.any(String), expect.any(String)]},
	});
});

test('of a long progress a log gets each tenth, and standing still', async () => {
	const {talk} = await headless([
		step('copy-out', {
			async perform({world}, reporter) {
				const clock = world.clock as unknown as {readonly advance: (milliseconds: number) => void};
				for (let done = 0; done <= 1000; done++) {
					reporter.progress({
						what: 'Copying',
						unit: 'bytes',
						done: done * 1000,
						total: 1_000_000,
					});
					clock.advance(110);
				}

				return {};
			},
		}),
	]);
	const lines = talk.split('\n').filter(line => line.includes('Copying'));
	expect(lines).toHaveLength(11);
	expect(lines[0]).toBe('  Copying: 0 %, 0 B of 1.0 MB');
	expect(lines[5]).toContain('Copying: 50 %, 500 kB of 1.0 MB, 9.1 kB/s, about 55 s left');
	expect(lines.at(-1)).toContain('100 %');
});

test('what pods say cannot command the terminal', async () => {
	const hostile = '\u{1B}[2J\u{1B}]0;owned\u{7}evil\u{202E}';
	const list = [
		step('inventory', {
			inspect: async () => ({state: 'to-do', facts: [{label: hostile, value: hostile}]}),
			async perform(_context, reporter) {
				reporter.log(hostile);
				return {};
			},
			verify: async () => [{label: hostile, value: hostile, holds: true}],
		}),
	];
	const controls = /[\p{Control}--\n]|\u{202E}/v;
	for (const output of ['text', 'json'] as const) {
		const {out, talk} = await headless(list, {output});
		expect(out).toContain('evil');
		expect(out).not.toMatch(controls);
		expect(talk).not.toMatch(controls);
	}
});

test('in ASCII nothing else is printed', async () => {
	const {out, talk} = await headless(steps, {ascii: true, takeRecommended: false});
	expect(out + talk).toMatch(/^[\n\u{20}-\u{7E}]*$/v);
	expect(out).toContain('  ok kubectl: 1.32');
});

test('the expected duration of a step stands beside the real one', async () => {
	const {out} = await headless(steps, {expected: {connect: 4}});
	expect(out).toContain('done in 0.0 s (in the rehearsal 4.0 s)');
});

test('the way back is printed step by step', async () => {
	const list = [
		step('apply', {
			title: 'Apply',
			effect: 'cluster',
			undo: {kind: 'can', says: 'Deletes it.', run: async () => [{label: 'gone', value: 'yes', holds: true}]},
		}),
	];
	const {journal} = await headless(list);
	const {out, ending} = await headless(list, {rollback: true, history: journal});
	expect(ending).toEqual({exit: 'done'});
	expect(out).toContain('Undo [1/1] Apply\n  ✓ gone: yes\n  undone');
	expect(out).toContain('Rolled back: 1 of 1 checks of the way back hold.\n  ✓ gone: yes');
});

test('a question of the way back that nobody answered names the command that goes on with the way back', async () => {
	const list = [
		step('apply', {
			title: 'Apply',
			effect: 'cluster',
			undo: {
				kind: 'can',
				says: 'Deletes it.',
				questions: async () => [
					{kind: 'typed', id: 'roll-back', title: 'Type it.', why: 'Clients are there.', expected: 'identity'},
				],
				run: async () => [{label: 'gone', value: 'yes', holds: true}],
			},
		}),
	];
	const {journal} = await headless(list);
	const {ending} = await headless(list, {rollback: true, history: journal});
	expect(ending.failure).toMatchObject({code: 'unanswered', byHand: 'unroot rollback run-1 --answers FILE'});
});
