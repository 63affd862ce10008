import {dnText, spanWidth, type EntryView} from './entry-view.js';
import {createScanner} from './scanner.js';

/** What an export needs that it does not hold itself, and what is in it that no ordinary search shows. */
export type OutsideNeeds = {
	/** Object classes, in lower case: without their schema entries are rejected. */
	readonly classes: ReadonlySet<string>;
	/** Entries that a conflict of replication left. */
	readonly conflicts: number;
	/** Entries that were deleted and are kept. */
	readonly softDeleted: number;
};

/** No name of a class is longer. */
const longest = 200;

/** Looks through an export, entry by entry. Memory: one entry. */
export const outsideNeeds = async (source: AsyncIterable<Uint8Array>): Promise<OutsideNeeds> => {
	const classes = new Set<string>();
	let conflicts = 0;
	let softDeleted = 0;
	const look = (view: EntryView): void => {
		const {bytes, spans, lines} = view;
		conflicts += /^entryuuid=[^,]*\+/iv.test(dnText(view)) ? 1 : 0;
		for (let line = 1; line < lines; line++) {
			const at = line * spanWidth;
			const [name, end, start, valueEnd] = [spans[at]!, spans[at + 1]!, spans[at + 2]!, spans[at + 3]!];
			const attribute = bytes.toString('latin1', name, end).split(';', 1)[0] ?? '';
			if (attribute === 'objectclass') {
				const value = bytes.toString('latin1', start, Math.min(valueEnd, start + longest)).toLowerCase();
				classes.add(value);
				softDeleted += value === 'ds-soft-delete-entry' ? 1 : 0;
			}
		}
	};

	const scanner = createScanner(look);
	for await (const chunk of source) {
		scanner.write(chunk);
	}

	scanner.end();
	return {classes, conflicts, softDeleted};
};
