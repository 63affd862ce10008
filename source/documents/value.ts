import {isAlias, isMap, isScalar, isSeq, type Document, type Node, type Pair} from 'yaml';
import {mapOf} from '../ping/fields.js';

/** Why a document cannot be used, and at which character of its text. */
export type Problem = {
	readonly code:
		| 'yaml-invalid'
		| 'yaml-duplicate-key'
		| 'yaml-cycle'
		| 'yaml-alias-bomb'
		| 'yaml-template'
		| 'yaml-too-deep'
		| 'yaml-too-large';
	readonly says: string;
	readonly at: number;
};

/** Values that aliases may blow a document up to. A hand-written file is far below it. */
const mostExpanded = 1_000_000;
const deepest = 200;

type Reading = {
	readonly anchors: Map<string, unknown>;
	/** Anchors whose value is being read: an alias to one of them is a cycle. */
	readonly open: Set<string>;
	problem?: Problem;
	/** Keys that stand twice with one value. */
	readonly repeats: Problem[];
	/** A map was used as a key, as `{{ name }}` is read where it is not quoted. */
	hasMapAsKey: boolean;
};

const octal = /^0[0-7]+$/v;

const fail = (reading: Reading, code: Problem['code'], says: string, node: Node | undefined): void => {
	reading.problem ??= {code, says, at: node?.range?.[0] ?? 0};
};

/**
A key that stands twice: every tool takes the same where both values are the same, and nobody knows which where they are
not.
*/
const repeat = (reading: Reading, node: Node, key: string, isSame: boolean): void => {
	if (isSame) {
		reading.repeats.push({
			code: 'yaml-duplicate-key',
			says: `the key «${key}» stands twice in one map, with the same value`,
			at: node.range?.[0] ?? 0,
		});
	} else {
		fail(reading, 'yaml-duplicate-key', `the key «${key}» stands twice in one map`, node);
	}
};

const scalarOf = (node: Node): unknown => {
	if (!isScalar(node)) {
		return undefined;
	}

	// As kubectl reads it: a mode such as 0400 is octal.
	return node.type === 'PLAIN' &&
		typeof node.value === 'number' &&
		typeof node.source === 'string' &&
		octal.test(node.source)
		? Number.parseInt(node.source, 8)
		: node.value;
};

const keyOf = (reading: Reading, {key}: Pair): string | undefined => {
	if (isScalar(key)) {
		return String(key.value);
	}

	reading.hasMapAsKey = true;
	return undefined;
};

/** The maps that `<<` merges in; keys of the map itself win, and so do earlier ones. */
const mergedOf = (value: unknown): ReadonlyArray<readonly [string, unknown]> =>
	[value]
		.flat()
		.toReversed()
		.flatMap(map => Object.entries(mapOf(map)));

const mapFrom = (reading: Reading, pairs: readonly Pair[], depth: number): Readonly<Record<string, unknown>> => {
	const merged: Array<readonly [string, unknown]> = [];
	const own = new Map<string, unknown>();
	for (const pair of pairs) {
		const key = keyOf(reading, pair);
		const value = read(reading, pair.value as Node | null, depth + 1);
		if (key === '<<' && isScalar(pair.key) && pair.key.type === 'PLAIN') {
			merged.push(...mergedOf(value));
		} else if (key !== undefined && own.has(key)) {
			repeat(reading, pair.key as Node, key, typeof value !== 'object' && value === own.get(key));
		} else if (key !== undefined) {
			own.set(key, value);
		}
	}

	return Object.fromEntries([...merged, ...own]);
};

const aliasOf = (reading: Reading, node: Node, name: string): unknown => {
	if (reading.open.has(name)) {
		fail(reading, 'yaml-cycle', `the alias *${name} stands inside what it names`, node);
	} else if (!reading.anchors.has(name)) {
		fail(reading, 'yaml-invalid', `the alias *${name} names nothing`, node);
	}

	return reading.anchors.get(name);
};

function read(reading: Reading, node: Node | null, depth: number): unknown {
	if (node === null || reading.problem) {
		return null;
	}

	if (depth > deepest) {
		fail(reading, 'yaml-too-deep', `it is nested more than ${deepest} levels deep`, node);
		return null;
	}

	if (isAlias(node)) {
		return aliasOf(reading, node, node.source);
	}

	const anchor = isMap(node) || isSeq(node) || isScalar(node) ? node.anchor : undefined;
	if (anchor !== undefined) {
		reading.open.add(anchor);
	}

	let value: unknown;
	if (isMap(node)) {
		value = mapFrom(reading, node.items, depth);
	} else {
		value = isSeq(node) ? node.items.map(item => read(reading, item as Node | null, depth + 1)) : scalarOf(node);
	}

	if (anchor !== undefined) {
		reading.open.delete(anchor);
		reading.anchors.set(anchor, value);
	}

	return value;
}

/**
How many values there would be if every alias were written out. Shared parts are counted once and multiplied, so this is
fast whatever the answer.
*/
const expandedSize = (value: unknown, known: Map<unknown, number>): number => {
	if (typeof value !== 'object' || value === null) {
		return 1;
	}

	const before = known.get(value);
	if (before !== undefined) {
		return before;
	}

	let size = 1;
	for (const part of Object.values(value)) {
		size += expandedSize(part, known);
	}

	known.set(value, size);
	return size;
};

/**
The plain value of a parsed document, or why it has none: duplicate keys of different values, cycles, and aliases that
blow up are refused instead of followed. Duplicate keys of one value are told.
*/
export const valueOf = (
	document: Document.Parsed,
	text: string,
): {readonly value: unknown; readonly repeats: readonly Problem[]} | {readonly problem: Problem} => {
	const reading: Reading = {
		anchors: new Map(),
		open: new Set(),
		repeats: [],
		hasMapAsKey: false,
	};
	const [error] = document.errors;
	const value = error ? undefined : read(reading, document.contents, 0);
	if ((error !== undefined || reading.hasMapAsKey) && text.includes('{{')) {
		return {
			problem: {code: 'yaml-template', says: 'it is a template with {{ … }}, not YAML yet', at: text.indexOf('{{')},
		};
	}

	if (error?.code === 'RESOURCE_EXHAUSTION') {
		return {problem: {code: 'yaml-too-deep', says: 'it is nested too deep', at: error.pos[0]}};
	}

	if (error) {
		return {problem: {code: 'yaml-invalid', says: error.message.split('\n', 1)[0] ?? error.code, at: error.pos[0]}};
	}

	if (reading.hasMapAsKey) {
		return {problem: {code: 'yaml-invalid', says: 'a map or a list is used as a key', at: 0}};
	}

	if (reading.problem) {
		return {problem: reading.problem};
	}

	return reading.anchors.size > 0 && expandedSize(value, new Map()) > mostExpanded
		? {problem: {code: 'yaml-alias-bomb', says: `its aliases stand for more than ${mostExpanded} values`, at: 0}}
		: {value, repeats: reading.repeats};
};
