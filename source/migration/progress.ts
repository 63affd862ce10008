import type {LiveEvent} from './event.js';
import type {Progress, StepId} from './step.js';

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
	let last: {readonly progress: Progress; readonly at: number} | undefined;
	let shownAt = -Infinity;
	let rate: number | undefined;

	const event = (progress: Progress, stalled: number): LiveEvent => ({
		type: 'progressed',
		step,
		progress,
		...(rate !== undefined && {rate}),
		...(rate && progress.total !== undefined && {secondsLeft: Math.max(0, (progress.total - progress.done) / rate)}),
		...(stalled >= stalledAfterMilliseconds && {stalledSeconds: Math.round(stalled / 1000)}),
	});

	return {
		report(progress, now) {
			const isSameKind = last?.progress.what === progress.what && last.progress.unit === progress.unit;
			if (!isSameKind) {
				rate = undefined;
			}

			const isMoved = !last || !isSameKind || progress.done !== last.progress.done;
			if (last && isSameKind && progress.done > last.progress.done && now > last.at) {
				const current = (progress.done - last.progress.done) * 1000 / (now - last.at);
				rate = rate === undefined ? current : (rate * (1 - newestWeight)) + (current * newestWeight);
			}

			const isFinished = progress.total !== undefined && progress.done >= progress.total;
			if (isMoved && (!isSameKind || isFinished || now - (last?.at ?? -Infinity) >= thinnedToMilliseconds)) {
				last = {progress, at: now};
				shownAt = now;
				return event(progress, 0);
			}

			last ??= {progress, at: now};
			return undefined;
		},
		tick(now) {
			return !last || now - shownAt < stalledAfterMilliseconds ? undefined : event(last.progress, now - last.at);
		},
	};
};
