import {fieldOf, mapOf} from '../../ping/fields.js';

/** A place in a document: keys and indexes from the root. */
export type Path = ReadonlyArray<string | number>;

/** Whether a value is a JSON object. */
export const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** What lies at a path, or undefined. */
export const at = (root: unknown, path: Path): unknown => fieldOf(root, ...path);

/** Whether two JSON values are the same, whatever the order of keys. */
export const isSame = (left: unknown, right: unknown): boolean => {
	if (Array.isArray(left) && Array.isArray(right)) {
		return left.length === right.length && left.every((item, index) => isSame(item, right[index]));
	}

	if (isMap(left) && isMap(right)) {
		const keys = Object.keys(left);
		return (
			keys.length === Object.keys(right).length &&
			keys.every(key => Object.hasOwn(right, key) && isSame(left[key], right[key]))
		);
	}

	return left === right;
};

/** A copy in which nothing is shared: what a YAML alias names stands in it twice. */
export const copied = (value: unknown): unknown => {
	if (Array.isArray(value)) {
		return value.map(item => copied(item));
	}

	return isMap(value) ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copied(part)])) : value;
};

/** A map without some of its fields. */
export const without = (value: unknown, names: readonly string[]): Readonly<Record<string, unknown>> =>
	Object.fromEntries(Object.entries(mapOf(value)).filter(([name]) => !names.includes(name)));
