import {plainLine} from '../../failure/plain.js';
import {failureText} from '../../failure/text.js';
import type {Ending} from '../engine/session.js';
import type {JsonObject} from '../json.js';
import type {RunState, StepState} from '../state.js';
import type {RunFacts, StepId} from '../step.js';
import type {ChecklistLine} from './checklist.js';
import {durationText, secondsBetween} from './figures.js';
import {freezeLines, overSentence} from './freeze.js';
import {runName} from './run-name.js';

/** When the last step of a run ended. */
export const endedAt = (state: RunState): string | undefined =>
	state.steps
		.map(step => step.endedAt ?? '')
		.filter(Boolean)
		.toSorted((a, b) => a.localeCompare(b))
		.at(-1);

/** How many checks were made and how many hold. */
export const proofsOf = (
	steps: ReadonlyArray<Pick<StepState, 'evidence'>>,
): {readonly held: number; readonly made: number} => {
	const evidence = steps.flatMap(step => step.evidence);
	return {held: evidence.filter(({holds}) => holds).length, made: evidence.length};
};

const undoneSteps = ({steps}: RunState): readonly StepState[] => steps.filter(({status}) => status === 'undone');

/** What proves the end of a run: the proof of the migration or, once it was rolled back, that of the way back. */
export const proofShown = (state: RunState): StepState['evidence'] =>
	state.status === 'rolled-back'
		? undoneSteps(state)
				.toReversed()
				.flatMap(({evidence}) => evidence)
		: (state.steps.find(({id}) => id === 'prove')?.evidence ?? []);

const settled = new Set<StepState['status']>(['done', 'skipped']);

/** Where a run stands in its checklist: the first step that is not settled, from 1. */
export const positionOf = (
	state: RunState,
	checklist: readonly ChecklistLine[],
): {readonly number: number; readonly of: number; readonly title: string} => {
	const at = state.steps.findIndex(({status}) => !settled.has(status));
	const index = at === -1 ? state.steps.length - 1 : at;
	const id = state.steps[index]?.id;
	return {number: index + 1, of: state.steps.length, title: checklist.find(line => line.id === id)?.title ?? id ?? ''};
};

const endLines = (state: RunState, checklist: readonly ChecklistLine[], {exit, failure}: Ending): readonly string[] => {
	const {number, of, title} = positionOf(state, checklist);
	if (state.status === 'rolled-back') {
		const {held, made} = proofsOf(undoneSteps(state));
		return [`Rolled back: ${held} of ${made} checks of the way back hold.`];
	}

	switch (exit) {
		case 'done': {
			const {held, made} = proofsOf(state.steps);
			const seconds = secondsBetween(state.openedAt, endedAt(state));
			return [
				`Done${seconds === undefined ? '' : ` in ${durationText(seconds)}`}: ${of} steps, ${held} of ${made} ` +
					'checks hold.',
			];
		}

		case 'interrupted': {
			return [`Stopped at step ${number} of ${of}, «${title}». What is done is kept.`];
		}

		case 'failed':
		case 'blocked':
		case 'unanswered':
		case 'usage': {
			return [
				`Stopped at step ${number} of ${of}, «${title}». What is done is kept.`,
				...(failure ? failureText(failure) : []),
			];
		}
	}
};

/** What the steps leave for people, by step and by the fields of its outcome. */
const places: ReadonlyArray<{readonly step: StepId; readonly label: string; readonly fields: readonly string[]}> = [
	{step: 'profile', label: 'Profile', fields: ['repository', 'branch', 'commit']},
	{step: 'preview', label: 'Manifests', fields: ['folder']},
];

const placeLines = ({steps}: RunState): readonly string[] =>
	places.flatMap(({step, label, fields}) => {
		const outcome = steps.find(({id, status}) => id === step && status === 'done')?.outcome;
		const values = fields
			.map(field => (outcome as JsonObject | undefined)?.[field])
			.filter(value => typeof value === 'string');
		return values.length > 0 ? [`${`${label}:`.padEnd(12)}${plainLine(values.join(', '))}`] : [];
	});

/** What the run could not remove. */
const leftLines = ({files}: RunState): readonly string[] => {
	const left = files.filter(({end}) => end?.kind === 'left').length;
	return left === 0
		? []
		: [
				'Left:       ' +
					`${left === 1 ? '1 file that holds user data or logs is' : `${left} files that hold user data or logs are`} ` +
					`still there; the report says where, and how to remove ${left === 1 ? 'it' : 'them'}.`,
			];
};

/** What a front end says last: how the run ended, the proof, where everything lies, and how to go on or back. */
export const closingLines = (
	state: RunState,
	checklist: readonly ChecklistLine[],
	facts: RunFacts,
	ending: Ending,
): readonly string[] => {
	const proof = proofShown(state);
	const over = overSentence(state);
	const isDone = ending.exit === 'done';
	// The sandbox of a rehearsal ends with it.
	const isGone = isDone && facts.sandbox;
	return [
		...freezeLines(state, runName(facts)),
		...(over === undefined || ending.exit === 'done' ? [] : [over]),
		...endLines(state, checklist, ending),
		...(isDone
			? proof.map(({label, value, holds}) => `  ${holds ? '✓' : '✗'} ${plainLine(label)}: ${plainLine(value)}`)
			: []),
		...placeLines(state),
		...leftLines(state),
		...[
			['Run folder', ''],
			['Journal', '/journal.jsonl'],
			['Report', '/report.md'],
		].map(([label = '', name = '']) => `${`${label}:`.padEnd(12)}${plainLine(facts.folder)}${name}`),
		...(isDone || state.status === 'rolled-back' ? [] : [`Go on:      unroot resume ${runName(facts)}`]),
		...(isGone || state.status === 'rolled-back' || state.steps.every(({attempts}) => attempts === 0)
			? []
			: [`Way back:   unroot rollback ${runName(facts)}`]),
	];
};
