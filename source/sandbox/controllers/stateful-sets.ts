import {createHash} from 'node:crypto';
import type {KubeObject, OwnerReference} from '../store/object.js';
import type {Store} from '../store/store.js';
import {recordEvent} from './events.js';

type Template = {
	readonly metadata?: {readonly labels?: Record<string, string>; readonly annotations?: Record<string, string>};
	readonly spec: {readonly volumes?: ReadonlyArray<{readonly name: string}>} & Record<string, unknown>;
};
type SetSpec = {
	readonly replicas: number;
	readonly serviceName?: string;
	readonly podManagementPolicy?: string;
	readonly updateStrategy?: {readonly type?: string; readonly rollingUpdate?: {readonly partition?: number}};
	readonly template: Template;
	readonly volumeClaimTemplates?: ReadonlyArray<{
		readonly metadata: {readonly name: string; readonly labels?: Record<string, string>};
		readonly spec: Record<string, unknown>;
	}>;
};

/** A name for a pod template: the same template gives the same one. */
export const revisionOf = (name: string, template: unknown): string =>
	`${name}-${createHash('sha256').update(JSON.stringify(template)).digest('hex').slice(0, 10)}`;

export const ownerOf = ({apiVersion, kind, metadata: {name, uid}}: KubeObject): OwnerReference => ({
	apiVersion,
	kind,
	name,
	uid: uid!,
	controller: true,
	blockOwnerDeletion: true,
});

export const isReady = ({status, metadata}: KubeObject): boolean =>
	metadata.deletionTimestamp === undefined &&
	((status as {conditions?: Array<{type: string; status: string}>} | undefined)?.conditions ?? []).some(
		({type, status: holds}) => type === 'Ready' && holds === 'True',
	);

/** Pods that a controller owns. */
export const podsOf = (store: Store, owner: KubeObject): KubeObject[] =>
	store
		.list('Pod', owner.metadata.namespace)
		.filter(({metadata}) =>
			metadata.ownerReferences?.some(({uid, controller}) => controller && uid === owner.metadata.uid),
		);

const claimName = (template: string, set: string, ordinal: number): string => `${template}-${set}-${ordinal}`;

const makeClaims = (store: Store, set: KubeObject, spec: SetSpec, ordinal: number): void => {
	for (const {metadata, spec: claim} of spec.volumeClaimTemplates ?? []) {
		const name = claimName(metadata.name, set.metadata.name, ordinal);
		if (store.get('PersistentVolumeClaim', set.metadata.namespace, name)) {
			continue;
		}

		store.put({
			apiVersion: 'v1',
			kind: 'PersistentVolumeClaim',
			metadata: {
				name,
				namespace: set.metadata.namespace!,
				labels: {...metadata.labels, ...spec.template.metadata?.labels},
			},
			spec: {storageClassName: 'standard', volumeMode: 'Filesystem', ...claim},
			status: {phase: 'Pending'},
		});
		recordEvent(store, set, {
			type: 'Normal',
			reason: 'SuccessfulCreate',
			message: `create Claim ${name} Pod ${set.metadata.name}-${ordinal} in StatefulSet ${set.metadata.name} success`,
			source: 'statefulset-controller',
		});
	}
};

const makePod = (store: Store, set: KubeObject, spec: SetSpec, ordinal: number, revision: string): void => {
	const name = `${set.metadata.name}-${ordinal}`;
	makeClaims(store, set, spec, ordinal);
	const claims = (spec.volumeClaimTemplates ?? []).map(({metadata}) => ({
		name: metadata.name,
		persistentVolumeClaim: {claimName: claimName(metadata.name, set.metadata.name, ordinal)},
	}));
	const claimed = new Set(claims.map(volume => volume.name));
	store.put({
		apiVersion: 'v1',
		kind: 'Pod',
		metadata: {
			name,
			namespace: set.metadata.namespace!,
			generateName: `${set.metadata.name}-`,
			labels: {
				...spec.template.metadata?.labels,
				'statefulset.kubernetes.io/pod-name': name,
				'apps.kubernetes.io/pod-index': String(ordinal),
				'controller-revision-hash': revision,
			},
			...(spec.template.metadata?.annotations && {annotations: spec.template.metadata.annotations}),
			ownerReferences: [ownerOf(set)],
		},
		spec: {
			nodeName: 'sandbox-node',
			serviceAccountName: 'default',
			...spec.template.spec,
			hostname: name,
			...(spec.serviceName !== undefined && {subdomain: spec.serviceName}),
			volumes: [...claims, ...(spec.template.spec.volumes ?? []).filter(volume => !claimed.has(volume.name))],
		},
		status: {phase: 'Pending'},
	});
	recordEvent(store, set, {
		type: 'Normal',
		reason: 'SuccessfulCreate',
		message: `create Pod ${name} in StatefulSet ${set.metadata.name} successful`,
		source: 'statefulset-controller',
	});
};

/** Asks a pod to end. */
export const endPod = (store: Store, pod: KubeObject): void => {
	if (pod.metadata.deletionTimestamp === undefined) {
		store.put({
			...pod,
			metadata: {
				...pod.metadata,
				deletionTimestamp: new Date().toISOString().replace(/\.\d+Z$/v, 'Z'),
				deletionGracePeriodSeconds: 30,
			},
		});
	}
};

const ordinalOf = ({metadata}: KubeObject): number => Number(metadata.name.slice(metadata.name.lastIndexOf('-') + 1));

/**
One step towards what the set asks for: in order, one pod at a time. A pod that never gets ready stops it, as in
Kubernetes, until somebody deletes that pod.
*/
const step = (store: Store, set: KubeObject, spec: SetSpec, pods: readonly KubeObject[], revision: string): void => {
	const isParallel = spec.podManagementPolicy === 'Parallel';
	const surplus = pods.filter(pod => ordinalOf(pod) >= spec.replicas).toSorted((a, b) => ordinalOf(b) - ordinalOf(a));
	if (surplus.length > 0) {
		for (const pod of isParallel ? surplus : surplus.slice(0, 1)) {
			endPod(store, pod);
		}

		return;
	}

	for (let ordinal = 0; ordinal < spec.replicas; ordinal++) {
		const pod = pods.find(candidate => ordinalOf(candidate) === ordinal);
		if (!pod) {
			makePod(store, set, spec, ordinal, revision);
		}

		if (!isParallel && !(pod && isReady(pod))) {
			return;
		}
	}

	if (spec.updateStrategy?.type === 'OnDelete') {
		return;
	}

	const old = pods
		.filter(
			pod =>
				pod.metadata.labels?.['controller-revision-hash'] !== revision &&
				ordinalOf(pod) >= (spec.updateStrategy?.rollingUpdate?.partition ?? 0),
		)
		.toSorted((a, b) => ordinalOf(b) - ordinalOf(a))[0];
	if (old) {
		endPod(store, old);
	}
};

/** Brings the pods of a StatefulSet one step nearer to its specification, and writes its status. */
export const reconcileStatefulSet = (store: Store, set: KubeObject): void => {
	const spec = set.spec as SetSpec;
	const revision = revisionOf(set.metadata.name, spec.template);
	step(store, set, spec, podsOf(store, set), revision);
	const pods = podsOf(store, set);
	const updated = pods.filter(pod => pod.metadata.labels?.['controller-revision-hash'] === revision);
	const ready = pods.filter(pod => isReady(pod)).length;
	const isUpdated = updated.length === spec.replicas && pods.length === spec.replicas && ready === spec.replicas;
	const oldRevision = (set.status as {currentRevision?: string} | undefined)?.currentRevision ?? revision;
	const currentRevision = isUpdated ? revision : oldRevision;
	const current = store.get('StatefulSet', set.metadata.namespace, set.metadata.name);
	if (current) {
		store.put({
			...current,
			status: {
				observedGeneration: set.metadata.generation,
				replicas: pods.length,
				readyReplicas: ready,
				availableReplicas: ready,
				currentReplicas: pods.filter(pod => pod.metadata.labels?.['controller-revision-hash'] === currentRevision)
					.length,
				updatedReplicas: updated.length,
				currentRevision,
				updateRevision: revision,
				collisionCount: 0,
			},
		});
	}
};
