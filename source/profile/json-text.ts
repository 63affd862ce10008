const exact = Symbol('number');

/** A number as it was written: 1.0 stays 1.0, and no digit of a long one is lost. */
type ExactNumber = {readonly [exact]: string};

/** A JSON document whose numbers are kept as they were written. */
export type Document = string | boolean | null | ExactNumber | readonly Document[] | Members;

/** An object of a document. */
export type Members = Readonly<{[key: string]: Document}>;

/** Deeper than this no configuration is nested. */
const mostDepth = 200;

const parse = JSON.parse as (
	text: string,
	reviver: (key: string, value: unknown, context: {readonly source?: string}) => unknown,
) => unknown;

/** Reads a JSON document. Throws a SyntaxError where it is none. */
export const readDocument = (text: string): Document =>
	parse(text, (_key, value, {source}) =>
		typeof value === 'number' ? {[exact]: source ?? String(value)} : value,
	) as Document;

const isExact = (node: object): node is ExactNumber => Object.hasOwn(node, exact);

/** The keys and values of a part of a document, or undefined where it is no object. */
export const membersOf = (node: Document | undefined): Members | undefined =>
	typeof node === 'object' && node !== null && !Array.isArray(node) && !isExact(node) ? (node as Members) : undefined;

/** The text of a value that has one: a string, or a number as it was written. */
export const wordOf = (node: Document | undefined): string | undefined => {
	if (typeof node === 'string') {
		return node;
	}

	return typeof node === 'object' && node !== null && isExact(node) ? node[exact] : undefined;
};

/** The string at a path of keys, or undefined where there is none. */
export const stringAt = (document: Document, path: readonly string[]): string | undefined => {
	const found = path.reduce<Document | undefined>((node, key) => membersOf(node)?.[key], document);
	return typeof found === 'string' ? found : undefined;
};

/** A key on the way to a value, or a place in a list (from 0) and what stands there. */
export type Hop = {readonly key: string} | {readonly index: number; readonly node: Document};

/** How a text or a number, as it was written, is written. `holder` is the object or list that holds it. */
type Writer = (text: string, way: readonly Hop[], holder: Document) => string;

/**
Writes a document as indented JSON, with functions for its texts and numbers. Throws a RangeError where it is nested
deeper than any configuration.
*/
export const writeDocument = (
	document: Document,
	writers: {readonly text: Writer; readonly number: Writer},
	writeKey: (key: string) => string,
): string => {
	const write = (node: Document, way: readonly Hop[], holder: Document, depth: number): string => {
		if (depth > mostDepth) {
			throw new RangeError(`It is nested more than ${mostDepth} levels deep.`);
		}

		if (typeof node === 'string') {
			return writers.text(node, way, holder);
		}

		if (node === null || typeof node === 'boolean') {
			return String(node);
		}

		const [inner, outer] = ['\t'.repeat(depth + 1), '\t'.repeat(depth)];
		if (Array.isArray(node)) {
			const items = (node as readonly Document[]).map(
				(item, index) => inner + write(item, [...way, {index, node: item}], node, depth + 1),
			);
			return items.length === 0 ? '[]' : `[\n${items.join(',\n')}\n${outer}]`;
		}

		const object = membersOf(node);
		if (object) {
			const members = Object.entries(object).map(
				([key, value]) => `${inner}${writeKey(key)}: ${write(value, [...way, {key}], node, depth + 1)}`,
			);
			return members.length === 0 ? '{}' : `{\n${members.join(',\n')}\n${outer}}`;
		}

		return writers.number(wordOf(node) ?? '', way, holder);
	};

	return `${write(document, [], document, 0)}\n`;
};
