import type {Pace} from '../pods/pace.js';
import type {Disks} from '../pods/volumes.js';
import type {KubeObject} from '../store/object.js';
import type {Store} from '../store/store.js';
import {bindClaim, releaseVolume} from './claims.js';
import {reconcileDeployment} from './deployments.js';
import {reconcileEndpoints} from './endpoints.js';
import {endPod, reconcileStatefulSet} from './stateful-sets.js';

/** Time between a change and what the controllers make of it. */
const delay = 150;

const collectGarbage = (store: Store, object: KubeObject): void => {
	const owner = object.metadata.ownerReferences?.find(({controller}) => controller);
	if (!owner || store.get(owner.kind, object.metadata.namespace, owner.name)?.metadata.uid === owner.uid) {
		return;
	}

	if (object.kind === 'Pod') {
		endPod(store, object);
	} else {
		store.remove(object.kind, object.metadata.namespace, object.metadata.name);
	}
};

const collectNamespaces = (store: Store): void => {
	const known = new Set(store.list('Namespace').map(({metadata}) => metadata.name));
	for (const kind of [
		'StatefulSet',
		'Deployment',
		'ReplicaSet',
		'Service',
		'Endpoints',
		'ConfigMap',
		'Secret',
		'PersistentVolumeClaim',
		'Pod',
		'Event',
		'Lease',
	]) {
		for (const {metadata} of store.list(kind)) {
			if (!known.has(metadata.namespace ?? '')) {
				store.remove(kind, metadata.namespace, metadata.name);
			}
		}
	}
};

/** Keeps the world near to what is asked for, a moment after every change. Returns what stops it. */
export const startControllers = (store: Store, disks: Disks, pace: Pace): (() => void) => {
	let isWaiting = false;
	const each = (kind: string, body: (object: KubeObject) => void): void => {
		for (const object of store.list(kind)) {
			body(object);
		}
	};

	const pass = (): void => {
		isWaiting = false;
		collectNamespaces(store);
		each('PersistentVolumeClaim', claim => {
			bindClaim(store, claim);
		});
		each('PersistentVolume', volume => {
			releaseVolume(store, disks, volume);
		});
		for (const kind of ['ReplicaSet', 'Pod']) {
			each(kind, object => {
				collectGarbage(store, object);
			});
		}

		each('StatefulSet', set => {
			reconcileStatefulSet(store, set);
		});
		each('Deployment', deployment => {
			reconcileDeployment(store, deployment);
		});
		each('Service', service => {
			reconcileEndpoints(store, service);
		});
	};

	return store.subscribe(({object}) => {
		if (isWaiting || object.kind === 'Event' || object.kind === 'Lease') {
			return;
		}

		isWaiting = true;
		pace.after(delay, pass);
	});
};
