import {randomBytes} from 'node:crypto';
import {stat} from 'node:fs/promises';
import {isAbsolute, join, resolve} from 'node:path';
import {Failure} from '../failure/failure.js';
import {emptyState, fold, type RunState} from '../migration/state.js';
import type {JournalEvent} from '../migration/event.js';
import {readJournal} from '../machine/journal.js';
import {listRuns, type KeptRun} from '../machine/runs.js';
import type {Surroundings} from './surroundings.js';

/** Where the runs of this operator lie. */
export const runsFolder = ({folder}: Surroundings): string => join(folder, 'runs');

/** A name for a new run: when it began, and four letters that tell two of one minute apart. */
export const newRunId = (now: Date): string => {
	const stamp = now.toISOString().slice(0, 16).replaceAll(/[\-:]/gv, '').replace('T', '-');
	return `${stamp}-${randomBytes(2).toString('hex')}`;
};

/** The state that a journal's events add up to. */
export const stateOf = (events: readonly JournalEvent[]): RunState => events.reduce<RunState>((state, event) => fold(state, event), emptyState);

const none = (seen: string): Failure => new Failure({
	code: 'run-unknown',
	seen,
	means: 'There is no journal to go on from. Nothing was done.',
	todo: 'Look at the runs there are, or start a new one.',
	byHand: 'unroot status',
	exit: 'usage',
});

const isOpen = (run: KeptRun): boolean => 'events' in run && stateOf(run.events).status !== 'finished' && stateOf(run.events).status !== 'rolled-back';

/**
The folder of the run that was named: by its id, by its folder, or, where none was named, the newest that is not over (`isAny`: the newest of all).
*/
export const findRun = async (surroundings: Surroundings, isAny: boolean): Promise<string> => {
	const {options} = surroundings;
	const named = options.values.run ?? options.positionals[0];
	if (named !== undefined) {
		const folder = named.includes('/') || isAbsolute(named) ? resolve(named) : join(runsFolder(surroundings), named);
		const found = await stat(join(folder, 'journal.jsonl')).catch(() => undefined);
		if (!found) {
			throw none(`There is no run ${named}: ${folder} holds no journal.`);
		}

		return folder;
	}

	const runs = await listRuns(runsFolder(surroundings));
	const run = runs.find(one => isAny || isOpen(one));
	if (!run) {
		throw none(isAny ? 'There is no run yet.' : 'There is no run that is not over.');
	}

	return run.folder;
};

/** The state of the run that was named. */
export const readRun = async (surroundings: Surroundings): Promise<{readonly folder: string; readonly state: RunState}> => {
	const folder = await findRun(surroundings, true);
	return {folder, state: stateOf(await readJournal(folder))};
};
