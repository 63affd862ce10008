import type {FailureParts} from '../../failure/failure.js';
import {deadlineOf, frozenNow, type Freeze, type FreezeEnd} from '../freeze.js';
import type {JsonObject} from '../json.js';
import type {RunState} from '../state.js';
import {durationText, secondsBetween} from './figures.js';

/** A time for people who are in a hurry: `03:12:44 UTC`. */
export const timeText = (iso: string): string => `${iso.slice(11, 19)} UTC`;

/** How long a freeze lasted, or lasts until now; in seconds. */
export const lengthOf = ({since, ended}: Freeze, now?: string): number | undefined =>
	secondsBetween(since, ended?.at ?? now);

const podsText = ({servers}: Freeze): string => servers.map(({pod}) => pod).join(', ');

/** That writes are refused, in one sentence: since when, on which pods, and until when at the latest. */
export const freezeSentence = (freeze: Freeze): string =>
	`Writes are refused since ${timeText(freeze.since)} on ${podsText(freeze)}${
		freeze.isMoving
			? ', until the clients have moved'
			: freeze.until === undefined
				? ''
				: `, until ${timeText(freeze.until)} at the latest`
	}.`;

/** That a freeze ended because its time was over, and nothing moved; undefined where the last one did not end so. */
export const overSentence = ({freezes}: Pick<RunState, 'freezes'>): string | undefined => {
	const last = freezes.at(-1);
	return last?.ended?.how === 'expired'
		? `The time for the freeze that began at ${timeText(last.since)} was over: writes are taken again on ` +
				`${podsText(last)}, and clients are where they were.`
		: undefined;
};

/**
What every text says first of all while writes are refused: the sentence, and the command that lifts it. Empty where
they are not.
*/
export const freezeLines = (
	{freezes, run}: Pick<RunState, 'freezes' | 'run'>,
	name: string = run,
): readonly string[] => {
	const freeze = frozenNow(freezes);
	return freeze
		? [
				freezeSentence(freeze),
				`  Lift it: unroot unfreeze ${name}`,
				...freeze.servers.map(({lift}) => `  By hand: ${lift}`),
				...(freeze.unwatched?.map(pod => `  ${pod} does not lift it by itself at the deadline.`) ?? []),
			]
		: [];
};

const deadlineNow = ({freezes}: Pick<RunState, 'freezes'>): number | undefined => {
	const freeze = frozenNow(freezes);
	return freeze && deadlineOf(freeze);
};

/**
The same, and what a reader must know of a freeze that a program did not see to its end: by now its time may be
over.
*/
export const freezeLinesAt = (
	state: Pick<RunState, 'freezes' | 'run'>,
	now: string,
	name?: string,
): readonly string[] => {
	const deadline = deadlineNow(state);
	const over = overSentence(state);
	return [
		...freezeLines(state, name),
		...(deadline !== undefined && deadline <= Date.parse(now)
			? [
					'  That time is over: the pods were to lift it by themselves. unroot resume reads back whether they did, ' +
						'and writes it down.',
				]
			: []),
		...(over === undefined ? [] : [over]),
	];
};

/** What went wrong, as it is told while writes are refused: that they are is part of what it means. */
export const whileFrozen = (
	failure: FailureParts,
	state: Pick<RunState, 'freezes' | 'run'>,
	name: string = state.run,
): FailureParts => {
	const freeze = frozenNow(state.freezes);
	return freeze
		? {...failure, means: `${freezeSentence(freeze)} Lift it: unroot unfreeze ${name}. ${failure.means}`}
		: failure;
};

/** The same as JSON, for programs; null where writes are taken. */
export const freezeJson = ({freezes}: Pick<RunState, 'freezes'>): JsonObject | null => {
	const freeze = frozenNow(freezes);
	return freeze
		? {
				since: freeze.since,
				...(freeze.until !== undefined && {until: freeze.until}),
				...(freeze.unwatched !== undefined && {unwatched: freeze.unwatched}),
				workload: freeze.workload.name,
				mode: freeze.mode,
				pods: freeze.servers.map(({pod}) => pod),
				lift: freeze.servers.map(({lift}) => lift),
			}
		: null;
};

/** What becomes of writes once a freeze was lifted on the operator's word. */
export const unfrozenSentence = (freeze: Freeze | undefined): string =>
	freeze?.isMoving
		? 'Writes are taken again. The clients were about to move: whoever was asked to move them must not do it now, ' +
			'or what clients write until then stays behind. unroot resume makes another round first.'
		: 'Writes are taken again. The run stays where it is; what clients write from now on is carried by its next round.';

/** How a freeze ended, in a few words. */
export const freezeEndWords: Readonly<Record<FreezeEnd, string>> = {
	lifted: 'taken again',
	expired: 'taken again: the time for the freeze was over',
	moved: 'taken by the servers that clients have moved to',
};

/** How a freeze ended, in a few words. */
export const freezeEndText = ({ended}: Freeze): string => (ended ? freezeEndWords[ended.how] : 'still refused');

/** How long a freeze lasted, for people. */
export const freezeLengthText = (freeze: Freeze): string => {
	const seconds = lengthOf(freeze);
	return seconds === undefined ? '' : durationText(seconds);
};
