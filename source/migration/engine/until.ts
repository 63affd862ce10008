import type {Clock} from '../world.js';

/** A machine that was asleep meanwhile must notice soon that the time has come. */
const mostMilliseconds = 1000;

/** Waits until the clock shows a time, in milliseconds since 1970. Rejects when the signal is raised. */
export const waitUntil = async (clock: Clock, time: number, signal: AbortSignal): Promise<void> => {
	for (let left = time - clock.now().getTime(); left > 0; left = time - clock.now().getTime()) {
		await clock.sleep(Math.min(left, mostMilliseconds), signal);
	}
};
