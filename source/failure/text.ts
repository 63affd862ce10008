import type {FailureParts} from './failure.js';
import {plainLine, plainText} from './plain.js';

/** What an operator reads before each part of a failure. */
export const failureLabels = {
	seen: 'What was seen',
	means: 'What it means',
	todo: 'What to do',
	byHand: 'By hand',
} as const;

/** What stands above the lines that support a failure. */
export const detailsLabel = 'Details';

const indented = (text: string): readonly string[] =>
	plainText(text)
		.split('\n')
		.map(line => `  ${line}`);

/** A failure as lines of plain text, for stderr and for a closing word. What supports it comes last: it can be long. */
export const failureText = (failure: FailureParts): readonly string[] => [
	`${failureLabels.seen}:`,
	...indented(failure.seen),
	`${failureLabels.means}:`,
	...indented(failure.means),
	`${failureLabels.todo}:`,
	...indented(failure.todo),
	`${failureLabels.byHand}:`,
	...indented(failure.byHand),
	...(failure.details && failure.details.length > 0
		? [`${detailsLabel}:`, ...failure.details.map(line => `  ${plainLine(line)}`)]
		: []),
];
