import {Failure} from '../../failure/failure.js';
import {waitUntil} from '../../migration/engine/until.js';
import type {StepContext} from '../../migration/step.js';
import {durationText} from '../../migration/words/figures.js';
import {reserveOf, secondsIn} from '../freeze/budget.js';
import {overBudgetCode} from '../freeze/watch.js';
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

const usualLimit = (forecast: number | undefined): number => Math.max(leastLimit, (forecast ?? 0) * limitFactor);

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

const overBudget = (allowed: number): Failure =>
	new Failure({
		code: overBudgetCode,
		seen:
			`The last round was not through in time: the freeze was allowed to last ${durationText(allowed)}, and the ` +
			'clients have to move within that.',
		means: 'It was given up.',
		todo: 'Try again at a time with fewer writes, or allow more.',
		byHand: 'unroot resume --freeze-budget 30m',
		exit: 'blocked',
		retryable: true,
	});

/**
How long a freeze may last, from when, and how much of that has to be left when the clients begin to move; in
seconds and ISO.
*/
export type Allowed = {readonly seconds: number; readonly until: string; readonly reserve: number};

/** What a freeze is allowed that begins now, or began at `since`. */
export const allowedFrom = (
	since: Date,
	{
		budget,
		forecast,
		toolSeconds,
	}: {
		readonly budget: number | undefined;
		readonly forecast: number | undefined;
		readonly toolSeconds: number | undefined;
	},
): Allowed => {
	const seconds = budget ?? usualLimit(forecast);
	return {
		seconds,
		until: new Date(since.getTime() + seconds * 1000).toISOString(),
		reserve: reserveOf(seconds, toolSeconds),
	};
};

/** The context with a signal that is raised when too little of the time is left for the switch, as well. */
export const within = (
	context: StepContext<LastRoundNeeds>,
	{seconds, until, reserve}: Allowed,
): {readonly context: StepContext<LastRoundNeeds>; readonly end: () => void} => {
	const over = new AbortController();
	const done = new AbortController();
	const {clock} = context.world;
	const wait = async (): Promise<void> => {
		try {
			await waitUntil(clock, Date.parse(until) - reserve * 1000, done.signal);
			over.abort(overBudget(seconds));
		} catch {
			// The round was through before.
		}
	};

	void wait();

	return {
		context: {...context, signal: AbortSignal.any([context.signal, over.signal])},
		end() {
			done.abort();
		},
	};
};
