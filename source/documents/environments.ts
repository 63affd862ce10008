import path from 'node:path';
import {fieldOf, listOf, textOf} from '../ping/fields.js';
import type {SourceFile} from './index.js';

/** Files whose objects are applied together, and files of others that hold for them too. */
export type AppliedTogether = {
	/** The folder, or the file, that tells it from others; undefined where there is but one. */
	readonly root: string | undefined;
	readonly files: readonly SourceFile[];
	/** Files beside or above it that nothing contradicts: a Namespace or a ConfigMap for several. */
	readonly around: readonly SourceFile[];
	/** The folder in which other files hold objects of the same names, where it is a file alone. */
	readonly folder?: string;
};

/** Kinds that bring pods: two of them under one name are two descriptions of one thing, whichever kind. */
const workloadKinds = new Set(['StatefulSet', 'Deployment', 'DaemonSet', 'Job', 'CronJob', 'Pod', 'DeploymentConfig']);

const identitiesIn = (value: unknown): readonly string[] => {
	const kind = textOf(fieldOf(value, 'kind'));
	const items = fieldOf(value, 'items');
	if (kind?.endsWith('List') === true && Array.isArray(items)) {
		return listOf(items).flatMap(item => identitiesIn(item));
	}

	const name = textOf(fieldOf(value, 'metadata', 'name'));
	if (kind === undefined || name === undefined || fieldOf(value, 'apiVersion') === undefined) {
		return [];
	}

	const namespace = textOf(fieldOf(value, 'metadata', 'namespace')) ?? '';
	return [JSON.stringify([workloadKinds.has(kind) ? 'workload' : kind, namespace, name])];
};

/** A folder of the tree, or a file as its last leaf. */
type Folder = {
	readonly place: string;
	readonly folders: Map<string, Folder>;
	readonly files: SourceFile[];
	/** Parts of it, folders or files, that hold objects of one name with another part. */
	readonly rivals: Set<string>;
};

const folderAt = (place: string): Folder => ({place, folders: new Map(), files: [], rivals: new Set()});

const partsOf = ({file}: SourceFile): readonly string[] =>
	file === 'standard input' ? [file] : path.resolve(file).split(path.sep);

const grow = (root: Folder, source: SourceFile): void => {
	let folder = root;
	for (const part of partsOf(source).slice(0, -1)) {
		const next = folder.folders.get(part) ?? folderAt(path.join(folder.place, part === '' ? path.sep : part));
		folder.folders.set(part, next);
		folder = next;
	}

	folder.files.push(source);
};

/** Marks, in the last folder that two files share, the two parts of it that they lie in. */
const markRivals = (root: Folder, one: SourceFile, other: SourceFile): void => {
	const [left, right] = [partsOf(one), partsOf(other)];
	let folder = root;
	for (const [depth, part] of left.entries()) {
		if (part !== right[depth]) {
			folder.rivals.add(part).add(right[depth] ?? '');
			return;
		}

		const next = folder.folders.get(part);
		if (!next) {
			return;
		}

		folder = next;
	}
};

const filesBelow = ({files, folders}: Folder): readonly SourceFile[] => [
	...files,
	...folders.values().flatMap(folder => filesBelow(folder)),
];

const hasRivals = ({rivals, folders}: Folder): boolean =>
	rivals.size > 0 || folders.values().some(folder => hasRivals(folder));

const nameOf = (source: SourceFile): string => partsOf(source).at(-1) ?? '';

/** Takes a folder apart where parts of it contradict one another. */
const split = (folder: Folder, around: readonly SourceFile[], isRoot: boolean): readonly AppliedTogether[] => {
	if (!hasRivals(folder)) {
		const files = filesBelow(folder);
		return files.length > 0 ? [{root: isRoot ? undefined : folder.place, files, around}] : [];
	}

	const isRival = (name: string): boolean => folder.rivals.has(name);
	const peaceful = [
		...folder.files.filter(source => !isRival(nameOf(source))),
		...folder.folders
			.entries()
			.filter(([name, below]) => !isRival(name) && !hasRivals(below))
			.flatMap(([, below]) => filesBelow(below)),
	];
	const next = [...around, ...peaceful];
	return [
		...(peaceful.length > 0 ? [{root: folder.place, files: peaceful, around}] : []),
		...folder.files
			.filter(source => isRival(nameOf(source)))
			.map(source => ({
				root: path.join(folder.place, nameOf(source)),
				files: [source],
				around: next,
				folder: folder.place,
			})),
		...folder.folders
			.entries()
			.filter(([name, below]) => isRival(name) || hasRivals(below))
			.flatMap(([, below]) => split(below, next, false)),
	];
};

/**
Sorts files into environments: where two folders, or two files of one folder, hold objects of one name, each is a world
of its own, as `dev` and `prod` are.
*/
export const environmentsOf = (files: readonly SourceFile[]): readonly AppliedTogether[] => {
	const root = folderAt('');
	const last = new Map<string, SourceFile>();
	for (const source of files) {
		grow(root, source);
	}

	// In the order of their paths, so that the last one with a name is the nearest: every folder that parts two of them
	// is met.
	const sorted = files.toSorted((one, other) => (partsOf(one).join('\0') < partsOf(other).join('\0') ? -1 : 1));
	for (const source of sorted) {
		for (const identity of source.documents.flatMap(({value}) => identitiesIn(value))) {
			const other = last.get(identity);
			if (other && other !== source) {
				markRivals(root, other, source);
			}

			last.set(identity, source);
		}
	}

	return split(root, [], true);
};
