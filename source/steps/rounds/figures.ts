import {countText} from '../run/words.js';

/** How a difference is carried: by its changes, or by importing all entries once more. */
export type Way = 'changes' | 'whole';

/** What a round did, for people and for the forecast. */
export type Round = {
	/** From 1. */
	readonly number: number;
	readonly way: Way;
	readonly at: string;
	readonly added: number;
	readonly removed: number;
	readonly changed: number;
	/** Entries that the side holds now which was carried from; null where its exports are encrypted. */
	readonly entries: number | null;
	/** Seconds for the export and its copy; for comparing, applying and proving; and altogether. */
	readonly lookSeconds: number;
	readonly carrySeconds: number;
	readonly seconds: number;
	/** Seconds that a server took to say whether it takes writes; a version before did not measure it. */
	readonly toolSeconds?: number;
	/** Entries that differ in nothing but what the server writes anew, and in which attributes. */
	readonly remade: number;
	readonly remadeAttributes: Readonly<Record<string, number>>;
};

/** A round in one line. */
export const roundText = ({number, way, added, removed, changed, seconds}: Round): string =>
	`round ${number}: ${
		added + removed + changed === 0
			? 'nothing had changed'
			: `${countText(added, 'entry', 'entries')} added, ${removed} removed, ${changed} changed` +
				(way === 'whole' ? ', by importing all' : '')
	}; ${Math.round(seconds)} s`;
