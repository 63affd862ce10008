import type {KubeObject} from '../store/object.js';
import {timestamp, type Store} from '../store/store.js';
import {
	endPod,
	isReady,
	ownerOf,
	podsOf,
	revisionOf,
} from './stateful-sets.js';

type DeploymentSpec = {readonly replicas: number; readonly template: {readonly metadata?: {readonly labels?: Record<string, string>}; readonly spec: Record<string, unknown>}};

const hashOf = (pod: KubeObject): string | undefined => pod.metadata.labels?.['pod-template-hash'];

/** Brings the pods of a Deployment nearer to its specification: new ones first, then the old ones go. There are no ReplicaSets. */
export const reconcileDeployment = (store: Store, deployment: KubeObject): void => {
	const spec = deployment.spec as DeploymentSpec;
	const {name, namespace} = deployment.metadata;
	const revision = revisionOf(name, spec.template).slice(-10);
	const before = podsOf(store, deployment).filter(pod => !pod.metadata.deletionTimestamp);
	const current = before.filter(pod => hashOf(pod) === revision);
	for (let index = current.length; index < spec.replicas; index++) {
		store.put({
			apiVersion: 'v1',
			kind: 'Pod',
			metadata: {
				name: `${name}-${revision}-${Math.random().toString(36).slice(2, 7).padEnd(5, 'x')}`, namespace: namespace!, labels: {...spec.template.metadata?.labels, 'pod-template-hash': revision}, ownerReferences: [ownerOf(deployment)],
			},
			spec: {nodeName: 'sandbox-node', serviceAccountName: 'default', ...spec.template.spec},
			status: {phase: 'Pending'},
		});
	}

	const isComplete = current.filter(pod => isReady(pod)).length >= spec.replicas;
	for (const pod of [...current.slice(spec.replicas), ...isComplete ? before.filter(candidate => hashOf(candidate) !== revision) : []]) {
		endPod(store, pod);
	}

	const pods = podsOf(store, deployment).filter(pod => !pod.metadata.deletionTimestamp);
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
		return old.find(item => item.type === type && item.status === status) ?? {
			type, status, lastTransitionTime: timestamp(), lastUpdateTime: timestamp(), reason: holds ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable', message: '',
		};
	};

	store.put({
		...stored,
		status: {
			observedGeneration: deployment.metadata.generation, replicas: pods.length, updatedReplicas: updated.length, readyReplicas: ready, availableReplicas: ready, unavailableReplicas: Math.max(0, spec.replicas - ready), conditions: [condition('Available', isAvailable), condition('Progressing', true)],
		},
	});
};
