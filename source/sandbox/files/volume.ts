import {fileError} from './file-error.js';
import {hasBits, withBits} from './mode.js';
import {makeFolder, sizeOf, walk, type FolderNode, type Node} from './node.js';

/** What a volume of the cluster is made of; `fsGroup` is only honoured by some. */
export type VolumeType = 'configMap' | 'csi' | 'emptyDir' | 'hostPath' | 'image' | 'local' | 'nfs' | 'secret';

/** A file system that can be mounted. Sizes are in bytes. */
export type Volume = {
	readonly name: string;
	readonly type: VolumeType;
	readonly root: FolderNode;
	readonly capacity: number;
	used: number;
	/** Where a fault fills the volume: no byte is taken beyond. */
	limit: number;
};

const usualCapacity = 10 * 1024 ** 3;

/** A new volume is root's, as a fresh file system is. */
export const makeVolume = (
	name: string,
	type: VolumeType,
	options: {readonly capacity?: number; readonly mode?: number} = {},
): Volume => {
	const capacity = options.capacity ?? usualCapacity;
	return {
		name,
		type,
		root: makeFolder(options.mode === undefined ? {} : {mode: options.mode}),
		capacity,
		used: 0,
		limit: capacity,
	};
};

/** Takes room for more bytes; throws ENOSPC where there is none. */
export const takeRoom = (volume: Volume, bytes: number): void => {
	if (bytes > 0 && volume.used + bytes > volume.limit) {
		throw fileError('ENOSPC');
	}

	volume.used += bytes;
};

/** Bytes below a node. */
export const bytesBelow = (node: Node): number => {
	let sum = 0;
	for (const {node: child} of walk(node)) {
		sum += child.kind === 'file' ? child.content.size : 0;
	}

	return sum;
};

/** Counts anew what lies on a volume, after files were planted. */
export const recount = (volume: Volume): void => {
	volume.used = bytesBelow(volume.root);
};

/**
What the kubelet does for `fsGroup`: group and `rw-rw----` on everything (`r--r-----` where it is read only), setgid on
folders; the owner stays. Only on volumes that support it.
*/
export const giveToGroup = (volume: Volume, gid: number, policy: 'Always' | 'OnRootMismatch'): void => {
	if (volume.type === 'configMap' || volume.type === 'secret') {
		for (const {node} of walk(volume.root)) {
			node.gid = gid;
			node.mode = withBits(node.mode, node.kind === 'folder' ? 0o2550 : 0o440);
		}

		return;
	}

	if (volume.type !== 'csi' && volume.type !== 'local' && volume.type !== 'emptyDir') {
		return;
	}

	const wanted = 0o2060;
	if (policy === 'OnRootMismatch' && volume.root.gid === gid && hasBits(volume.root.mode, wanted)) {
		return;
	}

	for (const {node} of walk(volume.root)) {
		if (node.kind === 'link') {
			continue;
		}

		node.gid = gid;
		node.mode = withBits(node.mode, node.kind === 'folder' ? 0o2770 : 0o660);
	}
};

/** Blocks of 1024 bytes, as `du` counts them. */
export const blocksOf = (node: Node): number => Math.ceil(sizeOf(node) / 4096) * 4;
