import {plainLine} from '../failure/plain.js';
import type {LiveEvent} from '../migration/event.js';
import {amountText, durationText, percentOf} from '../migration/figures.js';
import type {Progress} from '../migration/step.js';

type Progressed = Extract<LiveEvent, {readonly type: 'progressed'}>;

const moving = (rate: number | undefined, secondsLeft: number | undefined, unit: Progress['unit']): readonly string[] => [
	...(rate === undefined ? [] : [`${amountText(rate, unit)}/s`]),
	...(secondsLeft === undefined || secondsLeft < 1 ? [] : [`about ${durationText(secondsLeft)} left`]),
];

const lineOf = ({progress, rate, secondsLeft, stalledSeconds}: Progressed): string => {
	const percent = percentOf(progress);
	return [
		`${plainLine(progress.what)}: ${percent === undefined ? '' : `${percent} %, `}${amountText(progress.done, progress.unit)}${progress.total === undefined ? '' : ` of ${amountText(progress.total, progress.unit)}`}`,
		...(stalledSeconds === undefined ? moving(rate, secondsLeft, progress.unit) : [`stalled: nothing moved for ${durationText(stalledSeconds)}`]),
	].join(', ');
};

/**
Lets through what a log wants to keep of a progress: its start, each tenth of it, each doubling where the total is not known, its end, and standing still at 2 s and at each doubling of that. Knows no clock.
*/
export const createThinner = (): ((event: Progressed) => string | undefined) => {
	let what = '';
	let mark = -1;
	let stalledMark = 0;

	return event => {
		const {progress, stalledSeconds} = event;
		if (progress.what !== what) {
			what = progress.what;
			mark = -1;
		}

		if (stalledSeconds !== undefined) {
			if (stalledSeconds < stalledMark) {
				return undefined;
			}

			stalledMark = Math.max(stalledMark, stalledSeconds) * 2;
			return lineOf(event);
		}

		stalledMark = 0;
		const percent = percentOf(progress);
		const reached = percent === undefined ? Math.floor(Math.log2(progress.done + 1)) : Math.floor(percent / 10);
		if (reached <= mark) {
			return undefined;
		}

		mark = reached;
		return lineOf(event);
	};
};
