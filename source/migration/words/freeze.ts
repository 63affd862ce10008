import type {FailureParts} from '../../failure/failure.js';
import {frozenNow, type Freeze, type FreezeEnd} from '../freeze.js';
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
		freeze.until === undefined ? '' : `, until ${timeText(freeze.until)} at the latest`
	}.`;

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

/** How a freeze ended, in a few words. */
export const freezeEndWords: Readonly<Record<FreezeEnd, string>> = {
	lifted: 'taken again',
	expired: 'taken again: the watchdogs in the pods lifted the freeze at the deadline',
	moved: 'taken by the new servers: clients have moved',
};

/** How a freeze ended, in a few words. */
export const freezeEndText = ({ended}: Freeze): string => (ended ? freezeEndWords[ended.how] : 'still refused');

/** How long a freeze lasted, for people. */
export const freezeLengthText = (freeze: Freeze): string => {
	const seconds = lengthOf(freeze);
	return seconds === undefined ? '' : durationText(seconds);
};
