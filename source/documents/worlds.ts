import {readFile, stat} from 'node:fs/promises';
import {availableParallelism} from 'node:os';
import path from 'node:path';
import {buildKustomization} from './kustomize/build.js';
import {builtObjects, type BuiltObject} from './kustomize/origin.js';
import {closureOf, treeOf, type Closure, type Kustomization, type Tree} from './kustomize/tree.js';
import type {ToolEnvironment} from './own-tool.js';
import {parseFile} from './parse.js';
import {parseText} from './text.js';
import type {SourceFile} from './index.js';

/** What one Kustomization makes: objects that are applied together. */
export type BuiltWorld = {
	readonly kustomization: string;
	readonly objects: readonly BuiltObject[];
	/** What Kustomize printed as a file, without what was asked for beside it. */
	readonly built: () => SourceFile;
};

/** The files that were read, by what is applied together. */
export type Worlds = {
	readonly built: readonly BuiltWorld[];
	/** The files that no Kustomization uses, or that one uses which could not be built. */
	readonly plain: readonly SourceFile[];
	/** Kustomizations with something of Ping's whose files are read one by one, and why. */
	readonly unbuilt: readonly Unbuilt[];
};

/** A Kustomization that could not be built. */
export type Unbuilt = {readonly top: Kustomization; readonly closure: Closure; readonly why: string};

/** Words that stand wherever something of Ping's is deployed: names of images, and of variables that only they read. */
const pingWords =
	/ping(?:directory|federate|access|data|authorize|central|delegator|toolkit|intelligence|identity)|server_profile_|ping_identity_/iv;

const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

const readThere = async (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(() => undefined);

const isFolder = async (name: string): Promise<boolean> =>
	stat(name)
		.then(status => status.isDirectory())
		.catch(() => false);

/** Reads what Kustomizations use and nobody named: bases beside the folder that was given. */
const readBeyond = async (files: readonly SourceFile[]): Promise<ReadonlyMap<string, SourceFile>> => {
	const read = new Map(files.map(file => [path.resolve(file.file), file]));
	const missed = new Set<string>();
	for (;;) {
		const tree = treeOf(read.values().toArray());
		const wanted = new Set(
			tree.kustomizations
				.values()
				.flatMap(({bases, pieces}) => [...bases.filter(base => !tree.kustomizations.has(base)), ...pieces])
				.filter(name => !read.has(name) && !missed.has(name)),
		);
		if (wanted.size === 0) {
			return read;
		}

		for (const name of wanted) {
			missed.add(name);
			const candidates = (await isFolder(name)) ? kustomizationNames.map(file => path.join(name, file)) : [name];
			for (const file of candidates) {
				const text = await readThere(file);
				if (text !== undefined && !read.has(file)) {
					const {documents} = parseText(file, text);
					read.set(file, {file: path.relative('', file), text, documents});
				}
			}
		}
	}
};

const isOfPing = ({kustomizations, files}: Closure, read: ReadonlyMap<string, SourceFile>): boolean =>
	[...kustomizations.map(({file}) => path.resolve(file)), ...files].some(file =>
		pingWords.test(read.get(file)?.text ?? ''),
	);

type Attempt = Unbuilt | (Omit<Unbuilt, 'why'> & {readonly world: BuiltWorld});

/** The text that was built, without the annotations that say where an object comes from. */
const originLines = /^ {4}config\.kubernetes\.io\/origin: \|\n(?: {6}.*\n)+/gmv;
const withoutOrigins = (text: string): string =>
	text.replaceAll(originLines, '').replaceAll(/^ {2}annotations:\n(?! {4})/gmv, '');

const builtFile = ({file}: Kustomization, printed: string): SourceFile => {
	const text = withoutOrigins(printed);
	return {file: `kubectl kustomize ${path.dirname(file)}`, text, documents: parseFile(text).documents};
};

const attempt = async (
	top: Kustomization,
	closure: Closure,
	read: ReadonlyMap<string, SourceFile>,
	environment: ToolEnvironment,
): Promise<Attempt> => {
	const built = await buildKustomization(top, closure, environment);
	if ('why' in built) {
		return {top, closure, why: built.why};
	}

	const objects = builtObjects(built.text, built.from, closure, read);
	return {
		top,
		closure,
		world: {
			kustomization: top.file,
			objects,
			built: () => builtFile(top, built.text),
		},
	};
};

/** Does something for each of many, a few at a time, in the order given. */
const inTurns = async <Item, Result>(
	items: readonly Item[],
	work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> => {
	const results: Result[] = [];
	const left = items.entries().toArray();
	const worker = async (): Promise<void> => {
		for (let next = left.shift(); next; next = left.shift()) {
			results[next[0]] = await work(next[1]);
		}
	};

	const length = Math.min(availableParallelism(), 4);
	await Promise.all(Array.from({length}, async () => worker()));
	return results;
};

/**
Sorts the files that were read into what is applied together: each Kustomization that no other one uses is built, as far
as something of Ping's is in it, and its files are not read for themselves. What cannot be built is read file by file,
without its patches, and told.
*/
export const worldsOf = async (files: readonly SourceFile[], environment: ToolEnvironment): Promise<Worlds> => {
	if (treeOf(files).tops.length === 0) {
		return {built: [], plain: files, unbuilt: []};
	}

	const read = await readBeyond(files);
	const tree: Tree = treeOf(read.values().toArray());
	const named = new Set(files.map(({file}) => path.resolve(file)));
	const tops = tree.tops
		.map(top => ({top, closure: closureOf(top, tree)}))
		.filter(({top, closure}) => named.has(path.resolve(top.file)) && isOfPing(closure, read));
	const attempts = await inTurns(tops, async ({top, closure}) => attempt(top, closure, read, environment));
	const built = attempts.filter(one => 'world' in one);
	const unbuilt = attempts.filter(one => 'why' in one);
	const covered = new Set(
		built.flatMap(({closure}) => [...closure.files, ...closure.kustomizations.map(({file}) => path.resolve(file))]),
	);
	const patches = new Set(unbuilt.flatMap(({closure}) => [...closure.pieces]));
	return {
		built: built.map(({world}) => world),
		plain: files.filter(({file}) => !covered.has(path.resolve(file)) && !patches.has(path.resolve(file))),
		unbuilt: unbuilt.map(({top, closure, why}) => ({
			top,
			closure,
			why: `${why}; its files were read one by one, without the names, images and patches it gives them`,
		})),
	};
};
