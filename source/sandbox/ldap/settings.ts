import {formatChange, readBatch, type Change} from './batch.js';

/** A configuration apart from the product's defaults: one change for each object, in the order in which they came. */
export type Settings = ReadonlyMap<string, Change>;

const keyOf = ({kind, names}: Change): string =>
	[kind, ...names.map(([option, name]) => `${option} ${name.toLowerCase()}`)].join('\n');

/** The properties of an object after a change: what is set replaces all values of that property. */
const valuesAfter = (before: Change['set'], {set, add, remove, reset}: Change): Change['set'] => {
	const replaced = new Set([...set.map(([property]) => property), ...reset]);
	const gone = new Set(remove.map(([property, value]) => `${property}:${value}`));
	return [
		...before.filter(([property, value]) => !replaced.has(property) && !gone.has(`${property}:${value}`)),
		...set,
		...add,
	];
};

/** The configuration after changes. An object that is deleted takes what was set on it along. */
export const withChanges = (settings: Settings, changes: readonly Change[]): Settings => {
	const all = new Map(settings);
	for (const change of changes) {
		const key = keyOf(change);
		const before = all.get(key);
		if (change.verb === 'delete') {
			all.delete(key);
			if (before?.verb !== 'create') {
				all.set(key, change);
			}

			continue;
		}

		const set = valuesAfter(before?.set ?? [], change);
		if (set.length === 0 && change.verb === 'set' && before?.verb !== 'create') {
			all.delete(key);
			continue;
		}

		all.set(key, {
			...change,
			verb: before?.verb === 'create' ? 'create' : change.verb,
			type: change.type ?? before?.type,
			set,
			add: [],
			remove: [],
			reset: [],
		});
	}

	return all;
};

export const settingsOf = (batch: string): Settings => withChanges(new Map(), readBatch(batch));

/** The configuration as a batch that makes it out of the defaults. */
export const batchOf = (settings: Settings): string =>
	settings
		.values()
		.map(change => `${formatChange(change)}\n`)
		.toArray()
		.join('\n');

/** The value of a property that has one. */
export const valueIn = (settings: Settings, kind: string, name: string, property: string): string | undefined =>
	settings
		.values()
		.find(change => change.kind === kind && change.names.some(([, candidate]) => candidate === name))
		?.set.find(([candidate]) => candidate === property)?.[1];
