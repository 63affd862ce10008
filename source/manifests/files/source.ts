import {namesRun} from '../../ping/docker-text.js';
import {listOf, mapOf, textOf} from '../../ping/fields.js';
import {isCompose} from '../../ping/findings/compose.js';
import {isKustomization} from '../../ping/findings/kustomization.js';
import {isValues} from '../../ping/findings/values.js';
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

	// Kustomize fills kind and apiVersion in where they are left out.
	if (
		isKustomization(value) ||
		(map.kind === undefined && map.apiVersion === undefined && Array.isArray(map.resources))
	) {
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
