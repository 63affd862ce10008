import type {FailureParts} from '../../failure/failure.js';
import {failureLabels} from '../../failure/text.js';
import {blank, wrapped, type Line} from '../lines.js';
import type {Theme} from '../theme.js';
import {heading} from './head.js';

/** A failure in its four parts, what was seen first. */
export const failureLines = (
	{seen, means, todo, byHand, details = []}: FailureParts,
	width: number,
	{symbols}: Theme,
): readonly Line[] => [
	...wrapped(seen, {width, lead: [{text: `${symbols.no} `, tone: 'bad'}], tone: 'bad'}).map((line, index) => ({
		...line,
		spoken: index === 0 ? `${failureLabels.seen}: ${seen}` : '',
	})),
	...details.flatMap(line => wrapped(line, {width, lead: [{text: `  ${symbols.said}`, tone: 'dim'}], tone: 'dim'})),
	blank,
	heading(failureLabels.means),
	...wrapped(means, {width}),
	blank,
	heading(failureLabels.todo),
	...wrapped(todo, {width}),
	blank,
	heading(failureLabels.byHand),
	...wrapped(byHand, {width, lead: [{text: '$ ', tone: 'dim'}]}),
];
