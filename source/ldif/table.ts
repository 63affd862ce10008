/** What is known of a DN while two files are compared. */
export const state = {
	none: 0,
	onlyB: 1,
	same: 2,
	differs: 3,
	onlyA: 4,
	/** Told to the caller already. */
	told: 5,
} as const;

/** Bytes that the table takes for each DN it has room for. */
export const bytesPerDn = 51;

/**
Hashes of DNs with the hashes of their entries: 34 bytes for a slot, whatever the entry's size. Hashes are texts of
Latin-1 characters, of which the first 16 are kept: 128 bits.
*/
export type Table = {
	/** The slot of a DN; its state is `none` where the DN is new. */
	readonly find: (dnHash: string) => number;
	readonly fill: (slot: number, dnHash: string, entryHash: string, depth: number) => void;
	readonly hasEntry: (slot: number, entryHash: string) => boolean;
	readonly states: Uint8Array;
	/** How many parts the DN has, up to 255. */
	readonly depths: Uint8Array;
	/** How many DNs have a state. */
	readonly count: (wanted: number) => number;
	/** The depths of the DNs that have a state. */
	readonly depthsOf: (wanted: number) => ReadonlySet<number>;
};

/** The four characters from `at` on as a number. */
const word = (text: string, at: number): number =>
	(text.charCodeAt(at) << 24) |
	(text.charCodeAt(at + 1) << 16) |
	(text.charCodeAt(at + 2) << 8) |
	text.charCodeAt(at + 3);

/** Makes a table with room for so many DNs. */
export const createTable = (dns: number): Table => {
	const slots = Math.ceil(dns * 1.5) + 1;
	const names = new Int32Array(4 * slots);
	const entries = new Int32Array(4 * slots);
	const states = new Uint8Array(slots);
	const depths = new Uint8Array(slots);

	const has = (words: Int32Array, slot: number, text: string): boolean => {
		for (let index = 0; index < 4; index += 1) {
			if (words[4 * slot + index] !== word(text, 4 * index)) {
				return false;
			}
		}

		return true;
	};

	const put = (words: Int32Array, slot: number, text: string): void => {
		for (let index = 0; index < 4; index += 1) {
			words[4 * slot + index] = word(text, 4 * index);
		}
	};

	return {
		find(dnHash) {
			let slot = (word(dnHash, 0) >>> 0) % slots;
			while (states[slot] !== state.none && !has(names, slot, dnHash)) {
				slot = slot + 1 === slots ? 0 : slot + 1;
			}

			return slot;
		},
		fill(slot, dnHash, entryHash, depth) {
			put(names, slot, dnHash);
			put(entries, slot, entryHash);
			depths[slot] = Math.min(depth, 255);
		},
		hasEntry: (slot, entryHash) => has(entries, slot, entryHash),
		states,
		depths,
		count: wanted => states.reduce((sum, each) => (each === wanted ? sum + 1 : sum), 0),
		depthsOf: wanted => new Set(depths.filter((_, slot) => states[slot] === wanted)),
	};
};
