import {createHash} from 'node:crypto';
import {asCalled} from '../failure/called.js';
import type {JournalEvent} from '../migration/event.js';
import {fold} from '../migration/fold/index.js';
import {emptyState, type RunState} from '../migration/state.js';
import type {StepId} from '../migration/step.js';
import type {ChecklistLine} from '../migration/words/checklist.js';
import {endedAt, positionOf, proofsOf} from '../migration/words/closing.js';
import {durationText, secondsBetween} from '../migration/words/figures.js';
import {code, heading, list, paragraph, table, type Block, type Document, type Line} from './document.js';
import {chronicleOf, titleOf} from './facts/chronicle.js';
import {comparisonsOf} from './facts/comparisons.js';
import {decisionsOf, type Decision} from './facts/decisions.js';
import {openPointsOf, summaryOf} from './facts/summary.js';
import {dayTimeText} from './facts/times.js';
import {sidesOf} from './facts/topology.js';
import {failedTries} from './facts/tries.js';
import {filesBlock} from './files.js';
import {freezeBlocks, frozenBlocks} from './freezes.js';
import {pageOf} from './html/page.js';
import {markdownOf} from './markdown.js';
import {stepBlocks, statusWords} from './steps.js';
import {tookText} from './timing.js';

/** What a report says beside the run's journal. */
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

const standing = (state: RunState, checklist: readonly ChecklistLine[]): string => {
	const {number, of, title} = positionOf(state, checklist);
	const where = `step ${number} of ${of}, «${title}»`;
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
			return `Not finished: stopped at ${where}. ${state.stopped ?? ''}`;
		}

		case 'open': {
			return `Not finished: at ${where}.`;
		}
	}
};

const runBlock = (state: RunState, {program, folder, journal}: ReportOptions): Block => {
	const end = endedAt(state);
	const seconds = secondsBetween(state.openedAt, end);
	const kind = state.mode === 'rehearse' ? `rehearsal${state.sandbox ? ' on the sandbox' : ''}` : 'migration';
	const rows: ReadonlyArray<readonly [string, Line]> = [
		['Run', [code(state.run), `, a ${kind}`]],
		['Context', code(state.context)],
		['Namespace', code(state.namespace)],
		...(state.cluster
			? [
					[
						'Cluster',
						[code(state.cluster.uid), `, Kubernetes ${state.cluster.version}, `, code(state.cluster.server)],
					] as const,
				]
			: []),
		['Begun', `${dayTimeText(state.openedAt)} by ${state.openedBy}`],
		...(end === undefined
			? []
			: [
					[
						'Last step ended',
						`${dayTimeText(end)}${seconds === undefined ? '' : `, ${durationText(seconds)} after it began`}`,
					] as const,
				]),
		['Program', `unroot ${program}`],
		['Folder', code(folder)],
		['Journal', code(journal)],
	];
	return {kind: 'values', rows};
};

const timingBlock = (state: RunState, {checklist, expected = {}}: ReportOptions): Block => {
	const hasExpected = Object.keys(expected).length > 0;
	return table(
		['Step', 'State', 'Time', ...(hasExpected ? ['In the rehearsal'] : [])],
		state.steps.map(step => {
			const usual = expected[step.id];
			return [
				titleOf(checklist, step.id),
				statusWords[step.status],
				tookText(step),
				...(hasExpected ? [usual === undefined ? '' : durationText(usual)] : []),
			];
		}),
	);
};

const howText = ({how, isGiven, recommended}: Decision): string =>
	[
		{typed: 'typed', recommended: 'as recommended', chosen: 'chosen', 'not recorded': 'not recorded'}[how],
		...(recommended === undefined ? [] : [`instead of ${recommended}`]),
		...(isGiven ? ['given in advance'] : []),
	].join(', ');

const decisionBlock = (events: readonly JournalEvent[], state: RunState): Block => {
	const decisions = decisionsOf(events, state);
	return decisions.length === 0
		? paragraph('Nothing was decided yet.')
		: table(
				['Question', 'Answer', 'How', 'Why', 'By', 'When'],
				decisions.map(decision => [
					code(decision.question),
					code(decision.answer),
					howText(decision),
					decision.why,
					decision.who,
					dayTimeText(decision.at),
				]),
			);
};

/** What was left out or not reached: an empty list is said, not left blank. */
const notDone = ({steps}: RunState, {checklist}: ReportOptions): Block => {
	const open = steps.filter(({status}) => status !== 'done');
	return open.length === 0
		? paragraph('Every step was done.')
		: list(
				open.map(
					step =>
						`${titleOf(checklist, step.id)}: ${statusWords[step.status]}` + (step.skipped ? `. ${step.skipped}` : ''),
				),
			);
};

const wayBack = (state: RunState, {checklist}: ReportOptions): readonly Block[] => {
	const begun = state.steps.filter(({attempts, status}) => attempts > 0 && status !== 'undone' && status !== 'skipped');
	const lines = begun.toReversed().flatMap(({id}) => {
		const line = checklist.find(step => step.id === id);
		return line && line.effect !== 'none'
			? [`${line.title}: ${line.undo.says}${line.undo.kind === 'cannot' ? ' (cannot be undone)' : ''}`]
			: [];
	});
	return lines.length > 0
		? [{kind: 'code', text: `unroot rollback ${state.run}`}, list(lines)]
		: [paragraph('There is nothing to undo.')];
};

const triesBlocks = (events: readonly JournalEvent[], {checklist}: ReportOptions): readonly Block[] => {
	const tries = failedTries(events);
	return tries.length === 0
		? []
		: [
				heading(2, 'Tries that failed'),
				table(
					['When', 'Step', 'Try', 'What was seen'],
					tries.map(({at, step, attempt, seen}) => [dayTimeText(at), titleOf(checklist, step), String(attempt), seen]),
				),
			];
};

const comparedBlocks = (state: RunState): readonly Block[] => {
	const comparisons = comparisonsOf(state);
	return comparisons.length === 0 ? [] : [heading(2, 'What was compared'), {kind: 'comparisons', comparisons}];
};

const sidesBlocks = (state: RunState): readonly Block[] => {
	const sides = sidesOf(state);
	return sides ? [heading(2, 'Before and after'), {kind: 'sides', sides}] : [];
};

const openBlocks = (points: readonly string[]): readonly Block[] =>
	points.length === 0 ? [] : [heading(2, 'Open points'), list(points)];

const moodOf = (state: RunState, openPoints: number): Document['mood'] => {
	const hasFailed = state.steps.some(({evidence, status}) => status === 'failed' || evidence.some(({holds}) => !holds));
	return hasFailed ? 'bad' : state.status === 'finished' && openPoints === 0 ? 'good' : 'open';
};

/** What was decided, done and proved, for a run in any state: what both prints say. */
const documentOf = (events: readonly JournalEvent[], options: ReportOptions): Document => {
	const {checklist} = options;
	const state = events.reduce<RunState>((sum, event) => fold(sum, event), emptyState);
	const points = openPointsOf(state, id => titleOf(checklist, id));
	return {
		title: `${state.mode === 'rehearse' ? 'Rehearsal' : 'Migration'} of ${state.namespace}`,
		mood: moodOf(state, points.length),
		blocks: [
			...freezeBlocks(state),
			paragraph(standing(state, checklist)),
			{kind: 'values', rows: summaryOf(state, points.length)},
			...openBlocks(points),
			heading(2, 'Who did what, and when'),
			{kind: 'chronicle', chronicle: chronicleOf(events, state, checklist)},
			...sidesBlocks(state),
			...comparedBlocks(state),
			...frozenBlocks(state),
			heading(2, 'What was decided'),
			decisionBlock(events, state),
			heading(2, 'What was done and proved'),
			...state.steps.flatMap((step, index) =>
				step.status === 'waiting' ? [] : stepBlocks(step, {number: index + 1, events, checklist}),
			),
			...triesBlocks(events, options),
			heading(2, 'Files'),
			filesBlock(state, options.folder),
			heading(2, 'Timings'),
			timingBlock(state, options),
			heading(2, 'What was not done'),
			notDone(state, options),
			heading(2, 'Way back'),
			...wayBack(state, options),
			heading(2, 'The run'),
			runBlock(state, options),
		],
	};
};

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/* The lines that are hashed, with commands as the program was called. */
const linesOf = (document: Document): string => asCalled(`${markdownOf(document)}\n`);

/**
The report as Markdown. Its last line is the SHA-256 of all lines before it: `sed '$d' report.md | sha256sum`.
*/
export const renderReport = (events: readonly JournalEvent[], options: ReportOptions): string => {
	const text = linesOf(documentOf(events, options));
	return `${text}SHA-256 of the lines above: \`${hashOf(text)}\`\n`;
};

/** The same as one page of HTML that needs nothing from outside; it names the hash of the Markdown it goes with. */
export const renderPage = (events: readonly JournalEvent[], options: ReportOptions): string => {
	const document = documentOf(events, options);
	const hash = hashOf(linesOf(document));
	return asCalled(pageOf(document, hash));
};
