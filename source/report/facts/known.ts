import type {Json, JsonObject} from '../../migration/json.js';
import {stepOf, type RunState} from '../../migration/state.js';
import type {StepId} from '../../migration/step.js';

/*
What steps left, read field by field: the journal may be of an earlier version, or may have been edited by hand, and a
report of it is written all the same.
*/

const isObject = (value: Json | undefined): value is JsonObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** What lies at a path of an outcome. */
export const at = (value: Json | undefined, ...path: readonly string[]): Json | undefined =>
	path.reduce<Json | undefined>((found, key) => (isObject(found) ? found[key] : undefined), value);

/** A text at a path. */
export const textAt = (value: Json | undefined, ...path: readonly string[]): string | undefined => {
	const found = at(value, ...path);
	return typeof found === 'string' ? found : undefined;
};

/** A number at a path. */
export const numberAt = (value: Json | undefined, ...path: readonly string[]): number | undefined => {
	const found = at(value, ...path);
	return typeof found === 'number' ? found : undefined;
};

/** A list at a path; empty where there is none. */
export const listAt = (value: Json | undefined, ...path: readonly string[]): readonly Json[] => {
	const found = at(value, ...path);
	return Array.isArray(found) ? (found as readonly Json[]) : [];
};

/** What a step left, whatever became of the step later. */
export const outcomeOf = (state: RunState, id: StepId): Json | undefined => stepOf(state, id)?.outcome;

/** Whether a step is done, and was not undone since. */
export const isDone = (state: RunState, id: StepId): boolean => stepOf(state, id)?.status === 'done';
