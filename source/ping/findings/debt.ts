import {daysBetween, debtAnnotation, debtOf} from '../debt.js';
import {fieldOf, integerOf} from '../fields.js';
import type {Rule, Seen} from './finding.js';
import type {Look} from './look.js';

/** What is said of workloads that were kept running as root. */
export const debtRules = {
	'root-debt': {
		severity: 'informs',
		means: 'It runs as root until the date that was given when it was kept so.',
		todo: 'Move it to a fresh deployment before that day: unroot --namespace NAME lists it.',
		source: `the annotation ${debtAnnotation}, which unroot wrote`,
	},
	'root-debt-overdue': {
		severity: 'warns',
		means: 'It was to run as root no longer than this. The debt is still there, and nobody has renewed it.',
		todo: 'Move it to a fresh deployment: unroot --namespace NAME lists it, and Enter begins.',
		source: `the annotation ${debtAnnotation}, which unroot wrote`,
	},
} as const satisfies Readonly<Record<string, Rule>>;

const daysText = (days: number): string => `${days} ${days === 1 ? 'day' : 'days'}`;

const countText = (since: string, until: string, today: string | undefined): string => {
	if (today === undefined) {
		return `since ${since}, until ${until}`;
	}

	const left = daysBetween(today, until);
	const end = left < 0 ? `${daysText(-left)} overdue since ${until}` : `${daysText(left)} left until ${until}`;
	return `for ${daysText(Math.max(0, daysBetween(since, today)))} since ${since}, ${end}`;
};

/** Workloads that say that they run as root for a while, with the days counted where it is known which day it is. */
export const debtFindings = (
	{workloads}: Pick<Look, 'workloads'>,
	today: string | undefined,
): ReadonlyArray<Seen<keyof typeof debtRules>> =>
	workloads.flatMap(({object}) => {
		const debt = debtOf(object.metadata.annotations);
		// One that runs nowhere is kept for the way back: its clients have moved, and the debt is paid.
		if (!debt || integerOf(fieldOf(object, 'spec', 'replicas')) === 0) {
			return [];
		}

		const {since, until, by, why} = debt;
		const who = [by === '' ? '' : `taken on by ${by}`, why].filter(Boolean).join(': ');
		return [
			{
				code: today !== undefined && until < today ? 'root-debt-overdue' : 'root-debt',
				on: object,
				field: `metadata.annotations[${debtAnnotation}]`,
				seen: `runs as root ${countText(since, until, today)}${who === '' ? '' : ` (${who})`}`,
			},
		];
	});
