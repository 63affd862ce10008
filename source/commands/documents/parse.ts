import {
	isMap,
	isNode,
	isSeq,
	parseDocument,
	type Node,
} from 'yaml';
import {stepsOf} from '../../ping/fields.js';
import {valueOf, type Problem} from './value.js';

/** One document of a file. */
export type SourceDocument = {
	/** The first is 1. */
	readonly number: number;
	/** Where its text stands in the file's text; it begins with its `---`, where it has one. */
	readonly start: number;
	readonly end: number;
	/** The line of the file its text begins on; the first is 1. */
	readonly line: number;
	readonly value: unknown;
	/** The line of the file a field stands on, such as `spec.ports[0].port`; the line of the nearest field around it, where it is not there. */
	readonly lineOf: (field: string) => number | undefined;
};

/** A problem with the place where it is. */
export type PlacedProblem = Problem & {readonly line: number; readonly column: number};

/** Characters of one document of YAML. A syntax tree takes some fifty times its text. */
const longestDocument = 16_000_000;

/** Characters of a document whose lines can be looked up again. */
const longestForLines = 4_000_000;

const placeOf = (text: string, at: number): {readonly line: number; readonly column: number} => {
	const before = text.slice(0, at).split(/\r\n|\n|\r/v);
	return {line: before.length, column: (before.at(-1)?.length ?? 0) + 1};
};

const options = {
	uniqueKeys: false, prettyErrors: false, logLevel: 'silent', stringKeys: false,
} as const;

const countKeys = (value: unknown): number => {
	let keys = 0;
	const left: unknown[] = [value];
	while (left.length > 0) {
		const next = left.pop();
		if (typeof next !== 'object' || next === null) {
			continue;
		}

		keys += Array.isArray(next) ? 0 : Object.keys(next).length;
		for (const part of Object.values(next)) {
			left.push(part);
		}
	}

	return keys;
};

/** Reads JSON fast; undefined where the text is no JSON, or has a key twice, which JSON.parse would not tell. */
const readJson = (text: string): unknown => {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return undefined;
	}

	const written = text.matchAll(/"(?:[^"\\]|\\.)*"(?<colon>\s*:)?/gv).reduce((sum, {groups}) => groups?.colon === undefined ? sum : sum + 1, 0);
	return written === countKeys(value) ? value : undefined;
};

const childOf = (node: Node | null | undefined, step: string | number): {readonly at: Node; readonly node: Node | null} | undefined => {
	if (isMap(node)) {
		const pair = node.items.find(item => String(item.key) === String(step));
		return isNode(pair?.key) ? {at: pair.key, node: isNode(pair.value) ? pair.value : null} : undefined;
	}

	const item = typeof step === 'number' && isSeq(node) ? node.items[step] : undefined;
	return isNode(item) ? {at: item, node: item} : undefined;
};

/** Looks lines up in the syntax tree, which is made again where it was not kept. */
const lineFinder = (text: string, line: number, tree: Node | null | undefined): SourceDocument['lineOf'] => {
	let contents = tree;
	return field => {
		if (text.length > longestForLines) {
			return undefined;
		}

		contents ??= parseDocument(text, options).contents;
		let node: Node | null | undefined = contents;
		let at = contents?.range?.[0] ?? 0;
		for (const step of stepsOf(field)) {
			const child = childOf(node, step);
			if (!child) {
				break;
			}

			at = child.at.range?.[0] ?? at;
			node = child.node;
		}

		return line + placeOf(text, at).line - 1;
	};
};

const readValue = (text: string): ({readonly value: unknown} | {readonly problem: Problem}) & {readonly tree?: Node | null} => {
	const json = /^(?:---)?\s*[\[\{]/v.test(text) ? readJson(text.replace(/^---/v, '')) : undefined;
	if (json !== undefined) {
		return {value: json};
	}

	if (text.length > longestDocument) {
		return {problem: {code: 'yaml-too-large', says: `one document has ${text.length} characters; ${longestDocument} is the most for YAML`, at: 0}};
	}

	try {
		const document = parseDocument(text, options);
		return {...valueOf(document, text), tree: document.contents};
	} catch (error) {
		if (error instanceof RangeError) {
			return {problem: {code: 'yaml-too-deep', says: 'it is nested too deep', at: 0}};
		}

		throw error;
	}
};

const hasContent = (text: string): boolean => text.split(/\r\n|\n|\r/v).some(line => !/^\s*(?:#|$)|^%|^---\s*(?:#|$)|^\.\.\.\s*$/v.test(line));

/**
Takes a file apart into its documents. What stands between two `---` lines is parsed by itself, so that a large file never becomes one large tree. With `keepsTrees` the syntax trees stay in memory, some fifty times the text, and lines are found without parsing again.
*/
export const parseFile = (text: string, keepsTrees = false): {readonly documents: readonly SourceDocument[]; readonly problems: readonly PlacedProblem[]} => {
	const starts = [0, ...text.matchAll(/^---(?=\s|$)/gmv).map(({index}) => index).filter(index => index > 0)];
	const documents: SourceDocument[] = [];
	const problems: PlacedProblem[] = [];
	let line = 1;
	for (const [index, start] of starts.entries()) {
		const end = starts[index + 1] ?? text.length;
		const part = text.slice(start, end);
		if (hasContent(part)) {
			const result = readValue(part);
			if ('problem' in result) {
				const place = placeOf(part, result.problem.at);
				problems.push({...result.problem, line: line + place.line - 1, column: place.column});
			} else {
				documents.push({
					number: documents.length + 1, start, end, line, value: result.value, lineOf: lineFinder(part, line, keepsTrees ? result.tree : undefined),
				});
			}
		}

		line += placeOf(part, part.length).line - 1;
	}

	return {documents, problems};
};
