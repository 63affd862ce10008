import {asciiOf, plainLine} from '../failure/plain.js';
import {waitSeconds, waitText} from '../migration/waits.js';
import {elapsedText} from '../migration/words/figures.js';
import type {Surroundings} from './surroundings.js';

const lookEveryMilliseconds = 1000;

/** Overwrites the line that a terminal's cursor is on. */
const overwrite = '\r\u{1B}[K';

/**
Says on standard error who is waited for, from the first second on: on one line that counts on a terminal that shows
nothing else, else a line at each doubling of the time. Gives what ends that.
*/
export const tellWaits = (
	{stderr, waits, isAscii}: Pick<Surroundings, 'stderr' | 'waits' | 'isAscii'>,
	{isAlone}: {readonly isAlone: boolean},
): (() => void) => {
	const isCounting = isAlone && stderr.isTTY;
	let told: {readonly since: number; readonly next: number} | undefined;
	const clear = (): void => {
		if (isCounting && told) {
			stderr.write(overwrite);
		}

		told = undefined;
	};

	const look = (): void => {
		const wait = waits.longest();
		const seconds = wait && waitSeconds(wait, Date.now());
		if (!wait || seconds === undefined) {
			clear();
			return;
		}

		if (!isCounting && told?.since === wait.since && seconds < told.next) {
			return;
		}

		told = {since: wait.since, next: Math.max(1, seconds) * 2};
		const text = plainLine(`${waitText(wait)}, ${elapsedText(seconds)}`);
		const line = isAscii ? asciiOf(text) : text;
		stderr.write(isCounting ? `${overwrite}${line.slice(0, Math.max(0, stderr.columns - 1))}` : `${line}\n`);
	};

	const timer = setInterval(look, lookEveryMilliseconds);
	// It must not keep the program from ending.
	timer.unref();
	return () => {
		clearInterval(timer);
		clear();
	};
};

/** The same for as long as some work takes. */
export const tellingWaits = async <T>(
	surroundings: Surroundings,
	isAlone: boolean,
	work: () => Promise<T>,
): Promise<T> => {
	const stop = tellWaits(surroundings, {isAlone});
	try {
		return await work();
	} finally {
		stop();
	}
};
