import type {LiveEvent} from '../event.js';
import type {Progress, StepId} from '../step.js';

/** Progress is shown ten times a second at most: more is only work for the terminal. */
const thinnedToMilliseconds = 100;

/** After this long without a byte or an entry, what is shown says so: stalled must look different from slow. */
const stalledAfterMilliseconds = 2000;

/** Weight of the newest rate in the smoothed one. */
const newestWeight = 0.3;

/** What is shown of a step's progress. */
export type Meter = {
	/** Takes what the step reports and gives what is to be shown, if it is time. */
	readonly report: (progress: Progress, now: number) => LiveEvent | undefined;
	/** Called once a second: gives what is to be shown where nothing moved. */
	readonly tick: (now: number) => LiveEvent | undefined;
};

/**
Turns a step's reports into rate, time left and stalled time. Pure but for what it remembers; times are milliseconds.
*/
export const createMeter = (step: StepId): Meter => {
	let latest: Progress | undefined;
	let movedAt = 0;
	let shown: {readonly progress: Progress; readonly at: number} | undefined;
	let rate: number | undefined;

	const isFinished = ({done, total}: Progress): boolean => total !== undefined && done >= total;

	const event = (progress: Progress, stalled: number): LiveEvent => ({
		type: 'progressed',
		step,
		progress,
		...(rate !== undefined && {rate}),
		...(rate && progress.total !== undefined && {secondsLeft: Math.max(0, (progress.total - progress.done) / rate)}),
		...(stalled >= stalledAfterMilliseconds && {stalledSeconds: Math.round(stalled / 1000)}),
	});

	const show = (progress: Progress, now: number): LiveEvent => {
		if (shown && progress.done > shown.progress.done && now > shown.at) {
			const current = ((progress.done - shown.progress.done) * 1000) / (now - shown.at);
			rate = rate === undefined ? current : rate * (1 - newestWeight) + current * newestWeight;
		}

		shown = {progress, at: now};
		return event(progress, 0);
	};

	return {
		report(progress, now) {
			const isSameKind = latest?.what === progress.what && latest.unit === progress.unit;
			if (
				isSameKind &&
				latest?.done === progress.done &&
				latest.total === progress.total &&
				latest.awaits?.join('\n') === progress.awaits?.join('\n')
			) {
				return undefined;
			}

			if (!isSameKind) {
				rate = undefined;
				shown = undefined;
			}

			latest = progress;
			movedAt = now;
			return !shown || isFinished(progress) || now - shown.at >= thinnedToMilliseconds
				? show(progress, now)
				: undefined;
		},
		tick(now) {
			if (!latest || isFinished(latest)) {
				return undefined;
			}

			if (latest !== shown?.progress) {
				return show(latest, now);
			}

			return latest.awaits !== undefined || now - movedAt < stalledAfterMilliseconds
				? undefined
				: event(latest, now - movedAt);
		},
	};
};
