import type {KubeObject} from '../store/object.js';
import {fieldSelector, labelSelector} from '../store/selectors.js';
import type {Change} from '../store/store.js';
import {listKind} from './change.js';
import type {Cluster} from './cluster.js';
import {notFound, refusal} from './refusal.js';
import {tableOf} from './table.js';
import type {Target} from './target.js';

/** How an answer is wanted: its selectors, and its form by the `Accept` header. */
export type Wish = {readonly query: URLSearchParams; readonly accept: string};

/** Objects in the form that is wanted, or undefined where they are wanted as they are. */
const asTable = (
	kind: string,
	objects: readonly KubeObject[],
	{query, accept}: Wish,
	resourceVersion = objects[0]?.metadata.resourceVersion ?? '',
) =>
	accept.includes('as=Table')
		? tableOf(kind, objects, {resourceVersion, isWhole: query.get('includeObject') === 'Object'})
		: undefined;

const filterOf = ({namespace, name}: Target, query: URLSearchParams): ((object: KubeObject) => boolean) => {
	const labels = labelSelector(query.get('labelSelector') ?? '');
	const fields = fieldSelector(query.get('fieldSelector') ?? '');
	return object =>
		(namespace === undefined || object.metadata.namespace === namespace) &&
		(name === undefined || object.metadata.name === name) &&
		labels(object.metadata.labels ?? {}) &&
		fields(object);
};

/** GET of one object. */
export const getObject = ({store}: Cluster, {resource, namespace, name}: Target, wish: Wish): unknown => {
	const object = store.get(resource.kind, namespace, name ?? '');
	if (!object) {
		throw notFound(resource.plural, resource.group, name ?? '');
	}

	return asTable(resource.kind, [object], wish) ?? object;
};

/** GET of a collection: selectors, `limit` and `continue`, and a Table where it is asked for. */
export const listObjects = ({store}: Cluster, target: Target, wish: Wish): unknown => {
	const {query} = wish;
	const all = store.list(target.resource.kind, target.namespace).filter(filterOf(target, query));
	const start = Number(query.get('continue') ?? 0);
	const limit = Number(query.get('limit') ?? 0);
	const items = limit > 0 ? all.slice(start, start + limit) : all.slice(start);
	const rest = all.length - start - items.length;
	const resourceVersion = String(store.version());
	const metadata = {
		resourceVersion,
		...(rest > 0 && {continue: String(start + items.length), remainingItemCount: rest}),
	};
	const table = asTable(target.resource.kind, items, wish, resourceVersion);
	return table ? {...table, metadata} : {...listKind(target.resource), metadata, items};
};

/** A line of a watch. */
export type WatchEvent = {readonly type: string; readonly object: unknown};

/**
Starts a watch: what happened since the version, then what happens. Returns what stops it.
*/
export const watchObjects = (
	{store}: Cluster,
	target: Target,
	wish: Wish,
	tell: (event: WatchEvent) => void,
): (() => void) => {
	const {query} = wish;
	const keeps = filterOf(target, query);
	const {kind} = target.resource;
	const since = query.get('resourceVersion');
	const shown = (object: KubeObject): unknown => asTable(kind, [object], wish) ?? object;
	const known = new Set<string>();
	const send = ({type, object}: Pick<Change, 'type' | 'object'>): void => {
		if (object.kind !== kind) {
			return;
		}

		// An object that no longer matches the selectors is gone for this watch.
		const key = `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
		if (keeps(object)) {
			tell({type, object: shown(object)});
			known.add(key);
		} else if (known.delete(key)) {
			tell({type: 'DELETED', object: shown(object)});
		}
	};

	if ([null, '', '0'].includes(since)) {
		for (const object of store.list(kind, target.namespace)) {
			send({type: 'ADDED', object});
		}
	} else {
		const missed = store.changesSince(Number(since ?? 0));
		if (!missed) {
			throw refusal(410, `too old resource version: ${since ?? ''} (${store.version()})`);
		}

		for (const object of store.list(kind, target.namespace)) {
			known.add(`${object.metadata.namespace ?? ''}/${object.metadata.name}`);
		}

		for (const change of missed) {
			send(change);
		}
	}

	return store.subscribe(send);
};
