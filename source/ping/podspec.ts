import {fieldOf, integerOf, listOf, mapOf, textOf} from './fields.js';
import type {Manifest, Workload} from './workload.js';

/** Where the pod of a kind of workload is described: the path to its metadata and spec. */
const templatePaths: Readonly<Record<Workload['kind'], readonly string[]>> = {
	StatefulSet: ['spec', 'template'],
	Deployment: ['spec', 'template'],
	DaemonSet: ['spec', 'template'],
	Job: ['spec', 'template'],
	CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
	Pod: [],
};

/** One container of a pod, with the path at which it stands. */
export type Container = {
	readonly name: string;
	readonly image: string;
	readonly isInit: boolean;
	/** Such as `spec.template.spec.containers[0]`. */
	readonly path: string;
	readonly spec: Readonly<Record<string, unknown>>;
};

/** The pod that a workload makes. */
export type PodTemplate = {
	readonly kind: Workload['kind'];
	/** Path of the pod's spec, such as `spec.template.spec`. */
	readonly path: string;
	readonly labels: Readonly<Record<string, unknown>>;
	readonly annotations: Readonly<Record<string, unknown>>;
	readonly spec: Readonly<Record<string, unknown>>;
	/** Containers first, then init containers. */
	readonly containers: readonly Container[];
};

const isWorkloadKind = (kind: unknown): kind is Workload['kind'] =>
	typeof kind === 'string' && Object.hasOwn(templatePaths, kind);

/** The pod an object describes, or undefined where it describes none. */
export const podTemplateOf = (object: Manifest): PodTemplate | undefined => {
	const kind = fieldOf(object, 'kind');
	if (!isWorkloadKind(kind)) {
		return undefined;
	}

	const templatePath = templatePaths[kind];
	const template = fieldOf(object, ...templatePath);
	const spec = mapOf(fieldOf(template, 'spec'));
	const path = [...templatePath, 'spec'].join('.');
	const read = (list: 'containers' | 'initContainers'): readonly Container[] =>
		listOf(spec[list]).map((entry, index) => ({
			name: textOf(fieldOf(entry, 'name')) ?? '',
			image: textOf(fieldOf(entry, 'image')) ?? '',
			isInit: list === 'initContainers',
			path: `${path}.${list}[${index}]`,
			spec: mapOf(entry),
		}));
	return {
		kind,
		path,
		labels: mapOf(fieldOf(template, 'metadata', 'labels')),
		annotations: mapOf(fieldOf(template, 'metadata', 'annotations')),
		spec,
		containers: [...read('containers'), ...read('initContainers')],
	};
};

/** Whether an object was made by another one, such as a Pod by its StatefulSet. */
export const isOwned = (object: Manifest): boolean =>
	listOf(fieldOf(object, 'metadata', 'ownerReferences')).some(owner => fieldOf(owner, 'controller') === true);
/** The name of an object; empty where it has none. */
export const nameOf = (object: Manifest): string => textOf(fieldOf(object, 'metadata', 'name')) ?? '';

/** The namespace of an object; undefined where it names none. */
export const namespaceOf = (object: Manifest): string | undefined => textOf(fieldOf(object, 'metadata', 'namespace'));

/** Whether two objects can be in one namespace: an object of a file may not say which it is in. */
const shareNamespace = (one: Manifest, other: Manifest): boolean => {
	const [first, second] = [namespaceOf(one), namespaceOf(other)];
	return first === undefined || second === undefined || first === second;
};

/**
Whether a plain selector (`{role: pingdirectory}`) selects labels. An empty one selects nothing, as with Services.
*/
export const selects = (selector: unknown, labels: Readonly<Record<string, unknown>>): boolean => {
	const wanted = Object.entries(mapOf(selector));
	return (
		wanted.length > 0 &&
		wanted.every(([name, value]) => Object.hasOwn(labels, name) && textOf(labels[name]) === textOf(value))
	);
};

/** Values in the order they came, by a key; asked for with a namespace, those that name none come too. */
export type ByNamespace<Value> = (key: string, from: Manifest) => readonly Value[];

/**
Makes an index by a key and the namespace of an object, which is asked as {@link shareNamespace} would be, without going
through all.
*/
export const indexByNamespace = <Value>(
	values: readonly Value[],
	objectOf: (value: Value) => Manifest,
	keyOf: (value: Value) => string,
): ByNamespace<Value> => {
	const everywhere = Map.groupBy(values, value => keyOf(value));
	const places = Map.groupBy(values, value => JSON.stringify([keyOf(value), namespaceOf(objectOf(value)) ?? null]));
	return (key, from) => {
		const namespace = namespaceOf(from);
		return namespace === undefined
			? (everywhere.get(key) ?? [])
			: [...(places.get(JSON.stringify([key, namespace])) ?? []), ...(places.get(JSON.stringify([key, null])) ?? [])];
	};
};

type Index = {readonly kinds: ReadonlyMap<string, readonly Manifest[]>; readonly neighbours: ByNamespace<Manifest>};

const indexes = new WeakMap<readonly Manifest[], Index>();

const kindOf = (object: Manifest): string => textOf(fieldOf(object, 'kind')) ?? '';

const indexOf = (objects: readonly Manifest[]): Index => {
	let index = indexes.get(objects);
	if (!index) {
		index = {
			kinds: Map.groupBy(objects, object => kindOf(object)),
			neighbours: indexByNamespace(
				objects,
				object => object,
				object => kindOf(object),
			),
		};
		indexes.set(objects, index);
	}

	return index;
};

/** The objects of one kind. The list is sorted once, so that asking again costs little. */
export const ofKind = (objects: readonly Manifest[], kind: string): readonly Manifest[] =>
	indexOf(objects).kinds.get(kind) ?? [];

/** The objects of one kind that can be in one namespace with another. */
export const neighboursOf = (objects: readonly Manifest[], kind: string, owner: Manifest): readonly Manifest[] =>
	indexOf(objects).neighbours(kind, owner);

/**
The first number of the users and groups that OpenShift gives to projects: OpenShift documentation, Security Context
Constraints.
*/
const firstOfOpenShift = 1_000_000_000;

/**
Whether an object shows that it is for OpenShift: a kind of its own, a mark it leaves, or a user of the range it
assigns.
*/
export const isOfOpenShift = (object: Manifest): boolean => {
	const pod = podTemplateOf(object);
	const contexts = pod ? [pod.spec, ...pod.containers.map(({spec}) => spec)] : [];
	return (
		(textOf(fieldOf(object, 'apiVersion')) ?? '').includes('openshift.io') ||
		Object.keys(mapOf(fieldOf(object, 'metadata', 'annotations'))).some(name =>
			/^openshift\.io\/(?:sa\.scc|scc)/v.test(name),
		) ||
		contexts.some(spec =>
			['runAsUser', 'fsGroup'].some(
				name => (integerOf(fieldOf(spec, 'securityContext', name)) ?? 0) >= firstOfOpenShift,
			),
		)
	);
};
