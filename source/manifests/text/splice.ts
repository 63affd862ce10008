import {isMap, isScalar, type Node, type Pair, type YAMLMap, type YAMLSeq} from 'yaml';
import {
	colonOf,
	columnOf,
	commentsEnd,
	dashOf,
	endOf,
	entryEnd,
	entryStart,
	isFlow,
	lineStart,
	startsAt,
	type Entry,
	type TextPlace,
} from './place.js';
import {afterDash, afterKey, flowText, keyText, quotedLike, scalarText, type Style} from './render.js';

/** A change of a text: what stands from start to end becomes something else. */
export type Splice = {readonly start: number; readonly end: number; readonly text: string};

const isSingle = (value: unknown): boolean => typeof value !== 'object' || value === null;

/** Lines of a block text that differ, each put in its own line, so that its indentation and the rest stay. */
const lineByLine = (source: string, before: string, after: string): string | undefined => {
	const [old, next] = [before.split('\n'), after.split('\n')];
	if (old.length !== next.length) {
		return undefined;
	}

	let result = source;
	for (const [index, line] of old.entries()) {
		const wanted = next[index]!;
		if (line === wanted) {
			continue;
		}

		if (line.trim() === '' || result.split(line).length !== 2) {
			return undefined;
		}

		result = result.replace(line, () => wanted);
	}

	return result;
};

const scalarSplice = (node: Node, value: unknown, text: string): Splice | undefined => {
	const [start, end] = [startsAt(node), node.range?.[1] ?? 0];
	if (!isScalar(node) || !isSingle(value)) {
		return undefined;
	}

	const source = text.slice(start, end);
	if (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED') {
		const changed =
			typeof value === 'string' && typeof node.value === 'string' ? lineByLine(source, node.value, value) : undefined;
		return changed === undefined ? undefined : {start, end, text: changed};
	}

	const written =
		typeof value === 'string' && typeof node.value === 'string' ? quotedLike(source, value) : scalarText(value);
	return {start, end, text: start === end && /[\-:]/v.test(text[start - 1] ?? '') ? ` ${written}` : written};
};

const replaceValue = (
	place: Extract<TextPlace, {kind: 'pair' | 'item'}>,
	value: unknown,
	text: string,
	style: Style,
): Splice | undefined => {
	const node = place.kind === 'pair' ? place.pair.value : place.node;
	const parent = place.kind === 'pair' ? place.map : place.list;
	const simple = node && scalarSplice(node, value, text);
	if (simple) {
		return simple;
	}

	if (isFlow(parent)) {
		return node ? {start: startsAt(node), end: node.range?.[1] ?? 0, text: flowText(value)} : undefined;
	}

	if (place.kind === 'pair') {
		const colon = colonOf(place.pair);
		return colon === undefined
			? undefined
			: {
					start: colon + 1,
					end: node ? endOf(node, text) : colon + 1,
					text: afterKey(value, columnOf(text, startsAt(place.pair.key)), style),
				};
	}

	const dash = dashOf(place.list, place.index);
	return dash === undefined
		? undefined
		: {start: dash + 1, end: endOf(place.node, text), text: afterDash(value, columnOf(text, dash), style)};
};

const flowKey = (map: YAMLMap, key: string, text: string): string => {
	const first = map.items[0] as Pair<Node> | undefined;
	return first && text[startsAt(first.key)] !== '"' ? keyText(key) : JSON.stringify(key);
};

/** Adds to a collection in brackets, on a line of its own where the others have theirs. */
const addToFlow = (collection: YAMLMap | YAMLSeq, addition: string, text: string, style: Style): Splice => {
	const open = startsAt(collection);
	const last = collection.items.at(-1) as Entry | undefined;
	if (last === undefined) {
		const [left, right] = isMap(collection) ? '{}' : '[]';
		return {start: open, end: collection.range?.[1] ?? open, text: `${left ?? ''}${addition}${right ?? ''}`};
	}

	const first = entryStart(collection.items[0] as Entry);
	const end = entryEnd(last, text);
	const gap = text.slice(open + 1, first).includes('\n') ? `${style.newline}${' '.repeat(columnOf(text, first))}` : ' ';
	return {start: end, end, text: `,${gap}${addition}`};
};

const addKey = (map: YAMLMap, key: string, value: unknown, text: string, style: Style): Splice | undefined => {
	if (isFlow(map)) {
		return addToFlow(map, `${flowKey(map, key, text)}: ${flowText(value)}`, text, style);
	}

	const first = map.items[0] as Pair<Node> | undefined;
	if (!first) {
		return undefined;
	}

	const column = columnOf(text, startsAt(first.key));
	const end = commentsEnd(text, endOf(map, text), column);
	return {
		start: end,
		end,
		text: `${style.newline}${' '.repeat(column)}${keyText(key)}:${afterKey(value, column, style)}`,
	};
};

const addItem = (list: YAMLSeq, value: unknown, text: string, style: Style): Splice | undefined => {
	if (isFlow(list)) {
		return addToFlow(list, flowText(value), text, style);
	}

	const dash = dashOf(list, 0);
	if (dash === undefined) {
		return undefined;
	}

	const column = columnOf(text, dash);
	const end = commentsEnd(text, endOf(list, text), column + 1);
	return {start: end, end, text: `${style.newline}${' '.repeat(column)}-${afterDash(value, column, style)}`};
};

/** The splice that sets a value; undefined where the text is in a form this cannot edit. */
export const setSplice = (place: TextPlace, value: unknown, text: string, style: Style): Splice | undefined => {
	switch (place.kind) {
		case 'pair':
		case 'item': {
			return replaceValue(place, value, text, style);
		}

		case 'new-key': {
			return addKey(place.map, place.key, value, text, style);
		}

		case 'new-item': {
			return addItem(place.list, value, text, style);
		}

		case 'nowhere': {
			return undefined;
		}
	}
};

const wholeLines = (text: string, from: number, to: number): Splice | undefined => {
	const start = lineStart(text, from);
	if (text.slice(start, from).trim() !== '') {
		return undefined;
	}

	const end = text.indexOf('\n', to);
	return end === -1 ? {start: Math.max(0, start - 1), end: text.length, text: ''} : {start, end: end + 1, text: ''};
};

const fromFlow = (collection: YAMLMap | YAMLSeq, index: number, text: string): Splice => {
	const entries = collection.items as readonly Entry[];
	const next = entries[index + 1];
	const before = entries[index - 1];
	const start = entryStart(entries[index]!);
	return next === undefined
		? {start: before === undefined ? start : entryEnd(before, text), end: entryEnd(entries[index]!, text), text: ''}
		: {start, end: entryStart(next), text: ''};
};

/** The splice that removes a key or an item that is not the only one of its collection; undefined where it cannot. */
export const removeSplice = (place: TextPlace, text: string): Splice | undefined => {
	if (place.kind === 'pair') {
		const {map, index, pair} = place;
		if (isFlow(map)) {
			return fromFlow(map, index, text);
		}

		const start = startsAt(pair.key);
		const end = entryEnd(pair, text);
		const next = map.items[index + 1] as Pair<Node> | undefined;
		// The first key of a list's item stands behind the dash: the next one takes its place.
		return wholeLines(text, start, end) ?? (next && {start, end: startsAt(next.key), text: ''});
	}

	if (place.kind === 'item') {
		const {list, index, node} = place;
		const dash = dashOf(list, index);
		return dash === undefined || isFlow(list) ? fromFlow(list, index, text) : wholeLines(text, dash, endOf(node, text));
	}

	return undefined;
};

/** Whether a collection has nothing but the one thing at a place. */
export const isOnlyOne = (place: TextPlace): boolean =>
	(place.kind === 'pair' && place.map.items.length === 1) || (place.kind === 'item' && place.list.items.length === 1);
