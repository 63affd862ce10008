import {type Live, stepOf} from '../../migration/state.js';
import type {StepId} from '../../migration/step.js';
import {waitText} from '../../migration/waits.js';
import {durationText, elapsedText, percentOf} from '../../migration/words/figures.js';
import {factLines} from '../blocks/facts.js';
import {failureLines} from '../blocks/failure.js';
import {headLines, heading} from '../blocks/head.js';
import {logTail} from '../blocks/log.js';
import {previewLines} from '../blocks/preview.js';
import {awaitedLines, progressLines} from '../blocks/progress.js';
import {intentHints} from '../keys.js';
import {blank, plainRow, wrapped, type Line} from '../lines.js';
import {everywhere, stopHint, type Parts, type Shown} from './shown.js';

const stoppingLines = ({isStopping, width, theme}: Parts): readonly Line[] =>
	isStopping
		? [
				blank,
				...wrapped(
					'Stopping: the step finishes safely first. Ctrl-C leaves at once. Either way you can resume the run.',
					{
						width,
						lead: [{text: `${theme.symbols.warning} `, tone: 'warning'}],
						tone: 'warning',
					},
				),
			]
		: [];

/** Who is waited for. A screen reader gets no figure that changes all the time. */
const waitingLines = ({waiting, width, theme, isSpoken}: Parts): readonly Line[] =>
	waiting
		? wrapped(`${waitText(waiting)}${isSpoken ? '' : `, ${elapsedText(waiting.seconds)}`}`, {
				width,
				lead: [{text: `${theme.symbols.warning} `, tone: 'warning'}],
				tone: 'warning',
			})
		: [];

/** Before the first step: what the journal calls done is looked at again. */
export const openingScreen = (parts: Parts): Shown => ({
	lines: [
		...wrapped(
			parts.state.steps.some(({status}) => status === 'done')
				? 'Checking again what the journal says is done …'
				: 'Opening the run …',
			{width: parts.width},
		),
		...waitingLines(parts),
		...stoppingLines(parts),
	],
	hints: [...everywhere(parts), stopHint],
});

/** Looking at the world before a step; nothing is changed. */
export const lookingScreen = (step: StepId, parts: Parts): Shown => {
	const {checklist, state, width, theme} = parts;
	const {inspection} = state.live;
	return {
		lines: [
			...headLines(checklist, step, width),
			...(state.live.judging ? [plainRow('Checking your answer …'), blank] : []),
			...(inspection
				? [heading('What was seen'), ...factLines(inspection.facts, width, theme)]
				: [plainRow('Looking …')]),
			...waitingLines(parts),
			...stoppingLines(parts),
		],
		hints: [...everywhere(parts), stopHint],
	};
};

/** What a step saw that changes nothing, to be read before the next one begins. */
const readScreen = (step: StepId, parts: Parts): Shown => {
	const {checklist, state, width, theme} = parts;
	return {
		lines: [
			...headLines(checklist, step, width).slice(0, 1),
			...factLines(state.live.inspection?.facts ?? [], width, theme),
		],
		hints: [
			{command: 'confirm', says: 'go on'},
			...intentHints(parts.next).filter(({command}) => command !== 'confirm'),
			{command: 'up', says: 'read'},
			...everywhere(parts),
			stopHint,
		],
	};
};

/** What the step is about to do, before the word is given. */
export const previewScreen = (step: StepId, parts: Parts): Shown => {
	const {checklist, state, width, theme} = parts;
	const {preview, inspection} = state.live;
	if (checklist.find(({id}) => id === step)?.effect === 'none') {
		return readScreen(step, parts);
	}

	return {
		lines: [
			...headLines(checklist, step, width),
			...(inspection?.state === 'partly'
				? [...wrapped(inspection.what, {width, lead: [{text: 'Partly done  ', tone: 'warning'}]}), blank]
				: []),
			...(preview ? previewLines(preview, width, theme) : []),
			...(inspection && inspection.facts.length > 0
				? [blank, heading('What was seen'), ...factLines(inspection.facts, width, theme)]
				: []),
		],
		hints: [...intentHints(parts.next), {command: 'up', says: 'read'}, ...everywhere(parts), stopHint],
	};
};

/** For a screen reader: each tenth, and standing still, but no figure that changes all the time. */
const spokenProgress = (progress: NonNullable<Live['progress']>): Line => {
	const percent = percentOf(progress);
	const far = percent === undefined ? progress.what : `${progress.what}: ${Math.floor(percent / 10) * 10} percent`;
	return {
		...plainRow(progress.stalledSeconds === undefined ? far : `${far}. Stalled: nothing moves.`),
		role: 'progressbar',
	};
};

const timeLine = (step: StepId, {seconds, expected}: Parts): string => {
	const usual = expected[step];
	return (
		'Running for ' +
		`${elapsedText(seconds)}${usual === undefined ? '' : `; in the rehearsal it took ${durationText(usual)}`}`
	);
};

/** What the step is doing at this moment. */
const nowLines = ({state, width, theme, isSpoken}: Parts): readonly Line[] => {
	const {progress, verifying} = state.live;
	if (verifying) {
		return [plainRow('Checking what the cluster says …')];
	}

	if (!progress) {
		return [plainRow('At work …')];
	}

	return isSpoken
		? [spokenProgress(progress), ...awaitedLines(progress, width, theme)]
		: progressLines(progress, width, theme);
};

/** A step at work: how far, how fast, how long yet, and what it says meanwhile. */
export const workingScreen = (step: StepId, parts: Parts): Shown => {
	const {checklist, state, width, height, theme, isSpoken} = parts;
	const {log} = state.live;
	const isUndoing = stepOf(state, step)?.undoing === true;
	const undo = checklist.find(({id}) => id === step)?.undo.says;
	const above = [
		...headLines(checklist, step, width),
		...(isUndoing ? [...wrapped(undo ?? '', {width, lead: [{text: 'Undoing  ', tone: 'warning'}]}), blank] : []),
		...nowLines(parts),
		...waitingLines(parts),
		...(isSpoken ? [] : [plainRow(timeLine(step, parts), 'dim')]),
		...stoppingLines(parts),
	];
	const room = Math.min(8, height - above.length - 1);
	const tail = isSpoken
		? []
		: logTail(
				log.filter(line => line.step === step),
				room,
				theme,
			);
	return {
		lines: tail.length > 0 ? [...above, blank, ...tail] : above,
		hints: [...everywhere(parts), stopHint],
	};
};

/** A failure in its four parts, and what can be done now. */
export const failedScreen = (step: StepId, parts: Parts): Shown => {
	const {checklist, state, width, theme} = parts;
	const failure = stepOf(state, step)?.failure;
	const notAgain = failure && !failure.retryable ? 'Trying again helps only once that is done.' : undefined;
	return {
		lines: [
			...headLines(checklist, step, width).slice(0, 1),
			...(failure ? failureLines(failure, width, theme, notAgain) : []),
		],
		hints: [...intentHints(parts.next), {command: 'up', says: 'read'}, ...everywhere(parts), stopHint],
	};
};
