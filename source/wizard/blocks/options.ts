import type {Option, Question} from '../../migration/step.js';
import {blank, row, wrapped, type Line} from '../lines.js';
import type {Theme} from '../theme.js';

type Choice = Extract<Question, {readonly kind: 'choice'}>;

/** The options as they are listed: the recommended one first. */
export const orderedOptions = ({options, recommended}: Choice): readonly Option[] => [
	...options.filter(({value}) => value === recommended),
	...options.filter(({value}) => value !== recommended),
];

const detail = (label: string, text: string | undefined, width: number): readonly Line[] =>
	text
		? wrapped(text, {width, lead: [{text: `    ${label}`, tone: 'dim'}]}).map((line, index) => ({
				...line,
				spoken: index === 0 ? `${label.trim()} ${text}` : '',
			}))
		: [];

const labelLine = (
	option: Option,
	index: number,
	{isChosen, isRecommended}: {readonly isChosen: boolean; readonly isRecommended: boolean},
	{symbols}: Theme,
): Line => ({
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

/** A longer list has the reason below its option: at its end it would be out of sight. */
const few = 6;

/**
Rows of the options, and which of them must be in sight: the chosen one with its reason. A few options are listed first,
so that none is below the edge of a small screen.
*/
export const optionLines = (
	question: Choice,
	chosen: number,
	width: number,
	theme: Theme,
): {readonly lines: readonly Line[]; readonly from: number; readonly to: number} => {
	const options = orderedOptions(question);
	const labels = options.map((option, index) =>
		labelLine(option, index, {isChosen: index === chosen, isRecommended: option.value === question.recommended}, theme),
	);
	const option = options[chosen];
	const reason = detail('Why       ', option?.reason, width);
	const details = [
		...reason,
		...detail('Cost      ', option?.cost, width),
		...detail('Way back  ', option?.wayBack, width),
	];
	return options.length > few
		? {
				lines: [...labels.slice(0, chosen + 1), ...details, ...labels.slice(chosen + 1)],
				from: chosen,
				to: chosen + reason.length,
			}
		: {lines: [...labels, blank, ...details], from: chosen, to: labels.length + reason.length};
};
