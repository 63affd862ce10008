import type {RunState, StepState} from '../../migration/state.js';
import type {StepId} from '../../migration/step.js';
import type {ChecklistLine} from '../../migration/words/checklist.js';
import {proofsOf} from '../../migration/words/closing.js';
import {percentOf, secondsBetween, shortDuration} from '../../migration/words/figures.js';
import {cellsOf, fitted} from '../cells.js';
import {blank, plainRow, row, type Line} from '../lines.js';
import type {Theme, Tone} from '../theme.js';

/** What the rail is drawn from. */
export type RailParts = {
	readonly checklist: readonly ChecklistLine[];
	readonly state: RunState;
	readonly expected: Readonly<Partial<Record<StepId, number>>>;
	readonly theme: Theme;
};

const tones: Readonly<Record<StepState['status'], Tone | undefined>> = {
	waiting: 'dim',
	started: 'accent',
	performed: 'accent',
	done: 'good',
	failed: 'bad',
	skipped: 'dim',
	undone: 'warning',
};

const words: Readonly<Record<StepState['status'], string>> = {
	waiting: 'waiting',
	started: 'begun',
	performed: 'to be checked',
	done: 'done',
	failed: 'failed',
	skipped: 'left out',
	undone: 'undone',
};

const statusSign = (
	step: StepState,
	isCurrent: boolean,
	{symbols}: Theme,
): {readonly text: string; readonly tone?: Tone} => {
	if (isCurrent && step.status !== 'failed') {
		return {text: symbols.status.current, tone: 'accent'};
	}

	const tone = tones[step.status];
	return {text: symbols.status[step.status], ...(tone && {tone})};
};

/** The right column: how far, how long it took, or how long it took in the rehearsal. */
const measure = (step: StepState, isCurrent: boolean, {state, expected}: RailParts): string => {
	const percent = isCurrent && state.live.progress ? percentOf(state.live.progress) : undefined;
	if (percent !== undefined) {
		return `${percent}%`;
	}

	const usual = expected[step.id];
	const took = step.status === 'done' ? secondsBetween(step.startedAt, step.endedAt) : undefined;
	if (took !== undefined) {
		return shortDuration(took);
	}

	return usual !== undefined && step.status !== 'skipped' ? `~${shortDuration(usual)}` : '';
};

const proofText = ({evidence}: StepState, {symbols}: Theme): {readonly text: string; readonly tone?: Tone} => {
	const {held, made} = proofsOf([{evidence}]);
	if (made === 0) {
		return {text: ''};
	}

	return held === made
		? {text: `${symbols.yes}${made}`, tone: 'good'}
		: {text: `${symbols.no}${made - held}`, tone: 'bad'};
};

/** The checklist beside the step: state, title, time, proof; and the sum of the proof below. */
export const railLines = (parts: RailParts, width: number, height: number): readonly Line[] => {
	const {checklist, state, theme} = parts;
	const measureWidth = 7;
	const proofWidth = theme.symbols.yes.length + 3;
	const titleWidth = width - 2 - measureWidth - proofWidth;
	const lines = state.steps.map((step): Line => {
		const isCurrent = step.id === state.live.step && step.status !== 'done' && state.status === 'open';
		const title = checklist.find(({id}) => id === step.id)?.title ?? step.id;
		const sign = statusSign(step, isCurrent, theme);
		const proof = proofText(step, theme);
		return {
			...row(
				{...sign, text: `${sign.text} `},
				{
					text: fitted(title, titleWidth, theme.symbols.cut),
					...(isCurrent ? {tone: 'strong' as const} : step.status === 'waiting' && {tone: 'dim' as const}),
				},
				{text: measure(step, isCurrent, parts).padStart(measureWidth), tone: 'dim'},
				{...proof, text: proof.text.padStart(proofWidth)},
			),
			spoken: `${title}: ${isCurrent ? 'now' : words[step.status]}`,
		};
	});
	const {held, made} = proofsOf(state.steps);
	const sum = plainRow(`${held} of ${made} checks hold`, held === made ? 'good' : 'bad');
	return made > 0 && height >= lines.length + 2 ? [...lines, blank, sum] : lines;
};

/**
The same on one line, for a window that is not wide: a sign for each step, the step that is now, and the sum of the
proof.
*/
export const railLine = ({checklist, state, theme}: RailParts, width: number): Line => {
	const signs = state.steps.map(step => statusSign(step, step.id === state.live.step && step.status !== 'done', theme));
	const at = state.steps.findIndex(({id}) => id === state.live.step);
	const title = checklist.find(({id}) => id === state.live.step)?.title ?? '';
	const {held, made} = proofsOf(state.steps);
	const sum = made > 0 ? `  ${held} of ${made} checks hold` : '';
	const left = at === -1 ? '' : ` ${at + 1}/${state.steps.length} ${title}`;
	const room = Math.max(0, width - signs.length);
	const isSumShown = cellsOf(left) + cellsOf(sum) <= room;
	return row(
		...signs,
		{
			text: isSumShown ? fitted(left, room - cellsOf(sum)) : fitted(left, room, theme.symbols.cut).trimEnd(),
			tone: 'strong',
		},
		...(isSumShown ? [{text: sum, tone: held === made ? ('good' as const) : ('bad' as const)}] : []),
	);
};
