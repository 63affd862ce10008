import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import {partsOf, type FailureParts} from '../failure/failure.js';
import type {JournalEvent} from '../migration/event.js';
import {isAbsent, withPath} from './file-failure.js';
import {readJournal} from './journal.js';

/** A run that was kept: its events, or why they cannot be read. */
export type KeptRun = {readonly id: string; readonly folder: string} & (
	| {readonly events: readonly JournalEvent[]}
	| {readonly failure: FailureParts}
);

const foldersIn = async (folder: string): Promise<readonly string[]> => {
	try {
		const entries = await readdir(folder, {withFileTypes: true});
		return entries.filter(entry => entry.isDirectory()).map(({name}) => name);
	} catch (error) {
		if (isAbsent(error)) {
			return [];
		}

		throw error;
	}
};

const openedAt = (run: KeptRun): string => ('events' in run ? (run.events[0]?.at ?? '') : '');

/**
The runs in a state folder, each in a folder of its own, newest first. Folders without a journal are passed over; a run
whose journal cannot be read is listed, last, with the reason.
*/
export const listRuns = async (stateFolder: string): Promise<readonly KeptRun[]> => {
	const names = await withPath('read', stateFolder, async () => foldersIn(stateFolder));
	const runs = await Promise.all(
		names.map(async (id): Promise<KeptRun> => {
			const folder = join(stateFolder, id);
			try {
				return {id, folder, events: await readJournal(folder)};
			} catch (error) {
				return {id, folder, failure: partsOf(error)};
			}
		}),
	);
	return runs
		.filter(run => !('failure' in run) || run.failure.code !== 'journal-missing')
		.toSorted((one, other) => openedAt(other).localeCompare(openedAt(one)));
};
