import type {Disks} from '../pods/volumes.js';
import type {KubeObject} from '../store/object.js';
import type {Store} from '../store/store.js';

type ClaimSpec = {
	readonly volumeName?: string;
	readonly storageClassName?: string;
	readonly accessModes?: readonly string[];
	readonly resources?: {readonly requests?: {readonly storage?: string}};
};

/** Makes a volume for a claim that has none, as the provisioner of its class does, or binds the one it names. */
export const bindClaim = (store: Store, claim: KubeObject): void => {
	if ((claim.status as {phase?: string} | undefined)?.phase === 'Bound') {
		return;
	}

	const spec = claim.spec as ClaimSpec;
	const storageClass = store.get('StorageClass', undefined, spec.storageClassName ?? 'standard');
	const capacity = {storage: spec.resources?.requests?.storage ?? '1Gi'};
	const accessModes = spec.accessModes ?? ['ReadWriteOnce'];
	const {name, namespace, uid} = claim.metadata;
	const claimRef = {
		apiVersion: 'v1',
		kind: 'PersistentVolumeClaim',
		name,
		namespace,
		uid,
	};
	const named = spec.volumeName === undefined ? undefined : store.get('PersistentVolume', undefined, spec.volumeName);
	if (!named && (!storageClass || spec.volumeName !== undefined)) {
		return;
	}

	const volume = store.put(
		named
			? {...named, spec: {...(named.spec as object), claimRef}, status: {phase: 'Bound'}}
			: {
					apiVersion: 'v1',
					kind: 'PersistentVolume',
					metadata: {
						name: `pvc-${uid!}`,
						annotations: {'pv.kubernetes.io/provisioned-by': String(storageClass!.provisioner)},
					},
					spec: {
						capacity,
						accessModes,
						claimRef,
						persistentVolumeReclaimPolicy: storageClass!.reclaimPolicy ?? 'Delete',
						storageClassName: spec.storageClassName ?? 'standard',
						volumeMode: 'Filesystem',
						csi: {driver: storageClass!.provisioner, volumeHandle: `vol-${uid!}`, fsType: 'ext4'},
					},
					status: {phase: 'Bound'},
				},
	);
	store.put({
		...claim,
		spec: {...(claim.spec as object), volumeName: volume.metadata.name},
		status: {phase: 'Bound', accessModes, capacity: (volume.spec as {capacity?: object}).capacity},
	});
};

/** What becomes of a volume whose claim is gone: deleted with its data, or kept and released. */
export const releaseVolume = (store: Store, disks: Disks, volume: KubeObject): void => {
	const {claimRef, persistentVolumeReclaimPolicy} = volume.spec as {
		claimRef?: {name: string; namespace: string; uid: string};
		persistentVolumeReclaimPolicy?: string;
	};
	if (
		!claimRef ||
		store.get('PersistentVolumeClaim', claimRef.namespace, claimRef.name)?.metadata.uid === claimRef.uid
	) {
		return;
	}

	if (persistentVolumeReclaimPolicy === 'Delete') {
		store.remove('PersistentVolume', undefined, volume.metadata.name);
		disks.destroy(volume.metadata.name);
	} else {
		store.put({...volume, status: {phase: 'Released'}});
	}
};
