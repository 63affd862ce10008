import {dnStart, type Canonical} from './canonical.js';
import {addLanes} from './sum.js';

const buckets = 4096;
const lanes = 16;

/**
The bucket of a DN in its one form: the bytes from `start` up to `end`, by FNV-1a. It only spreads; nothing rests on it.
*/
export const bucketOf = (bytes: Uint8Array, start: number, end: number): number => {
	let mix = 0x81_1c_9d_c5;
	for (let at = start; at < end; at += 1) {
		mix = Math.imul(mix ^ bytes[at]!, 0x01_00_01_93);
	}

	return (mix ^ (mix >>> 12) ^ (mix >>> 24)) & (buckets - 1);
};

/** A sum of entries for each bucket of DNs: buckets with the same sum hold the same entries. */
export type Buckets = {
	readonly add: (entryHash: string, canonical: Canonical) => void;
	readonly sums: Float64Array;
	readonly entries: Uint32Array;
};

/** Makes empty buckets: 528 KiB. */
export const createBuckets = (): Buckets => {
	const sums = new Float64Array(buckets * lanes);
	const entries = new Uint32Array(buckets);
	return {
		add(entryHash, {bytes, dnEnd}) {
			const bucket = bucketOf(bytes, dnStart, dnEnd);
			addLanes(sums, bucket * lanes, entryHash);
			entries[bucket]! += 1;
		},
		sums,
		entries,
	};
};

/** Buckets that are looked at together. */
export type Group = {
	readonly has: (bucket: number) => boolean;
	/** Entries of both files in them. */
	readonly entries: number;
};

/** Puts the buckets that differ into groups of at most so many entries. */
export const groupsOf = (a: Buckets, b: Buckets, most: number): readonly Group[] => {
	const groups: Array<{readonly members: Uint8Array; entries: number}> = [];
	for (let bucket = 0; bucket < buckets; bucket += 1) {
		const from = bucket * lanes;
		const isSame =
			a.entries[bucket] === b.entries[bucket] &&
			a.sums.subarray(from, from + lanes).every((sum, lane) => sum === b.sums[from + lane]);
		if (isSame) {
			continue;
		}

		const entries = a.entries[bucket]! + b.entries[bucket]!;
		let group = groups.at(-1);
		if (!group || group.entries + entries > most) {
			group = {members: new Uint8Array(buckets), entries: 0};
			groups.push(group);
		}

		group.members[bucket] = 1;
		group.entries += entries;
	}

	return groups.map(({members, entries}) => ({entries, has: bucket => members[bucket] === 1}));
};
