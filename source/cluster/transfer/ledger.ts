/** Neighbouring ranges. */
export type RangeRun = {readonly first: number; readonly count: number};

/**
Which ranges of a file are verified. A range is `missing`, `taken` by a session, `recorded` by an earlier try and not
looked at again yet, or `verified`.
*/
export type Ledger = {
	/** Ranges the file has. */
	readonly count: number;
	readonly offsetOf: (range: number) => number;
	readonly bytesOf: (range: number) => number;
	readonly isVerified: (range: number) => boolean;
	readonly isRecorded: (range: number) => boolean;
	/** Takes the first missing ranges that are neighbours, at most so many. */
	readonly take: (most: number) => RangeRun | undefined;
	/** Gives back what of a run is still taken. */
	readonly release: (run: RangeRun) => void;
	readonly record: (range: number) => void;
	readonly verify: (range: number) => void;
	readonly forget: (range: number) => void;
	readonly missing: () => number;
	/** Whether every range is verified. */
	readonly isWhole: () => boolean;
	readonly verifiedBytes: () => number;
};

const state = {
	missing: 0,
	taken: 1,
	recorded: 2,
	verified: 3,
} as const;

/** Divides a file into ranges. Pure but for what it remembers. */
export const createLedger = (bytes: number, rangeBytes: number): Ledger => {
	const count = Math.ceil(bytes / rangeBytes);
	const states = new Uint8Array(count);
	const offsetOf = (range: number): number => range * rangeBytes;
	const bytesOf = (range: number): number => Math.min(rangeBytes, bytes - offsetOf(range));
	let verified = 0;
	const put = (range: number, next: number): void => {
		verified +=
			(next === state.verified ? bytesOf(range) : 0) - (states[range] === state.verified ? bytesOf(range) : 0);
		states[range] = next;
	};

	return {
		count,
		offsetOf,
		bytesOf,
		isVerified: range => states[range] === state.verified,
		isRecorded: range => states[range] === state.recorded,
		take(most) {
			const first = states.indexOf(state.missing);
			if (first === -1) {
				return undefined;
			}

			let end = first;
			while (end < count && end - first < most && states[end] === state.missing) {
				put(end, state.taken);
				end += 1;
			}

			return {first, count: end - first};
		},
		release(run) {
			for (let range = run.first; range < run.first + run.count; range += 1) {
				if (states[range] === state.taken) {
					put(range, state.missing);
				}
			}
		},
		record(range) {
			put(range, state.recorded);
		},
		verify(range) {
			put(range, state.verified);
		},
		forget(range) {
			put(range, state.missing);
		},
		missing: () => states.reduce((sum, one) => sum + (one === state.missing ? 1 : 0), 0),
		isWhole: () => states.every(one => one === state.verified),
		verifiedBytes: () => verified,
	};
};
