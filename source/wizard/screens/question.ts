import type {Inspection, Question} from '../../migration/step.js';
import {factLines} from '../blocks/facts.js';
import {headLines, heading} from '../blocks/head.js';
import {optionLines} from '../blocks/options.js';
import {fitted, graphemes} from '../cells.js';
import {pageMoves, readMoves} from '../components/pane.js';
import {hidden, windowOf} from '../draft.js';
import {intentHints} from '../keys.js';
import {blank, row, wrapped, type Line} from '../lines.js';
import {everywhere, stopHint, type Parts, type Shown} from './shown.js';

const seenLines = (inspection: Inspection | undefined, {width, theme}: Parts): readonly Line[] =>
	inspection && inspection.facts.length > 0
		? [blank, heading('What was seen'), ...factLines(inspection.facts, width, theme)]
		: [];

/** What is to be read before a word is typed. */
const proofLines = (question: Question, {width, theme}: Parts): readonly Line[] =>
	question.kind === 'typed' && question.proof && question.proof.length > 0
		? [...factLines(question.proof, width, theme), blank]
		: [];

/** Below this many rows the question matters more than why its step is there. */
const fewRows = 16;

const asking = (question: Question, parts: Parts): readonly Line[] => {
	const {checklist, state, width, height} = parts;
	return [
		...(state.live.step
			? headLines(checklist, state.live.step, width).slice(
					0,
					height < fewRows || question.kind === 'typed' ? 1 : undefined,
				)
			: []),
		...(question.kind === 'typed' ? [blank] : []),
		...proofLines(question, parts),
		...wrapped(question.title, {width, tone: 'strong'}),
		...wrapped(question.why, {width}),
		blank,
	];
};

/** A question with options: the recommended one first, the chosen one with its reason, cost and way back. */
export const choiceScreen = (question: Extract<Question, {readonly kind: 'choice'}>, parts: Parts): Shown => {
	const above = asking(question, parts);
	const {lines, from, to} = optionLines(question, parts.chosen, parts.width, parts.theme);
	return {
		lines: [...above, ...lines, ...seenLines(parts.state.live.inspection, parts)],
		focus: {from: above.length + from, to: above.length + to},
		moves: readMoves,
		hints: [
			{command: 'confirm', says: 'accept'},
			{command: 'up', says: 'choose'},
			...intentHints(parts.next),
			...everywhere(parts),
			stopHint,
		],
	};
};

const inputLine = (
	question: Question,
	{draft, width, theme}: Parts,
): {readonly line: Line; readonly column: number} => {
	const {symbols} = theme;
	const room = Math.max(1, width - 2);
	const placeholder = question.kind === 'text' ? question.recommended : undefined;
	if (draft.text === '') {
		return {
			line: {
				...row(
					{text: `${symbols.cursor} `, tone: 'accent'},
					{text: placeholder ? fitted(placeholder, Math.min(room, 1000), symbols.cut).trimEnd() : '', tone: 'dim'},
				),
				spoken: placeholder ? `empty, recommended: ${placeholder}` : 'empty',
				role: 'textbox',
			},
			column: 2,
		};
	}

	const isSecret = question.kind === 'secret';
	const shown = windowOf(isSecret ? hidden(draft, symbols.hidden) : draft, room);
	const spoken = isSecret ? `hidden, ${graphemes(draft.text).length} characters` : draft.text;
	return {
		line: {...row({text: `${symbols.cursor} `, tone: 'accent'}, {text: shown.text}), spoken, role: 'textbox'},
		column: 2 + shown.column,
	};
};

const howTo = (question: Question, hasDraft: boolean): string => {
	if (question.kind === 'typed') {
		return `Type «${question.expected}» to go on.`;
	}

	if (question.kind === 'secret') {
		return 'Enter takes what you typed. It is not shown, and kept nowhere.';
	}

	if (question.kind === 'text' && !hasDraft && (question.recommended ?? question.ifEmpty) !== undefined) {
		return question.recommended === undefined
			? `Enter alone: ${question.ifEmpty ?? ''}`
			: 'Enter takes what is recommended, the right arrow lets you edit it.';
	}

	return 'Enter takes what you typed.';
};

/** A question that is answered by typing. */
export const writtenScreen = (question: Question, parts: Parts): Shown => {
	const {width, theme, draft, state} = parts;
	const above = asking(question, parts);
	const {line, column} = inputLine(question, parts);
	const isEmpty = draft.text === '';
	const at = above.length;
	const below = [
		...(state.live.refused
			? wrapped(state.live.refused, {width, lead: [{text: `${theme.symbols.no} `, tone: 'bad'}], tone: 'bad'})
			: []),
		...wrapped(howTo(question, !isEmpty), {width, tone: 'dim'}),
	];
	return {
		lines: [...above, line, ...below, ...seenLines(state.live.inspection, parts)],
		focus: {from: at, to: at + below.length},
		cursor: {line: at, column},
		moves: isEmpty ? readMoves : pageMoves,
		hints: [
			{command: 'confirm', says: 'accept'},
			...intentHints(parts.next),
			...everywhere(parts, true).filter(({command}) => (isEmpty && question.kind !== 'secret') || command !== 'help'),
			{command: 'interrupt', says: 'stop'},
		],
	};
};
