/** Somebody who was asked for something and has not answered yet. */
export type Wait = {
	/** Such as `the API server https://10.0.0.1:6443`. */
	readonly who: string;
	/** What was asked for, in the words of the protocol or the tool. */
	readonly what: string;
	/** Milliseconds, by the clock of whoever keeps the waits. */
	readonly since: number;
};

/** Everything that is waited for at this moment. */
export type Waits = {
	/** Waits for somebody, and says so for as long as it takes. */
	readonly during: <T>(who: string, what: string, work: () => Promise<T>) => Promise<T>;
	/** Who has been waited for the longest; undefined where nobody is. */
	readonly longest: () => Wait | undefined;
};

/** Waits shorter than this are nobody's concern. */
const toldAfterSeconds = 1;

/** A place where waits are kept. `now` gives milliseconds. */
export const createWaits = (now: () => number): Waits => {
	const open = new Set<Wait>();
	return {
		async during(who, what, work) {
			const wait: Wait = {who, what, since: now()};
			open.add(wait);
			try {
				return await work();
			} finally {
				open.delete(wait);
			}
		},
		// A set keeps the order in which waits began.
		longest: () => open.values().next().value,
	};
};

/** Whole seconds that a wait has lasted; undefined while it is not worth a word. */
export const waitSeconds = ({since}: Wait, now: number): number | undefined => {
	const seconds = Math.floor((now - since) / 1000);
	return seconds < toldAfterSeconds ? undefined : seconds;
};

/** A wait in one sentence, with the time of day it began. */
export const waitText = ({who, what, since}: Wait): string =>
	`Waiting for ${who} since ${new Date(since).toTimeString().slice(0, 8)} (${what})`;
