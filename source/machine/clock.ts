import {setTimeout} from 'node:timers/promises';
import type {Clock} from '../migration/world.js';

/** The time of this machine. */
export const createClock = (): Clock => ({
	now: () => new Date(),
	async sleep(milliseconds, signal) {
		signal?.throwIfAborted();
		try {
			await setTimeout(milliseconds, undefined, signal && {signal});
		} catch (error) {
			signal?.throwIfAborted();
			throw error;
		}
	},
});
