import type {StepState} from '../migration/state.js';
import {durationText, secondsBetween} from '../migration/words/figures.js';

/** How long a step took; undefined where it has not ended. With several attempts the time between them is in it. */
export const secondsOf = (step: StepState): number | undefined =>
	step.status === 'done' ? secondsBetween(step.startedAt, step.endedAt) : undefined;

/** The same for people. */
export const tookText = (step: StepState): string => {
	const seconds = secondsOf(step);
	if (seconds === undefined) {
		return '';
	}

	return step.attempts > 1 ? `${durationText(seconds)} over ${step.attempts} attempts` : durationText(seconds);
};
