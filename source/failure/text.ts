import type {FailureParts} from './failure.js';
import {plainLine, plainText} from './plain.js';

/** The four parts of a failure, and what an operator reads before each. */
export const failureLabels = {
	seen: 'What was seen',
	means: 'What it means',
	todo: 'What to do',
	byHand: 'By hand',
} as const;

const indented = (text: string): readonly string[] =>
	plainText(text)
		.split('\n')
		.map(line => `  ${line}`);

/** A failure as lines of plain text, for stderr and for a closing word. */
export const failureText = (failure: FailureParts): readonly string[] => [
	`${failureLabels.seen}:`,
	...indented(failure.seen),
	...(failure.details ?? []).map(line => `    ${plainLine(line)}`),
	`${failureLabels.means}:`,
	...indented(failure.means),
	`${failureLabels.todo}:`,
	...indented(failure.todo),
	`${failureLabels.byHand}:`,
	...indented(failure.byHand),
];
