import {plainLine, plainText} from '../failure/plain.js';
import {partsOf, type Block, type Document, type Inline, type Line} from './document.js';
import {dayTimeText} from './facts/times.js';
import {holdingText, momentText, sideRows} from './words.js';

/* What Markdown would take for itself: a value is shown as it is. */
const special = /[#*<>\[\\\]_`\{\|\}~]/gv;

/** A text as Markdown shows it, on one line. */
const escaped = (text: string): string =>
	plainText(text)
		.replaceAll('\n', ' ')
		.replaceAll(special, String.raw`\$&`);

/** A text in a code span. */
const codeSpan = (text: string): string => {
	const line = plainLine(text);
	return line.includes('`') ? `\`\` ${line} \`\`` : `\`${line}\``;
};

/** A block of code, fenced by more backticks than it holds. */
const codeBlock = (text: string): string => {
	const content = plainText(text).trimEnd();
	const runs = Array.from(content.matchAll(/`+/gv), ([run]) => run.length + 1);
	const fence = '`'.repeat(Math.max(3, ...runs));
	return `${fence}\n${content}\n${fence}`;
};

const partText = (part: Inline): string => {
	if (typeof part === 'string') {
		return escaped(part);
	}

	return 'code' in part ? codeSpan(part.code) : `**${escaped(part.strong)}**`;
};

const lineText = (line: Line): string =>
	partsOf(line)
		.map(part => partText(part))
		.join('')
		.trimEnd();

/* A bar ends a cell even within a code span. */
const bar = /(?<!\\)\|/gv;

const tableText = (head: readonly string[], rows: ReadonlyArray<readonly Line[]>): string =>
	[
		`| ${head.map(cell => escaped(cell)).join(' | ')} |`,
		`|${head.map(() => ' --- ').join('|')}|`,
		...rows.map(cells => `| ${cells.map(cell => lineText(cell).replaceAll(bar, String.raw`\|`)).join(' | ')} |`),
	].join('\n');

const blockText = (block: Block): string => {
	switch (block.kind) {
		case 'heading': {
			return `${'#'.repeat(block.level)} ${escaped(block.text)}`;
		}

		case 'text': {
			return lineText(block.line);
		}

		case 'list': {
			return block.lines.map(line => `- ${lineText(line)}`).join('\n');
		}

		case 'table': {
			return tableText(block.head, block.rows);
		}

		case 'values': {
			return tableText(['', ''], block.rows);
		}

		case 'code': {
			return codeBlock(block.text);
		}

		case 'alarm': {
			return `**${escaped(block.text)}**\n\n${codeBlock(block.commands)}`;
		}

		case 'chronicle': {
			return tableText(
				['When', 'What happened'],
				block.chronicle.moments.map(moment => [dayTimeText(moment.at), momentText(moment)]),
			);
		}

		case 'comparisons': {
			return tableText(
				['Backend', 'When', 'Where', 'Entries', 'Digest'],
				block.comparisons.flatMap(({backend, when, holdings}) =>
					holdings.map(holding => {
						const {entries, digest} = holdingText(holding);
						return [{code: backend}, when, holding.place, entries, digest];
					}),
				),
			);
		}

		case 'sides': {
			const {before, after} = block.sides;
			const rows = sideRows(before, after);
			return tableText(['', 'Before', ...(after ? ['After'] : [])], rows);
		}
	}
};

/** A report as Markdown. */
export const markdownOf = ({title, blocks}: Document): string =>
	`${[`# ${escaped(title)}`, ...blocks.map(block => blockText(block))].join('\n\n')}\n`;
