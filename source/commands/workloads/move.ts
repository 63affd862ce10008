import type {LeaseHolder} from '../../cluster/lease/record.js';
import {frozenNow} from '../../migration/freeze.js';
import {isOver, stepOf, type RunState} from '../../migration/state.js';
import {checklistOf} from '../../migration/words/checklist.js';
import {positionOf} from '../../migration/words/closing.js';
import type {Move, WorkloadRow} from '../../migration/workload-row.js';
import {debtOf} from '../../ping/debt.js';
import type {Workload} from '../../ping/workload.js';
import {checklist} from '../../steps/index.js';
import type {Outcomes} from '../../steps/outcomes.js';

/** A run that is kept here, as far as the list needs it. */
export type KnownRun = {readonly state: RunState; readonly at: string};

/**
What a move is told from: the runs of the place, newest first, who holds the namespace, and what the object says.
*/
export type Signs = {
	readonly runs: readonly KnownRun[];
	readonly holder: LeaseHolder | undefined;
	readonly annotations: Readonly<Record<string, string>>;
	/** Whether it is the only workload that a run can be about. */
	readonly isOnly: boolean;
};

const outcomeIn = <Id extends 'inventory' | 'strategy'>({steps}: RunState, id: Id): Outcomes[Id] | undefined =>
	steps.find(step => step.id === id)?.outcome as unknown as Outcomes[Id] | undefined;

const keyOf = ({kind, name}: Pick<Workload, 'kind' | 'name'>): string => `${kind}/${name}`;

/** Whether a run is about a workload: by what it has seen, by what was answered, or because there is no other. */
const isAbout = ({state}: KnownRun, workload: Workload, isOnly: boolean): boolean => {
	const seen = outcomeIn(state, 'inventory')?.workload;
	return seen
		? keyOf(seen) === keyOf(workload)
		: state.answers.workload === undefined
			? isOnly && !isOver(state)
			: state.answers.workload === keyOf(workload);
};

/** The run that made a workload in the place of another. */
const makerOf = (runs: readonly KnownRun[], {name}: Workload): KnownRun | undefined =>
	runs.find(({state}) => {
		const decided = outcomeIn(state, 'strategy');
		return (
			decided?.strategy === 'fresh' &&
			decided.newName === name &&
			outcomeIn(state, 'inventory')?.workload.name !== name &&
			(stepOf(state, 'apply')?.attempts ?? 0) > 0
		);
	});

/** What the workload itself says of refused writes. */
const freezeIn = (
	annotations: Readonly<Record<string, string>>,
): {readonly run: string; readonly since: string; readonly until?: string} | undefined => {
	try {
		const {run, since, until, clientsMovedAt} = JSON.parse(annotations['unroot/freeze'] ?? '') as Readonly<
			Record<string, unknown>
		>;
		return typeof since === 'string' && clientsMovedAt === undefined
			? {run: typeof run === 'string' ? run : '', since, ...(typeof until === 'string' && {until})}
			: undefined;
	} catch {
		return undefined;
	}
};

const openMove = ({state, at}: KnownRun, holder: LeaseHolder | undefined): Move =>
	holder?.run === state.run
		? {kind: 'running', run: state.run, by: holder.by, since: holder.since}
		: {kind: 'stopped', run: state.run, step: positionOf(state, checklistOf(checklist)).title, at};

/** Without a run that is kept here: what the objects and the lease say of somebody else's. */
const strangeMove = (workload: Workload, {holder, annotations}: Signs): Move => {
	const freeze = freezeIn(annotations);
	if (freeze) {
		return holder && freeze.run.startsWith(holder.run)
			? {kind: 'running', run: holder.run, by: holder.by, since: holder.since}
			: {kind: 'stopped', run: freeze.run};
	}

	const isUnprivileged = workload.side === 'new' && workload.identity?.uid !== 0;
	return {kind: isUnprivileged ? 'unprivileged' : 'not-begun'};
};

/** Where the move of a workload stands, and whether its servers refuse writes. */
export const moveOf = (workload: Workload, signs: Signs): Pick<WorkloadRow, 'move' | 'frozen'> => {
	const {runs, holder, annotations, isOnly} = signs;
	const own = runs.filter(run => isAbout(run, workload, isOnly));
	const maker = makerOf(runs, workload);
	const open = own.find(({state}) => !isOver(state));
	const [last] = own;
	const ownFreeze = open && frozenNow(open.state.freezes);
	const freeze = ownFreeze?.workload.name === workload.name ? ownFreeze : freezeIn(annotations);
	const frozen = freeze ? {since: freeze.since, ...(freeze.until !== undefined && {until: freeze.until})} : null;
	if (open) {
		return {move: openMove(open, holder), frozen};
	}

	const isRoot = workload.side === 'new' && workload.identity?.uid === 0;
	const debt = debtOf(annotations);
	const rootMove: Move = {
		kind: 'root',
		...(last && {run: last.state.run}),
		...(debt && {since: debt.since, until: debt.until}),
	};
	const decided = last && outcomeIn(last.state, 'strategy');
	if (last?.state.status === 'finished' && decided?.strategy === 'fresh') {
		return {move: {kind: 'moved', run: last.state.run, at: last.at, to: decided.newName}, frozen};
	}

	if (debt ?? (isRoot && !maker)) {
		return {move: rootMove, frozen};
	}

	if (maker) {
		const of = outcomeIn(maker.state, 'inventory')?.workload.name;
		return {move: {kind: 'successor', run: maker.state.run, ...(of !== undefined && {of})}, frozen};
	}

	if (last?.state.status === 'finished') {
		return {move: rootMove, frozen};
	}

	const move = strangeMove(workload, signs);
	return {
		move:
			move.kind === 'not-begun' && last?.state.status === 'rolled-back'
				? {kind: 'not-begun', rolledBack: last.state.run}
				: move,
		frozen,
	};
};
