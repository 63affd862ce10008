import type {Question} from '../../migration/step.js';
import {durationText} from '../../migration/words/figures.js';

/*
The budget of a freeze is a promise: so long may writes be refused, and no longer. All is in seconds.
*/

/** What is recommended where nothing was measured yet. */
const unmeasured = 900;

/** The least budget that makes sense: a few seconds are gone before the first server is frozen. */
const leastBudget = 30;

/** The most: a day. */
const mostBudget = 86_400;

/** How many times what was foretold is recommended, and what is added for the switch. */
const caution = 3;
const spare = 60;

/** The budget to recommend, in full half minutes. */
export const recommendedBudget = (forecast: number | undefined): number =>
	forecast === undefined ? unmeasured : Math.min(mostBudget, Math.ceil((forecast * caution + spare) / 30) * 30);

/**
The least that is recommended for a freeze that lasts from the export on: the operator reads, and decides, under
it.
*/
const leastKept = 1800;

/**
What must be left of a freeze's time when the clients begin to move: to call off the watchdogs, to read back and
to move.
*/
const leastReserve = 5;
const toolRunsOfSwitch = 3;

/**
The seconds that must be left when the clients begin to move, where one run of a tool takes so long; never more
than half of what is allowed.
*/
export const reserveOf = (budget: number, toolSeconds: number | undefined): number =>
	Math.min(budget / 2, leastReserve + toolRunsOfSwitch * (toolSeconds ?? 0));

/**
A budget as it is typed: seconds, or with a unit, such as `90`, `5m` or `1h`. Undefined where it is neither, or out of
bounds.
*/
export const secondsIn = (text: string): number | undefined => {
	const {digits, unit = ''} = /^(?<digits>\d{1,6})(?<unit>[hms]?)$/v.exec(text.trim())?.groups ?? {};
	if (digits === undefined) {
		return undefined;
	}

	const factor = unit === 'h' ? 3600 : unit === 'm' ? 60 : 1;
	const seconds = Number(digits) * factor;
	return seconds >= leastBudget && seconds <= mostBudget ? seconds : undefined;
};

/** From 30 seconds to a day, as a pattern for what is typed. */
const bounds = [
	String.raw`(?:[3-9]\d|[1-9]\d{2,3}|[1-7]\d{4}|8[0-5]\d{3}|86[0-3]\d{2}|86400)s?`,
	String.raw`(?:[1-9]\d{0,2}|1[0-3]\d{2}|14[0-3]\d|1440)m`,
	String.raw`(?:[1-9]|1\d|2[0-4])h`,
]
	.map(alternative => String.raw`\s*${alternative}\s*`)
	.join('|');

/** What both questions for a budget have in common. */
const asked = {
	id: 'freeze-budget',
	title: 'For how long may writes be refused?',
	pattern: {
		source: bounds,
		says: 'Enter a time from 30s to 24h, such as 90s, 5m or 1h.',
	},
} as const;

/** How long writes may be refused from the export on. `estimate` is what it takes by what was measured elsewhere. */
export const keptBudgetQuestion = (estimate: number): Question => ({
	kind: 'text',
	...asked,
	why:
		`Export, import and proof take about ${durationText(estimate)} for so many entries, and it lasts as long as you ` +
		'wait at the cut-over. When the time is over, writes are allowed again on every replica, clients stay where ' +
		'they are, and the run goes on in rounds, as with the other answer.',
	recommended: `${Math.max(leastKept, recommendedBudget(estimate))}s`,
});

/** How long writes may be refused. `forecast` is what the last round is expected to take, where it was measured. */
export const budgetQuestion = (forecast: number | undefined): Question => ({
	kind: 'text',
	...asked,
	why: [
		forecast === undefined
			? 'Nothing was measured yet that would say how long it takes.'
			: `By the rounds so far it takes about ${durationText(forecast)}.`,
		'When the time is over, writes are allowed again on every replica, clients stay where they are, and the ' +
			'run says so.',
	].join(' '),
	recommended: `${recommendedBudget(forecast)}s`,
});
