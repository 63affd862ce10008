import type {RunState} from '../migration/state.js';
import type {StepId} from '../migration/step.js';

/** An answers file: what a run decided, and how many seconds each of its steps took. */
export type Rehearsal = {
	readonly answers: Readonly<Record<string, string>>;
	readonly steps: Readonly<Partial<Record<StepId, number>>>;
};

/** The answers file of a run. */
export const rehearsalOf = (state: RunState): Rehearsal => ({answers: state.answers, steps: {}});
