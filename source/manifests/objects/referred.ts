import {Buffer} from 'node:buffer';
import {listOf, mapOf, textOf} from '../../ping/fields.js';
import type {Manifest} from '../../ping/workload.js';
import {isSecret, secretTexts} from '../secrets/recognise.js';
import type {ContainerPlace} from './containers.js';
import {applyEdits, remove, set, type Edit} from './edit.js';
import {ownMark} from './names.js';
import {at, isSame, type Path} from './value.js';

/** Where a secret stands in the clear: a variable of a container, or what a ConfigMap has at a key. */
export type ClearPlace =
	| {readonly kind: 'variable'; readonly container: string; readonly name: string}
	| {readonly kind: 'map'; readonly map: string; readonly name: string};

/** A Secret that a workload refers to in place of what the old one has in the clear. The values are no part of it. */
export type ReferredSecret = {
	readonly name: string;
	readonly keys: ReadonlyArray<{readonly key: string; readonly from: ClearPlace}>;
};

/** What makes references of literals. */
export type ReferenceEdits = {
	/** Of the workload, with those of the same variables that were there besides. */
	readonly edits: readonly Edit[];
	/** Of copies of ConfigMaps, by the names of the old ones. */
	readonly maps: ReadonlyMap<string, readonly Edit[]>;
	readonly secret: ReferredSecret | undefined;
};

/** What the workload's variables are made from. */
export type ReferenceInput = {
	readonly places: readonly ContainerPlace[];
	readonly configMaps: readonly Manifest[];
	/** ConfigMaps that are copied, by their names. Others stay as they are, and so does a reference to them. */
	readonly copied: ReadonlySet<string>;
	/** Edits of the same containers, which win. */
	readonly besides: readonly Edit[];
	readonly secretName: string;
};

/** Where the object of a place says it in words. */
export const placeText = (from: ClearPlace): string =>
	from.kind === 'variable' ? `${from.name} of container ${from.container}` : `${from.name} of ConfigMap ${from.map}`;

const reference = (name: string, secret: string, key: string) => ({
	name,
	valueFrom: {secretKeyRef: {name: secret, key}},
});

/** What the kubelet makes something else of in a variable: `$(NAME)`, and `$$`. It leaves what a Secret holds alone. */
const isExpanded = (text: string): boolean => /\$\$|\$\([^\)]+\)/v.test(text);

const isBelow = (path: Path, {path: other}: Edit): boolean =>
	other.length > path.length && isSame(other.slice(0, path.length), path);

/** The index of a list that no edit and no item has yet. */
const nextIndex = (path: Path, length: number, edits: readonly Edit[]): number =>
	edits
		.filter(edit => isBelow(path, edit))
		.reduce((next, {path: other}) => Math.max(next, Number(other[path.length]) + 1), length);

/**
Edits that add variables to a container. A variable is put into those that come after it alone: where one of the list
has `$(NAME)` of an added one, the list is written anew with the added ones first.
*/
const withAdded = (
	path: Path,
	entries: readonly unknown[],
	added: ReadonlyArray<{readonly name: string}>,
	edits: readonly Edit[],
): readonly Edit[] => {
	const own = edits.filter(edit => isBelow(path, edit));
	const {list} = applyEdits(
		{list: entries},
		own.map(edit => ({...edit, path: ['list', ...edit.path.slice(path.length)]})),
	);
	const values = list.map(entry => textOf(mapOf(entry).value) ?? '');
	if (!added.some(({name}) => values.some(value => value.includes(`$(${name})`)))) {
		const next = nextIndex(path, entries.length, edits);
		return [...edits, ...added.map((entry, index) => set([...path, next + index], entry))];
	}

	return [...edits.filter(edit => !own.includes(edit)), set(path, [...added, ...list])];
};

/** Makes references to one Secret of what the containers of a workload have in the clear. */
export const referenceEdits = ({places, configMaps, copied, besides, secretName}: ReferenceInput): ReferenceEdits => {
	const keys = new Map<string, {readonly from: ClearPlace; readonly text: string}>();
	const keyFor = (name: string, text: string, from: ClearPlace): string => {
		let key = name;
		for (let number = 2; keys.has(key) && keys.get(key)?.text !== text; number++) {
			key = `${name}-${number}`;
		}

		keys.set(key, keys.get(key) ?? {from, text});
		return key;
	};

	let edits = besides;
	const maps = new Map<string, Edit[]>();
	for (const {path, container, name: containerName} of places) {
		const entries = listOf(mapOf(container).env);
		for (const [index, entry] of entries.entries()) {
			const [name, text] = [textOf(mapOf(entry).name) ?? '', textOf(mapOf(entry).value)];
			const place = [...path, 'env', index];
			const isChanged = besides.some(({path: other}) => isSame(other.slice(0, place.length), place));
			if (text !== undefined && !isChanged && !isExpanded(text) && isSecret(name, text)) {
				const key = keyFor(name, text, {kind: 'variable', container: containerName, name});
				edits = [...edits, set(place, reference(name, secretName, key))];
			}
		}

		const added: Array<ReturnType<typeof reference>> = [];
		for (const entry of listOf(mapOf(container).envFrom)) {
			const mapName = textOf(at(entry, ['configMapRef', 'name'])) ?? '';
			const prefix = textOf(mapOf(entry).prefix) ?? '';
			const data = mapOf(configMaps.find(({metadata}) => metadata.name === mapName)?.data);
			const secrets = copied.has(mapName)
				? Object.entries(data)
						.map(([name, value]) => [name, textOf(value) ?? ''] as const)
						.filter(([name, text]) => secretTexts(name, text).length > 0)
				: [];
			for (const [name, text] of secrets) {
				const key = keyFor(name, text, {kind: 'map', map: mapName, name});
				maps.set(mapName, [...(maps.get(mapName) ?? []), remove(['data', name])]);
				if (!entries.some(one => textOf(mapOf(one).name) === prefix + name)) {
					added.push(reference(prefix + name, secretName, key));
				}
			}
		}

		edits = withAdded([...path, 'env'], entries, added, edits);
	}

	return {
		edits,
		maps,
		secret: keys.size === 0 ? undefined : {name: secretName, keys: Array.from(keys, ([key, {from}]) => ({key, from}))},
	};
};

/** How the Secret is made by hand: each value comes from a file, so that it is no argument. */
export const secretByHand = ({name, keys}: ReferredSecret): string =>
	`kubectl create secret generic ${name} ${keys.map(({key}) => `--from-file=${key}=FILE`).join(' ')}`;

/** What an operator has to know of it. */
export const secretNote = (secret: ReferredSecret): string =>
	`In the clear in the old workload: ${secret.keys.map(({from}) => placeText(from)).join(', ')}. The new one ` +
	'refers to ' +
	`the Secret ${secret.name} for it, and no file holds a value. By hand, with each value in a file of mode 0600 and ` +
	`no end of line behind it: ${secretByHand(secret)}`;

/**
The Secret itself, with the values as they stand in the objects. It goes to the API server and nowhere else. Undefined
where one is not there.
*/
export const secretObject = (
	{name, keys}: ReferredSecret,
	places: readonly ContainerPlace[],
	configMaps: readonly Manifest[],
): Manifest | undefined => {
	const values = keys.map(({key, from}) => {
		const text =
			from.kind === 'map'
				? textOf(mapOf(configMaps.find(({metadata}) => metadata.name === from.map)?.data)[from.name])
				: places
						.filter(place => place.name === from.container)
						.flatMap(({container}) => listOf(mapOf(container).env))
						.map(entry => mapOf(entry))
						.flatMap(entry => (textOf(entry.name) === from.name ? [textOf(entry.value)] : []))[0];
		return [key, text] as const;
	});
	return values.some(([, text]) => text === undefined)
		? undefined
		: {
				apiVersion: 'v1',
				kind: 'Secret',
				metadata: {name, labels: {[ownMark.key]: ownMark.value}},
				type: 'Opaque',
				data: Object.fromEntries(values.map(([key, text]) => [key, Buffer.from(text ?? '').toString('base64')])),
			};
};
