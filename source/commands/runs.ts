import {randomBytes} from 'node:crypto';
import {stat} from 'node:fs/promises';
import {join, resolve, sep} from 'node:path';
import {Failure, type FailureParts} from '../failure/failure.js';
import {quoted} from '../failure/quoted.js';
import {isAbsent, withPath} from '../machine/file-failure.js';
import {journalPath, readJournal} from '../machine/journal.js';
import {listRuns, type KeptRun} from '../machine/runs.js';
import type {JournalEvent} from '../migration/event.js';
import {fold} from '../migration/fold/index.js';
import {emptyState, isOver, type RunState} from '../migration/state.js';
import type {RunFacts} from '../migration/step.js';
import type {Surroundings} from './surroundings.js';

/** Where the runs of this operator lie. */
export const runsFolder = ({folder}: Surroundings): string => join(folder, 'runs');

/** An id for a new run: when it began, and four letters that tell two of one minute apart. */
const newRunId = (now: Date): string => {
	const stamp = now.toISOString().slice(0, 16).replaceAll(/[\-:]/gv, '').replace('T', '-');
	return `${stamp}-${randomBytes(2).toString('hex')}`;
};

/** The state that a journal's events add up to. */
export const runStateOf = (events: readonly JournalEvent[]): RunState =>
	events.reduce<RunState>((state, event) => fold(state, event), emptyState);

const none = (seen: string, parts: Partial<FailureParts> = {}): Failure =>
	new Failure({
		code: 'run-unknown',
		seen,
		means: 'There is no journal to go on from. Nothing was done.',
		todo: 'Look at the runs there are, or start a new one.',
		byHand: 'unroot runs',
		exit: 'usage',
		...parts,
	});

/** Says that there is no run to look at, in the place that the flags name, and why those there are cannot be read. */
const noneAtAll = ({options: {values}}: Surroundings, runs: readonly KeptRun[]): Failure =>
	none(
		[
			'There is no run',
			...(values.namespace === undefined ? [] : [`in the namespace «${values.namespace}»`]),
			...(values.context === undefined ? [] : [`of the context «${values.context}»`]),
		].join(' ') + (runs.length === 0 ? ' yet.' : ' that can be read.'),
		{
			details: runs.flatMap(run => ('events' in run ? [] : [`${run.id} cannot be read: ${run.failure.seen}`])),
		},
	);

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

	const {mode, sandbox, context, namespace, status} = runStateOf(last.events);
	const isFinished = status === 'finished';
	const what =
		`${mode === 'rehearse' ? 'a rehearsal' : 'a migration'} in the context ${context}, namespace ` + namespace;
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
The folder that the name of a run leads to, for every command alike: with a path separator, or as `.` or `..`, it is a
folder; without one, the name of a run in the runs' folder.
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
The id and the folder of a new run. Ids stay unique whatever the run is called, because objects in the cluster are named
after them. Rejects where there is a run already.
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

/** The folder of a run that was named by its folder, by its name, or by its id. */
const folderOfNamed = async (surroundings: Surroundings, named: string): Promise<string> => {
	const folder = folderOf(surroundings, named);
	if (await stat(journalPath(folder)).catch(() => undefined)) {
		return folder;
	}

	const runs = await listRuns(runsFolder(surroundings));
	const run = runs.find(one => isReadable(one) && runStateOf(one.events).run === named);
	if (!run) {
		throw none(`There is no run ${named}: ${folder} holds no journal.`);
	}

	return run.folder;
};

/** A run's context and namespace are its own: a flag that names another one would lead its actions elsewhere. */
const refuseOtherPlace = ({options: {values}}: Surroundings, {run, context, namespace}: RunState): void => {
	const differing = [
		...(values.namespace !== undefined && values.namespace !== namespace
			? [{flag: 'namespace', asked: values.namespace, own: namespace}]
			: []),
		...(values.context !== undefined && values.context !== context
			? [{flag: 'context', asked: values.context, own: context}]
			: []),
	];
	const [first] = differing;
	if (first) {
		throw new Failure({
			code: 'other-place',
			seen:
				`The run ${run} belongs to the ${differing.map(({flag, own}) => `${flag} «${own}»`).join(' and the ')}; ` +
				`--${first.flag} says «${first.asked}».`,
			means: 'What a run does it does where it began, and nowhere else. Nothing was done.',
			todo: `Leave --${first.flag} out, or name the run that you mean.`,
			byHand: 'unroot runs',
			exit: 'usage',
		});
	}
};

/** Several runs that could be meant, each with what tells it from the others. */
const ambiguous = (runs: ReadonlyArray<{readonly id: string; readonly state: RunState}>): Failure =>
	none(`${runs.length} runs could be meant: ${runs.map(({id}) => id).join(', ')}.`, {
		code: 'run-ambiguous',
		means: 'unroot takes none of them by itself. Nothing was done.',
		todo: 'Name the run; where they are in several namespaces, --namespace tells as well which is meant.',
		byHand: 'unroot runs',
		details: runs.map(
			({id, state: {context, namespace, status}}) => `${id}: ${status}, context ${context}, namespace ${namespace}`,
		),
	});

const isSamePlace = (one: RunState, other: RunState): boolean =>
	one.context === other.context && one.namespace === other.namespace;

/**
The folder of the run that is meant: the one that was named, or else, of those in the namespace and the context of the
flags, the one that is not over. Where all are over, it is the newest (`isAny`; without it, there is none). Rejects
where several could be meant, and where a flag names another place than the run's own.
*/
export const findRun = async (surroundings: Surroundings, isAny: boolean): Promise<string> => {
	const {options} = surroundings;
	const named = options.values.run ?? options.positionals[0];
	if (named !== undefined) {
		const folder = await folderOfNamed(surroundings, named);
		refuseOtherPlace(surroundings, runStateOf(await readJournal(folder)));
		return folder;
	}

	const kept = await listRuns(runsFolder(surroundings));
	const runs = kept
		.filter(run => isReadable(run))
		.map(run => ({id: run.id, folder: run.folder, state: runStateOf(run.events)}))
		.filter(
			({state}) =>
				(options.values.namespace ?? state.namespace) === state.namespace &&
				(options.values.context ?? state.context) === state.context,
		);
	const open = runs.filter(({state}) => !isOver(state));
	const [first] = open.length > 0 ? open : isAny ? runs : [];
	if (!first) {
		throw isAny ? noneAtAll(surroundings, kept) : nothingOpen(kept);
	}

	const others = (open.length > 0 ? open : runs).filter(
		({state}) => open.length > 0 || !isSamePlace(state, first.state),
	);
	if (open.length > 1 || (open.length === 0 && others.length > 0)) {
		throw ambiguous(open.length > 0 ? open : runs);
	}

	return first.folder;
};

/** The run that was named: its folder, its events, and the state that they add up to. */
export const readRun = async (
	surroundings: Surroundings,
): Promise<{readonly folder: string; readonly events: readonly JournalEvent[]; readonly state: RunState}> => {
	const folder = await findRun(surroundings, true);
	const events = await readJournal(folder);
	return {folder, events, state: runStateOf(events)};
};

/** The migrations that were started here, newest first: a rehearsal keeps away from their namespaces. */
export const realRuns = async (surroundings: Surroundings): Promise<NonNullable<RunFacts['realRuns']>> => {
	const runs = await listRuns(runsFolder(surroundings));
	return runs
		.filter(run => isReadable(run))
		.map(({events}) => runStateOf(events))
		.filter(({mode}) => mode === 'migrate')
		.map(({run, namespace, cluster}) => ({run, namespace, ...(cluster && {cluster: cluster.uid})}));
};
