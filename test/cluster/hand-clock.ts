import type {Clock} from '../../source/migration/world.js';

/** A clock that a test moves by hand. */
export type HandClock = Clock & {
	/** Resolves once somebody sleeps. */
	readonly untilAsleep: () => Promise<void>;
	/** Moves the time and wakes those whose time has come. */
	readonly advance: (milliseconds: number) => void;
	/** How long those who sleep now asked to sleep. */
	readonly sleeping: () => readonly number[];
};

/** A clock that stands still until it is moved. */
export const createHandClock = (): HandClock => {
	const sleepers = new Set<{readonly milliseconds: number; readonly until: number; readonly wake: () => void}>();
	let waiting: Array<() => void> = [];
	let now = Date.parse('2026-11-24T10:00:00.000Z');
	return {
		sleeping: () => [...sleepers].map(({milliseconds}) => milliseconds),
		now: () => new Date(now),
		async sleep(milliseconds, signal) {
			signal?.throwIfAborted();
			const {promise, resolve, reject} = Promise.withResolvers<void>();
			const sleeper = {milliseconds, until: now + milliseconds, wake: resolve};
			sleepers.add(sleeper);
			signal?.addEventListener('abort', () => {
				sleepers.delete(sleeper);
				reject(signal.reason as Error);
			});
			for (const told of waiting) {
				told();
			}

			waiting = [];
			await promise;
		},
		async untilAsleep() {
			if (sleepers.size > 0) {
				return;
			}

			const {promise, resolve} = Promise.withResolvers<void>();
			waiting.push(resolve);
			await promise;
		},
		advance(milliseconds) {
			now += milliseconds;
			for (const sleeper of sleepers) {
				if (!(sleeper.until <= now)) {
					continue;
				}

				sleepers.delete(sleeper);
				sleeper.wake();
			}
		},
	};
};

/** A clock on which every sleep is over at once; the time moves by as much. */
export const createFastClock = (): Clock & {readonly slept: readonly number[]} => {
	const slept: number[] = [];
	let now = Date.parse('2026-11-24T10:00:00.000Z');
	return {
		slept,
		now: () => new Date(now),
		async sleep(milliseconds, signal) {
			signal?.throwIfAborted();
			slept.push(milliseconds);
			now += milliseconds;
		},
	};
};
