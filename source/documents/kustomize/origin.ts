import path from 'node:path';
import {fieldOf, joinField, listOf, mapOf, stepsOf, textOf} from '../../ping/fields.js';
import {parseImage} from '../../ping/image.js';
import type {SourceDocument, SourceFile} from '../index.js';
import {parseFile} from '../parse.js';
import type {Closure} from './tree.js';

/** A place in a file. */
export type FilePlace = {readonly file: string; readonly line?: number};

/** An object that Kustomize built, and where what is in it was written. */
export type BuiltObject = {
	readonly value: unknown;
	/** The document that defines it, before anything changed it; undefined for what a generator made. */
	readonly definition?: {readonly file: SourceFile; readonly document: SourceDocument};
	readonly placeOf: (field: string) => FilePlace;
};

const originKey = 'config.kubernetes.io/origin';

type Steps = ReadonlyArray<string | number>;

/** What tells the items of a list apart where their order may change. */
const keys = ['name', 'containerPort', 'mountPath', 'port', 'key'];

const twinOf = (items: readonly unknown[], item: unknown): number => {
	const key = keys.find(name => fieldOf(item, name) !== undefined);
	return key === undefined ? -1 : items.findIndex(other => fieldOf(other, key) === fieldOf(item, key));
};

/** The way to a field of a built object in a document it was made from, as far as it leads. */
const follow = (built: unknown, written: unknown, steps: Steps): {readonly steps: Steps; readonly isWhole: boolean} => {
	const taken: Array<string | number> = [];
	let [left, right] = [built, written];
	for (const step of steps) {
		const items = listOf(right);
		const twin = typeof step === 'number' ? twinOf(items, listOf(left)[step]) : -1;
		const next = typeof step === 'number' && twin !== -1 ? twin : step;
		left = fieldOf(left, step);
		right = fieldOf(right, next);
		if (right === undefined) {
			return {steps: taken, isWhole: false};
		}

		taken.push(next);
	}

	return {steps: taken, isWhole: typeof right === 'object' || right === left};
};

const nameIn = (value: unknown): string => textOf(fieldOf(value, 'metadata', 'name')) ?? '';

/**
Whether a document may be what an object was before names were changed: of its kind, with a name that is part of the
built one.
*/
const mayBecome = (value: unknown, built: unknown): boolean =>
	fieldOf(value, 'kind') === fieldOf(built, 'kind') && nameIn(value) !== '' && nameIn(built).includes(nameIn(value));

/** Of several the one with the longest name: `pd` is a part of `pd-admin` too. */
const longestName = <Entry extends {readonly document: SourceDocument}>(found: readonly Entry[]): Entry | undefined =>
	found.toSorted((one, other) => nameIn(other.document.value).length - nameIn(one.document.value).length)[0];

type Read = {readonly file: SourceFile; readonly document: SourceDocument};

const readIn = (files: ReadonlyMap<string, SourceFile>, names: Iterable<string>): readonly Read[] =>
	[...names].flatMap(name => {
		const file = files.get(name);
		return (file?.documents ?? []).map(document => ({file: file!, document}));
	});

/** Without the annotation that was asked for; an empty map of annotations goes with it. */
const withoutOrigin = (value: unknown): unknown => {
	const {annotations, ...metadata} = mapOf(fieldOf(value, 'metadata'));
	const kept = Object.fromEntries(Object.entries(mapOf(annotations)).filter(([name]) => name !== originKey));
	return {...mapOf(value), metadata: {...metadata, ...(Object.keys(kept).length > 0 && {annotations: kept})}};
};

const originOf = (value: unknown): {readonly path?: string; readonly configuredIn?: string} => {
	const text = textOf(fieldOf(value, 'metadata', 'annotations', originKey)) ?? '';
	const field = (name: string): string | undefined => new RegExp(`^${name}: (?<way>.+)$`, 'mv').exec(text)?.groups?.way;
	const [way, configuredIn] = [field('path'), field('configuredIn')];
	return {...(way !== undefined && {path: way}), ...(configuredIn !== undefined && {configuredIn})};
};

const placeIn = ({file, document}: Read, steps: Steps): FilePlace => {
	const line = document.lineOf(joinField('', ...steps));
	return {file: file.file, ...(line !== undefined && {line})};
};

/** The entry of `images` that gave an image its name or its tag. */
const imagePlace = (kustomizations: readonly Read[], image: string): FilePlace | undefined => {
	const {registry, repository, tag, digest} = parseImage(image);
	const whole = registry === undefined ? repository : `${registry}/${repository}`;
	for (const read of kustomizations) {
		const index = listOf(fieldOf(read.document.value, 'images')).findIndex(
			entry =>
				(textOf(fieldOf(entry, 'newName')) ?? textOf(fieldOf(entry, 'name'))) === whole &&
				[tag, digest, undefined].includes(textOf(fieldOf(entry, 'newTag')) ?? textOf(fieldOf(entry, 'digest'))),
		);
		if (index !== -1) {
			return placeIn(read, ['images', index]);
		}
	}

	return undefined;
};

const generatorPlace = (read: Read, built: unknown, steps: Steps): FilePlace => {
	const {value} = read.document;
	const field = fieldOf(built, 'kind') === 'Secret' ? 'secretGenerator' : 'configMapGenerator';
	const index = listOf(fieldOf(value, field)).findIndex(generator =>
		nameIn(built).includes(textOf(fieldOf(generator, 'name')) ?? '\0'),
	);
	const literals = listOf(fieldOf(value, field, index, 'literals'));
	const literal = literals.findIndex(text => textOf(text)?.startsWith(`${String(steps.at(-1))}=`));
	return placeIn(read, literal === -1 ? [field, index] : [field, index, 'literals', literal]);
};

/** Takes what Kustomize printed apart, and finds out where each object and each field of it was written. */
export const builtObjects = (
	text: string,
	from: string,
	closure: Closure,
	files: ReadonlyMap<string, SourceFile>,
): readonly BuiltObject[] => {
	const kustomizations = readIn(
		files,
		closure.kustomizations.map(({file}) => path.resolve(file)),
	);
	const patches = readIn(files, closure.pieces);
	return parseFile(text).documents.map(({value: annotated}): BuiltObject => {
		const origin = originOf(annotated);
		const value = withoutOrigin(annotated);
		const inOrigin = origin.path === undefined ? [] : readIn(files, [path.resolve(from, origin.path)]);
		const definition = longestName(inOrigin.filter(({document}) => mayBecome(document.value, value))) ?? inOrigin[0];
		const maker =
			origin.configuredIn === undefined ? undefined : readIn(files, [path.resolve(from, origin.configuredIn)])[0];
		const written = [
			...patches.filter(({document}) => mayBecome(document.value, value)),
			...(definition ? [definition] : []),
		];
		return {
			value,
			...(definition && {definition}),
			placeOf(field) {
				const steps = stepsOf(field);
				const whole = written
					.map(read => ({read, ...follow(value, read.document.value, steps)}))
					.find(({isWhole}) => isWhole);
				if (whole) {
					return placeIn(whole.read, whole.steps);
				}

				const image = steps.at(-1) === 'image' ? textOf(fieldOf(value, ...steps)) : undefined;
				const place = image === undefined ? undefined : imagePlace(kustomizations, image);
				if (place) {
					return place;
				}

				if (definition) {
					return placeIn(definition, follow(value, definition.document.value, steps).steps);
				}

				return maker ? generatorPlace(maker, value, steps) : {file: closure.kustomizations[0]?.file ?? ''};
			},
		};
	});
};
