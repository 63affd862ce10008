import {isDeepStrictEqual} from 'node:util';
import {
	asJson,
	asObject,
	isObject,
	type Json,
	type JsonObject,
	type KubeObject,
	type ManagedFields,
} from '../store/object.js';
import {timestamp} from '../store/store.js';
import {fieldsOf, fromFieldsV1, showPath, toFieldsV1, withoutFields, type Path} from './field-paths.js';
import {itemKey, listKeys} from './list-keys.js';
import {refusal} from './refusal.js';

type Writer = {readonly manager: string; readonly operation: 'Apply' | 'Update'; readonly subresource?: string};
type Share = Writer & {readonly apiVersion: string; readonly time: string; readonly paths: ReadonlySet<Path>};

const sharesOf = (object: KubeObject | undefined): Share[] =>
	(object?.metadata.managedFields ?? []).map(({fieldsV1, fieldsType: _, ...share}) => ({
		...share,
		paths: new Set(fromFieldsV1(fieldsV1)),
	}));

const withShares = (object: KubeObject, shares: readonly Share[]): KubeObject => {
	const managedFields: ManagedFields[] = shares
		.filter(({paths}) => paths.size > 0)
		.map(({paths, ...share}) => ({...share, fieldsType: 'FieldsV1', fieldsV1: toFieldsV1(paths)}));
	return {...object, metadata: {...object.metadata, managedFields}};
};

const isWriter = (share: Share, writer: Writer): boolean =>
	share.manager === writer.manager && share.operation === writer.operation && share.subresource === writer.subresource;

const newShare = (object: KubeObject, writer: Writer, paths: ReadonlySet<Path>): Share => ({
	...writer,
	apiVersion: object.apiVersion,
	time: timestamp(),
	paths,
});

/** Records who changed what in a create, an update or a patch: the writer owns what differs, the others lose it. */
export const recordUpdate = (
	old: KubeObject | undefined,
	object: KubeObject,
	manager: string,
	subresource?: string,
): KubeObject => {
	const writer: Writer = {manager, operation: 'Update', ...(subresource && {subresource})};
	const before = fieldsOf(old ? asJson(old) : {});
	const after = fieldsOf(asJson(object));
	const changed = new Set(
		[...after].filter(([path, value]) => !isDeepStrictEqual(before.get(path), value)).map(([path]) => path),
	);
	const shares = sharesOf(old).map(share => ({
		...share,
		paths: new Set([...share.paths].filter(path => after.has(path) && !changed.has(path))),
	}));
	const own = shares.find(share => isWriter(share, writer));
	return withShares(object, [
		...shares.filter(share => share !== own),
		...(own !== undefined || changed.size > 0
			? [newShare(object, writer, new Set([...(own?.paths ?? []), ...changed]))]
			: []),
	]);
};

const mergeApplied = (live: Json | undefined, applied: Json, field: string): Json => {
	if (isObject(applied)) {
		const result: JsonObject = isObject(live) ? {...live} : {};
		for (const [name, value] of Object.entries(applied)) {
			if (value === null) {
				Reflect.deleteProperty(result, name);
			} else if (value !== undefined) {
				result[name] = mergeApplied(result[name], value, name);
			}
		}

		return result;
	}

	if (!Array.isArray(applied) || !Array.isArray(live)) {
		return applied;
	}

	const names = listKeys(field, [...live, ...applied]);
	if (!names) {
		return applied;
	}

	const liveItems = live as JsonObject[];
	const appliedItems = applied as JsonObject[];
	const known = new Map(liveItems.map(item => [itemKey(item, names), item]));
	const merged = appliedItems.map(item => mergeApplied(known.get(itemKey(item, names)), item, ''));
	const named = new Set(appliedItems.map(item => itemKey(item, names)));
	return [...merged, ...liveItems.filter(item => !named.has(itemKey(item, names)))];
};

const conflict = (found: ReadonlyArray<{readonly share: Share; readonly path: Path}>): Error => {
	const say = ({share}: {readonly share: Share}): string =>
		`conflict with "${share.manager}"${share.subresource ? ` with subresource "${share.subresource}"` : ''} ` +
		`using ${share.apiVersion}`;
	const [first] = found;
	const message =
		found.length === 1
			? `Apply failed with 1 conflict: ${say(first!)}: ${showPath(first!.path)}`
			: `Apply failed with ${found.length} conflicts: ${[...Map.groupBy(found, item => say(item))]
					.map(([text, items]) =>
						items.length === 1
							? `${text}: ${showPath(items[0]!.path)}`
							: `${text.replace(/^conflict/v, 'conflicts')}:\n${items.map(({path}) => `- ${showPath(path)}`).join('\n')}`,
					)
					.join('\n')}`;
	return refusal(409, message, {
		details: {
			causes: found.map(item => ({reason: 'FieldManagerConflict', message: say(item), field: showPath(item.path)})),
		},
	});
};

/**
Server-side apply: merges what a manager applies into the live object, refuses what others own with another value, and
drops what the manager alone owned and no longer names. Knows nothing of schemas.
*/
export const applyObject = (
	live: KubeObject | undefined,
	applied: KubeObject,
	manager: string,
	force: boolean,
): KubeObject => {
	const writer: Writer = {manager, operation: 'Apply'};
	const {managedFields: _, ...metadata} = applied.metadata;
	const {status: __, ...wanted}: JsonObject = {...asJson(applied), metadata};
	const wantedFields = fieldsOf(wanted);
	const liveFields = fieldsOf(live ? asJson(live) : {});
	const shares = sharesOf(live);
	const own = shares.find(share => isWriter(share, writer));
	const others = shares.filter(share => share !== own);

	const conflicts = [...wantedFields].flatMap(([path, value]) => {
		const liveValue = liveFields.get(path);
		return liveValue === undefined || isDeepStrictEqual(liveValue, value)
			? []
			: others.filter(share => share.paths.has(path)).map(share => ({share, path}));
	});
	if (!force && conflicts.length > 0) {
		throw conflict(conflicts);
	}

	const ownShare = newShare(applied, writer, new Set(wantedFields.keys()));
	const lost = new Set(conflicts.map(({path}) => path));
	const dropped = [...(own?.paths ?? [])].filter(
		path => !wantedFields.has(path) && others.every(share => !share.paths.has(path)),
	);
	const merged = mergeApplied(live ? withoutFields(asJson(live), dropped) : undefined, wanted, '');
	return withShares(asObject(merged as JsonObject), [
		...others.map(share => ({...share, paths: share.paths.difference(lost)})),
		ownShare,
	]);
};
