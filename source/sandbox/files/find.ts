import {may, type Credentials} from './credentials.js';
import {fileError} from './file-error.js';
import type {FolderNode, Node} from './node.js';
import type {Volume} from './volume.js';

/** A place in the tree where a volume begins. */
export type Mount = {readonly path: string; readonly volume: Volume; readonly root: Node; readonly readOnly: boolean};

/** The mounts of a container; one of them is `/`. */
export type Tree = ReadonlyMap<string, Mount>;

/** Where a path leads. `node` is undefined where nothing is there but the folder is. */
export type Place = {
	readonly path: string;
	readonly name: string;
	readonly parent: FolderNode;
	readonly node: Node | undefined;
	readonly mount: Mount;
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

/** Follows paths as a process does that is somewhere and may enter some folders only. */
export const makeFinder = (tree: Tree, credentials: Credentials, cwd: string) => {
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
				const target = node.target.startsWith('/')
					? node.target
					: `${here.slice(0, here.lastIndexOf('/'))}/${node.target}`;
				return find(`${target}${rest === '' ? '' : `/${rest}`}`, {follow}, depth + 1);
			}
		}

		if (node && node.kind !== 'folder' && path.endsWith('/')) {
			throw fileError('ENOTDIR');
		}

		return {
			path: whole,
			name: parts.at(-1) ?? '',
			parent,
			node,
			mount,
		};
	};

	return {absolute, find: (path: string, options?: {readonly follow?: boolean}): Place => find(path, options)};
};
