import path from 'node:path';
import {fieldOf, listOf, mapOf, textOf} from '../../ping/fields.js';
import type {SourceFile} from '../index.js';

/** A Kustomization as it was read. */
export type Kustomization = {
	/** As it was named. */
	readonly file: string;
	/** Its folder, as an absolute path. */
	readonly folder: string;
	readonly value: unknown;
	/** Whether it may stand by itself; a Component only changes what others bring. */
	readonly isComponent: boolean;
	/** Files and folders it names, as absolute paths. */
	readonly bases: readonly string[];
	/** What it takes from elsewhere than this machine: addresses of repositories. */
	readonly remote: readonly string[];
	/** Files of patches and the like, which are no objects of their own. */
	readonly pieces: readonly string[];
};

/** The Kustomizations among files, by folder, and who uses whom. */
export type Tree = {
	readonly kustomizations: ReadonlyMap<string, Kustomization>;
	/** Those that no other one uses: what somebody applies. */
	readonly tops: readonly Kustomization[];
};

/** The names under which Kustomize looks for its file: kustomize documentation, kustomization file. */
const fileName = /^(?:kustomization\.ya?ml|Kustomization)$/v;

/** An address of a repository: https://…, git@…, github.com/…, host//path, or a query behind it. */
const address = /^[a-z][+\-a-z]*:\/\/|^git@|^github\.com\/|\?(?:ref|version)=|\/\/|\.git(?:$|\/)/v;

const textsIn = (value: unknown): readonly string[] => listOf(value).flatMap(entry => textOf(entry) ?? []);

const pathsIn = (value: unknown): readonly string[] =>
	listOf(value).flatMap(entry => textOf(fieldOf(entry, 'path')) ?? []);

/** `KEY=file` as a generator writes it. */
const behindKey = (text: string): string => text.slice(text.indexOf('=') + 1);

const generated = (value: unknown): readonly string[] =>
	['configMapGenerator', 'secretGenerator'].flatMap(field =>
		listOf(fieldOf(value, field)).flatMap(generator => [
			...textsIn(fieldOf(generator, 'files')).map(text => behindKey(text)),
			...textsIn(fieldOf(generator, 'envs')),
			...(textOf(fieldOf(generator, 'env')) ?? '').split('\n').filter(text => text !== ''),
		]),
	);

/** A patch may stand in the Kustomization itself: then it has several lines, or is a map. */
const isInline = (text: string): boolean => text.includes('\n') || text.trimStart().startsWith('{');

const piecesOf = (value: unknown): readonly string[] => [
	...pathsIn(fieldOf(value, 'patches')),
	...pathsIn(fieldOf(value, 'patchesJson6902')),
	...pathsIn(fieldOf(value, 'replacements')),
	...['patchesStrategicMerge', 'crds', 'configurations', 'generators', 'transformers', 'validators'].flatMap(field =>
		textsIn(fieldOf(value, field)).filter(text => !isInline(text)),
	),
	...textsIn([fieldOf(value, 'openapi', 'path')]),
	...listOf(fieldOf(value, 'helmCharts')).flatMap(chart => textsIn([fieldOf(chart, 'valuesFile')])),
	...generated(value),
];

const kustomizationOf = ({file, documents}: SourceFile): Kustomization | undefined => {
	const [document] = documents;
	if (!fileName.test(path.basename(file)) || !document || Object.keys(mapOf(document.value)).length === 0) {
		return undefined;
	}

	const {value} = document;
	const folder = path.dirname(path.resolve(file));
	const named = ['resources', 'bases', 'components'].flatMap(field => textsIn(fieldOf(value, field)));
	const pieces = piecesOf(value);
	const here = (name: string): string => path.resolve(folder, name);
	return {
		file,
		folder,
		value,
		isComponent: fieldOf(value, 'kind') === 'Component',
		bases: named.filter(name => !address.test(name)).map(name => here(name)),
		// Kustomize fetches patches and files of generators by their address, too.
		remote: [...named, ...pieces].filter(name => address.test(name)),
		pieces: pieces.filter(name => !address.test(name)).map(name => here(name)),
	};
};

/** Reads which Kustomization uses which. */
export const treeOf = (files: readonly SourceFile[]): Tree => {
	const kustomizations = new Map(
		files.flatMap(file => {
			const found = kustomizationOf(file);
			return found ? [[found.folder, found] as const] : [];
		}),
	);
	const used = new Set(kustomizations.values().flatMap(({bases}) => bases));
	return {
		kustomizations,
		tops: kustomizations
			.values()
			.filter(({folder, isComponent}) => !used.has(folder) && !isComponent)
			.toArray(),
	};
};

/** What a Kustomization is made from, itself and those it uses included. */
export type Closure = {
	readonly kustomizations: readonly Kustomization[];
	/** Files it reads, as absolute paths: objects, patches, files of generators. */
	readonly files: ReadonlySet<string>;
	/** Files among them that only change or make objects. */
	readonly pieces: ReadonlySet<string>;
};

/** Follows a Kustomization down to its last file. */
export const closureOf = (top: Kustomization, {kustomizations}: Tree): Closure => {
	const seen = new Set<Kustomization>();
	const files = new Set<string>();
	const pieces = new Set<string>();
	const left = [top];
	while (left.length > 0) {
		const next = left.pop()!;
		if (seen.has(next)) {
			continue;
		}

		seen.add(next);
		files.add(path.resolve(next.file));
		for (const piece of next.pieces) {
			files.add(piece);
			pieces.add(piece);
		}

		for (const base of next.bases) {
			const below = kustomizations.get(base);
			if (below) {
				left.push(below);
			} else {
				files.add(base);
			}
		}
	}

	return {kustomizations: [...seen], files, pieces};
};
