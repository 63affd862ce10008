import {Buffer} from 'node:buffer';

/**
A base DN and how many entries it has, itself among them, as `ds-base-dn-entry-count` of the backend's monitor counts
them.
*/
export type Branch = {readonly baseDn: string; readonly entries: number};

/** Counts entries by the topmost entry above them. */
type BranchCounter = {
	/** Takes an entry's DN in its one form: the bytes from `start` up to `end`. */
	readonly add: (bytes: Buffer, start: number, end: number) => void;
	/** The branches by DN, or undefined where there were too many to be base DNs. */
	readonly branches: () => readonly Branch[] | undefined;
};

const mostBranches = 64;

const isBelow = (bytes: Buffer, start: number, end: number, base: Buffer): boolean => {
	const from = end - base.length;
	if (from < start || (from > start && bytes[from - 1] !== 0x2c)) {
		return base.length === 0;
	}

	let at = 0;
	while (at < base.length && bytes[from + at] === base[at]) {
		at += 1;
	}

	return at === base.length;
};

/** Makes an empty counter. It holds 64 base DNs at the most; exports have one to a few. */
export const createBranchCounter = (): BranchCounter => {
	let found: Array<{readonly base: Buffer; entries: number}> = [];
	let isOverflown = false;
	return {
		add(bytes, start, end) {
			if (isOverflown) {
				return;
			}

			for (const branch of found) {
				if (isBelow(bytes, start, end, branch.base)) {
					branch.entries += 1;
					return;
				}
			}

			// A new topmost entry; those it is above, from a file that is not sorted, become part of it.
			const base = Buffer.from(bytes.subarray(start, end));
			const below = found.filter(branch => isBelow(branch.base, 0, branch.base.length, base));
			found = [
				...found.filter(branch => !below.includes(branch)),
				{base, entries: below.reduce((sum, branch) => sum + branch.entries, 1)},
			];
			isOverflown = found.length > mostBranches;
		},
		branches: () =>
			isOverflown
				? undefined
				: found
						.toSorted((a, b) => Buffer.compare(a.base, b.base))
						.map(({base, entries}) => ({baseDn: base.toString('utf8'), entries})),
	};
};
