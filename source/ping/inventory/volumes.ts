import {fieldOf, listOf, mapOf, textOf} from '../fields.js';
import {nameOf, neighboursOf, ofKind, type Container, type PodTemplate} from '../podspec.js';
import type {Manifest, Ownership, PodProbe, VolumeUse} from '../workload.js';

const sourceTypes = [
	'emptyDir',
	'hostPath',
	'nfs',
	'csi',
	'configMap',
	'secret',
	'projected',
	'downwardAPI',
	'ephemeral',
	'iscsi',
	'cephfs',
	'glusterfs',
	'awsElasticBlockStore',
	'azureDisk',
	'azureFile',
	'gcePersistentDisk',
	'rbd',
	'image',
];
const persistentTypes = [
	'csi',
	'local',
	'hostPath',
	'nfs',
	'iscsi',
	'fc',
	'cephfs',
	'glusterfs',
	'awsElasticBlockStore',
	'azureDisk',
	'azureFile',
	'gcePersistentDisk',
	'rbd',
	'vsphereVolume',
	'portworxVolume',
];

/** Adds up who owns what, over the pods that were looked into; most files first. */
const ownersOf = (probes: readonly PodProbe[], mountPath: string): readonly Ownership[] => {
	const counts = new Map<string, Ownership>();
	for (const {owners} of probes) {
		for (const {uid, gid, files} of Object.hasOwn(owners, mountPath) ? (owners[mountPath] ?? []) : []) {
			const key = `${uid}:${gid}`;
			counts.set(key, {uid, gid, files: (counts.get(key)?.files ?? 0) + files});
		}
	}

	return counts
		.values()
		.toArray()
		.toSorted((one, other) => other.files - one.files);
};

type Claimed = Pick<
	VolumeUse,
	'type' | 'claim' | 'persistentVolume' | 'storageClass' | 'reclaimPolicy' | 'fsGroupPolicy'
>;

/** Follows a claim to its volume, storage class and driver, as far as they are among the objects. */
const followClaim = (owner: Manifest, claim: string, template: unknown, objects: readonly Manifest[]): Claimed => {
	const find = (kind: string, name: string | undefined): Manifest | undefined =>
		name === undefined ? undefined : ofKind(objects, kind).find(object => nameOf(object) === name);
	const claimed = neighboursOf(objects, 'PersistentVolumeClaim', owner).find(object => nameOf(object) === claim);
	const persistentVolume = textOf(fieldOf(claimed, 'spec', 'volumeName'));
	const volume = find('PersistentVolume', persistentVolume);
	const storageClass =
		textOf(fieldOf(claimed, 'spec', 'storageClassName')) ?? textOf(fieldOf(template, 'spec', 'storageClassName'));
	const storage = find('StorageClass', storageClass);
	const type = persistentTypes.find(name => fieldOf(volume, 'spec', name) !== undefined);
	const driver =
		textOf(fieldOf(volume, 'spec', 'csi', 'driver')) ?? (volume ? undefined : textOf(storage?.provisioner));
	const fsGroupPolicy = textOf(fieldOf(find('CSIDriver', driver), 'spec', 'fsGroupPolicy'));
	const reclaimPolicy =
		textOf(fieldOf(volume, 'spec', 'persistentVolumeReclaimPolicy')) ?? textOf(storage?.reclaimPolicy);
	return {
		type: type ?? 'unknown',
		claim,
		...(persistentVolume !== undefined && {persistentVolume}),
		...(storageClass !== undefined && {storageClass}),
		...(reclaimPolicy !== undefined && {reclaimPolicy}),
		...(fsGroupPolicy !== undefined && {fsGroupPolicy}),
	};
};

/** The volumes a container mounts. A claim template goes before a volume of the same name, as in Kubernetes. */
export const volumesOf = (
	owner: Manifest,
	pod: PodTemplate,
	container: Container,
	objects: readonly Manifest[],
	probes: readonly PodProbe[],
): readonly VolumeUse[] => {
	const templates = pod.kind === 'StatefulSet' ? listOf(fieldOf(owner, 'spec', 'volumeClaimTemplates')) : [];
	return listOf(container.spec.volumeMounts).flatMap((mount): readonly VolumeUse[] => {
		const name = textOf(fieldOf(mount, 'name'));
		const mountPath = textOf(fieldOf(mount, 'mountPath'));
		if (name === undefined || mountPath === undefined) {
			return [];
		}

		const volume = mapOf(listOf(pod.spec.volumes).find(entry => fieldOf(entry, 'name') === name));
		const template = templates.find(entry => fieldOf(entry, 'metadata', 'name') === name);
		const claim = template
			? `${name}-${nameOf(owner)}-0`
			: textOf(fieldOf(volume, 'persistentVolumeClaim', 'claimName'));
		const type = sourceTypes.find(source => volume[source] !== undefined) ?? 'unknown';
		const claimed: Claimed = claim === undefined ? {type} : followClaim(owner, claim, template, objects);
		return [
			{
				name,
				mountPath,
				...claimed,
				owners: ownersOf(probes, mountPath),
				isEphemeral: claim === undefined && (type === 'emptyDir' || type === 'ephemeral'),
			},
		];
	});
};
