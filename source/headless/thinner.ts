import {plainLine} from '../failure/plain.js';
import type {LiveEvent} from '../migration/event.js';
import type {Progress} from '../migration/step.js';
import {amountText, elapsedText, percentOf, rateText} from '../migration/words/figures.js';

type Progressed = Extract<LiveEvent, {readonly type: 'progressed'}>;

const moving = (
	rate: number | undefined,
	secondsLeft: number | undefined,
	unit: Progress['unit'],
): readonly string[] => [
	...(rate === undefined ? [] : [rateText(rate, unit)]),
	...(secondsLeft === undefined || secondsLeft < 1 ? [] : [`about ${elapsedText(secondsLeft)} left`]),
];

const lineOf = ({progress, rate, secondsLeft, stalledSeconds}: Progressed): string => {
	const percent = percentOf(progress);
	const {what, unit} = progress;
	return [
		`${plainLine(what)}: ${percent === undefined ? '' : `${percent} %, `}${amountText(progress)}`,
		...(stalledSeconds === undefined
			? moving(rate, secondsLeft, unit)
			: [`stalled: nothing moved for ${elapsedText(stalledSeconds)}`]),
	].join(', ');
};

/**
Lets through what a log wants to keep of a progress: its start, each tenth of it, each doubling where the total is not
known, its end, and standing still at 2 s and at each doubling of that. Knows no clock.
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
