import {Buffer} from 'node:buffer';
import {emptyContent} from './content.js';
import {may, owns, type Credentials} from './credentials.js';
import {fileError} from './file-error.js';
import {makeFinder, type Place, type Tree} from './find.js';
import {hasBits, withBits, withoutBits} from './mode.js';
import {makeFolder, makeLink, type FileNode, type FolderNode, type Node} from './node.js';
import {openContent, openDevice, openVirtual, type OpenFile} from './open-file.js';
import {bytesBelow, takeRoom} from './volume.js';

export type OpenOptions = {
	readonly read?: boolean;
	readonly write?: boolean;
	readonly truncate?: boolean;
	readonly mode?: number;
};

/** The files as one process sees them: with its user, its folder and its umask. */
export type View = {
	readonly absolute: (path: string) => string;
	readonly find: (path: string, options?: {readonly follow?: boolean}) => Place;
	/** The node behind a path; throws ENOENT. */
	readonly node: (path: string, options?: {readonly follow?: boolean}) => Node;
	readonly exists: (path: string) => boolean;
	readonly may: (path: string, wanted: number) => boolean;
	readonly list: (path: string) => string[];
	readonly open: (path: string, options: OpenOptions) => OpenFile;
	readonly read: (path: string) => Buffer;
	readonly write: (path: string, bytes: Uint8Array | string, mode?: number) => void;
	readonly makeFolder: (path: string, options?: {readonly parents?: boolean; readonly mode?: number}) => void;
	readonly remove: (path: string) => void;
	readonly removeFolder: (path: string) => void;
	readonly rename: (from: string, to: string) => void;
	readonly link: (target: string, path: string) => void;
	readonly change: (path: string, change: {readonly mode?: number; readonly time?: number}) => void;
};

export const makeView = (tree: Tree, credentials: Credentials, cwd: string, umask: number): View => {
	const {absolute, find} = makeFinder(tree, credentials, cwd);

	const existing = (path: string, options?: {readonly follow?: boolean}): Place & {readonly node: Node} => {
		const place = find(path, options);
		if (!place.node) {
			throw fileError('ENOENT');
		}

		return {...place, node: place.node};
	};

	/** Checks that a name in the folder may be added or taken away. */
	const checkWritable = ({parent, mount}: Place): void => {
		if (mount.readOnly) {
			throw fileError('EROFS');
		}

		if (!may(parent, credentials, 3)) {
			throw fileError('EACCES');
		}
	};

	const checkRemovable = (place: Place & {readonly node: Node}): void => {
		checkWritable(place);
		const isSticky = hasBits(place.parent.mode, 0o1000);
		if (isSticky && !owns(place.node, credentials) && !owns(place.parent, credentials)) {
			throw fileError('EPERM');
		}
	};

	const ownershipIn = (parent: FolderNode, mode: number, isFolder = false) => {
		const isGroupKept = hasBits(parent.mode, 0o2000);
		return {
			uid: credentials.uid,
			gid: isGroupKept ? parent.gid : credentials.gid,
			mode: withBits(withoutBits(mode, umask), isGroupKept && isFolder ? 0o2000 : 0),
		};
	};

	const open = (path: string, {read = false, write = false, truncate = false, mode = 0o666}: OpenOptions): OpenFile => {
		const place = find(path);
		let {node} = place;
		if (!node) {
			if (!write) {
				throw fileError('ENOENT');
			}

			checkWritable(place);
			node = {
				...ownershipIn(place.parent, mode),
				changed: Date.now(),
				kind: 'file',
				content: emptyContent(),
			};
			place.parent.children.set(place.name, node);
			return openContent(node, place.mount.volume);
		}

		if (node.kind === 'folder') {
			throw fileError('EISDIR');
		}

		if (!may(node, credentials, (read ? 4 : 0) + (write ? 2 : 0))) {
			throw fileError('EACCES');
		}

		if (write && place.mount.readOnly && node.kind !== 'device') {
			throw fileError('EROFS');
		}

		if (node.kind === 'device') {
			return openDevice(node.device);
		}

		if (node.kind === 'virtual') {
			return openVirtual(node);
		}

		const file = openContent(node as FileNode, place.mount.volume);
		if (truncate) {
			file.truncate(0);
		}

		return file;
	};

	const makeOne = (path: string, mode: number): void => {
		const place = find(path);
		if (place.node) {
			throw fileError('EEXIST');
		}

		checkWritable(place);
		place.parent.children.set(place.name, makeFolder(ownershipIn(place.parent, mode, true)));
	};

	return {
		absolute,
		find,
		node: (path, options) => existing(path, options).node,
		exists(path) {
			try {
				return find(path).node !== undefined;
			} catch {
				return false;
			}
		},
		may(path, wanted) {
			try {
				const place = existing(path);
				return may(place.node, credentials, wanted) && !(wanted === 2 && place.mount.readOnly);
			} catch {
				return false;
			}
		},
		list(path) {
			const {node} = existing(path);
			if (node.kind !== 'folder') {
				throw fileError('ENOTDIR');
			}

			if (!may(node, credentials, 4)) {
				throw fileError('EACCES');
			}

			return node.children.keys().toArray().toSorted();
		},
		open,
		read: path => Buffer.concat([...open(path, {read: true}).readAt(0)]),
		write(path, bytes, mode) {
			open(path, {write: true, truncate: true, ...(mode !== undefined && {mode})}).writeAt(
				0,
				typeof bytes === 'string' ? Buffer.from(bytes) : bytes,
			);
		},
		makeFolder(path, {parents = false, mode = 0o777} = {}) {
			if (!parents) {
				makeOne(path, mode);
				return;
			}

			const parts = absolute(path).split('/').filter(Boolean);
			for (const index of parts.keys()) {
				const part = `/${parts.slice(0, index + 1).join('/')}`;
				const {node} = find(part);
				if (!node) {
					makeOne(part, mode);
				} else if (node.kind !== 'folder') {
					throw fileError(index === parts.length - 1 ? 'EEXIST' : 'ENOTDIR');
				}
			}
		},
		remove(path) {
			const place = existing(path, {follow: false});
			if (place.node.kind === 'folder') {
				throw fileError('EISDIR');
			}

			checkRemovable(place);
			place.parent.children.delete(place.name);
			place.mount.volume.used -= bytesBelow(place.node);
		},
		removeFolder(path) {
			const place = existing(path, {follow: false});
			if (place.node.kind !== 'folder') {
				throw fileError('ENOTDIR');
			}

			if (place.node.children.size > 0) {
				throw fileError('ENOTEMPTY');
			}

			checkRemovable(place);
			place.parent.children.delete(place.name);
		},
		rename(from, to) {
			const source = existing(from, {follow: false});
			checkRemovable(source);
			const target = find(to, {follow: false});
			const place = target.node?.kind === 'folder' ? find(`${target.path}/${source.name}`, {follow: false}) : target;
			checkWritable(place);
			if (place.node === source.node) {
				return;
			}

			if (place.node) {
				checkRemovable({...place, node: place.node});
				if (place.node.kind === 'folder' && place.node.children.size > 0) {
					throw fileError('ENOTEMPTY');
				}

				place.mount.volume.used -= bytesBelow(place.node);
			}

			if (place.mount.volume !== source.mount.volume) {
				const bytes = bytesBelow(source.node);
				takeRoom(place.mount.volume, bytes);
				source.mount.volume.used -= bytes;
			}

			source.parent.children.delete(source.name);
			place.parent.children.set(place.name, source.node);
		},
		link(target, path) {
			const place = find(path, {follow: false});
			if (place.node) {
				throw fileError('EEXIST');
			}

			checkWritable(place);
			place.parent.children.set(place.name, makeLink(target, {uid: credentials.uid, gid: credentials.gid}));
		},
		change(path, {mode, time}) {
			const {node, mount} = existing(path);
			if (mount.readOnly) {
				throw fileError('EROFS');
			}

			if (!owns(node, credentials) && (mode !== undefined || !may(node, credentials, 2))) {
				throw fileError(mode === undefined ? 'EACCES' : 'EPERM');
			}

			node.mode = mode ?? node.mode;
			node.changed = time ?? node.changed;
		},
	};
};
