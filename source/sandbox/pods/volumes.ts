import {Buffer} from 'node:buffer';
import type {Mount} from '../files/find.js';
import {makeFile, makeFolder, makeLink, plant, type Node} from '../files/node.js';
import {withoutEndSlashes} from '../files/path.js';
import {giveToGroup, makeVolume, recount, type Volume, type VolumeType} from '../files/volume.js';
import type {KubeObject} from '../store/object.js';
import type {Store} from '../store/store.js';
import {waiting, type ContainerSpec, type PodSpec, type Projection, type VolumeSpec} from './spec.js';

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

/**
The kubelet writes a folder with the time in its name, and makes all names above it links:
pkg/volume/util/atomic_writer.go.
*/
const stamp = '..2026_01_01_00_00_00.000000001';

const fromFiles = (name: string, type: VolumeType, files: ReadonlyMap<string, Uint8Array>, mode: number): Volume => {
	const volume = makeVolume(name, type);
	volume.root.children.set(stamp, makeFolder());
	volume.root.children.set('..data', makeLink(stamp));
	for (const [path, bytes] of files) {
		const [top = ''] = path.split('/', 1);
		plant(volume.root, `${stamp}/${path}`, makeFile(bytes, {mode}));
		volume.root.children.set(top, makeLink(`..data/${top}`));
	}

	recount(volume);
	return volume;
};

type Source = Projection & {readonly kind: 'ConfigMap' | 'Secret'; readonly name: string};

/** The files that an object gives a volume. */
const filesOf = (
	store: Store,
	namespace: string,
	{kind, name, optional, items}: Source,
): ReadonlyArray<readonly [path: string, bytes: Uint8Array]> => {
	const object = store.get(kind, namespace, name);
	if (!object && !optional) {
		throw waiting('ContainerCreating', `${kind.toLowerCase()} "${name}" not found`);
	}

	const texts = Object.entries((object?.data ?? {}) as Record<string, string>);
	const binary = Object.entries((object?.binaryData ?? {}) as Record<string, string>);
	const data = new Map([
		...texts.map(([key, text]) => [key, Buffer.from(text, kind === 'ConfigMap' ? 'utf8' : 'base64')] as const),
		...binary.map(([key, text]) => [key, Buffer.from(text, 'base64')] as const),
	]);
	return items
		? items.map(({key, path}) => {
				const bytes = data.get(key);
				if (!bytes) {
					throw waiting('ContainerCreating', `references non-existent ${kind.toLowerCase()} key: ${key}`);
				}

				return [path, bytes] as const;
			})
		: [...data];
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

	const {configMap, secret, projected} = spec;
	if (configMap) {
		const files = new Map(filesOf(store, namespace, {...configMap, kind: 'ConfigMap'}));
		return fromFiles(spec.name, 'configMap', files, configMap.defaultMode ?? 0o644);
	}

	if (secret) {
		const files = new Map(filesOf(store, namespace, {...secret, name: secret.secretName, kind: 'Secret'}));
		return fromFiles(spec.name, 'secret', files, secret.defaultMode ?? 0o644);
	}

	if (projected) {
		const files = (projected.sources ?? []).flatMap(source => [
			...(source.configMap ? filesOf(store, namespace, {...source.configMap, kind: 'ConfigMap'}) : []),
			...(source.secret ? filesOf(store, namespace, {...source.secret, kind: 'Secret'}) : []),
		]);
		return fromFiles(spec.name, 'configMap', new Map(files), projected.defaultMode ?? 0o644);
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

/** The node of a sub-path, its links followed; on a volume that can be written a folder that is missing is made. */
const below = (volume: Volume, subPath: string | undefined): Node => {
	let node: Node = volume.root;
	for (const part of subPath?.split('/').filter(Boolean) ?? []) {
		if (node.kind !== 'folder') {
			break;
		}

		const child: Node = node.children.get(part) ?? makeFolder();
		node.children.set(part, child);
		node = child.kind === 'link' ? below(volume, child.target) : child;
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
