import {isAlias, parseDocument, type Node} from 'yaml';
import {applyEdits, isRemoval, removalsLastFirst, type Edit} from '../objects/edit.js';
import {yamlText} from '../objects/print.js';
import {at, isMap, isSame, type Path} from '../objects/value.js';
import {placeAt} from './place.js';
import {styleOf} from './render.js';
import {isOnlyOne, removeSplice, setSplice, type Splice} from './splice.js';

/** A text after its edits. */
export type EditedText = {
	readonly text: string;
	/**
	False where the text was in a form that cannot be edited in place: then it was rewritten, without its comments.
	*/
	readonly isInPlace: boolean;
};

type Tree = {readonly root: Node | null; readonly value: unknown};

const parse = (text: string): Tree | undefined => {
	const document = parseDocument(text, {
		keepSourceTokens: true,
		merge: true,
		uniqueKeys: false,
		logLevel: 'silent',
		prettyErrors: false,
	});
	return document.errors.length > 0
		? undefined
		: {root: document.contents, value: document.toJS({maxAliasCount: -1}) as unknown};
};

/** What is done at one place: the splice, and the path it is for. */
type Act = Splice & {readonly path: Path; readonly isAlias?: boolean};

/** Sets what lies at a path to what it is to be, or the nearest thing above it that can be set. */
const setAct = (text: string, {root}: Tree, path: Path, wanted: unknown): Act | undefined => {
	if (path.length === 0) {
		return undefined;
	}

	const place = placeAt(root, path);
	const splice = setSplice(place, at(wanted, place.path), text, styleOf(text));
	const node = place.kind === 'pair' ? place.pair.value : place.kind === 'item' ? place.node : undefined;
	return splice
		? {...splice, path: place.path, isAlias: isAlias(node)}
		: setAct(text, {root, value: undefined}, place.path.slice(0, -1), wanted);
};

const removeAct = (text: string, {root, value}: Tree, path: Path): Act | undefined => {
	const place = placeAt(root, path);
	if (place.path.length < path.length) {
		return undefined;
	}

	if (isOnlyOne(place)) {
		const parent = path.slice(0, -1);
		const empty = typeof path.at(-1) === 'number' ? [] : {};
		return parent.length === 0
			? undefined
			: setAct(text, {root, value}, parent, applyEdits(value as object, [{path: parent, value: empty}]));
	}

	const splice = removeSplice(place, text);
	return splice && {...splice, path};
};

const indentOf = ({text}: Splice): number => /^\r?\n(?<indent> *)/v.exec(text)?.groups?.indent?.length ?? 0;

/** As many acts as do not touch one another, made at once; the others wait for the next round. */
const make = (text: string, acts: readonly Act[]): string => {
	const chosen = new Map<string, Act>();
	let end = -1;
	// At one place what stands further in comes first: it belongs to what is above.
	for (const act of acts.toSorted(
		(one, other) => one.start - other.start || one.end - other.end || indentOf(other) - indentOf(one),
	)) {
		const key = JSON.stringify(act.path);
		if (!(act.start >= end) || chosen.has(key)) {
			continue;
		}

		chosen.set(key, act);
		end = Math.max(end, act.end);
	}

	return chosen
		.values()
		.toArray()
		.reduceRight((result, {start, end: to, text: insert}) => result.slice(0, start) + insert + result.slice(to), text);
};

/**
One round. An alias is written out only where nothing else is left to do: what it names may come to be what is wanted.
*/
const makeOpen = (text: string, tree: Tree, open: readonly Path[], wanted: unknown): string => {
	const acts = open.map(path => setAct(text, tree, path, wanted)).filter(act => act !== undefined);
	const plain = acts.filter(act => !act.isAlias);
	return make(text, plain.length > 0 ? plain : acts);
};

/** Rounds of setting paths until all are as wanted; each round reads the text once. */
const setAll = (text: string, paths: readonly Path[], wanted: unknown): string => {
	let result = text;
	for (let round = 0; round < 20; round++) {
		const tree = parse(result);
		const open = tree ? paths.filter(path => !isSame(at(tree.value, path), at(wanted, path))) : [];
		if (!tree || open.length === 0) {
			break;
		}

		const made = makeOpen(result, tree, open, wanted);
		if (made === result) {
			break;
		}

		result = made;
	}

	return result;
};

const removeAll = (text: string, paths: readonly Path[]): string => {
	const tree = parse(text);
	return tree
		? make(
				text,
				paths.map(path => removeAct(text, tree, path)).filter(act => act !== undefined),
			)
		: text;
};

/** Paths at which two values differ; a list of another length is one difference. */
const differences = (left: unknown, right: unknown, path: Path = []): readonly Path[] => {
	if (isSame(left, right)) {
		return [];
	}

	if (Array.isArray(left) && Array.isArray(right) && left.length === right.length) {
		return left.flatMap((item, index) => differences(item, right[index], [...path, index]));
	}

	return isMap(left) && isMap(right) && Object.keys(left).every(key => Object.hasOwn(right, key))
		? Object.keys(right).flatMap(key => differences(left[key], right[key], [...path, key]))
		: [path];
};

const writtenAnew = (text: string, value: unknown): string => {
	const firstLine = text.slice(0, text.indexOf('\n') + 1);
	const marker = firstLine.startsWith('---') ? firstLine : '';
	return marker + yamlText(value);
};

/**
Edits the text of one YAML or JSON document and leaves everything else in it byte for byte as it was: comments, key
order, quotes, anchors, line ends. What an anchor gives to several places is written out where only one of them changes.
The result is read again and must hold exactly the edited value.
*/
export const editText = (text: string, edits: readonly Edit[]): EditedText => {
	const before = parse(text)?.value;
	if (before === null || typeof before !== 'object' || edits.length === 0) {
		return {text, isInPlace: true};
	}

	const sets = edits.filter(edit => !isRemoval(edit));
	const wanted = applyEdits(before, edits);
	let result = removeAll(
		setAll(
			text,
			sets.map(({path}) => path),
			applyEdits(before, sets),
		),
		removalsLastFirst(edits).map(({path}) => path),
	);
	for (let round = 0; round < 3; round++) {
		const value = parse(result)?.value;
		if (isSame(value, wanted)) {
			return {text: result, isInPlace: true};
		}

		result = setAll(result, differences(value, wanted), wanted);
	}

	return isSame(parse(result)?.value, wanted)
		? {text: result, isInPlace: true}
		: {text: writtenAnew(text, wanted), isInPlace: false};
};
