import type {Option, Question} from '../../migration/step.js';
import {row, wrapped, type Line} from '../lines.js';
import type {Theme} from '../theme.js';

type Choice = Extract<Question, {readonly kind: 'choice'}>;

/** The options as they are listed: the recommended one first. */
export const orderedOptions = ({options, recommended}: Choice): readonly Option[] => [
	...options.filter(({value}) => value === recommended),
	...options.filter(({value}) => value !== recommended),
];

const detail = (label: string, text: string | undefined, width: number): readonly Line[] =>
	text ? wrapped(text, {width, lead: [{text: `    ${label}`, tone: 'dim'}]}).map((line, index) => ({...line, spoken: index === 0 ? `${label.trim()} ${text}` : ''})) : [];

/** Rows of the options, and which of them must be in sight: the chosen one with its reason. */
export const optionLines = (question: Choice, chosen: number, width: number, {symbols}: Theme): {readonly lines: readonly Line[]; readonly from: number; readonly to: number} => {
	const lines: Line[] = [];
	let from = 0;
	let to = 0;
	for (const [index, option] of orderedOptions(question).entries()) {
		const isChosen = index === chosen;
		const isRecommended = option.value === question.recommended;
		if (isChosen) {
			from = lines.length;
		}

		lines.push({
			...row(
				{text: isChosen ? `${symbols.cursor} ` : '  ', tone: 'accent'},
				{text: `${index + 1} `, tone: 'dim'},
				{text: option.label, ...(isChosen && {tone: 'accent' as const})},
				...(isRecommended ? [{text: '  recommended', tone: 'good' as const}] : []),
			),
			spoken: `${index + 1}. ${option.label}${isRecommended ? ', recommended' : ''}`,
			role: 'radio',
			isChecked: isChosen,
		});
		if (!isChosen) {
			continue;
		}

		lines.push(...detail('', option.reason, width));
		to = lines.length - 1;
		lines.push(...detail('Cost      ', option.cost, width), ...detail('Way back  ', option.wayBack, width));
	}

	return {lines, from, to};
};
