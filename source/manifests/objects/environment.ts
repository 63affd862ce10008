import {listOf, mapOf, textOf, textsOf} from '../../ping/fields.js';
import type {Manifest} from '../../ping/workload.js';
import {remove, set, type Edit} from './edit.js';
import {at, type Path} from './value.js';

/**
A variable as it must be. `wherever-set` changes it only where it is set already; `always` adds it where it is not.
*/
export type Wish = {readonly name: string; readonly value: string; readonly when: 'wherever-set' | 'always'};

/** A ConfigMap that must be copied because something in it changes, with the edits of its data. */
export type ConfigMapCopy = {readonly name: string; readonly edits: readonly Edit[]};

/** What the wishes mean for a container and for the ConfigMaps it takes its environment from. */
export type EnvironmentEdits = {
	readonly edits: readonly Edit[];
	readonly copies: readonly ConfigMapCopy[];
	/** ConfigMaps that are named but were not seen. */
	readonly unseen: readonly string[];
};

/** Variables that images from 2103 on do not read. */
const isDropped = (name: string): boolean => name.startsWith('PING_CONTAINER_');

type Source = {readonly map: Manifest; readonly prefix: string};

const sourcesOf = (
	container: unknown,
	configMaps: readonly Manifest[],
): {readonly seen: readonly Source[]; readonly unseen: readonly string[]} => {
	const seen: Source[] = [];
	const unseen: string[] = [];
	for (const entry of listOf(mapOf(container).envFrom)) {
		const name = textOf(at(entry, ['configMapRef', 'name']));
		const map = configMaps.find(object => object.metadata.name === name);
		if (map) {
			seen.push({map, prefix: textOf(mapOf(entry).prefix) ?? ''});
		} else if (name !== undefined && at(entry, ['configMapRef', 'optional']) !== true) {
			unseen.push(name);
		}
	}

	return {seen, unseen};
};

/** ConfigMaps that a container takes its environment from and that were not seen, each as `ConfigMap NAME`. */
export const unseenSources = (container: unknown, configMaps: readonly Manifest[]): readonly string[] =>
	sourcesOf(container, configMaps).unseen.map(name => `ConfigMap ${name}`);

/**
Edits of one container's environment. What is set in the container's own list is changed there, what comes from a
ConfigMap in a copy of it; what is to be there and is nowhere is added to the list, which wins over a ConfigMap. Where a
ConfigMap was not seen, all wishes are added for that reason.
*/
export const environmentEdits = (
	path: Path,
	container: unknown,
	wishes: readonly Wish[],
	configMaps: readonly Manifest[],
): EnvironmentEdits => {
	const entries = listOf(mapOf(container).env);
	const {seen, unseen} = sourcesOf(container, configMaps);
	const edits: Edit[] = [];
	const copies = new Map<string, Edit[]>();
	const copyOf = (name: string): Edit[] => {
		const found = copies.get(name) ?? [];
		copies.set(name, found);
		return found;
	};

	let next = entries.length;
	for (const {name, value, when} of wishes) {
		const places = entries.flatMap((entry, index) => (textOf(mapOf(entry).name) === name ? [index] : []));
		const source = seen.findLast(
			({map, prefix}) => name.startsWith(prefix) && Object.hasOwn(mapOf(map.data), name.slice(prefix.length)),
		);
		if (places.length > 0) {
			edits.push(
				...places.flatMap(index => [
					set([...path, 'env', index, 'value'], value),
					remove([...path, 'env', index, 'valueFrom']),
				]),
			);
		} else if (source) {
			copyOf(source.map.metadata.name).push(set(['data', name.slice(source.prefix.length)], value));
		} else if (when === 'always' || unseen.length > 0) {
			edits.push(set([...path, 'env', next++], {name, value}));
		}
	}

	for (const [index, entry] of entries.entries()) {
		if (isDropped(textOf(mapOf(entry).name) ?? '')) {
			edits.push(remove([...path, 'env', index]));
		}
	}

	for (const {map, prefix} of seen) {
		for (const key of Object.keys(mapOf(map.data))) {
			if (isDropped(prefix + key)) {
				copyOf(map.metadata.name).push(remove(['data', key]));
			}
		}
	}

	return {edits, copies: [...copies].map(([name, changes]) => ({name, edits: changes})), unseen};
};

/** The environment of a container as far as it is written down: ConfigMaps first, then its own list. */
export const variablesOf = (container: unknown, configMaps: readonly Manifest[]): Readonly<Record<string, string>> =>
	Object.fromEntries([
		...sourcesOf(container, configMaps).seen.flatMap(({map, prefix}) =>
			Object.entries(textsOf(map.data)).map(([key, value]) => [prefix + key, value] as const),
		),
		...listOf(mapOf(container).env).flatMap(entry => {
			const name = textOf(mapOf(entry).name);
			const value = textOf(mapOf(entry).value);
			return name === undefined || value === undefined ? [] : [[name, value] as const];
		}),
	]);
