import {readdir, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout} from 'node:timers/promises';
import {journalLines, type JournalLine, type Program} from './program.js';

/** The folder of the first run, if there is one yet. */
export const lookForRun = async (runs: string): Promise<string | undefined> => {
	const names = await readdir(runs).catch(() => []);
	return names[0] === undefined ? undefined : join(runs, names[0]);
};

/**
What tells one boundary of a run from another. A step that is begun again after a kill writes the same lines again: they
are the same boundary.
*/
const boundaryOf = ({type, step, question, note}: JournalLine): string =>
	[type, step, question, (note as {readonly kind?: string} | undefined)?.kind].filter(Boolean).join(' ');

/** How often the journal is looked at. */
const lookMilliseconds = 2;

/** The boundaries that the journal of the only run holds. */
export const boundariesOf = async (runs: string): Promise<readonly string[]> => {
	const folder = await lookForRun(runs);
	const lines = folder === undefined ? [] : await journalLines(folder);
	return lines.map(line => boundaryOf(line));
};

/** How long the journal of the only run is, in bytes. */
const lengthOf = async (runs: string): Promise<number> => {
	const folder = await lookForRun(runs);
	const file = folder === undefined ? undefined : await stat(join(folder, 'journal.jsonl')).catch(() => undefined);
	return file?.size ?? 0;
};

/** Waits until the journal holds a boundary that is not among those passed. False where the program ended before. */
export const waitForBoundary = async (
	{child}: Program,
	runs: string,
	passed: ReadonlySet<string>,
): Promise<boolean> => {
	let read = 0;
	while (child.exitCode === null && child.signalCode === null) {
		const length = await lengthOf(runs);
		if (length !== read) {
			read = length;
			const boundaries = await boundariesOf(runs);
			if (boundaries.some(boundary => !passed.has(boundary))) {
				return true;
			}
		}

		await setTimeout(lookMilliseconds);
	}

	return false;
};
