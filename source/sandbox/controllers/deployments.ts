import type {KubeObject} from '../store/object.js';
import {timestamp, type Store} from '../store/store.js';
import {endPod, isReady, ownerOf, podsOf, revisionOf} from './stateful-sets.js';

type DeploymentSpec = {
	readonly replicas: number;
	readonly selector?: unknown;
	readonly template: {
		readonly metadata?: {readonly labels?: Record<string, string>};
		readonly spec: Record<string, unknown>;
	};
};

const hashOf = ({metadata}: KubeObject): string | undefined => metadata.labels?.['pod-template-hash'];

/** ReplicaSets that a Deployment owns, one for each template it has had. */
const setsOf = (store: Store, deployment: KubeObject): readonly KubeObject[] =>
	store
		.list('ReplicaSet', deployment.metadata.namespace)
		.filter(({metadata}) => metadata.ownerReferences?.some(({uid}) => uid === deployment.metadata.uid));

const podsOfAll = (store: Store, sets: readonly KubeObject[]): readonly KubeObject[] =>
	sets.flatMap(set => podsOf(store, set)).filter(pod => !pod.metadata.deletionTimestamp);

/** Writes what a ReplicaSet is to have and has. */
const putSet = (store: Store, deployment: KubeObject, revision: string, replicas: number): KubeObject => {
	const {selector, template} = deployment.spec as DeploymentSpec;
	const {name, namespace} = deployment.metadata;
	const known = store.get('ReplicaSet', namespace, `${name}-${revision}`);
	const pods = known ? podsOf(store, known) : [];
	const labels = {...template.metadata?.labels, 'pod-template-hash': revision};
	return store.put({
		apiVersion: 'apps/v1',
		kind: 'ReplicaSet',
		metadata: {
			name: `${name}-${revision}`,
			namespace: namespace!,
			labels,
			ownerReferences: [ownerOf(deployment)],
		},
		...known,
		spec: {
			selector,
			template: {...template, metadata: {...template.metadata, labels}},
			...(known?.spec as Record<string, unknown> | undefined),
			replicas,
		},
		status: {replicas: pods.length, readyReplicas: pods.filter(pod => isReady(pod)).length},
	});
};

/**
Brings the pods of a Deployment nearer to its specification: the ReplicaSet of its template makes new ones first, then
those of the others go.
*/
export const reconcileDeployment = (store: Store, deployment: KubeObject): void => {
	const spec = deployment.spec as DeploymentSpec;
	const {name, namespace} = deployment.metadata;
	const revision = revisionOf(name, spec.template).slice(-10);
	const set = putSet(store, deployment, revision, spec.replicas);
	const before = podsOfAll(store, setsOf(store, deployment));
	const current = before.filter(pod => hashOf(pod) === revision);
	for (let index = current.length; index < spec.replicas; index++) {
		store.put({
			apiVersion: 'v1',
			kind: 'Pod',
			metadata: {
				name: `${name}-${revision}-${Math.random().toString(36).slice(2, 7).padEnd(5, 'x')}`,
				namespace: namespace!,
				labels: {...spec.template.metadata?.labels, 'pod-template-hash': revision},
				ownerReferences: [ownerOf(set)],
			},
			spec: {nodeName: 'sandbox-node', serviceAccountName: 'default', ...spec.template.spec},
			status: {phase: 'Pending'},
		});
	}

	const isComplete = current.filter(pod => isReady(pod)).length >= spec.replicas;
	for (const pod of [
		...current.slice(spec.replicas),
		...(isComplete ? before.filter(candidate => hashOf(candidate) !== revision) : []),
	]) {
		endPod(store, pod);
	}

	const sets = setsOf(store, deployment);
	for (const {metadata} of sets) {
		const hash = metadata.labels?.['pod-template-hash'] ?? '';
		putSet(store, deployment, hash, hash === revision ? spec.replicas : 0);
	}

	const pods = podsOfAll(store, sets);
	const updated = pods.filter(pod => hashOf(pod) === revision);
	const ready = pods.filter(pod => isReady(pod)).length;
	const stored = store.get('Deployment', namespace, name);
	if (!stored) {
		return;
	}

	const isAvailable = ready >= spec.replicas;
	const old = (stored.status as {conditions?: Array<{type: string; status: string}>} | undefined)?.conditions ?? [];
	const condition = (type: string, holds: boolean) => {
		const status = holds ? 'True' : 'False';
		return (
			old.find(item => item.type === type && item.status === status) ?? {
				type,
				status,
				lastTransitionTime: timestamp(),
				lastUpdateTime: timestamp(),
				reason: holds ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
				message: '',
			}
		);
	};

	store.put({
		...stored,
		status: {
			observedGeneration: deployment.metadata.generation,
			replicas: pods.length,
			updatedReplicas: updated.length,
			readyReplicas: ready,
			availableReplicas: ready,
			unavailableReplicas: Math.max(0, spec.replicas - ready),
			conditions: [condition('Available', isAvailable), condition('Progressing', true)],
		},
	});
};
