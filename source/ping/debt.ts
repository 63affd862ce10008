/*
A workload that was kept running as root is a debt: it says so itself, for whoever looks at it without the run.
*/

/** Where a workload says since when, by whom, until when and why it runs as root. */
export const debtAnnotation = 'unroot/runs-as-root';

/** What is owed. Days are ISO dates, such as `2026-09-30`. */
export type Debt = {
	readonly since: string;
	readonly by: string;
	/** When it is to be paid at the latest. */
	readonly until: string;
	readonly why: string;
	/** The run that took it on. */
	readonly run: string;
};

const isDay = (text: unknown): text is string =>
	typeof text === 'string' && /^\d{4}-\d\d-\d\d$/v.test(text) && !Number.isNaN(Date.parse(text));

const isText = (value: unknown): value is string => typeof value === 'string';

/** The annotation's text. */
export const debtText = ({since, by, until, why, run}: Debt): string => JSON.stringify({since, by, until, why, run});

/** What a workload owes, by its annotations; undefined where it says nothing, or nothing that can be read. */
export const debtOf = (annotations: Readonly<Record<string, string>> | undefined): Debt | undefined => {
	const text = annotations?.[debtAnnotation];
	if (text === undefined) {
		return undefined;
	}

	let read: unknown;
	try {
		read = JSON.parse(text);
	} catch {
		return undefined;
	}

	const {since, by, until, why, run} = (read ?? {}) as Readonly<Record<string, unknown>>;
	return isDay(since) && isDay(until)
		? {since, until, by: isText(by) ? by : '', why: isText(why) ? why : '', run: isText(run) ? run : ''}
		: undefined;
};

const millisecondsPerDay = 86_400_000;

/** Whole days from one day to another; below zero where the other one is earlier. */
export const daysBetween = (from: string, to: string): number =>
	Math.round((Date.parse(to) - Date.parse(from)) / millisecondsPerDay);

/** A day that is so many days later. */
export const dayAfter = (day: string, days: number): string =>
	new Date(Date.parse(day) + days * millisecondsPerDay).toISOString().slice(0, 10);
