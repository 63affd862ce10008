import {randomBytes} from 'node:crypto';
import {stat} from 'node:fs/promises';
import {join, resolve, sep} from 'node:path';
import {Failure, type FailureParts} from '../failure/failure.js';
import {quoted} from '../failure/quoted.js';
import {isAbsent, withPath} from '../machine/file-failure.js';
import {journalPath, readJournal} from '../machine/journal.js';
import {listRuns, type KeptRun} from '../machine/runs.js';
import type {JournalEvent} from '../migration/event.js';
import {emptyState, fold, isOver, type RunState} from '../migration/state.js';
import type {Surroundings} from './surroundings.js';

/** Where the runs of this operator lie. */
export const runsFolder = ({folder}: Surroundings): string => join(folder, 'runs');

/** An id for a new run: when it began, and four letters that tell two of one minute apart. */
const newRunId = (now: Date): string => {
	const stamp = now.toISOString().slice(0, 16).replaceAll(/[\-:]/gv, '').replace('T', '-');
	return `${stamp}-${randomBytes(2).toString('hex')}`;
};

/** The state that a journal's events add up to. */
export const stateOf = (events: readonly JournalEvent[]): RunState =>
	events.reduce<RunState>((state, event) => fold(state, event), emptyState);

const none = (seen: string, parts: Partial<FailureParts> = {}): Failure =>
	new Failure({
		code: 'run-unknown',
		seen,
		means: 'There is no journal to go on from. Nothing was done.',
		todo: 'Look at the runs there are, or start a new one.',
		byHand: 'unroot status',
		exit: 'usage',
		...parts,
	});

type ReadableRun = Extract<KeptRun, {readonly events: unknown}>;

const isReadable = (run: KeptRun): run is ReadableRun => 'events' in run;

const lastAt = ({events}: ReadableRun): string => events.at(-1)?.at ?? '';

/** Says that every run is over: which ended last, and how to look at it. */
const nothingOpen = (runs: readonly KeptRun[]): Failure => {
	const [last] = runs.filter(run => isReadable(run)).toSorted((one, other) => lastAt(other).localeCompare(lastAt(one)));
	const details = runs.flatMap(run => (isReadable(run) ? [] : [`${run.id} cannot be read: ${run.failure.seen}`]));
	if (!last) {
		return none('There is no run to resume: none was begun here.', {details});
	}

	const {mode, sandbox, context, namespace, status} = stateOf(last.events);
	const isFinished = status === 'finished';
	const what = `${mode === 'rehearse' ? 'a rehearsal' : 'a migration'} in the context ${context}, namespace ${namespace}`;
	const end = `${isFinished ? 'finished' : 'was rolled back'} at ${lastAt(last)}`;
	return none(`There is no run to resume: all are over. The last was ${last.id}, ${what}; it ${end}.`, {
		means: 'There is nothing to go on with. Nothing was done.',
		todo: 'Look at how it ended, or start a new one with unroot migrate.',
		// What has been rolled back, or lived in a sandbox that ended with the rehearsal, has no way back.
		byHand: ['status', 'report', ...(isFinished && !sandbox ? ['rollback'] : [])]
			.map(command => `unroot ${command} ${quoted(last.id)}`)
			.join('\n'),
		details,
	});
};

/**
The folder that the name of a run leads to, for every command alike: with a path separator, or as `.` or `..`, it is a folder; without one, the name of a run in the runs' folder.
*/
const folderOf = (surroundings: Surroundings, name: string): string => {
	const isPath = name.includes('/') || name.includes(sep) || name === '.' || name === '..';
	return isPath ? resolve(name) : join(runsFolder(surroundings), name);
};

const holdsJournal = async (folder: string): Promise<boolean> => {
	const path = journalPath(folder);
	return withPath('read', path, async () => {
		try {
			const {size} = await stat(path);
			return size > 0;
		} catch (error) {
			if (isAbsent(error)) {
				return false;
			}

			throw error;
		}
	});
};

/**
The id and the folder of a new run. Ids stay unique whatever the run is called, because objects in the cluster are named after them. Rejects where there is a run already.
*/
export const placeOfNewRun = async (
	surroundings: Surroundings,
	now: Date,
): Promise<{readonly id: string; readonly folder: string}> => {
	const {run: name} = surroundings.options.values;
	if (name === '') {
		throw none('--run is empty.', {
			means: 'A run without a name cannot be kept. Nothing was done.',
			todo: 'Name the run, or leave --run out.',
			byHand: 'unroot --help',
		});
	}

	const id = newRunId(now);
	const folder = folderOf(surroundings, name ?? id);
	if (name !== undefined && (await holdsJournal(folder))) {
		throw new Failure({
			code: 'run-exists',
			seen: `There is a run ${name} already: ${folder} holds its journal.`,
			means: 'Two runs in one journal could not be told apart. Nothing was done.',
			todo: 'Go on with that run, or give the new one another name.',
			byHand: `unroot resume ${quoted(name)}`,
			exit: 'usage',
		});
	}

	return {id, folder};
};

/**
The folder of the run that was named: by its folder, by its name, by its id, or, where none was named, the newest that is not over (`isAny`: the newest of all).
*/
export const findRun = async (surroundings: Surroundings, isAny: boolean): Promise<string> => {
	const {options} = surroundings;
	const named = options.values.run ?? options.positionals[0];
	if (named !== undefined) {
		const folder = folderOf(surroundings, named);
		if (await stat(journalPath(folder)).catch(() => undefined)) {
			return folder;
		}

		const runs = await listRuns(runsFolder(surroundings));
		const run = runs.find(one => isReadable(one) && stateOf(one.events).run === named);
		if (!run) {
			throw none(`There is no run ${named}: ${folder} holds no journal.`);
		}

		return run.folder;
	}

	const runs = await listRuns(runsFolder(surroundings));
	const run = runs.find(one => isAny || (isReadable(one) && !isOver(stateOf(one.events))));
	if (!run) {
		throw isAny ? none('There is no run yet.') : nothingOpen(runs);
	}

	return run.folder;
};

/** The state of the run that was named. */
export const readRun = async (
	surroundings: Surroundings,
): Promise<{readonly folder: string; readonly state: RunState}> => {
	const folder = await findRun(surroundings, true);
	return {folder, state: stateOf(await readJournal(folder))};
};
