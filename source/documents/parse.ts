import {parseDocument, type Node} from 'yaml';
import {countLineEnds, createLineFinder, parserOptions, placeOf} from './lines.js';
import {unusual} from './scalar.js';
import {readUsual} from './usual.js';
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
	/**
	The line of the file a field stands on, such as `spec.ports[0].port`; the line of the nearest field around it, where
	it is not there.
	*/
	readonly lineOf: (field: string) => number | undefined;
};

/** A problem with the place where it is. */
export type PlacedProblem = Problem & {readonly line: number; readonly column: number};

/** Characters of one document of YAML. A syntax tree takes some fifty times its text. */
const longestDocument = 16_000_000;

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

	const written = text
		.matchAll(/"(?:[^"\\]|\\.)*"(?<colon>\s*:)?/gv)
		.reduce((sum, {groups}) => (groups?.colon === undefined ? sum : sum + 1), 0);
	return written === countKeys(value) ? value : undefined;
};

type Reading = ({readonly value: unknown; readonly repeats?: readonly Problem[]} | {readonly problem: Problem}) & {
	readonly tree?: Node | null;
	readonly isUsual?: true;
};

const readValue = (text: string): Reading => {
	const json = /^(?:---)?\s*[\[\{]/v.test(text) ? readJson(text.replace(/^---/v, '')) : undefined;
	if (json !== undefined) {
		return {value: json};
	}

	if (text.length > longestDocument) {
		return {
			problem: {
				code: 'yaml-too-large',
				says: `one document has ${text.length} characters; ${longestDocument} is the most for YAML`,
				at: 0,
			},
		};
	}

	try {
		const document = parseDocument(text, parserOptions);
		return {...valueOf(document, text), tree: document.contents};
	} catch (error) {
		if (error instanceof RangeError) {
			return {problem: {code: 'yaml-too-deep', says: 'it is nested too deep', at: 0}};
		}

		throw error;
	}
};

const hasContent = (text: string): boolean =>
	text.split(/\r\n|\n|\r/v).some(line => !/^\s*(?:#|$)|^%|^---\s*(?:#|$)|^\.\.\.\s*$/v.test(line));

/** What is between two `---` lines; nothing where that is comments alone. */
const readPart = (text: string): Reading | undefined => {
	const usual = readUsual(text);
	if (usual !== unusual) {
		return {value: usual, isUsual: true};
	}

	return hasContent(text) ? readValue(text) : undefined;
};

/** The documents of a file, why some have no value, and keys that stand twice with one value. */
export type ParsedFile = {
	readonly documents: readonly SourceDocument[];
	readonly problems: readonly PlacedProblem[];
	readonly repeats: readonly PlacedProblem[];
};

const placed = (part: string, line: number, problem: Problem): PlacedProblem => {
	const place = placeOf(part, problem.at);
	return {...problem, line: line + place.line - 1, column: place.column};
};

/**
Takes a file apart into its documents. What stands between two `---` lines is parsed by itself, so that a large file
never becomes one large tree. With `keepsTrees` the syntax trees stay in memory, some fifty times the text, and lines
are found without parsing again.
*/
export const parseFile = (text: string, keepsTrees = false): ParsedFile => {
	const starts = [
		0,
		...text
			.matchAll(/^---(?=\s|$)/gmv)
			.map(({index}) => index)
			.filter(index => index > 0),
	];
	const documents: SourceDocument[] = [];
	const problems: PlacedProblem[] = [];
	const repeats: PlacedProblem[] = [];
	const finder = createLineFinder();
	let line = 1;
	for (const [index, start] of starts.entries()) {
		const end = starts[index + 1] ?? text.length;
		const part = text.slice(start, end);
		const result = readPart(part);
		if (result && 'problem' in result) {
			problems.push(placed(part, line, result.problem));
		} else if (result) {
			for (const repeat of result.repeats ?? []) {
				repeats.push(placed(part, line, repeat));
			}

			documents.push({
				number: documents.length + 1,
				start,
				end,
				line,
				value: result.value,
				lineOf: finder({
					text: part,
					line,
					isUsual: result.isUsual ?? false,
					tree: keepsTrees ? result.tree : undefined,
				}),
			});
		}

		line += countLineEnds(part);
	}

	return {documents, problems, repeats};
};
