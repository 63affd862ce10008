import {parseDocument, stringify} from 'yaml';
import {
	applyEdits,
	isRemoval,
	removalsLastFirst,
	type Edit,
} from '../edit.js';
import {
	at,
	isMap,
	isSame,
	type Path,
} from '../value.js';
import {placeAt} from './place.js';
import {styleOf} from './render.js';
import {
	isOnlyOne,
	removeSplice,
	setSplice,
	type Splice,
} from './splice.js';

/** A text after its edits. */
export type EditedText = {
	readonly text: string;
	/** False where the text was in a form that cannot be edited in place: then it was written anew, without its comments. */
	readonly isInPlace: boolean;
};

const parse = (text: string): ReturnType<typeof parseDocument> => parseDocument(text, {
	keepSourceTokens: true, merge: true, uniqueKeys: false, logLevel: 'silent', prettyErrors: false,
});

const valueOf = (text: string): unknown => {
	const document = parse(text);
	return document.errors.length > 0 ? undefined : document.toJS({maxAliasCount: -1}) as unknown;
};

const spliced = (text: string, {start, end, text: insert}: Splice): string => text.slice(0, start) + insert + text.slice(end);

/** Sets what lies at a path to what it is to be, or the nearest thing above it that can be set. */
const setIn = (text: string, path: Path, wanted: unknown): string => {
	if (path.length === 0 || isSame(at(valueOf(text), path), at(wanted, path))) {
		return text;
	}

	const place = placeAt(parse(text).contents, path);
	const splice = setSplice(place, at(wanted, place.path), text, styleOf(text));
	return splice ? spliced(text, splice) : setIn(text, place.path.slice(0, -1), wanted);
};

const removeIn = (text: string, path: Path): string => {
	const place = placeAt(parse(text).contents, path);
	if (place.path.length < path.length) {
		return text;
	}

	const parent = path.slice(0, -1);
	if (isOnlyOne(place)) {
		const empty = typeof path.at(-1) === 'number' ? [] : {};
		return parent.length === 0 ? text : setIn(text, parent, applyEdits(valueOf(text) as object, [{path: parent, value: empty}]));
	}

	const splice = removeSplice(place, text);
	return splice ? spliced(text, splice) : text;
};

/** Paths at which two values differ; a list of another length is one difference. */
const differences = (left: unknown, right: unknown, path: Path = []): readonly Path[] => {
	if (isSame(left, right)) {
		return [];
	}

	if (Array.isArray(left) && Array.isArray(right) && left.length === right.length) {
		return left.flatMap((item, index) => differences(item, right[index], [...path, index]));
	}

	return isMap(left) && isMap(right) && Object.keys(left).every(key => Object.hasOwn(right, key)) ? Object.keys(right).flatMap(key => differences(left[key], right[key], [...path, key])) : [path];
};

const writtenAnew = (text: string, value: unknown): string => {
	const firstLine = text.slice(0, text.indexOf('\n') + 1);
	const marker = firstLine.startsWith('---') ? firstLine : '';
	return marker + stringify(value, {compat: 'yaml-1.1', lineWidth: 0, aliasDuplicateObjects: false});
};

/**
Edits the text of one YAML or JSON document and leaves everything else in it byte for byte as it was: comments, key order, quotes, anchors, line ends. What an anchor gives to several places is written out where only one of them changes. The result is read again and must hold exactly the edited value.
*/
export const editText = (text: string, edits: readonly Edit[]): EditedText => {
	const before = valueOf(text);
	if (before === null || typeof before !== 'object' || edits.length === 0) {
		return {text, isInPlace: true};
	}

	const sets = edits.filter(edit => !isRemoval(edit));
	const afterSets = applyEdits(before, sets);
	const wanted = applyEdits(before, edits);
	let result = text;
	for (const {path} of sets) {
		result = setIn(result, path, afterSets);
	}

	for (const {path} of removalsLastFirst(edits)) {
		result = removeIn(result, path);
	}

	for (let round = 0; round < 3; round++) {
		const value = valueOf(result);
		if (isSame(value, wanted)) {
			return {text: result, isInPlace: true};
		}

		for (const path of differences(value, wanted)) {
			result = setIn(result, path, wanted);
		}
	}

	return isSame(valueOf(result), wanted) ? {text: result, isInPlace: true} : {text: writtenAnew(text, wanted), isInPlace: false};
};
