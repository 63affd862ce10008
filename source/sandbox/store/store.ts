import {randomUUID} from 'node:crypto';
import {isDeepStrictEqual} from 'node:util';
import type {KubeObject} from './object.js';
import {resourceOf} from './resource.js';

/** Something that happened to an object, in the terms of a watch. */
export type Change = {
	readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
	readonly object: KubeObject;
	readonly version: number;
};

/** The objects of the cluster, in memory. Objects are never changed in place: what was handed out stays as it was. */
export type Store = {
	readonly get: (kind: string, namespace: string | undefined, name: string) => KubeObject | undefined;
	/** Objects of a kind, by namespace and name; of all namespaces where none is given. */
	readonly list: (kind: string, namespace?: string) => readonly KubeObject[];
	/** Keeps an object, new or changed. Nothing happens where nothing differs. */
	readonly put: (object: KubeObject) => KubeObject;
	readonly remove: (kind: string, namespace: string | undefined, name: string) => KubeObject | undefined;
	/** The newest resourceVersion. */
	readonly version: () => number;
	/** What happened after a version, or undefined where the history does not reach back that far. */
	readonly changesSince: (version: number) => readonly Change[] | undefined;
	readonly subscribe: (listener: (change: Change) => void) => () => void;
};

const historyLength = 5000;

const keyOf = (kind: string, namespace: string | undefined, name: string): string =>
	`${kind}/${resourceOf(kind).namespaced ? (namespace ?? 'default') : ''}/${name}`;

/** The time as the API writes it. */
export const timestamp = (date = new Date()): string => `${date.toISOString().slice(0, 19)}Z`;

/** What the server, not the writer, says of an object. */
const withServerFields = (object: KubeObject, old: KubeObject | undefined, version: number): KubeObject => {
	const hasGeneration = object.spec !== undefined;
	const isSameSpec = old !== undefined && isDeepStrictEqual(old.spec, object.spec);
	const generation = (old?.metadata.generation ?? 0) + (isSameSpec ? 0 : 1);
	return {
		...object,
		metadata: {
			...object.metadata,
			uid: old?.metadata.uid ?? object.metadata.uid ?? randomUUID(),
			resourceVersion: String(version),
			creationTimestamp: old?.metadata.creationTimestamp ?? object.metadata.creationTimestamp ?? timestamp(),
			...(hasGeneration && {generation}),
		},
	};
};

const isSame = (old: KubeObject, object: KubeObject): boolean => {
	const bare = ({metadata: {resourceVersion: _, generation: __, managedFields, ...metadata}, ...rest}: KubeObject) => ({
		...rest,
		metadata: {...metadata, managedFields: managedFields?.map(({time: ___, ...fields}) => fields)},
	});
	return isDeepStrictEqual(structuredClone(bare(old)), structuredClone(bare(object)));
};

export const makeStore = (): Store => {
	const objects = new Map<string, KubeObject>();
	const listeners = new Set<(change: Change) => void>();
	const history: Change[] = [];
	let version = 1000;

	const tell = (type: Change['type'], object: KubeObject): void => {
		const change = {type, object, version};
		history.push(change);
		if (history.length > historyLength) {
			history.splice(0, history.length - historyLength);
		}

		for (const listener of listeners) {
			listener(change);
		}
	};

	return {
		get: (kind, namespace, name) => objects.get(keyOf(kind, namespace, name)),
		list(kind, namespace) {
			const prefix = namespace === undefined || !resourceOf(kind).namespaced ? `${kind}/` : `${kind}/${namespace}/`;
			return [...objects]
				.filter(([key]) => key.startsWith(prefix))
				.toSorted(([a], [b]) => (a < b ? -1 : 1))
				.map(([, object]) => object);
		},
		put(object) {
			const key = keyOf(object.kind, object.metadata.namespace, object.metadata.name);
			const old = objects.get(key);
			const merged = withServerFields(object, old, version + 1);
			if (old && isSame(old, merged)) {
				return old;
			}

			version++;
			objects.set(key, merged);
			tell(old ? 'MODIFIED' : 'ADDED', merged);
			return merged;
		},
		remove(kind, namespace, name) {
			const key = keyOf(kind, namespace, name);
			const old = objects.get(key);
			if (!old) {
				return undefined;
			}

			version++;
			objects.delete(key);
			const gone = {...old, metadata: {...old.metadata, resourceVersion: String(version)}};
			tell('DELETED', gone);
			return gone;
		},
		version: () => version,
		changesSince(since) {
			const oldest = history[0];
			return oldest && history.length === historyLength && since < oldest.version - 1
				? undefined
				: history.filter(change => change.version > since);
		},
		subscribe(listener) {
			listeners.add(listener);
			return () => {
				listeners.delete(listener);
			};
		},
	};
};
