import {isObject, type Json, type JsonObject} from '../store/object.js';
import {itemKey, listKeys} from './list-keys.js';

/** The address of a field, in the elements of FieldsV1 (`f:spec`, `k:{"name":"x"}`, `.` for an item itself), joined. */
export type Path = string;

const separator = '\u{0}';
const unowned = new Set(['apiVersion', 'kind', 'status']);
const ownedMetadata = new Set(['labels', 'annotations', 'ownerReferences', 'finalizers']);

const walk = (value: Json, field: string, path: readonly string[], found: Map<Path, Json>): void => {
	if (isObject(value) && Object.keys(value).length > 0) {
		for (const [name, child] of Object.entries(value)) {
			if (child !== undefined) {
				walk(child, name, [...path, `f:${name}`], found);
			}
		}

		return;
	}

	const names = Array.isArray(value) && value.length > 0 ? listKeys(field, value) : undefined;
	if (!names) {
		found.set(path.join(separator), value);
		return;
	}

	for (const item of value as JsonObject[]) {
		const itemPath = [...path, `k:${itemKey(item, names)}`];
		found.set([...itemPath, '.'].join(separator), true);
		walk(item, '', itemPath, found);
	}
};

/** The fields of an object that somebody can own, with their values. */
export const fieldsOf = (object: JsonObject): ReadonlyMap<Path, Json> => {
	const found = new Map<Path, Json>();
	for (const [name, value] of Object.entries(object)) {
		if (value === undefined || unowned.has(name)) {
			continue;
		}

		const owned =
			name === 'metadata' && isObject(value)
				? Object.fromEntries(Object.entries(value).filter(([key]) => ownedMetadata.has(key)))
				: value;
		if (name !== 'metadata' || Object.keys(owned as JsonObject).length > 0) {
			walk(owned, name, [`f:${name}`], found);
		}
	}

	return found;
};

/** Takes fields out of an object. Items of keyed lists go whole. */
export const withoutFields = (object: JsonObject, paths: Iterable<Path>): JsonObject => {
	const result = structuredClone(object);
	for (const path of paths) {
		const elements = path.split(separator);
		const isItem = elements.at(-1) === '.';
		const place = isItem ? elements.slice(0, -1) : elements;
		let parent: Json | undefined = result;
		for (const element of place.slice(0, -1)) {
			parent = step(parent, element);
		}

		const last = place.at(-1)!;
		if (isItem && Array.isArray(parent)) {
			const item = step(parent, last);
			if (item !== undefined) {
				parent.splice(parent.indexOf(item), 1);
			}
		} else if (isObject(parent)) {
			Reflect.deleteProperty(parent, last.slice(2));
		}
	}

	return result;
};

const step = (value: Json | undefined, element: string): Json | undefined => {
	if (element.startsWith('f:')) {
		return isObject(value) ? value[element.slice(2)] : undefined;
	}

	const key = element.slice(2);
	const names = Object.keys(JSON.parse(key) as JsonObject);
	return Array.isArray(value) ? value.find(item => isObject(item) && itemKey(item, names) === key) : undefined;
};

/** FieldsV1 of a set of paths. */
export const toFieldsV1 = (paths: Iterable<Path>): JsonObject => {
	const root: JsonObject = {};
	for (const path of paths) {
		let node = root;
		for (const element of path.split(separator)) {
			node[element] ??= {};
			node = node[element] as JsonObject;
		}
	}

	return root;
};

/** The paths in a FieldsV1. */
export const fromFieldsV1 = (fields: JsonObject, prefix: readonly string[] = []): Path[] =>
	Object.entries(fields).flatMap(([element, child]) => {
		const path = [...prefix, element];
		return isObject(child) && Object.keys(child).length > 0 ? fromFieldsV1(child, path) : [path.join(separator)];
	});

/** A path as a message shows it: `.spec.template.spec.containers[name="x"].image`. */
export const showPath = (path: Path): string =>
	path
		.split(separator)
		.filter(element => element !== '.')
		.map(element => {
			if (element.startsWith('f:')) {
				return `.${element.slice(2)}`;
			}

			const key = JSON.parse(element.slice(2)) as JsonObject;
			return `[${Object.entries(key)
				.map(([name, value]) => `${name}=${JSON.stringify(value)}`)
				.join(',')}]`;
		})
		.join('');
