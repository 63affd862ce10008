import {expect, test} from 'vitest';
import type {RunEvent} from '../../source/migration/event.js';
import {fold} from '../../source/migration/fold/index.js';
import {emptyState, stepOf} from '../../source/migration/state.js';

const at = '2026-03-01T10:00:00.000Z';
const opened: RunEvent = {
	type: 'run-opened',
	at,
	format: 1,
	run: 'run-1',
	mode: 'migrate',
	context: 'staging',
	namespace: 'ping',
	sandbox: false,
	program: '0.1.0',
	steps: ['connect', 'export'],
	by: 'ann',
};
const stateOf = (...events: readonly RunEvent[]) =>
	[opened, ...events].reduce((state, event) => fold(state, event), emptyState);

test('a run begins with every step waiting', () => {
	const state = stateOf();
	expect(state).toMatchObject({run: 'run-1', status: 'open', answers: {}});
	expect(state.steps.map(({id, status}) => [id, status])).toEqual([
		['connect', 'waiting'],
		['export', 'waiting'],
	]);
});

test('a step is done only when it is verified', () => {
	const performed = stateOf(
		{
			type: 'step-started',
			at,
			step: 'connect',
			attempt: 1,
		},
		{
			type: 'step-performed',
			at,
			step: 'connect',
			outcome: {kubectl: '1.32'},
		},
	);
	expect(stepOf(performed, 'connect')).toMatchObject({status: 'performed', outcome: {kubectl: '1.32'}});
	const evidence = [{label: 'kubectl', value: '1.32', holds: true}];
	const later = '2026-03-01T10:00:05.000Z';
	expect(
		stepOf(
			fold(performed, {
				type: 'step-verified',
				at: later,
				step: 'connect',
				evidence,
			}),
			'connect',
		),
	).toMatchObject({
		status: 'done',
		evidence,
		startedAt: at,
		endedAt: later,
	});
});

test('a step that is opened again keeps its notes and loses the answers that were withdrawn', () => {
	const state = stateOf(
		{
			type: 'question-answered',
			at,
			step: 'export',
			question: 'encryption',
			answer: 'none',
		},
		{
			type: 'question-answered',
			at,
			step: 'export',
			question: 'throttle',
			answer: 'no',
		},
		{
			type: 'step-noted',
			at,
			step: 'export',
			note: {task: '1'},
		},
		{
			type: 'step-reopened',
			at,
			step: 'export',
			why: 'back',
			withdrawn: ['throttle'],
		},
	);
	expect(state.answers).toEqual({encryption: 'none'});
	expect(stepOf(state, 'export')).toMatchObject({status: 'waiting', answered: ['encryption'], notes: [{task: '1'}]});
});

test('a run that was stopped is open again once it is resumed', () => {
	const stopped = stateOf({type: 'run-stopped', at, why: 'The operator stopped it.'});
	expect(stopped).toMatchObject({status: 'stopped', stopped: 'The operator stopped it.'});
	const resumed = fold(stopped, {
		type: 'run-resumed',
		at,
		program: '0.1.0',
		by: 'bob',
	});
	expect(resumed.status).toBe('open');
	expect(resumed).not.toHaveProperty('stopped');
});

test('the log keeps its last 200 lines', () => {
	const lines = Array.from({length: 250}, (_, index): RunEvent => ({
		type: 'logged',
		step: 'export',
		line: `line ${index}`,
	}));
	const {log} = stateOf(...lines).live;
	expect(log).toHaveLength(200);
	expect(log.at(-1)?.line).toBe('line 249');
});

test('words that were typed are told from other answers', () => {
	const state = stateOf(
		{
			type: 'question-answered',
			at,
			step: 'export',
			question: 'confirm',
			answer: 'ping',
			typed: true,
		},
		{
			type: 'question-answered',
			at,
			step: 'export',
			question: 'encryption',
			answer: 'none',
		},
	);
	expect(state.typed).toEqual(['confirm']);
});
