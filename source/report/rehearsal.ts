import type {RunState} from '../migration/state.js';
import type {StepId} from '../migration/step.js';
import {secondsOf} from './timing.js';

/** An answers file: what a run decided, and how many seconds each of its steps took. */
export type Rehearsal = {
	readonly answers: Readonly<Record<string, string>>;
	readonly steps: Readonly<Partial<Record<StepId, number>>>;
};

/**
The answers file of a run. The words that were typed before a destructive step stay out of it: they name the place of this run and are asked again in the next.
*/
export const rehearsalOf = ({answers, typed, steps}: RunState): Rehearsal => ({
	answers: Object.fromEntries(Object.entries(answers).filter(([id]) => !typed.includes(id))),
	steps: Object.fromEntries(
		steps.flatMap(step => {
			const seconds = secondsOf(step);
			return seconds === undefined ? [] : [[step.id, Math.round(seconds * 10) / 10]];
		}),
	),
});
