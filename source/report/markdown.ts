import {plainLine, plainText} from '../failure/plain.js';
import type {Evidence, Fact} from '../migration/step.js';

/* What Markdown would take for itself: a value is shown as it is. */
const special = /[#*<>\[\\\]_`\{\|\}~]/gv;

/** A text as Markdown shows it, on one line. */
export const escaped = (text: string): string => plainLine(text).replaceAll(special, String.raw`\$&`);

/** A text in a code span. */
export const code = (text: string): string => {
	const line = plainLine(text);
	return line.includes('`') ? `\`\` ${line} \`\`` : `\`${line}\``;
};

/** A block of code, fenced by more backticks than it holds. */
export const codeBlock = (text: string): string => {
	const content = plainText(text).trimEnd();
	const runs = Array.from(content.matchAll(/`+/gv), ([run]) => run.length + 1);
	const fence = '`'.repeat(Math.max(3, ...runs));
	return `${fence}\n${content}\n${fence}`;
};

/* A bar ends a cell even within a code span. */
const bar = /(?<!\\)\|/gv;

/** A table; cells are escaped already, but for bars in code. */
export const table = (head: readonly string[], rows: ReadonlyArray<readonly string[]>): string =>
	[
		`| ${head.join(' | ')} |`,
		`|${head.map(() => ' --- ').join('|')}|`,
		...rows.map(cells => `| ${cells.map(cell => cell.replaceAll(bar, String.raw`\|`)).join(' | ')} |`),
	].join('\n');

/** What was checked, as a table. */
export const evidenceTable = (evidence: readonly Evidence[]): string =>
	table(
		['', 'Check', 'What was seen'],
		evidence.map(({label, value, holds}) => [holds ? '✓' : '✗ **does not hold**', escaped(label), escaped(value)]),
	);

/** What was told, as a list. */
export const factList = (facts: readonly Fact[]): string =>
	facts.map(({label, value}) => `- ${escaped(label)}: ${escaped(value)}`).join('\n');
