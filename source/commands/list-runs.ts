import {exitStatus} from '../failure/failure.js';
import {plainLine} from '../failure/plain.js';
import {listRuns, type KeptRun} from '../machine/runs.js';
import {frozenNow} from '../migration/freeze.js';
import {isOver} from '../migration/state.js';
import {checklistOf} from '../migration/words/checklist.js';
import {positionOf} from '../migration/words/closing.js';
import {elapsedText} from '../migration/words/figures.js';
import {timeText} from '../migration/words/freeze.js';
import {checklist} from '../steps/index.js';
import {structuredText} from './print.js';
import {runsFolder, runStateOf} from './runs.js';
import type {Surroundings} from './surroundings.js';
import {table} from './table.js';

/** A run in the list. */
type Row = {
	readonly run: string;
	readonly workload: string | null;
	readonly namespace: string;
	readonly context: string;
	readonly mode: string;
	readonly status: string;
	/** The step it stands at, where it is not over. */
	readonly step: string | null;
	/** When its last event was written. */
	readonly at: string;
	/** Who opened or resumed it last. */
	readonly by: string;
	/** Since when its servers refuse writes, as an ISO time; null where they do not. */
	readonly frozenSince: string | null;
	/** Where it is kept. */
	readonly folder: string;
	/** Why its journal cannot be read. */
	readonly unreadable?: string;
};

const workloadOf = (state: ReturnType<typeof runStateOf>): string | null => {
	const outcome = state.steps.find(({id}) => id === 'inventory')?.outcome as
		| {readonly workload?: {readonly name?: string}}
		| undefined;
	return outcome?.workload?.name ?? state.answers.workload ?? null;
};

const rowOf = (run: KeptRun): Row => {
	if (!('events' in run)) {
		return {
			run: run.id,
			workload: null,
			namespace: '',
			context: '',
			mode: '',
			status: 'unreadable',
			step: null,
			at: '',
			by: '',
			frozenSince: null,
			folder: run.folder,
			unreadable: run.failure.seen,
		};
	}

	const state = runStateOf(run.events);
	const holders = run.events.flatMap(event =>
		event.type === 'run-opened' || event.type === 'run-resumed' ? [event.by] : [],
	);
	return {
		run: run.id,
		workload: workloadOf(state),
		namespace: state.namespace,
		context: state.context,
		mode: state.mode === 'rehearse' ? 'rehearsal' : 'migration',
		status: state.status,
		step: isOver(state) ? null : positionOf(state, checklistOf(checklist)).title,
		at: run.events.at(-1)?.at ?? '',
		by: holders.at(-1) ?? '',
		frozenSince: frozenNow(state.freezes)?.since ?? null,
		folder: run.folder,
	};
};

const cellsOf = (row: Row, now: number, isWide: boolean): readonly string[] => [
	row.run,
	row.namespace || '-',
	row.workload ?? '-',
	row.mode || '-',
	[
		row.step === null ? row.status : `${row.status}, at «${row.step}»`,
		...(row.frozenSince === null ? [] : [`WRITES REFUSED since ${timeText(row.frozenSince)}`]),
	].join(', '),
	row.at === '' ? '-' : `${elapsedText(Math.max(0, (now - Date.parse(row.at)) / 1000))} ago`,
	row.by || '-',
	...(isWide ? [row.context || '-', row.folder] : []),
];

/** `unroot runs`: the runs that are kept here, newest first; those of one namespace or context where it is named. */
export const showRuns = async (surroundings: Surroundings): Promise<number> => {
	const {stdout, stderr, options} = surroundings;
	const {namespace, context} = options.values;
	const kept = await listRuns(runsFolder(surroundings));
	const rows = kept
		.map(run => rowOf(run))
		.filter(
			row =>
				(options.allNamespaces || namespace === undefined || row.namespace === namespace) &&
				(context === undefined || row.context === context),
		);
	if (options.output !== 'text') {
		stdout.write(structuredText(rows, options.output));
		return exitStatus.done;
	}

	if (rows.length === 0) {
		stderr.write(`No runs found${namespace === undefined ? '' : ` in namespace ${namespace}`}.\n`);
		return exitStatus.done;
	}

	const now = Date.now();
	stdout.write(
		table([
			[
				'RUN',
				'NAMESPACE',
				'WORKLOAD',
				'MODE',
				'STATUS',
				'LAST SEEN',
				'BY',
				...(options.isWide ? ['CONTEXT', 'FOLDER'] : []),
			],
			...rows.map(row => cellsOf(row, now, options.isWide)),
		]),
	);
	for (const {run, unreadable} of rows) {
		if (unreadable !== undefined) {
			stderr.write(`${plainLine(`${run}: ${unreadable}`)}\n`);
		}
	}

	return exitStatus.done;
};
