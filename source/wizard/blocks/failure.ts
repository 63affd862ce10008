import type {FailureParts} from '../../failure/failure.js';
import {detailsLabel, failureLabels} from '../../failure/text.js';
import {cellsOf, fitted} from '../cells.js';
import {blank, wrapped, type Line, type Span} from '../lines.js';
import type {Theme} from '../theme.js';
import {heading} from './head.js';

/** Below this width a label stands above its text, not before it. */
const narrow = 50;

/** Columns of the labels, so that the texts stand below one another. */
const column =
	Math.max(...[failureLabels.means, failureLabels.todo, failureLabels.byHand].map(label => cellsOf(label))) + 2;

const part = (label: string, text: string, width: number, lead: readonly Span[] = []): readonly Line[] => {
	const lines =
		width < narrow
			? [heading(label), ...wrapped(text, {width, lead})]
			: wrapped(text, {width, lead: [{text: fitted(label, column), tone: 'strong'}, ...lead]});
	return lines.map((line, index) => ({
		...line,
		spoken: index === 0 ? `${label}${label === '' ? '' : ': '}${text}` : '',
	}));
};

/**
A failure: what was seen, what it means, what to do and the command, all within a small screen; what supports it comes
last, since it can be long.
*/
export const failureLines = (
	{seen, means, todo, byHand, details = []}: FailureParts,
	width: number,
	{symbols}: Theme,
	note?: string,
): readonly Line[] => [
	...wrapped(seen, {width, lead: [{text: `${symbols.no} `, tone: 'bad'}], tone: 'bad'}).map((line, index) => ({
		...line,
		spoken: index === 0 ? `${failureLabels.seen}: ${seen}` : '',
	})),
	blank,
	...part(failureLabels.means, means, width),
	...part(failureLabels.todo, todo, width),
	...byHand
		.split('\n')
		.flatMap((command, index) =>
			part(index === 0 ? failureLabels.byHand : '', command, width, [{text: '$ ', tone: 'dim'}]),
		),
	...(note === undefined ? [] : wrapped(note, {width, tone: 'dim'})),
	...(details.length > 0 ? [blank, heading(detailsLabel)] : []),
	...details.flatMap(line => wrapped(line, {width, lead: [{text: symbols.said, tone: 'dim'}], tone: 'dim'})),
];
