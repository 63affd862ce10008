/*
Objects come from files that people wrote and may hold anything: these read a field without believing in its type.
*/

/** The value as a map; an empty one where it is none. */
export const mapOf = (value: unknown): Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value)
		? (value as Readonly<Record<string, unknown>>)
		: {};

/** The value as a list; an empty one where it is none. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/**
The value as text, numbers and booleans included, as an environment would show them; undefined where it is neither.
*/
export const textOf = (value: unknown): string | undefined => {
	if (typeof value === 'string') {
		return value;
	}

	return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
};

/** The value as a whole number, written as a number or as digits; undefined where it is none. */
export const integerOf = (value: unknown): number | undefined => {
	if (typeof value === 'number') {
		return Number.isSafeInteger(value) ? value : undefined;
	}

	return typeof value === 'string' && /^\d{1,15}$/v.test(value) ? Number(value) : undefined;
};

/** A field below a value; undefined where the path leads nowhere. */
export const fieldOf = (value: unknown, ...path: ReadonlyArray<string | number>): unknown => {
	let found = value;
	for (const step of path) {
		found = typeof step === 'number' ? listOf(found)[step] : ownField(found, step);
	}

	return found;
};

const ownField = (value: unknown, name: string): unknown => {
	const map = mapOf(value);
	return Object.hasOwn(map, name) ? map[name] : undefined;
};

/** The entries of a map whose values are text. */
export const textsOf = (value: unknown): Readonly<Record<string, string>> =>
	Object.fromEntries(
		Object.entries(mapOf(value)).flatMap(([name, entry]) => {
			const text = textOf(entry);
			return text === undefined ? [] : [[name, text]];
		}),
	);

/** A path below a value, as it is shown: `spec.ports[0]`, with quotes where a name is no plain word. */
export const joinField = (base: string, ...path: ReadonlyArray<string | number>): string =>
	path.reduce<string>((field, step) => {
		if (typeof step === 'number') {
			return `${field}[${step}]`;
		}

		if (!/^[\w\-\/]+$/v.test(step)) {
			return `${field}[${JSON.stringify(step)}]`;
		}

		return field === '' ? step : `${field}.${step}`;
	}, base);

const stepPattern = /\[(?<index>\d+)\]|\[(?<quoted>"(?:[^"\\]|\\.)*")\]|(?<word>[^.\[\]]+)/gv;

/** The steps of a path that {@link joinField} made. */
export const stepsOf = (field: string): ReadonlyArray<string | number> =>
	field
		.matchAll(stepPattern)
		.map(({groups}) => {
			if (groups?.index !== undefined) {
				return Number(groups.index);
			}

			return groups?.quoted === undefined ? (groups?.word ?? '') : (JSON.parse(groups.quoted) as string);
		})
		.toArray();
