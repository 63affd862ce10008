import {Buffer} from 'node:buffer';
import {hasBits, withBits, withoutBits} from './mode.js';
import {
	emptyContent,
	readContent,
	truncateContent,
	wholeContent,
	writeContent,
} from './content.js';
import {may, owns, type Credentials} from './credentials.js';
import {fileError} from './file-error.js';
import {
	makeFolder,
	makeLink,
	type FileNode,
	type FolderNode,
	type Node,
} from './node.js';
import {bytesBelow, takeRoom, type Volume} from './volume.js';

/** A place in the tree where a volume begins. */
export type Mount = {readonly path: string; readonly volume: Volume; readonly root: Node; readonly readOnly: boolean};

/** The mounts of a container; one of them is `/`. */
export type Tree = ReadonlyMap<string, Mount>;

/** Where a path leads. `node` is undefined where nothing is there but the folder is. */
export type Place = {readonly path: string; readonly name: string; readonly parent: FolderNode; readonly node: Node | undefined; readonly mount: Mount};

/** A file that is open. */
export type OpenFile = {
	readonly size: () => number;
	/** Pieces of a range. */
	readonly readAt: (offset: number, length?: number) => Iterable<Uint8Array>;
	/** Writes as much as there is room for, then throws ENOSPC. */
	readonly writeAt: (offset: number, bytes: Uint8Array) => void;
	readonly truncate: (size: number) => void;
};

export type OpenOptions = {readonly read?: boolean; readonly write?: boolean; readonly truncate?: boolean; readonly mode?: number};

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

const normalise = (path: string): string => {
	const parts: string[] = [];
	for (const part of path.split('/')) {
		if (part === '..') {
			parts.pop();
		} else if (part !== '' && part !== '.') {
			parts.push(part);
		}
	}

	return `/${parts.join('/')}`;
};

const zeros = new Uint8Array(65_536);

const deviceFile = (device: 'null' | 'zero'): OpenFile => ({
	size: () => 0,
	* readAt(_offset, length = Infinity) {
		for (let left = device === 'zero' ? length : 0; left > 0; left -= zeros.length) {
			yield zeros.subarray(0, left);
		}
	},
	writeAt() {/* takes all */},
	truncate() {/* has no size */},
});

const openContent = (node: FileNode, volume: Volume): OpenFile => ({
	size: () => node.content.size,
	readAt: (offset, length) => readContent(node.content, offset, length),
	writeAt(offset, bytes) {
		const growth = Math.max(0, offset + bytes.length - node.content.size);
		const room = Math.max(0, volume.limit - volume.used);
		node.changed = Date.now();
		if (growth > room) {
			const fitting = bytes.subarray(0, Math.max(0, bytes.length - (growth - room)));
			takeRoom(volume, Math.min(growth, room));
			writeContent(node.content, offset, fitting);
			throw fileError('ENOSPC');
		}

		takeRoom(volume, growth);
		writeContent(node.content, offset, bytes);
	},
	truncate(size) {
		takeRoom(volume, size - node.content.size);
		truncateContent(node.content, size);
		node.changed = Date.now();
	},
});

export const makeView = (tree: Tree, credentials: Credentials, cwd: string, umask: number): View => {
	const absolute = (path: string): string => normalise(path.startsWith('/') ? path : `${cwd}/${path}`);

	const find = (path: string, {follow = true}: {readonly follow?: boolean} = {}, depth = 0): Place => {
		if (depth > 20) {
			throw fileError('ELOOP');
		}

		if (path === '') {
			throw fileError('ENOENT');
		}

		const whole = absolute(path);
		const parts = whole.split('/').filter(Boolean);
		let mount = tree.get('/')!;
		let node: Node | undefined = mount.root;
		let parent = mount.root as FolderNode;
		let here = '';
		for (const [index, part] of parts.entries()) {
			if (!node) {
				throw fileError('ENOENT');
			}

			if (node.kind !== 'folder') {
				throw fileError('ENOTDIR');
			}

			if (!may(node, credentials, 1)) {
				throw fileError('EACCES');
			}

			parent = node;
			here += `/${part}`;
			const mounted = tree.get(here);
			mount = mounted ?? mount;
			node = mounted ? mounted.root : node.children.get(part);
			if (node?.kind === 'link' && (follow || index < parts.length - 1)) {
				const rest = parts.slice(index + 1).join('/');
				const target = node.target.startsWith('/') ? node.target : `${here.slice(0, here.lastIndexOf('/'))}/${node.target}`;
				return find(`${target}${rest === '' ? '' : `/${rest}`}`, {follow}, depth + 1);
			}
		}

		if (node && node.kind !== 'folder' && path.endsWith('/')) {
			throw fileError('ENOTDIR');
		}

		return {
			path: whole, name: parts.at(-1) ?? '', parent, node, mount,
		};
	};

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
		return {uid: credentials.uid, gid: isGroupKept ? parent.gid : credentials.gid, mode: withBits(withoutBits(mode, umask), isGroupKept && isFolder ? 0o2000 : 0)};
	};

	const open = (path: string, {read = false, write = false, truncate = false, mode = 0o666}: OpenOptions): OpenFile => {
		const place = find(path);
		let {node} = place;
		if (!node) {
			if (!write) {
				throw fileError('ENOENT');
			}

			checkWritable(place);
			takeRoom(place.mount.volume, 0);
			node = {
				...ownershipIn(place.parent, mode), changed: Date.now(), kind: 'file', content: emptyContent(),
			};
			place.parent.children.set(place.name, node);
			return openContent(node, place.mount.volume);
		}

		if (node.kind === 'folder') {
			throw fileError(write ? 'EISDIR' : 'EISDIR');
		}

		if (!may(node, credentials, (read ? 4 : 0) + (write ? 2 : 0))) {
			throw fileError('EACCES');
		}

		if (write && place.mount.readOnly && node.kind !== 'device') {
			throw fileError('EROFS');
		}

		if (node.kind === 'device') {
			return deviceFile(node.device);
		}

		if (node.kind === 'virtual') {
			const content = emptyContent();
			writeContent(content, 0, Buffer.from(node.read()));
			return {
				size: () => 0, readAt: (offset, length) => readContent(content, offset, length), writeAt() {/* ignored */}, truncate() {/* ignored */},
			};
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
			open(path, {write: true, truncate: true, ...(mode !== undefined && {mode})}).writeAt(0, typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
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

/** The whole content of a file node; undefined for anything else. */
export const contentOf = (node: Node | undefined): Buffer | undefined => node?.kind === 'file' ? wholeContent(node.content) : undefined;
