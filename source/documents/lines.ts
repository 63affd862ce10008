import {isMap, isNode, isSeq, parseDocument, type Node} from 'yaml';
import {stepsOf} from '../ping/fields.js';
import {readUsual} from './usual.js';

/** How the whole parser is called: duplicate keys are looked for by whoever reads the tree. */
export const parserOptions = {
	uniqueKeys: false,
	prettyErrors: false,
	logLevel: 'silent',
	stringKeys: false,
} as const;

/**
Characters of a document whose lines are looked up: in a syntax tree, which takes some fifty times the text, or without
one.
*/
const longestForTree = 4_000_000;
const longestForRows = 20_000_000;

/** Line and column of a character; the first are 1. */
export const placeOf = (text: string, at: number): {readonly line: number; readonly column: number} => {
	const before = text.slice(0, at).split(/\r\n|\n|\r/v);
	return {line: before.length, column: (before.at(-1)?.length ?? 0) + 1};
};

/** Line ends in a text. */
export const countLineEnds = (text: string): number => {
	if (text.includes('\r')) {
		return text.split(/\r\n|\n|\r/v).length - 1;
	}

	let count = 0;
	for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
		count += 1;
	}

	return count;
};

type Steps = ReadonlyArray<string | number>;

/** The row of a field in its document, or of the nearest field around it; the first row is 0. */
type RowOf = (steps: Steps) => number;

const childOf = (
	node: Node | null | undefined,
	step: string | number,
): {readonly at: Node; readonly node: Node | null} | undefined => {
	if (isMap(node)) {
		const pair = node.items.find(item => String(item.key) === String(step));
		return isNode(pair?.key) ? {at: pair.key, node: isNode(pair.value) ? pair.value : null} : undefined;
	}

	const item = typeof step === 'number' && isSeq(node) ? node.items[step] : undefined;
	return isNode(item) ? {at: item, node: item} : undefined;
};

const rowsOfTree =
	(text: string, contents: Node | null): RowOf =>
	steps => {
		let node = contents;
		let at = contents?.range?.[0] ?? 0;
		for (const step of steps) {
			const child = childOf(node, step);
			if (!child) {
				break;
			}

			at = child.at.range?.[0] ?? at;
			node = child.node;
		}

		return placeOf(text, at).line - 1;
	};

const nameOfPath = (path: Steps): string => path.join('\0');

const rowsOfUsual = (text: string): RowOf => {
	const rows = new Map<string, number>();
	readUsual(text, (path, row) => {
		rows.set(nameOfPath(path), row);
	});
	return steps => {
		for (let {length} = steps; length > 0; length -= 1) {
			const row = rows.get(nameOfPath(steps.slice(0, length)));
			if (row !== undefined) {
				return row;
			}
		}

		return rows.get('') ?? 0;
	};
};

/**
A document whose lines may be asked for: its text, the line of the file that begins on, and its syntax tree where that
was kept.
*/
export type ReadDocument = {
	readonly text: string;
	readonly line: number;
	readonly isUsual: boolean;
	readonly tree?: Node | null | undefined;
};

/**
Finds lines of fields by reading a document once more. Of all documents one is kept in mind at a time, so that many
findings in one are cheap and findings in many take no memory.
*/
export const createLineFinder = (): ((document: ReadDocument) => (field: string) => number | undefined) => {
	let last: {readonly of: ReadDocument; readonly rowOf: RowOf} | undefined;
	const rowsOf = ({text, isUsual, tree}: ReadDocument): RowOf =>
		isUsual ? rowsOfUsual(text) : rowsOfTree(text, tree ?? parseDocument(text, parserOptions).contents);
	return document => field => {
		const {text, line, isUsual} = document;
		if (text.length > (isUsual ? longestForRows : longestForTree)) {
			return undefined;
		}

		last = last?.of === document ? last : {of: document, rowOf: rowsOf(document)};
		return line + last.rowOf(stepsOf(field));
	};
};
