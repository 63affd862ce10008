import {namesRun} from '../../ping/docker-text.js';
import {listOf, mapOf, textOf} from '../../ping/fields.js';
import {isCompose} from '../../ping/findings/compose.js';
import {isKustomization} from '../../ping/findings/kustomization.js';
import {isValues} from '../../ping/findings/values.js';
import {podTemplateOf} from '../../ping/podspec.js';
import type {Manifest} from '../../ping/workload.js';
import type {Edit} from '../objects/edit.js';
import type {Path} from '../objects/value.js';

/** A document of a file: its value and where its text stands. */
export type SourcePart = {readonly start: number; readonly end: number; readonly value: unknown};

/** A file as it was read. */
export type SourceFile = {readonly file: string; readonly text: string; readonly documents: readonly SourcePart[]};

/** What a document is, by its content. */
export type DocumentKind =
	| 'kubernetes'
	| 'list'
	| 'kustomization'
	| 'compose'
	| 'helm-values'
	| 'docker-run'
	| 'docker-inspect'
	| 'other';

/** An object of Kubernetes with the place it was read from. */
export type Located = {
	readonly object: Manifest;
	readonly source: SourceFile;
	readonly part: SourcePart;
	/** Where the object stands in its document: the item of a List, or nothing. */
	readonly prefix: Path;
};

const isManifest = (value: unknown): value is Manifest => {
	const {apiVersion, kind, metadata} = mapOf(value);
	return typeof apiVersion === 'string' && typeof kind === 'string' && textOf(mapOf(metadata).name) !== undefined;
};

/** Tells what a document is from what is in it; a file's name says nothing. */
export const kindOfDocument = (value: unknown): DocumentKind => {
	if (typeof value === 'string') {
		return namesRun(value) ? 'docker-run' : 'other';
	}

	if (Array.isArray(value)) {
		return value.length > 0 &&
			value.every(item => mapOf(item).Config !== undefined && mapOf(item).HostConfig !== undefined)
			? 'docker-inspect'
			: 'other';
	}

	const map = mapOf(value);
	if (typeof map.kind === 'string' && Array.isArray(map.items) && map.kind.endsWith('List')) {
		return 'list';
	}

	if (isKustomization(value)) {
		return 'kustomization';
	}

	if (isManifest(value)) {
		return 'kubernetes';
	}

	if (isCompose(value)) {
		return 'compose';
	}

	return isValues(value) ? 'helm-values' : 'other';
};

/** The objects of Kubernetes in files, those in Lists too. */
export const locate = (files: readonly SourceFile[]): readonly Located[] =>
	files.flatMap(source =>
		source.documents.flatMap(part => {
			const kind = kindOfDocument(part.value);
			const objects: ReadonlyArray<readonly [unknown, Path]> =
				kind === 'list'
					? listOf(mapOf(part.value).items).map((item, index) => [item, ['items', index]])
					: [[part.value, []]];
			return kind === 'kubernetes' || kind === 'list'
				? objects.flatMap(([object, prefix]) =>
						isManifest(object)
							? [
									{
										object,
										source,
										part,
										prefix,
									},
								]
							: [],
					)
				: [];
		}),
	);

/** The same edits further down in a document. */
export const below = (prefix: Path, edits: readonly Edit[]): readonly Edit[] =>
	prefix.length === 0 ? edits : edits.map(edit => ({...edit, path: [...prefix, ...edit.path]}));

/** A Kustomization: its file, and what is in it. */
export type KustomizationFile = {readonly file: string; readonly value: unknown};

/** What was planned together since it is applied together. Objects of another world tell nothing of this one. */
export type World = {
	/** The folder or the file that tells it from others. */
	readonly root: string | undefined;
	readonly files: readonly SourceFile[];
	/** Files whose objects hold for this world too: they are read, and never planned. */
	readonly around: readonly SourceFile[];
	/** Where Kustomize built it: the Kustomization, and the definition of each document, before anything changed it. */
	readonly built?: {
		readonly kustomization: string;
		readonly definitions: ReadonlyArray<{readonly file: SourceFile; readonly part: SourcePart} | undefined>;
	};
	/** Kustomizations that use these files and were not built, each with the files it uses. */
	readonly unbuilt: ReadonlyArray<KustomizationFile & {readonly uses: (file: string) => boolean}>;
};

/** All files as one world, where nobody sorted them. */
export const oneWorld = (files: readonly SourceFile[]): World => ({
	root: undefined,
	files,
	around: [],
	unbuilt: files
		.flatMap(({file, documents}) => documents.map(({value}) => ({file, value, uses: () => true})))
		.filter(({value}) => kindOfDocument(value) === 'kustomization')
		.slice(0, 1),
});

/** The objects of a world: its own, and those around it that bring no pods. */
export const objectsOf = ({files, around}: World): readonly Located[] => [
	...locate(files),
	...locate(around).filter(({object}) => podTemplateOf(object) === undefined),
];
