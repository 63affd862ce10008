import type {Decision} from '../../migration/engine/decisions.js';
import {evidenceLines} from '../blocks/facts.js';
import {heading} from '../blocks/head.js';
import {blank, row, wrapped, type Line} from '../lines.js';
import type {Parts, Shown} from './shown.js';

const titleOf = ({checklist}: Parts, id: string): string => checklist.find(line => line.id === id)?.title ?? id;

/** What was proved of every step that is done, the latest step first: it is what the next decision rests on. */
export const evidenceScreen = (parts: Parts): Shown => {
	const {state, width, theme} = parts;
	const proved = state.steps.filter(({evidence}) => evidence.length > 0).toReversed();
	return {
		lines: [
			...proved.flatMap(({id, evidence}, index) => [
				...(index > 0 ? [blank] : []),
				heading(titleOf(parts, id)),
				...evidenceLines(evidence, width, theme),
			]),
			...(proved.length === 0 ? wrapped('Nothing is proved yet.', {width}) : []),
		],
		hints: [
			{command: 'back', says: 'close'},
			{command: 'up', says: 'read'},
		],
	};
};

const decisionLine = (parts: Parts, {question, answer, stands}: Decision, isPicked: boolean): Line => {
	const {symbols} = parts.theme;
	return {
		...row(
			{text: isPicked ? `${symbols.cursor} ` : '  ', tone: 'accent'},
			{text: question, ...(isPicked ? {tone: 'accent' as const} : stands !== undefined && {tone: 'dim' as const})},
			{text: `  ${answer}`, tone: 'dim'},
			...(stands === undefined ? [] : [{text: '  stands', tone: 'warning' as const}]),
		),
		spoken: `${question}: ${answer}${stands === undefined ? '' : ', stands'}`,
		role: 'radio',
		isChecked: isPicked,
	};
};

/**
What was decided so far. Each decision says whether it can be made anew and, where it cannot, why and what is possible.
*/
export const decisionsScreen = (parts: Parts): Shown => {
	const {decisions, picked, width, next} = parts;
	const one = decisions[picked];
	const canGoBack = next.includes('back');
	const says =
		one?.stands ??
		(canGoBack
			? 'Enter asks this again. Later answers that depend on it are asked again too, with what you said before.'
			: 'You can change it once the step waits for you.');
	const above = [
		...wrapped('What you decided', {width, tone: 'strong'}),
		...(one ? [] : wrapped('Nothing has been decided yet.', {width})),
		...(one ? wrapped(says, {width, ...(one.stands !== undefined && {tone: 'warning' as const})}) : []),
		blank,
	];
	return {
		lines: [...above, ...decisions.map((decision, index) => decisionLine(parts, decision, index === picked))],
		focus: {from: above.length + picked, to: above.length + picked},
		moves: [],
		hints: [
			...(one && one.stands === undefined && canGoBack ? [{command: 'confirm', says: 'decide again'} as const] : []),
			{command: 'up', says: 'choose'},
			{command: 'back', says: 'close'},
		],
	};
};
