import {at, copied, isMap, isSame, type Path} from './value.js';

/**
One change of a document. Paths are those of the document before any change: an index equal to the length of a list
appends, and removing an item does not move the others.
*/
export type Edit = {readonly path: Path; readonly value: unknown} | {readonly path: Path; readonly remove: true};

type Container = Record<string | number, unknown>;

/** Sets a field. */
export const set = (path: Path, value: unknown): Edit => ({path, value});

/** Removes a field or an item. */
export const remove = (path: Path): Edit => ({path, remove: true});

/** Whether an edit removes. */
export const isRemoval = (edit: Edit): edit is Extract<Edit, {remove: true}> => 'remove' in edit;

const assign = (root: Container, path: Path, value: unknown): void => {
	let container = root;
	for (const [depth, key] of path.slice(0, -1).entries()) {
		const next = container[key];
		if (typeof next !== 'object' || next === null) {
			container[key] = typeof path[depth + 1] === 'number' ? [] : {};
		}

		container = container[key] as Container;
	}

	container[path.at(-1)!] = copied(value);
};

const drop = (root: Container, path: Path): void => {
	const container = at(root, path.slice(0, -1));
	const key = path.at(-1)!;
	if (Array.isArray(container)) {
		container.splice(Number(key), 1);
	} else if (isMap(container)) {
		// eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a JSON object, and the key is data
		delete (container as Container)[key];
	}
};

/** Last index first, so that removing one item does not move the next one to be removed. */
const comparePaths = (left: Path, right: Path): number => {
	for (const [depth, key] of left.entries()) {
		const other = right[depth];
		if (key !== other) {
			return typeof key === 'number' && typeof other === 'number'
				? other - key
				: String(key).localeCompare(String(other));
		}
	}

	return left.length - right.length;
};

/** The removals among edits, in an order in which each one's path still holds. */
export const removalsLastFirst = (edits: readonly Edit[]): readonly Edit[] =>
	edits.filter(edit => isRemoval(edit)).toSorted((left, right) => comparePaths(left.path, right.path));

/** The document with the edits made; the given one is not changed. */
export const applyEdits = <Document extends object>(document: Document, edits: readonly Edit[]): Document => {
	const result = copied(document) as Container;
	for (const edit of edits) {
		if (!isRemoval(edit)) {
			assign(result, edit.path, edit.value);
		}
	}

	for (const edit of removalsLastFirst(edits)) {
		drop(result, edit.path);
	}

	return result as unknown as Document;
};

/**
The edits that really change something, with what is to be made anew put together: fields below a parent that is not
there become one edit that sets the parent.
*/
export const settle = (document: object, edits: readonly Edit[]): readonly Edit[] => {
	const settled = new Map<string, Edit>();
	const after = applyEdits(
		document,
		edits.filter(edit => !isRemoval(edit)),
	);
	for (const edit of edits) {
		if (isRemoval(edit)) {
			if (at(document, edit.path) !== undefined) {
				settled.set(JSON.stringify(edit.path), edit);
			}

			continue;
		}

		let depth = 1;
		while (depth < edit.path.length && typeof (at(document, edit.path.slice(0, depth)) ?? undefined) === 'object') {
			depth++;
		}

		const path = edit.path.slice(0, depth);
		const value = at(after, path);
		if (!isSame(at(document, path), value)) {
			settled.set(JSON.stringify(path), set(path, value));
		}
	}

	return settled.values().toArray();
};
