import {isDeepStrictEqual} from 'node:util';
import {isObject, type Json, type JsonObject} from '../store/object.js';
import {itemKey, listKeys} from './list-keys.js';
import {refusal} from './refusal.js';

/** A JSON merge patch (RFC 7386). */
export const mergePatch = (target: Json | undefined, patch: Json): Json => {
	if (!isObject(patch)) {
		return patch;
	}

	const result: JsonObject = isObject(target) ? {...target} : {};
	for (const [field, value] of Object.entries(patch)) {
		if (value === null || value === undefined) {
			Reflect.deleteProperty(result, field);
		} else {
			result[field] = mergePatch(result[field], value);
		}
	}

	return result;
};

const mergeList = (field: string, target: readonly Json[], patch: readonly Json[]): Json[] => {
	const deletions = patch.filter(item => isObject(item) && item.$patch === 'delete') as JsonObject[];
	const additions = patch.filter(item => !isObject(item) || item.$patch === undefined);
	const names = listKeys(field, [...target, ...additions, ...deletions.map(({$patch: _, ...item}) => item)]);
	if (!names) {
		return [...additions];
	}

	const gone = new Set(deletions.map(item => itemKey(item, names)));
	const result = (target as JsonObject[]).filter(item => !gone.has(itemKey(item, names)));
	for (const item of additions as JsonObject[]) {
		const index = result.findIndex(other => itemKey(other, names) === itemKey(item, names));
		if (index === -1) {
			result.push(strategicPatch(undefined, item));
		} else {
			result[index] = strategicPatch(result[index], item);
		}
	}

	return result;
};

/**
A strategic merge patch: lists with a key are merged, `$patch` deletes or replaces, `$setElementOrder` is not needed
here.
*/
export const strategicPatch = (target: JsonObject | undefined, patch: JsonObject): JsonObject => {
	if (patch.$patch === 'replace') {
		const {$patch: _, ...replacement} = patch;
		return replacement;
	}

	const result: JsonObject = {...target};
	for (const [field, value] of Object.entries(patch)) {
		const old = result[field];
		if (['$patch', '$retainKeys'].includes(field) || field.startsWith('$setElementOrder/')) {
			continue;
		}

		if (field.startsWith('$deleteFromPrimitiveList/')) {
			const list = field.slice('$deleteFromPrimitiveList/'.length);
			const gone = value as Json[];
			result[list] = (result[list] as Json[] | undefined)?.filter(item => !gone.includes(item));
		} else if (value === null || value === undefined) {
			Reflect.deleteProperty(result, field);
		} else if (Array.isArray(value)) {
			result[field] =
				field === 'finalizers' && Array.isArray(old)
					? [...new Set([...old, ...value])]
					: mergeList(field, Array.isArray(old) ? old : [], value);
		} else {
			result[field] = isObject(value) ? strategicPatch(isObject(old) ? old : undefined, value) : value;
		}
	}

	return result;
};

type Operation = {readonly op: string; readonly path: string; readonly from?: string; readonly value?: Json};

const pointer = (path: string): string[] =>
	path
		.split('/')
		.slice(1)
		.map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'));

const parentOf = (document: Json, path: readonly string[]): Json | undefined => {
	let value: Json | undefined = document;
	for (const key of path.slice(0, -1)) {
		value = Array.isArray(value) ? value[Number(key)] : isObject(value) ? value[key] : undefined;
	}

	return value;
};

const lookUp = (document: Json, path: readonly string[]): Json | undefined => {
	const parent = parentOf(document, path);
	const key = path.at(-1) ?? '';
	return Array.isArray(parent) ? parent[Number(key)] : isObject(parent) ? parent[key] : undefined;
};

const change = (document: Json, path: readonly string[], value: Json | undefined, isInsertion: boolean): void => {
	const parent = parentOf(document, path);
	const key = path.at(-1) ?? '';
	if (Array.isArray(parent)) {
		const index = key === '-' ? parent.length : Number(key);
		if (value === undefined) {
			parent.splice(index, 1);
		} else {
			parent.splice(index, isInsertion ? 0 : 1, value);
		}
	} else if (isObject(parent)) {
		if (value === undefined) {
			Reflect.deleteProperty(parent, key);
		} else {
			parent[key] = value;
		}
	} else {
		throw refusal(
			422,
			`the server rejected our request due to an error in our request: the path /${path.join('/')} does not exist`,
		);
	}
};

/** Applies one operation in place. */
const applyOperation = (document: JsonObject, {op, path, from = '', value}: Operation): void => {
	const place = pointer(path);
	if ((op === 'remove' || op === 'replace') && lookUp(document, place) === undefined) {
		throw refusal(
			422,
			`the server rejected our request due to an error in our request: ${op} operation does not apply: the ` +
				`path ${path} is missing`,
		);
	}

	if (op === 'test' && !isDeepStrictEqual(lookUp(document, place), value)) {
		throw refusal(422, `the server rejected our request due to an error in our request: testing value ${path} failed`);
	}

	switch (op) {
		case 'add':
		case 'replace': {
			change(document, place, value, op === 'add');

			break;
		}

		case 'remove': {
			change(document, place, undefined, false);

			break;
		}

		case 'move':
		case 'copy': {
			const moved = structuredClone(lookUp(document, pointer(from)));
			if (op === 'move') {
				change(document, pointer(from), undefined, false);
			}

			change(document, place, moved, true);

			break;
		}
		// No default
	}
};

/** A JSON patch (RFC 6902). */
export const jsonPatch = (target: JsonObject, operations: readonly Operation[]): JsonObject => {
	const document = structuredClone(target);
	for (const operation of operations) {
		applyOperation(document, operation);
	}

	return document;
};
