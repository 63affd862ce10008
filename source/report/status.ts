import {asciiOf, plainLine} from '../failure/plain.js';
import {failureText} from '../failure/text.js';
import type {JsonObject} from '../migration/json.js';
import {isOver, type RunState, type StepState} from '../migration/state.js';
import type {ChecklistLine} from '../migration/words/checklist.js';
import {positionOf, proofsOf} from '../migration/words/closing.js';
import {freezeJson, freezeLinesAt} from '../migration/words/freeze.js';
import {secondsOf, tookText} from './timing.js';

/** What a status says beside the run's state. */
export type StatusOptions = {
	readonly checklist: readonly ChecklistLine[];
	/** The time now, as ISO. */
	readonly now: string;
	readonly ascii?: boolean;
};

const signs: Readonly<Record<StepState['status'], string>> = {
	waiting: ' ',
	started: '…',
	performed: '…',
	done: '✓',
	failed: '✗',
	skipped: '–',
	undone: '–',
};

const words: Readonly<Record<StepState['status'], string>> = {
	waiting: '',
	started: 'begun',
	performed: 'to be checked',
	done: '',
	failed: 'failed',
	skipped: 'left out',
	undone: 'undone',
};

const stepLine = (step: StepState, title: string): string => {
	const {held, made} = proofsOf([step]);
	const said = [words[step.status], tookText(step), made > 0 ? `${held} of ${made} checks hold` : '']
		.filter(Boolean)
		.join(', ');
	return `  ${signs[step.status]} ${title.padEnd(16)} ${said}`.trimEnd();
};

/** Where a run stands, as a short text for `unroot status`. */
export const renderStatus = (state: RunState, {checklist, now, ascii = false}: StatusOptions): string => {
	const {number, of, title} = positionOf(state, checklist);
	const failed = state.steps.find(({status}) => status === 'failed')?.failure;
	const lines = [
		...freezeLinesAt(state, now),
		`${state.run}: ${state.status}${isOver(state) ? '' : ` at step ${number} of ${of}, «${title}»`}`,
		`  ${state.mode === 'rehearse' ? 'rehearsal' : 'migration'}, context ${state.context}, namespace ` +
			`${state.namespace}, begun ${state.openedAt} by ${state.openedBy}`,
		...state.steps.map(step => stepLine(step, checklist.find(({id}) => id === step.id)?.title ?? step.id)),
		...(failed ? failureText(failed) : []),
		...(isOver(state) ? [] : [`Go on: unroot resume ${state.run}`]),
	]
		.map(line => plainLine(line))
		.join('\n');
	return `${ascii ? asciiOf(lines) : lines}\n`;
};

/** The same for `--output json`. */
export const statusJson = (state: RunState): JsonObject => ({
	run: state.run,
	status: state.status,
	freeze: freezeJson(state),
	mode: state.mode,
	context: state.context,
	namespace: state.namespace,
	sandbox: state.sandbox,
	openedAt: state.openedAt,
	openedBy: state.openedBy,
	...(state.cluster && {cluster: state.cluster}),
	...(state.stopped !== undefined && {stopped: state.stopped}),
	answers: state.answers,
	files: state.files.map(({place, path, end}) => ({place: {...place}, path, ...(end && {end: {...end}})})),
	steps: state.steps.map(step => {
		const seconds = secondsOf(step);
		return {
			id: step.id,
			status: step.status,
			attempts: step.attempts,
			...(step.startedAt !== undefined && {startedAt: step.startedAt}),
			...(step.endedAt !== undefined && {endedAt: step.endedAt}),
			...(seconds !== undefined && {seconds}),
			...(step.skipped !== undefined && {skipped: step.skipped}),
			evidence: step.evidence,
			...(step.facts && {facts: step.facts}),
			...(step.failure && {failure: {...step.failure}}),
		};
	}),
});
