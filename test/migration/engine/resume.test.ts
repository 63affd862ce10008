import {expect, test} from 'vitest';
import {Failure} from '../../../source/failure/failure.js';
import type {JournalEvent} from '../../../source/migration/event.js';
import {stepOf} from '../../../source/migration/state.js';
import type {Step} from '../../../source/migration/step.js';
import {scripted, step} from './scripted.js';

const connect = step('connect', {
	perform: async () => ({cluster: {uid: 'uid-1', version: 'v1.32.0', server: 'https://cluster'}}),
});

/** The journal of a run of some steps that went well. */
const journalOf = async (steps: readonly Step[]): Promise<readonly JournalEvent[]> => {
	const {engine, journal} = scripted(steps);
	await engine.run();
	return journal;
};

test('another cluster behind the same context is refused, and nothing is looked at', async () => {
	const history = await journalOf([connect]);
	let looked = 0;
	const {engine} = scripted(
		[
			step('connect', {
				async verify() {
					looked++;
					return [];
				},
			}),
		],
		{history, uid: 'uid-2'},
	);
	await expect(engine.run()).resolves.toMatchObject({exit: 'blocked', failure: {code: 'other-cluster'}});
	expect(looked).toBe(0);
});

test('what the journal calls done is verified again, and opened again where it no longer holds', async () => {
	const history = await journalOf([connect, step('apply')]);
	let performed = 0;
	const {engine, journal} = scripted(
		[
			connect,
			step('apply', {
				async perform() {
					performed++;
					return {};
				},
				verify: async () => [{label: 'StatefulSet', value: performed > 0 ? 'there' : 'gone', holds: performed > 0}],
			}),
		],
		{history},
	);
	await expect(engine.run()).resolves.toEqual({exit: 'done'});
	expect(performed).toBe(1);
	expect(journal.find(({type}) => type === 'step-reopened')).toMatchObject({step: 'apply', why: 'StatefulSet: gone'});
});

test('a step whose verification cannot be made is opened again', async () => {
	const history = await journalOf([connect, step('apply')]);
	let tries = 0;
	const {engine, journal} = scripted(
		[
			connect,
			step('apply', {
				async verify() {
					tries++;
					if (tries === 1) {
						throw new Failure({
							code: 'gone',
							seen: 'There is no such object.',
							means: '',
							todo: '',
							byHand: '',
						});
					}

					return [{label: 'StatefulSet', value: 'there', holds: true}];
				},
			}),
		],
		{history},
	);
	await expect(engine.run()).resolves.toEqual({exit: 'done'});
	expect(journal.find(({type}) => type === 'step-reopened')).toMatchObject({
		why: 'Verification: There is no such object.',
	});
});

test('a step is not verified again once a later one has changed what it would look at', async () => {
	const steps = [connect, step('export', {verifiedUntil: ['clean-up']}), step('clean-up')];
	const history = await journalOf(steps);
	const {engine, journal} = scripted(
		[
			connect,
			step('export', {
				verifiedUntil: ['clean-up'],
				verify: async () => [{label: 'file', value: 'removed', holds: false}],
			}),
			step('clean-up'),
		],
		{history},
	);
	await expect(engine.run()).resolves.toEqual({exit: 'done'});
	expect(journal.some(({type}) => type === 'step-reopened')).toBe(false);
});

test('a step that was left out has overtaken nothing', async () => {
	const leftOut = step('cut-over', {
		inspect: async () => ({state: 'not-needed', facts: [], why: 'It runs on as root.'}),
	});
	const history = await journalOf([connect, step('prove', {verifiedUntil: ['cut-over']}), leftOut]);
	const {engine, journal} = scripted(
		[
			connect,
			step('prove', {
				verifiedUntil: ['cut-over'],
				verify: async () => [{label: 'user', value: 'uid 9031', holds: false}],
			}),
			leftOut,
		],
		{history},
	);
	const running = engine.run();
	await expect
		.poll(() => journal.find(({type}) => type === 'step-reopened'))
		.toMatchObject({step: 'prove', why: 'user: uid 9031'});
	engine.send({type: 'stop'});
	await running;
});

test('a stop while the cluster is being looked at opens nothing again', async () => {
	const history = await journalOf([connect, step('apply')]);
	const {engine, journal} = scripted(
		[
			connect,
			step('apply', {
				async verify() {
					engine.send({type: 'stop'});
					throw new Error('aborted');
				},
			}),
		],
		{history},
	);
	await expect(engine.run()).resolves.toEqual({exit: 'interrupted'});
	expect(journal.some(({type}) => type === 'step-reopened')).toBe(false);
	expect(stepOf(engine.view().state, 'apply')?.status).toBe('done');
});

test('a step that ended but was not verified is verified first, and not done twice', async () => {
	let performed = 0;
	const counting = step('apply', {
		async perform() {
			performed++;
			return {};
		},
	});
	const history = await journalOf([connect, counting]);
	const cut = history.slice(
		0,
		history.findIndex(event => event.type === 'step-verified' && event.step === 'apply'),
	);
	const {engine} = scripted([connect, counting], {history: cut});
	await expect(engine.run()).resolves.toEqual({exit: 'done'});
	expect(performed).toBe(1);
});

const undoing = (order: string[], fails: () => boolean = () => false) =>
	(['apply', 'cut-over'] as const).map(id =>
		step(id, {
			undo: {
				kind: 'can',
				says: 'Takes it back.',
				async run() {
					order.push(id);
					return [{label: `${id} undone`, value: fails() ? 'no' : 'yes', holds: !fails()}];
				},
			},
		}),
	);

test('the way back undoes what was done, the last step first', async () => {
	const order: string[] = [];
	const history = await journalOf([connect, ...undoing(order)]);
	const {engine} = scripted([connect, ...undoing(order)], {history});
	await expect(engine.rollback()).resolves.toEqual({exit: 'done'});
	expect(order).toEqual(['cut-over', 'apply']);
	expect(engine.view().state.status).toBe('rolled-back');
	expect(stepOf(engine.view().state, 'apply')?.status).toBe('undone');
});

test('an undo that is not proved stops the way back, which goes on there the next time', async () => {
	const order: string[] = [];
	const history = await journalOf([connect, ...undoing(order)]);
	const first = scripted([connect, ...undoing(order, () => true)], {history});
	await expect(first.engine.rollback()).resolves.toMatchObject({exit: 'failed', failure: {code: 'undo-unproved'}});
	expect(order).toEqual(['cut-over']);
	expect(stepOf(first.engine.view().state, 'cut-over')?.undoing).toBe(true);

	const second = scripted([connect, ...undoing(order)], {history: first.journal});
	await expect(second.engine.rollback()).resolves.toEqual({exit: 'done'});
	expect(order).toEqual(['cut-over', 'cut-over', 'apply']);
});
