import type {Question, StepContext} from '../../migration/step.js';
import {dayAfter, daysBetween} from '../../ping/debt.js';

/** Long enough to plan a fresh deployment, short enough not to be forgotten. */
const recommendedDays = 90;

/** Nobody remembers a date that is further away. */
const mostDays = 730;

/** The day it is, in UTC. */
export const today = ({world}: Pick<StepContext<'clock'>, 'world'>): string =>
	world.clock.now().toISOString().slice(0, 10);

/** Until when root is to stay, and why: it is a debt, and is written on the workload. */
export const debtQuestions = (context: Pick<StepContext<'clock'>, 'world'>): readonly Question[] => [
	{
		kind: 'text',
		id: 'root-until',
		title: 'Until when is it to run as root?',
		why:
			'Running as root is a debt. The date is written on the workload: unroot inspect counts the days, and says so ' +
			'when they are over.',
		recommended: dayAfter(today(context), recommendedDays),
		pattern: {source: String.raw`\d{4}-\d\d-\d\d`, says: 'Enter a date such as 2027-03-31.'},
	},
	{
		kind: 'text',
		id: 'root-why',
		title: 'Why does it keep running as root for now?',
		why: 'The reason is written on the workload, for whoever finds it there. Name nobody and no secret in it.',
		recommended: 'A fresh deployment is planned for later.',
		pattern: {source: '.{3,200}', says: 'Enter a reason of 3 to 200 characters.'},
	},
];

/** Why a date cannot be the one until which root stays; undefined where it can. */
export const judgeUntil = (context: Pick<StepContext<'clock'>, 'world'>, answer: string): string | undefined => {
	if (Number.isNaN(Date.parse(answer))) {
		return `There is no day ${answer}.`;
	}

	const now = today(context);
	const days = daysBetween(now, answer);
	if (days < 1) {
		return `${answer} is not after today, ${now}.`;
	}

	return days > mostDays ? `${answer} is more than two years away. Name an earlier day.` : undefined;
};
