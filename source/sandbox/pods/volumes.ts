import {Buffer} from 'node:buffer';
import type {Mount} from '../files/find.js';
import {makeFile, makeFolder, plant, type Node} from '../files/node.js';
import {withoutEndSlashes} from '../files/path.js';
import {giveToGroup, makeVolume, recount, type Volume, type VolumeType} from '../files/volume.js';
import type {KubeObject} from '../store/object.js';
import type {Store} from '../store/store.js';
import {waiting, type ContainerSpec, type PodSpec, type VolumeSpec} from './spec.js';

/** The data of persistent volumes, which outlives pods, claims and scale-downs. */
export type Disks = {
	readonly of: (volume: KubeObject) => Volume;
	readonly destroy: (name: string) => void;
};

const bytesOf = (text: string | undefined): number => {
	const {digits = '10', unit = 'Gi'} = /^(?<digits>\d+)(?<unit>[GKMT]i?)?$/v.exec(text ?? '')?.groups ?? {};
	return Number(digits) * 1024 ** (1 + 'KMGT'.indexOf(unit[0]!));
};

export const makeDisks = (): Disks => {
	const disks = new Map<string, Volume>();
	return {
		of({metadata: {name}, spec}) {
			const {capacity, ...source} = (spec ?? {}) as {capacity?: {storage?: string}} & Record<string, unknown>;
			const type =
				(['csi', 'hostPath', 'local', 'nfs'] as const).find(candidate => source[candidate] !== undefined) ?? 'csi';
			const disk = disks.get(name) ?? makeVolume(name, type, {capacity: bytesOf(capacity?.storage)});
			disks.set(name, disk);
			return disk;
		},
		destroy(name) {
			disks.delete(name);
		},
	};
};

const fromData = (name: string, type: VolumeType, data: Record<string, Uint8Array | string>, mode: number): Volume => {
	const volume = makeVolume(name, type);
	for (const [file, bytes] of Object.entries(data)) {
		plant(volume.root, file, makeFile(bytes, {mode}));
	}

	recount(volume);
	return volume;
};

const claimed = (store: Store, disks: Disks, namespace: string, claimName: string): Volume => {
	const claim = store.get('PersistentVolumeClaim', namespace, claimName);
	if (!claim) {
		throw waiting('Unschedulable', `persistentvolumeclaim "${claimName}" not found`);
	}

	const {volumeName = ''} = (claim.spec ?? {}) as {volumeName?: string};
	const volume = store.get('PersistentVolume', undefined, volumeName);
	if (!volume) {
		throw waiting('Unschedulable', 'pod has unbound immediate PersistentVolumeClaims');
	}

	return disks.of(volume);
};

const openVolume = (store: Store, disks: Disks, namespace: string, spec: VolumeSpec): Volume => {
	if (spec.persistentVolumeClaim) {
		return claimed(store, disks, namespace, spec.persistentVolumeClaim.claimName);
	}

	if (spec.configMap !== undefined || spec.secret !== undefined) {
		const name = spec.configMap?.name ?? spec.secret!.secretName;
		const object = store.get(spec.configMap ? 'ConfigMap' : 'Secret', namespace, name);
		const source = spec.configMap ?? spec.secret!;
		if (!object && !source.optional) {
			throw waiting('ContainerCreating', `${spec.configMap ? 'configmap' : 'secret'} "${name}" not found`);
		}

		const data = (object?.data ?? {}) as Record<string, string>;
		return fromData(
			spec.name,
			spec.configMap ? 'configMap' : 'secret',
			spec.configMap
				? data
				: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64')])),
			source.defaultMode ?? 0o644,
		);
	}

	return makeVolume(spec.name, spec.hostPath ? 'hostPath' : 'emptyDir', {mode: spec.hostPath ? 0o755 : 0o777});
};

/** Opens the volumes of a pod and gives them to its fsGroup where they support it. */
export const openVolumes = (
	store: Store,
	disks: Disks,
	namespace: string,
	{volumes = [], securityContext = {}}: PodSpec,
): ReadonlyMap<string, Volume> => {
	const opened = new Map(volumes.map(spec => [spec.name, openVolume(store, disks, namespace, spec)]));
	const {fsGroup, fsGroupChangePolicy = 'Always'} = securityContext;
	if (fsGroup !== undefined) {
		for (const volume of opened.values()) {
			giveToGroup(volume, fsGroup, fsGroupChangePolicy);
		}
	}

	return opened;
};

const below = (volume: Volume, subPath: string | undefined): Node => {
	let node: Node = volume.root;
	for (const part of subPath?.split('/').filter(Boolean) ?? []) {
		if (node.kind !== 'folder') {
			break;
		}

		const child: Node = node.children.get(part) ?? makeFolder();
		node.children.set(part, child);
		node = child;
	}

	return node;
};

/** The mounts of a container over its root file system; mount points are made there. */
export const mountsOf = (
	rootFileSystem: Volume,
	volumes: ReadonlyMap<string, Volume>,
	{volumeMounts = []}: ContainerSpec,
): ReadonlyMap<string, Mount> => {
	const tree = new Map<string, Mount>([
		[
			'/',
			{
				path: '/',
				volume: rootFileSystem,
				root: rootFileSystem.root,
				readOnly: false,
			},
		],
	]);
	for (const {name, mountPath, subPath, readOnly = false} of volumeMounts) {
		const volume = volumes.get(name);
		if (!volume) {
			throw waiting('CreateContainerConfigError', `volume mount "${name}" has no volume`);
		}

		const root = below(volume, subPath);
		const path = withoutEndSlashes(mountPath);
		plant(rootFileSystem.root, path, root.kind === 'folder' ? makeFolder() : makeFile());
		tree.set(path, {
			path,
			volume,
			root,
			readOnly: readOnly || volume.type === 'configMap' || volume.type === 'secret',
		});
	}

	return tree;
};
