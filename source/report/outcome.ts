import type {Json, JsonObject} from '../migration/json.js';
import {code, list, table, type Block, type Inline, type Line} from './document.js';

/** Lists longer than this are counted, not listed. */
const longest = 20;

type Scalar = string | number | boolean;

const isScalar = (value: Json | undefined): value is Scalar => ['string', 'number', 'boolean'].includes(typeof value);

const isObject = (value: Json | undefined): value is JsonObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

const shown = (value: Scalar): Inline => (typeof value === 'string' ? code(value) : String(value));

const listParts = (values: readonly Json[]): readonly Inline[] => {
	const scalars = values.filter(value => isScalar(value));
	return scalars.length > longest
		? [`${scalars.length} of them`]
		: scalars.flatMap((value, index) => [...(index === 0 ? [] : [', ']), shown(value)]);
};

/** Values one by one; those of an object within carry its name. What lies deeper is left to the journal. */
const valueLines = (outcome: JsonObject, within = ''): readonly Line[] =>
	Object.entries(outcome).flatMap(([key, value]): readonly Line[] => {
		const name = within === '' ? key : `${within}.${key}`;
		if (isScalar(value)) {
			return [[`${name}: `, shown(value)]];
		}

		if (isList(value) && value.length > 0 && value.every(item => isScalar(item))) {
			return [[`${name}: `, ...listParts(value)]];
		}

		return within === '' && isObject(value) ? valueLines(value, key) : [];
	});

const tables = (outcome: JsonObject): readonly Block[] =>
	Object.entries(outcome).flatMap(([key, value]) => {
		const rows = isList(value) ? value.filter(item => isObject(item)) : [];
		const columns = [...new Set(rows.flatMap(item => Object.keys(item).filter(column => isScalar(item[column]))))];
		return rows.length > 0 && columns.length > 0
			? [
					table(
						[key, ...columns],
						rows.slice(0, longest).map((item, index) => [
							String(index + 1),
							...columns.map(column => {
								const cell = item[column];
								return isScalar(cell) ? shown(cell) : '';
							}),
						]),
					),
				]
			: [];
	});

/**
What a step found or made, as blocks: values as a list, lists of objects as tables. Needs to know no step.
*/
export const outcomeBlocks = (outcome: Json | undefined): readonly Block[] => {
	if (!isObject(outcome)) {
		return [];
	}

	const values = valueLines(outcome);
	return [...(values.length > 0 ? [list(values)] : []), ...tables(outcome)];
};
