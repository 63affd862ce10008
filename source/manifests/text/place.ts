import {isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq} from 'yaml';
import type {Path} from '../objects/value.js';

/** Where a path leads in a syntax tree. */
export type Found =
	/** The value of a key that is there. */
	| {readonly kind: 'pair'; readonly map: YAMLMap; readonly index: number; readonly pair: Pair<Node, Node | null>}
	| {readonly kind: 'item'; readonly list: YAMLSeq; readonly index: number; readonly node: Node}
	/** A key or an item that is not there; the path stops at it. */
	| {readonly kind: 'new-key'; readonly map: YAMLMap; readonly key: string}
	| {readonly kind: 'new-item'; readonly list: YAMLSeq}
	| {readonly kind: 'nowhere'};

/**
A place with the part of the path that led to it: shorter than what was asked for where an alias or something missing is
in between.
*/
export type TextPlace = Found & {readonly path: Path};

/** Looks a path up, as far as it goes in the text itself: not through an alias, and not into what `<<` merges in. */
export const placeAt = (root: Node | null, path: Path): TextPlace => {
	let node: Node | null = root;
	for (const [depth, key] of path.entries()) {
		const walked = path.slice(0, depth + 1);
		const isLast = depth === path.length - 1;
		if (isMap(node)) {
			const index = node.items.findIndex(item => isScalar(item.key) && String(item.key.value) === String(key));
			if (index === -1) {
				return {
					kind: 'new-key',
					map: node,
					key: String(key),
					path: walked,
				};
			}

			const pair = node.items[index] as Pair<Node, Node | null>;
			if (isLast || pair.value === null || isAlias(pair.value) || isScalar(pair.value)) {
				return {
					kind: 'pair',
					map: node,
					index,
					pair,
					path: walked,
				};
			}

			node = pair.value;
		} else if (typeof key === 'number' && isSeq(node)) {
			const item = node.items[key] as Node | undefined;
			if (item === undefined) {
				return {kind: 'new-item', list: node, path: walked};
			}

			if (isLast || isAlias(item) || isScalar(item)) {
				return {
					kind: 'item',
					list: node,
					index: key,
					node: item,
					path: walked,
				};
			}

			node = item;
		} else {
			return {kind: 'nowhere', path: walked};
		}
	}

	return {kind: 'nowhere', path};
};

/** Whether a collection stands in brackets. */
export const isFlow = (node: YAMLMap | YAMLSeq): boolean => node.srcToken?.type === 'flow-collection';

/** Where a node's own text begins, without anchor and tag. */
export const startsAt = (node: Node): number => node.range?.[0] ?? 0;

/** Where the last character of a node stands; comments and line ends after it do not count. */
export const endOf = (node: Node, text: string): number => {
	if (!(isMap(node) || isSeq(node)) || isFlow(node)) {
		const end = node.range?.[1] ?? 0;
		return isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED')
			? text.slice(0, end).trimEnd().length
			: end;
	}

	const last = node.items.at(-1);
	if (last === undefined) {
		return node.range?.[1] ?? 0;
	}

	if (isMap(node)) {
		const {key, value} = last as Pair<Node, Node | null>;
		return value ? endOf(value, text) : endOf(key, text) + 1;
	}

	return endOf(last as Node, text);
};

/** An entry of a collection: a key with its value, or an item. */
export type Entry = Node | Pair<Node, Node | null>;

/** Where an entry begins. */
export const entryStart = (entry: Entry): number => startsAt('key' in entry ? entry.key : entry);

/** Where an entry ends, line breaks and comments after it apart. */
export const entryEnd = (entry: Entry, text: string): number => {
	if ('key' in entry) {
		return entry.value ? endOf(entry.value, text) : (colonOf(entry) ?? endOf(entry.key, text)) + 1;
	}

	return endOf(entry, text);
};

/** The end of the line a character stands on, before its line break. */
export const lineEnd = (text: string, at: number): number => {
	const end = text.indexOf('\n', at);
	if (end === -1) {
		return text.length;
	}

	return text[end - 1] === '\r' ? end - 1 : end;
};

/**
The end of the last of the comment lines that follow a line and stand as far in as a column or further: they belong to
what is above them.
*/
export const commentsEnd = (text: string, at: number, column: number): number => {
	let end = lineEnd(text, at);
	for (;;) {
		const next = text.indexOf('\n', end) + 1;
		const line = next === 0 ? '' : text.slice(next, lineEnd(text, next));
		if (!line.trimStart().startsWith('#') || line.length - line.trimStart().length < column) {
			return end;
		}

		end = lineEnd(text, next);
	}
};

/** The first character of the line a character stands on. */
export const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;

/** How far in a character stands. */
export const columnOf = (text: string, at: number): number => at - lineStart(text, at);

/** Where the colon of a pair stands; undefined in a form of YAML that nobody writes by hand. */
export const colonOf = (pair: Pair): number | undefined =>
	pair.srcToken?.sep?.find(({type}) => type === 'map-value-ind')?.offset;

/** Where the dash of an item stands; undefined inside brackets. */
export const dashOf = (list: YAMLSeq, index: number): number | undefined => {
	const token = list.srcToken?.type === 'block-seq' ? list.srcToken.items[index] : undefined;
	return token?.start.find(({type}) => type === 'seq-item-ind')?.offset;
};
