import {type Buffer} from 'node:buffer';
import {randomBytes} from 'node:crypto';
import {parse as parseYaml} from 'yaml';
import {asJson, asObject, isObject, type Json, type JsonObject, type KubeObject} from '../store/object.js';
import {groupVersion, type Resource} from '../store/resource.js';
import {timestamp} from '../store/store.js';
import {applyObject, recordUpdate} from './apply.js';
import type {Cluster} from './cluster.js';
import {withDefaults} from './defaults.js';
import {jsonPatch, mergePatch, strategicPatch} from './patch.js';
import {readProtobuf} from './protobuf.js';
import {notFound, refusal} from './refusal.js';
import type {Target} from './target.js';
import {validate} from './validation.js';

/** A write, as it came over the wire. */
export type Write = {
	readonly target: Target;
	readonly query: URLSearchParams;
	readonly contentType: string;
	readonly body: Buffer;
};

/** What a write ended with. */
export type Written = {readonly code: 200 | 201; readonly object: KubeObject};

/** The body of a request: JSON, or YAML or protobuf where it says so. */
export const parseBody = ({contentType, body}: Pick<Write, 'contentType' | 'body'>): Json => {
	if (contentType.includes('protobuf')) {
		return readProtobuf(body);
	}

	try {
		return (contentType.includes('yaml') ? parseYaml(body.toString()) : JSON.parse(body.toString())) as Json;
	} catch (error) {
		throw refusal(400, `error decoding the body: ${error instanceof Error ? error.message : String(error)}`);
	}
};

const parseObject = (write: Write): KubeObject => {
	const json = parseBody(write);
	if (!isObject(json) || !isObject(json.metadata ?? {})) {
		throw refusal(400, 'the body of the request is not an object');
	}

	const {resource} = write.target;
	return asObject({
		apiVersion: groupVersion(resource),
		kind: resource.kind,
		...json,
		metadata: {...(json.metadata as JsonObject | undefined)},
	});
};

const isDryRun = (query: URLSearchParams): boolean => query.getAll('dryRun').includes('All');

const managerOf = ({query}: Write): string => query.get('fieldManager') ?? 'unknown';

const keep = ({store}: Cluster, {query}: Write, object: KubeObject, old: KubeObject | undefined): KubeObject => {
	if (!isDryRun(query)) {
		return store.put(object);
	}

	const {uid, creationTimestamp} = old?.metadata ?? {};
	return {
		...object,
		metadata: {
			...object.metadata,
			uid: uid ?? '00000000-0000-0000-0000-000000000000',
			creationTimestamp: creationTimestamp ?? timestamp(),
		},
	};
};

const checkNamespace = ({store}: Cluster, {namespaced}: Resource, namespace: string | undefined): void => {
	if (namespaced && !store.get('Namespace', undefined, namespace ?? '')) {
		throw notFound('namespaces', '', namespace ?? '');
	}
};

const placed = (target: Target, object: KubeObject): KubeObject => {
	const {namespace: _, ...metadata} = object.metadata;
	if (
		target.namespace !== undefined &&
		object.metadata.namespace !== undefined &&
		object.metadata.namespace !== target.namespace
	) {
		throw refusal(400, 'the namespace of the provided object does not match the namespace sent on the request');
	}

	return {...object, metadata: {...metadata, ...(target.namespace !== undefined && {namespace: target.namespace})}};
};

/** POST of a collection. */
export const create = (cluster: Cluster, write: Write): Written => {
	const {target} = write;
	const {resource, namespace} = target;
	const given = placed(target, parseObject(write));
	const name =
		given.metadata.name ??
		(given.metadata.generateName ? `${given.metadata.generateName}${randomBytes(3).toString('hex').slice(0, 5)}` : '');
	const {status: _, ...bare}: JsonObject = asJson({...given, metadata: {...given.metadata, name}});
	const object = withDefaults(asObject(bare));
	checkNamespace(cluster, resource, namespace);
	validate(resource, undefined, object);
	if (cluster.store.get(resource.kind, namespace, name)) {
		throw refusal(
			409,
			`${resource.plural}${resource.group === '' ? '' : `.${resource.group}`} "${name}" already exists`,
			{reason: 'AlreadyExists', details: {name, group: resource.group, kind: resource.plural}},
		);
	}

	return {code: 201, object: keep(cluster, write, recordUpdate(undefined, object, managerOf(write)), undefined)};
};

const existing = ({store}: Cluster, {resource, namespace, name}: Target): KubeObject => {
	const object = store.get(resource.kind, namespace, name ?? '');
	if (!object) {
		throw notFound(resource.plural, resource.group, name ?? '');
	}

	return object;
};

const checkVersion = ({resource, name}: Target, old: KubeObject, wanted: string | undefined): void => {
	if (wanted !== undefined && wanted !== '' && wanted !== old.metadata.resourceVersion) {
		throw refusal(
			409,
			`Operation cannot be fulfilled on ${resource.plural}${resource.group === '' ? '' : `.${resource.group}`} ` +
				`"${name ?? ''}": the object has been modified; please apply your changes to the latest version and try ` +
				'again',
			{details: {name: name ?? '', group: resource.group, kind: resource.plural}},
		);
	}
};

/** A changed object in the place of the old one. Only the status subresource changes the status. */
const replace = (cluster: Cluster, write: Write, old: KubeObject, changed: KubeObject): Written => {
	const {target} = write;
	checkVersion(target, old, changed.metadata.resourceVersion);
	const object =
		target.subresource === 'status'
			? {...old, status: changed.status}
			: withDefaults({
					...changed,
					...(old.status !== undefined && {status: old.status}),
					metadata: {
						...changed.metadata,
						name: old.metadata.name,
						...(old.metadata.namespace && {namespace: old.metadata.namespace}),
					},
				});
	validate(target.resource, old, object);
	return {
		code: 200,
		object: keep(cluster, write, recordUpdate(old, object, managerOf(write), target.subresource), old),
	};
};

/** PUT of an object. */
export const update = (cluster: Cluster, write: Write): Written =>
	replace(cluster, write, existing(cluster, write.target), placed(write.target, parseObject(write)));

const apply = (cluster: Cluster, write: Write): Written => {
	const {target, query} = write;
	const {resource, namespace, name} = target;
	const applied = placed(target, parseObject(write));
	checkNamespace(cluster, resource, namespace);
	const old = cluster.store.get(resource.kind, namespace, name ?? '');
	if (old) {
		checkVersion(target, old, applied.metadata.resourceVersion);
	}

	const wanted = {...applied, metadata: {...applied.metadata, name: applied.metadata.name ?? name ?? ''}};
	const merged = withDefaults(applyObject(old, wanted, managerOf(write), query.get('force') === 'true'));
	const object = {...merged, ...(old?.status !== undefined && {status: old.status})};
	validate(resource, old, object);
	return {code: old ? 200 : 201, object: keep(cluster, write, object, old)};
};

/** PATCH of an object, in each of the four ways. */
export const patch = (cluster: Cluster, write: Write): Written => {
	if (write.contentType.includes('apply-patch')) {
		return apply(cluster, write);
	}

	const old = existing(cluster, write.target);
	const body = parseBody(write);
	const before = asJson(old);
	if (write.contentType.includes('json-patch')) {
		return replace(
			cluster,
			write,
			old,
			asObject(jsonPatch(before, body as unknown as Parameters<typeof jsonPatch>[1])),
		);
	}

	const changed = write.contentType.includes('strategic')
		? strategicPatch(before, body as JsonObject)
		: (mergePatch(before, body) as JsonObject);
	return replace(cluster, write, old, asObject(changed));
};

const scaleOf = (object: KubeObject): KubeObject => {
	const spec = object.spec as {replicas?: number; selector?: {matchLabels?: Record<string, string>}};
	const {name, namespace, uid, resourceVersion, creationTimestamp} = object.metadata;
	return {
		apiVersion: 'autoscaling/v1',
		kind: 'Scale',
		metadata: {
			name,
			...(namespace && {namespace}),
			...(uid && {uid}),
			...(resourceVersion && {resourceVersion}),
			...(creationTimestamp && {creationTimestamp}),
		},
		spec: {replicas: spec.replicas ?? 1},
		status: {
			replicas: (object.status as {replicas?: number} | undefined)?.replicas ?? 0,
			selector: Object.entries(spec.selector?.matchLabels ?? {})
				.map(([key, value]) => `${key}=${value}`)
				.join(','),
		},
	};
};

/** GET, PUT and PATCH of the scale of a workload. */
export const scale = (cluster: Cluster, write: Write): Written => {
	const {target} = write;
	const old = existing(cluster, target);
	if (target.verb === 'get') {
		return {code: 200, object: scaleOf(old)};
	}

	const body = parseBody(write) as JsonObject;
	const before = asJson(scaleOf(old));
	const patched = write.contentType.includes('json-patch')
		? jsonPatch(before, body as unknown as Parameters<typeof jsonPatch>[1])
		: mergePatch(before, body);
	const wanted = asObject(patched as JsonObject);
	checkVersion(target, old, wanted.metadata.resourceVersion);
	const {replicas} = wanted.spec as {replicas?: unknown};
	if (typeof replicas !== 'number' || replicas < 0) {
		throw refusal(
			422,
			`Scale.autoscaling "${target.name ?? ''}" is invalid: spec.replicas: Invalid value: ${String(replicas)}: ` +
				'must be greater than or equal to 0',
		);
	}

	const object = {...old, spec: {...(old.spec as JsonObject), replicas}};
	const kept = keep(cluster, write, recordUpdate(old, object, managerOf(write), 'scale'), old);
	return {code: 200, object: scaleOf(kept)};
};

/** DELETE of an object. Pods end first; a namespace takes what is in it along. */
export const remove = (cluster: Cluster, write: Write): KubeObject => {
	const {target} = write;
	const old = existing(cluster, target);
	const options =
		write.body.length > 0
			? (parseBody(write) as {
					gracePeriodSeconds?: number;
					propagationPolicy?: string;
					preconditions?: {uid?: string; resourceVersion?: string};
					dryRun?: string[];
				})
			: {};
	if (options.preconditions?.uid !== undefined && options.preconditions.uid !== old.metadata.uid) {
		throw refusal(
			409,
			`Precondition failed: UID in precondition: ${options.preconditions.uid}, UID in object meta: ` +
				(old.metadata.uid ?? ''),
		);
	}

	checkVersion(target, old, options.preconditions?.resourceVersion);
	if (isDryRun(write.query) || options.dryRun?.includes('All')) {
		return old;
	}

	if ((options.propagationPolicy ?? write.query.get('propagationPolicy')) === 'Orphan') {
		orphan(cluster, old);
	}

	const grace = options.gracePeriodSeconds ?? Number(write.query.get('gracePeriodSeconds') ?? 30);
	return old.kind === 'Pod' && grace > 0
		? cluster.store.put({
				...old,
				metadata: {
					...old.metadata,
					deletionTimestamp: old.metadata.deletionTimestamp ?? timestamp(),
					deletionGracePeriodSeconds: grace,
				},
			})
		: (cluster.store.remove(old.kind, old.metadata.namespace, old.metadata.name) ?? old);
};

const orphan = ({store}: Cluster, owner: KubeObject): void => {
	for (const owned of [
		...store.list('ReplicaSet', owner.metadata.namespace),
		...store.list('Pod', owner.metadata.namespace),
	]) {
		const references = owned.metadata.ownerReferences?.filter(({uid}) => uid !== owner.metadata.uid);
		if (references && references.length !== owned.metadata.ownerReferences?.length) {
			store.put({...owned, metadata: {...owned.metadata, ownerReferences: references}});
		}
	}
};

/** The kind of a list, such as `PodList`. */
export const listKind = (resource: Resource): {kind: string; apiVersion: string} => ({
	kind: `${resource.kind}List`,
	apiVersion: groupVersion(resource),
});
