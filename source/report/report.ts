import type {FailureParts} from '../failure/failure.js';
import {failureLabels} from '../failure/text.js';
import type {RunState, StepState} from '../migration/state.js';
import type {StepId} from '../migration/step.js';
import type {ChecklistLine} from '../migration/words/checklist.js';
import {endedAt, positionOf, proofsOf} from '../migration/words/closing.js';
import {durationText, secondsBetween} from '../migration/words/figures.js';
import {filesBlock} from './files.js';
import {freezeBlocks, timeLineBlocks} from './freezes.js';
import {code, codeBlock, escaped, evidenceTable, factList, table} from './markdown.js';
import {outcomeBlocks} from './outcome.js';
import {tookText} from './timing.js';

/** What a report says beside the run's state. */
export type ReportOptions = {
	/** The program's version. */
	readonly program: string;
	/** The run's folder. */
	readonly folder: string;
	/** The journal's path. */
	readonly journal: string;
	readonly checklist: readonly ChecklistLine[];
	/** Seconds each step took in the rehearsal. */
	readonly expected?: Readonly<Partial<Record<StepId, number>>>;
};

const statusWords: Readonly<Record<StepState['status'], string>> = {
	waiting: 'not begun',
	started: 'begun, not ended',
	performed: 'ended, not checked',
	done: 'done',
	failed: 'failed',
	skipped: 'left out',
	undone: 'undone',
};

const standing = (state: RunState, checklist: readonly ChecklistLine[]): string => {
	const {number, of, title} = positionOf(state, checklist);
	const where = `step ${number} of ${of}, «${escaped(title)}»`;
	switch (state.status) {
		case 'finished': {
			const {held, made} = proofsOf(state.steps);
			return `Finished. ${held} of ${made} checks hold.`;
		}

		case 'rolled-back': {
			const {held, made} = proofsOf(state.steps.filter(({status}) => status === 'undone'));
			return `Rolled back: what could be undone was undone. ${held} of ${made} checks of the way back hold.`;
		}

		case 'stopped': {
			return `Not finished: stopped at ${where}. ${escaped(state.stopped ?? '')}`;
		}

		case 'open': {
			return `Not finished: at ${where}.`;
		}
	}
};

const runTable = (state: RunState, {program, folder, journal}: ReportOptions): string => {
	const end = endedAt(state);
	const seconds = secondsBetween(state.openedAt, end);
	const kind = state.mode === 'rehearse' ? `rehearsal${state.sandbox ? ' on the sandbox' : ''}` : 'migration';
	return table(
		['', ''],
		[
			['Run', `${code(state.run)}, a ${kind}`],
			['Context', code(state.context)],
			['Namespace', code(state.namespace)],
			...(state.cluster
				? [
						[
							'Cluster',
							`${code(state.cluster.uid)}, Kubernetes ${escaped(state.cluster.version)}, ${code(state.cluster.server)}`,
						],
					]
				: []),
			['Begun', `${state.openedAt} by ${escaped(state.openedBy)}`],
			...(end === undefined
				? []
				: [['Last step ended', `${end}${seconds === undefined ? '' : `, ${durationText(seconds)} after it began`}`]]),
			['Program', `unroot ${escaped(program)}`],
			['Folder', code(folder)],
			['Journal', code(journal)],
		],
	);
};

const failureBlocks = ({seen, means, todo, byHand, details = []}: FailureParts): readonly string[] => [
	`- **${failureLabels.seen}:** ${escaped(seen)}\n- **${failureLabels.means}:** ${escaped(means)}\n- ` +
		`**${failureLabels.todo}:** ${escaped(todo)}\n- **${failureLabels.byHand}:** ${code(byHand)}`,
	...(details.length > 0 ? [codeBlock(details.join('\n'))] : []),
];

const stepBlocks = (step: StepState, number: number, {checklist}: ReportOptions): readonly string[] => {
	const line = checklist.find(({id}) => id === step.id);
	const took = tookText(step);
	return [
		`### ${number}. ${escaped(line?.title ?? step.id)}`,
		`${statusWords[step.status]}${took === '' ? '' : `, ${took}`}` +
			(step.undoing ? '; its undo was begun and has not ended' : ''),
		...(step.skipped ? [`Left out: ${escaped(step.skipped)}`] : []),
		...(step.evidence.length > 0 ? [evidenceTable(step.evidence)] : []),
		...(step.facts && step.facts.length > 0 ? [factList(step.facts)] : []),
		...(step.status === 'failed' && step.failure ? failureBlocks(step.failure) : []),
		...(step.status === 'waiting' ? [] : outcomeBlocks(step.outcome)),
	];
};

const timingTable = (state: RunState, {checklist, expected = {}}: ReportOptions): string => {
	const hasExpected = Object.keys(expected).length > 0;
	return table(
		['Step', 'State', 'Time', ...(hasExpected ? ['In the rehearsal'] : [])],
		state.steps.map(step => {
			const usual = expected[step.id];
			return [
				escaped(checklist.find(({id}) => id === step.id)?.title ?? step.id),
				statusWords[step.status],
				tookText(step),
				...(hasExpected ? [usual === undefined ? '' : durationText(usual)] : []),
			];
		}),
	);
};

const decisions = ({steps, answers}: RunState): string => {
	const rows = steps.flatMap(step => step.answered.map(id => [code(id), code(answers[id] ?? '')]));
	return rows.length > 0 ? table(['Question', 'Answer'], rows) : 'Nothing was decided yet.';
};

/** What was left out or not reached: an empty list is said, not left blank. */
const notDone = ({steps}: RunState, {checklist}: ReportOptions): string => {
	const open = steps.filter(({status}) => status !== 'done');
	return open.length === 0
		? 'Every step was done.'
		: open
				.map(
					step =>
						`- ${escaped(checklist.find(({id}) => id === step.id)?.title ?? step.id)}: ` +
						`${statusWords[step.status]}${step.skipped ? `. ${escaped(step.skipped)}` : ''}`,
				)
				.join('\n');
};

const wayBack = (state: RunState, {checklist}: ReportOptions): readonly string[] => {
	const begun = state.steps.filter(({attempts, status}) => attempts > 0 && status !== 'undone' && status !== 'skipped');
	const lines = begun.toReversed().flatMap(({id}) => {
		const line = checklist.find(step => step.id === id);
		return line && line.effect !== 'none'
			? [
					`- ${escaped(line.title)}: ` +
						`${escaped(line.undo.says)}${line.undo.kind === 'cannot' ? ' (cannot be undone)' : ''}`,
				]
			: [];
	});
	return lines.length > 0
		? [codeBlock(`unroot rollback ${state.run}`), lines.join('\n')]
		: ['There is nothing to undo.'];
};

/** What was decided, done and proved, as Markdown for people. For a run in any state. */
export const renderReport = (state: RunState, options: ReportOptions): string =>
	`${[
		`# ${state.mode === 'rehearse' ? 'Rehearsal' : 'Migration'} of ${escaped(state.namespace)}`,
		...freezeBlocks(state),
		standing(state, options.checklist),
		runTable(state, options),
		'## What was decided',
		decisions(state),
		'## What was done and proved',
		...state.steps.flatMap((step, index) => (step.status === 'waiting' ? [] : stepBlocks(step, index + 1, options))),
		...timeLineBlocks(state),
		'## Files',
		filesBlock(state, options.folder),
		'## Timings',
		timingTable(state, options),
		'## What was not done',
		notDone(state, options),
		'## Way back',
		...wayBack(state, options),
	].join('\n\n')}\n`;
