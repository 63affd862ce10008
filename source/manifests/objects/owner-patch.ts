import {listOf, mapOf, textOf} from '../../ping/fields.js';
import type {Manifest} from '../../ping/workload.js';
import type {ManifestFile} from '../strategy.js';
import {fileSafe, yamlText} from './print.js';
import {isMap, isSame} from './value.js';

/**
The field that tells the items of a list apart, by the list's name; other lists are replaced as a whole.
@see kubernetes, release-1.35, staging/src/k8s.io/api/core/v1/types.go: patchMergeKey
*/
const keyOfList: Readonly<Record<string, readonly string[]>> = {
	containers: ['name'],
	initContainers: ['name'],
	volumes: ['name'],
	env: ['name'],
	volumeMounts: ['mountPath'],
	// A Service's ports have both fields under other names than a container's.
	ports: ['containerPort', 'port'],
};

const keyIn = (list: string, items: readonly unknown[]): string | undefined =>
	keyOfList[list]?.find(key => items.length > 0 && items.every(item => textOf(mapOf(item)[key]) !== undefined));

const itemsPatch = (key: string, before: readonly unknown[], after: readonly unknown[]): readonly unknown[] => {
	const find = (items: readonly unknown[], item: unknown): unknown =>
		items.find(other => mapOf(other)[key] === mapOf(item)[key]);
	return [
		...after.flatMap(item => {
			const old = find(before, item);
			return isSame(old, item) ? [] : [{[key]: mapOf(item)[key], ...mapPatch(mapOf(old), mapOf(item))}];
		}),
		...before
			.filter(item => find(after, item) === undefined)
			.map(item => ({$patch: 'delete', [key]: mapOf(item)[key]})),
	];
};

const valuePatch = (name: string, before: unknown, after: unknown): unknown => {
	if (isMap(before) && isMap(after)) {
		return mapPatch(before, after);
	}

	const key =
		Array.isArray(before) && Array.isArray(after) ? keyIn(name, [...listOf(before), ...listOf(after)]) : undefined;
	return key === undefined ? after : itemsPatch(key, listOf(before), listOf(after));
};

const mapPatch = (
	before: Readonly<Record<string, unknown>>,
	after: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> =>
	Object.fromEntries([
		...Object.entries(after)
			.filter(([name, value]) => !isSame(before[name], value))
			.map(([name, value]) => [name, valuePatch(name, before[name], value)] as const),
		...Object.keys(before)
			.filter(name => !Object.hasOwn(after, name))
			.map(name => [name, null] as const),
	]);

/**
A strategic merge patch of one object, for Kustomize or for `kubectl patch --patch-file`. It names fields and items by
what they are called and not by their place, so that it fits the owner's own manifest, which need not have the order and
the defaults of the object in the cluster.
*/
export const ownerPatch = (before: Manifest, after: Manifest): ManifestFile => ({
	name: `patch-${fileSafe(`${before.kind}-${before.metadata.name}`)}.yaml`,
	text: yamlText({
		apiVersion: before.apiVersion,
		kind: before.kind,
		metadata: {name: before.metadata.name},
		spec: mapPatch(mapOf(before.spec), mapOf(after.spec)),
	}),
});
