import type {RunState} from '../migration/state.js';
import type {StepId} from '../migration/step.js';
import {secondsOf} from './timing.js';

/** An answers file: what a run decided, and how many seconds each of its steps took. */
export type Rehearsal = {
	readonly answers: Readonly<Record<string, string>>;
	readonly steps: Readonly<Partial<Record<StepId, number>>>;
};

/**
The answers file of a run. What belongs to this run alone stays out of it and is asked again in the next: the words that
were typed before a destructive step, and paths below the run's own folder.
*/
export const rehearsalOf = ({answers, typed, steps}: RunState, folder: string): Rehearsal => ({
	answers: Object.fromEntries(
		Object.entries(answers).filter(
			([id, answer]) => !typed.includes(id) && answer !== folder && !answer.startsWith(`${folder}/`),
		),
	),
	steps: Object.fromEntries(
		steps.flatMap(step => {
			const seconds = secondsOf(step);
			return seconds === undefined ? [] : [[step.id, Math.round(seconds * 10) / 10]];
		}),
	),
});
