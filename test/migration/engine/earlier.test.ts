import {expect, test} from 'vitest';
import type {JournalEvent} from '../../../source/migration/event.js';
import {stepOf} from '../../../source/migration/state.js';
import type {StepId} from '../../../source/migration/step.js';
import {scripted, step} from './scripted.js';

const before: readonly StepId[] = ['connect', 'export', 'copy-out', 'preview', 'apply', 'cut-over'];
const today: readonly StepId[] = [
	'connect',
	'preview',
	'apply',
	'export',
	'copy-out',
	'restart',
	'catch-up',
	'cut-over',
];

/**
What a version before wrote: its checklist had another order and fewer steps, and was never written again on a resume.
*/
const journalUntil = async (last: StepId): Promise<readonly JournalEvent[]> => {
	const steps = before.map(id =>
		step(id, {
			async inspect() {
				if (before.indexOf(id) > before.indexOf(last)) {
					throw new Error('stopped here');
				}

				return {state: 'to-do', facts: []};
			},
		}),
	);
	const {engine, journal} = scripted(steps);
	engine.onEvent(event => {
		if (event.type === 'step-failed') {
			engine.send({type: 'stop'});
		}
	});
	await engine.run();
	return journal;
};

const resumed = (steps?: readonly StepId[]): JournalEvent => ({
	type: 'run-resumed',
	at: '2026-03-02T10:00:00.000Z',
	program: '0.2.0',
	by: 'ann@host',
	...(steps && {steps}),
});

test(
	"an open run of a version before goes on in today's order; what is done stays done, and a new step is told as " +
		'new',
	async () => {
		const history = [...(await journalUntil('copy-out')), resumed(today)];
		const performed: StepId[] = [];
		const {engine} = scripted(
			today.map(id =>
				step(id, {
					async perform() {
						performed.push(id);
						return {};
					},
				}),
			),
			{history},
		);
		const told: StepId[] = [];
		engine.onEvent(event => {
			if (event.type === 'step-inspected' && event.inspection.facts.some(({label}) => label === 'new step')) {
				told.push(event.step);
			}
		});
		await expect(engine.run()).resolves.toEqual({exit: 'done'});
		expect(performed).toEqual(['preview', 'apply', 'restart', 'catch-up', 'cut-over']);
		expect(told).toEqual(['restart', 'catch-up']);
		expect(engine.view().state.steps.map(({id}) => id)).toEqual(today);
	},
);

test('a run that a version before ended gets no new steps', async () => {
	const history = [...(await journalUntil('cut-over')), resumed(today)];
	const {engine, journal} = scripted(
		today.map(id => step(id)),
		{history},
	);
	await expect(engine.run()).resolves.toEqual({exit: 'done'});
	expect(engine.view().state.steps.map(({id}) => id)).toEqual(before);
	expect(journal.filter(({type}) => type === 'step-started')).toHaveLength(before.length);
});

test('a resume by a version before changes no checklist', async () => {
	const history = [...(await journalUntil('copy-out')), resumed()];
	const {engine} = scripted(
		before.map(id => step(id)),
		{history},
	);
	expect(engine.view().state.steps.map(({id}) => id)).toEqual(before);
	expect(stepOf(engine.view().state, 'copy-out')).not.toHaveProperty('isNew');
});
