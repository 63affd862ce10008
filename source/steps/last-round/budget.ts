import {Failure} from '../../failure/failure.js';
import type {StepContext} from '../../migration/step.js';
import {durationText} from '../../migration/words/figures.js';
import {secondsIn} from '../freeze/budget.js';
import type {LastRoundNeeds} from './needs.js';

/** The budget, in seconds, that the operator gave. */
export const budgetOf = ({answers}: Pick<StepContext, 'answers'>): number | undefined =>
	answers['freeze-budget'] === undefined ? undefined : secondsIn(answers['freeze-budget']);

/**
The least time after which a freeze without a budget is lifted all the same, and how many times the forecast it
may last, in seconds: a program that is killed leaves none without end.
*/
const leastLimit = 900;
const limitFactor = 4;

export const usualLimit = (forecast: number | undefined): number => Math.max(leastLimit, (forecast ?? 0) * limitFactor);

export const tooLong = (forecast: number, budget: number): Failure =>
	new Failure({
		code: 'freeze-too-long',
		seen:
			`The last round is expected to refuse writes for ${durationText(forecast)}; ` +
			`${durationText(budget)} are allowed.`,
		means: 'It was not begun: writes go on, and nothing has moved.',
		todo: 'Wait for a time with fewer writes and try again, or go back and allow more.',
		byHand: 'unroot resume --freeze-budget 30m',
		exit: 'blocked',
		retryable: true,
	});

const overBudget = (budget: number): Failure =>
	new Failure({
		code: 'freeze-over-budget',
		seen: `The last round was not through after ${durationText(budget)}, which is what the freeze was allowed to last.`,
		means: 'It was given up.',
		todo: 'Try again at a time with fewer writes, or go back and allow more.',
		byHand: 'unroot resume --freeze-budget 30m',
		exit: 'blocked',
		retryable: true,
	});

/** The context with a signal that is raised when the budget is over as well. */
export const within = (
	context: StepContext<LastRoundNeeds>,
	budget: number | undefined,
): {readonly context: StepContext<LastRoundNeeds>; readonly end: () => void} => {
	const over = new AbortController();
	const done = new AbortController();
	const wait = async (seconds: number): Promise<void> => {
		try {
			await context.world.clock.sleep(seconds * 1000, done.signal);
			over.abort(overBudget(seconds));
		} catch {
			// The round was through before.
		}
	};

	if (budget !== undefined) {
		void wait(budget);
	}

	return {
		context: {...context, signal: AbortSignal.any([context.signal, over.signal])},
		end() {
			done.abort();
		},
	};
};
