import {expect, test} from 'vitest';
import {Failure} from '../../../source/failure/failure.js';
import type {JournalEvent} from '../../../source/migration/event.js';
import {stepOf} from '../../../source/migration/state.js';
import type {Question} from '../../../source/migration/step.js';
import {preview, scripted, send, step, type Scripted} from './scripted.js';

const choice = (id: string): Question => ({
	kind: 'choice',
	id,
	title: id,
	why: '',
	options: [
		{value: 'a', label: 'A', reason: ''},
		{value: 'b', label: 'B', reason: ''},
	],
	recommended: 'a',
});

const types = ({journal}: Scripted): ReadonlyArray<JournalEvent['type']> => journal.map(({type}) => type);

const broken = (changes: {readonly retryable?: boolean} = {}) =>
	new Failure({
		code: 'broken',
		seen: 'It broke.',
		means: 'Nothing was changed.',
		todo: 'Mend it.',
		byHand: 'kubectl get pods',
		...changes,
	});

test('steps without an effect run by themselves, one after the other', async () => {
	const run = scripted([step('connect'), step('inventory')]);
	await expect(run.engine.run()).resolves.toEqual({exit: 'done'});
	expect(types(run)).toEqual([
		'run-opened',
		'step-started',
		'step-performed',
		'step-verified',
		'step-started',
		'step-performed',
		'step-verified',
		'run-finished',
	]);
});

test('a step with an effect is previewed, and waits for the word', async () => {
	let performed = 0;
	const {engine} = scripted([
		step('apply', {
			effect: 'cluster',
			preview: async () => preview({commands: ['kubectl apply']}),
			async perform() {
				performed++;
				return {};
			},
		}),
	]);
	const running = engine.run();
	await expect.poll(() => engine.view().next).toEqual(['start', 'stop']);
	expect(performed).toBe(0);
	expect(engine.view().state.live.preview?.commands).toEqual(['kubectl apply']);
	engine.send({type: 'retry'});
	engine.send({type: 'skip'});
	expect(engine.view().next).toEqual(['start', 'stop']);
	engine.send({type: 'start'});
	await running;
	expect(performed).toBe(1);
});

test('the intent is in the journal before the act, the result after it', async () => {
	const seen: Array<readonly string[]> = [];
	const run = scripted([
		step('apply', {
			async perform() {
				seen.push(types(run));
				return {made: true};
			},
			async verify() {
				seen.push(types(run));
				return [{label: 'there', value: 'yes', holds: true}];
			},
		}),
	]);
	await run.engine.run();
	expect(seen[0]?.at(-1)).toBe('step-started');
	expect(seen[1]?.at(-1)).toBe('step-performed');
});

test('questions are computed anew after each answer, and a bad answer is refused', async () => {
	const {engine} = scripted([
		step('strategy', {
			questions: async ({answers}) =>
				answers.strategy === 'b' ? [choice('strategy'), choice('ports')] : [choice('strategy')],
		}),
	]);
	const running = engine.run();
	await send(engine, {type: 'answer', question: 'strategy', value: 'c'});
	await expect.poll(() => engine.view().state.live.refused).toContain('not one of: a, b');
	await send(engine, {type: 'answer', question: 'strategy', value: 'b'});
	await expect.poll(() => engine.view().state.live.question?.id).toBe('ports');
	await send(engine, {type: 'answer', question: 'ports', value: 'a'});
	await running;
	expect(engine.view().state.answers).toEqual({strategy: 'b', ports: 'a'});
});

test('answers given in advance are taken without asking; one that does not fit is asked for, with the reason', async () => {
	const good = scripted([step('strategy', {questions: async () => [choice('strategy')]})], {given: {strategy: 'b'}});
	await expect(good.engine.run()).resolves.toEqual({exit: 'done'});
	expect(good.engine.view().state.answers).toEqual({strategy: 'b'});

	const bad = scripted([step('strategy', {questions: async () => [choice('strategy')]})], {given: {strategy: 'c'}});
	const running = bad.engine.run();
	await expect
		.poll(() => bad.engine.view().state.live.refused)
		.toBe('«c» was given in advance. «c» is not one of: a, b.');
	await send(bad.engine, {type: 'answer', question: 'strategy', value: 'a'});
	await expect(running).resolves.toEqual({exit: 'done'});
	expect(types(bad)).not.toContain('step-failed');
});

test('an answer that the world speaks against is refused at the question, whoever gave it', async () => {
	const {engine} = scripted(
		[
			step('strategy', {
				questions: async () => [choice('image')],
				judge: async (_context, question, answer) => (answer === 'b' ? `${question} b cannot be pulled.` : undefined),
			}),
		],
		{given: {image: 'b'}},
	);
	const running = engine.run();
	await expect.poll(() => engine.view().state.live.refused).toBe('«b» was given in advance. image b cannot be pulled.');
	await send(engine, {type: 'answer', question: 'image', value: 'b'});
	await expect.poll(() => engine.view().state.live.refused).toBe('image b cannot be pulled.');
	await send(engine, {type: 'answer', question: 'image', value: 'a'});
	await expect(running).resolves.toEqual({exit: 'done'});
});

test('back asks again, even where the answer was given in advance', async () => {
	const {engine} = scripted(
		[step('strategy', {questions: async () => [choice('strategy')]}), step('apply', {effect: 'cluster'})],
		{given: {strategy: 'b'}},
	);
	const running = engine.run();
	await expect.poll(() => engine.view().next).toEqual(['start', 'back', 'stop']);
	engine.send({type: 'back'});
	await expect.poll(() => engine.view().state.live.question?.id).toBe('strategy');
	await send(engine, {type: 'answer', question: 'strategy', value: 'a'});
	await send(engine, {type: 'start'});
	await running;
	expect(engine.view().state.answers).toEqual({strategy: 'a'});
});

test('there is no back over a step that changed the cluster', async () => {
	const {engine} = scripted(
		[
			step('strategy', {questions: async () => [choice('strategy')]}),
			step('apply', {effect: 'cluster'}),
			step('import', {effect: 'cluster'}),
		],
		{given: {strategy: 'b'}},
	);
	const running = engine.run();
	await send(engine, {type: 'start'});
	await expect.poll(() => engine.view().state.live.step).toBe('import');
	await expect.poll(() => engine.view().next).toEqual(['start', 'stop']);
	engine.send({type: 'start'});
	await running;
});

test('an answer is open until a step that goes by it changes the cluster; other steps in between stay done', async () => {
	const performed: string[] = [];
	const did = (id: string, answer: string) => async (context: {readonly answers: Readonly<Record<string, string>>}) => {
		performed.push(`${id} ${context.answers[answer] ?? ''}`);
		return {};
	};

	const {engine, journal} = scripted(
		[
			step('strategy', {
				questions: async () => [choice('strategy'), choice('image')],
				decides: {image: ['preview', 'apply']},
				perform: did('strategy', 'image'),
			}),
			step('export', {effect: 'cluster', perform: did('export', 'strategy')}),
			step('preview', {questions: async () => [choice('manifests-commit')], perform: did('preview', 'image')}),
			step('apply', {effect: 'cluster', perform: did('apply', 'image')}),
			step('import', {effect: 'cluster'}),
		],
		{given: {strategy: 'a', image: 'a', 'manifests-commit': 'a'}},
	);
	const running = engine.run();
	await send(engine, {type: 'start'});
	await expect.poll(() => engine.view().state.live.step).toBe('apply');
	await expect.poll(() => engine.view().next).toContain('start');
	expect(engine.decisions().map(({question, stands}) => [question, stands === undefined])).toEqual([
		['strategy', false],
		['image', true],
		['manifests-commit', true],
	]);
	expect(engine.decisions()[0]?.stands).toContain('«Title of export» has begun to change the cluster');
	expect(engine.decisions()[0]?.stands).toContain('unroot rollback run-1');

	engine.send({type: 'back', question: 'image'});
	await expect.poll(() => engine.view().state.live.question?.id).toBe('image');
	expect(engine.view().state.before).toEqual({image: 'a', 'manifests-commit': 'a'});
	expect(journal.filter(({type}) => type === 'step-reopened')).toMatchObject([
		{step: 'preview', withdrawn: ['manifests-commit']},
		{step: 'strategy', withdrawn: ['image']},
	]);
	await send(engine, {type: 'answer', question: 'image', value: 'b'});
	await send(engine, {type: 'answer', question: 'manifests-commit', value: 'a'});
	await send(engine, {type: 'start'});
	await expect.poll(() => engine.view().state.live.step).toBe('import');
	await expect.poll(() => engine.view().next).toEqual(['start', 'stop']);
	engine.send({type: 'start'});
	await expect(running).resolves.toEqual({exit: 'done'});
	expect(performed).toEqual(['strategy a', 'export a', 'preview a', 'strategy b', 'preview b', 'apply b']);
});

test('a step without an effect on the cluster that failed leaves its own questions open', async () => {
	const {engine} = scripted(
		[
			step('profile', {
				effect: 'local',
				questions: async () => [choice('git-email')],
				async perform({answers}) {
					if (answers['git-email'] === 'a') {
						throw broken();
					}

					return {};
				},
			}),
		],
		{given: {'git-email': 'a'}},
	);
	const running = engine.run();
	await send(engine, {type: 'start'});
	await expect.poll(() => engine.view().next).toEqual(['retry', 'back', 'stop']);
	engine.send({type: 'back'});
	await send(engine, {type: 'answer', question: 'git-email', value: 'b'});
	await send(engine, {type: 'start'});
	await expect(running).resolves.toEqual({exit: 'done'});
});

test(
	'a step that was begun and only waits is decided anew, back as far as its own first question, until it says ' +
		'that it has changed something',
	async () => {
		const tried: string[] = [];
		const {engine, journal} = scripted(
			[
				step('strategy', {questions: async () => [choice('strategy')]}),
				step('apply', {
					effect: 'cluster',
					questions: async () => [choice('apply-owner')],
					async perform({answers}, {note}) {
						tried.push(answers['apply-owner'] ?? '');
						await note({kind: tried.length === 2 ? 'patch' : 'handed-over'});
						if (tried.length < 3) {
							throw new Error('not yet');
						}

						return {};
					},
					mayDecideAnew: notes => notes.every(({kind}) => kind === 'handed-over'),
				}),
			],
			{given: {strategy: 'a', 'apply-owner': 'a'}},
		);
		const running = engine.run();
		await send(engine, {type: 'start'});
		await send(engine, {type: 'back'});
		await expect.poll(() => engine.view().state.live.question?.id).toBe('apply-owner');
		expect(engine.view().next).toEqual(['answer', 'stop']);
		await send(engine, {type: 'answer', question: 'apply-owner', value: 'b'});
		await send(engine, {type: 'start'});
		await expect.poll(() => engine.view().next).toContain('retry');
		expect(journal.filter(({type}) => type === 'step-reopened')).toMatchObject([
			{step: 'apply', withdrawn: ['apply-owner']},
		]);
		await send(engine, {type: 'retry'});
		await send(engine, {type: 'start'});
		await expect(running).resolves.toEqual({exit: 'done'});
		expect(tried).toEqual(['a', 'b', 'b']);
	},
);

test('a failure waits for the operator; the second try finds what the first one noted', async () => {
	const found: number[] = [];
	const {engine} = scripted([
		step('export', {
			skip: 'The data stays behind.',
			async perform({notes}, reporter) {
				found.push(notes.length);
				await reporter.note({task: 'one'});
				if (notes.length === 0) {
					throw broken({retryable: true});
				}

				return {};
			},
		}),
	]);
	const running = engine.run();
	await expect.poll(() => engine.view().next).toEqual(['retry', 'skip', 'stop']);
	expect(stepOf(engine.view().state, 'export')).toMatchObject({status: 'failed', failure: {code: 'broken'}});
	engine.send({type: 'retry'});
	await expect(running).resolves.toEqual({exit: 'done'});
	expect(found).toEqual([0, 1]);
	expect(stepOf(engine.view().state, 'export')).toMatchObject({status: 'done', attempts: 2});
});

test('a step may be left out only where it says what that means', async () => {
	const {engine} = scripted([
		step('export', {
			skip: 'The data stays behind.',
			async perform() {
				throw broken();
			},
		}),
	]);
	const running = engine.run();
	await send(engine, {type: 'skip'});
	await running;
	expect(stepOf(engine.view().state, 'export')).toMatchObject({status: 'skipped', skipped: 'The data stays behind.'});
});

test('stopping at a failure ends with it', async () => {
	const {engine} = scripted([
		step('export', {
			async perform() {
				throw broken();
			},
		}),
	]);
	const running = engine.run();
	await expect.poll(() => engine.view().next).toContain('retry');
	engine.send({type: 'stop'});
	await expect(running).resolves.toMatchObject({exit: 'failed', failure: {code: 'broken'}});
	expect(engine.view().state).toMatchObject({status: 'stopped', stopped: 'It broke.'});
});

test('a step that is blocked ends the run with exit blocked', async () => {
	const {engine} = scripted([
		step('connect', {
			inspect: async () => ({state: 'blocked', facts: [], failure: broken().parts}),
		}),
	]);
	const running = engine.run();
	await send(engine, {type: 'stop'});
	await expect(running).resolves.toMatchObject({exit: 'blocked'});
});

test('evidence that does not hold is a failure that can be tried again', async () => {
	let holds = false;
	const {engine} = scripted([
		step('prove', {
			verify: async () => [{label: 'Digest', value: holds ? 'the same' : 'another', holds}],
		}),
	]);
	const running = engine.run();
	await expect.poll(() => engine.view().next).toContain('retry');
	expect(stepOf(engine.view().state, 'prove')?.failure).toMatchObject({
		code: 'unverified',
		details: ['✗ Digest: another'],
	});
	holds = true;
	engine.send({type: 'retry'});
	await expect(running).resolves.toEqual({exit: 'done'});
});

test('stop reaches a step at work through its signal, and the run can be resumed', async () => {
	const run = scripted([
		step('export', {
			async perform({signal}) {
				const {promise, reject} = Promise.withResolvers<never>();
				signal.addEventListener('abort', () => {
					reject(new Error('aborted'));
				});
				return promise;
			},
		}),
	]);
	const running = run.engine.run();
	await expect.poll(() => stepOf(run.engine.view().state, 'export')?.status).toBe('started');
	run.engine.send({type: 'stop', why: 'The lid was closed.'});
	await expect(running).resolves.toEqual({exit: 'interrupted'});
	expect(run.journal.at(-1)).toMatchObject({type: 'run-stopped', why: 'The lid was closed.'});

	const again = scripted([step('export')], {history: run.journal});
	await expect(again.engine.run()).resolves.toEqual({exit: 'done'});
});

test('a rehearsal leaves out what its steps say it leaves out', async () => {
	const {engine} = scripted([step('cut-over', {rehearsal: {kind: 'skip', why: 'No clients on staging.'}})], {
		run: {mode: 'rehearse'},
	});
	await engine.run();
	expect(stepOf(engine.view().state, 'cut-over')).toMatchObject({status: 'skipped', skipped: 'No clients on staging.'});
});

test('while a step stands still, the engine says so every second', async () => {
	const {promise, resolve} = Promise.withResolvers<Record<string, never>>();
	const run = scripted([
		step('copy-out', {
			async perform(_context, reporter) {
				reporter.progress({
					what: 'Copying',
					unit: 'bytes',
					done: 10,
					total: 100,
				});
				return promise;
			},
		}),
	]);
	const running = run.engine.run();
	await expect.poll(() => run.engine.view().state.live.progress?.done).toBe(10);
	await expect
		.poll(() => {
			run.clock.advance(1000);
			return run.engine.view().state.live.progress?.stalledSeconds ?? 0;
		})
		.toBeGreaterThanOrEqual(2);
	resolve({});
	await expect(running).resolves.toEqual({exit: 'done'});
});

test('where no server refuses writes there is nothing to lift', async () => {
	const {engine} = scripted([step('connect')]);
	await expect(engine.unfreeze()).rejects.toMatchObject({parts: {code: 'not-frozen', exit: 'usage'}});
});
