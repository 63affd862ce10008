import {Buffer} from 'node:buffer';
import {emptyContent, writeContent, type Content} from './content.js';

/** What every file has. `changed` is in milliseconds of the epoch; `mode` holds the permission bits only. */
type Owned = {uid: number; gid: number; mode: number; changed: number};

export type FileNode = Owned & {readonly kind: 'file'; readonly content: Content};
export type FolderNode = Owned & {readonly kind: 'folder'; readonly children: Map<string, Node>};
export type LinkNode = Owned & {readonly kind: 'link'; readonly target: string};
/** A file whose text is made when it is read, as under /proc. */
export type VirtualNode = Owned & {readonly kind: 'virtual'; readonly read: () => string};
export type DeviceNode = Owned & {readonly kind: 'device'; readonly device: 'null' | 'zero'};
export type Node = FileNode | FolderNode | LinkNode | VirtualNode | DeviceNode;

type Ownership = {readonly uid?: number; readonly gid?: number; readonly mode?: number};

const owned = ({uid = 0, gid = 0, mode}: Ownership, usual: number): Owned => ({
	uid,
	gid,
	mode: mode ?? usual,
	changed: Date.now(),
});

export const makeFolder = (ownership: Ownership = {}): FolderNode => ({
	...owned(ownership, 0o755),
	kind: 'folder',
	children: new Map(),
});

export const makeFile = (bytes: Uint8Array | string = '', ownership: Ownership = {}): FileNode => {
	const content = emptyContent();
	writeContent(content, 0, typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
	return {...owned(ownership, 0o644), kind: 'file', content};
};

export const makeLink = (target: string, ownership: Ownership = {}): LinkNode => ({
	...owned(ownership, 0o777),
	kind: 'link',
	target,
});

export const makeVirtual = (read: () => string): VirtualNode => ({...owned({}, 0o444), kind: 'virtual', read});

export const makeDevice = (device: DeviceNode['device']): DeviceNode => ({...owned({}, 0o666), kind: 'device', device});

/** Puts a file below a folder, with the folders on the way; for images and volumes, before anybody uses them. */
export const plant = (root: FolderNode, path: string, node: Node, folders: Ownership = {}): void => {
	const parts = path.split('/').filter(Boolean);
	const name = parts.pop()!;
	let folder = root;
	for (const part of parts) {
		const child = folder.children.get(part) ?? makeFolder(folders);
		folder.children.set(part, child);
		if (child.kind !== 'folder') {
			throw new Error(`${path}: ${part} is not a folder`);
		}

		folder = child;
	}

	folder.children.set(name, node);
};

/**
Every file below a folder, with its path. The folder itself comes first, with an empty path.

@yields path and node
*/
export function* walk(node: Node, path = ''): Generator<{readonly path: string; readonly node: Node}> {
	yield {path, node};
	if (node.kind === 'folder') {
		for (const [name, child] of node.children) {
			yield* walk(child, `${path}/${name}`);
		}
	}
}

/** Bytes that a file takes. */
export const sizeOf = (node: Node): number =>
	node.kind === 'file' ? node.content.size : node.kind === 'folder' ? 4096 : 0;
