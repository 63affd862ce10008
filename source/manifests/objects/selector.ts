import {listOf, mapOf, textOf, textsOf} from '../../ping/fields.js';
import type {Manifest} from '../../ping/workload.js';
import {set, type Edit} from './edit.js';
import {at, type Path} from './value.js';

/** Labels of a pod. */
export type Labels = Readonly<Record<string, string>>;

const templatePaths: Readonly<Record<string, Path>> = {
	StatefulSet: ['spec', 'template'],
	Deployment: ['spec', 'template'],
	DaemonSet: ['spec', 'template'],
	ReplicaSet: ['spec', 'template'],
	Job: ['spec', 'template'],
	CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
	Pod: [],
};

/** Where the pod template of a kind lies; undefined for a kind that has none. */
export const templatePathOf = (kind: string): Path | undefined => templatePaths[kind];

/** The labels that the pods of a workload get from its template. */
export const podLabelsOf = (object: Manifest): Labels =>
	textsOf(at(object, [...(templatePathOf(object.kind) ?? []), 'metadata', 'labels']));

/** Whether a plain selector, as a Service has it, selects a pod. An empty one selects nothing. */
export const isSelectedBy = (selector: unknown, labels: Labels): boolean => {
	const wanted = Object.entries(textsOf(selector));
	return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
};

const isMet = (expression: unknown, labels: Labels): boolean => {
	const {key, operator, values} = mapOf(expression);
	const value = labels[textOf(key) ?? ''];
	const isListed = value !== undefined && listOf(values).includes(value);
	switch (operator) {
		case 'In': {
			return isListed;
		}

		case 'NotIn': {
			return !isListed;
		}

		case 'Exists': {
			return value !== undefined;
		}

		case 'DoesNotExist': {
			return value === undefined;
		}

		default: {
			return false;
		}
	}
};

/** Whether a label selector (matchLabels, matchExpressions) selects a pod. An empty one selects every pod. */
export const isMatchedBy = (selector: unknown, labels: Labels): boolean => {
	const {matchLabels, matchExpressions} = mapOf(selector);
	return (
		Object.entries(textsOf(matchLabels)).every(([key, value]) => labels[key] === value) &&
		listOf(matchExpressions).every(expression => isMet(expression, labels))
	);
};

const keysOf = (selector: unknown): readonly string[] => {
	const {matchLabels, matchExpressions} = mapOf(selector);
	return [
		...Object.keys(textsOf(matchLabels)),
		...listOf(matchExpressions).map(expression => textOf(mapOf(expression).key) ?? ''),
	];
};

/** How the labels of the new pods differ from those of the old ones. */
export type Relabelling = {
	readonly name: string;
	readonly old: Labels;
	readonly next: Labels;
	/** Labels that have another value on the new pods: no selector of the old pods may select the new ones. */
	readonly keys: ReadonlySet<string>;
};

/**
Labels for the new pods: every label the workload itself selects by gets the new name, and so does what a Service
selects by where that would still select the new pods. All other labels stay, so that what is meant for all pods of an
application still holds.
*/
export const relabel = (object: Manifest, services: readonly Manifest[], name: string): Relabelling => {
	const old = podLabelsOf(object);
	const keys = new Set(keysOf(at(object, ['spec', 'selector'])).filter(key => old[key] !== undefined));
	for (const service of services) {
		const selector = textsOf(at(service, ['spec', 'selector']));
		if (isSelectedBy(selector, old) && Object.keys(selector).every(key => !keys.has(key))) {
			for (const key of Object.keys(selector)) {
				keys.add(key);
			}
		}
	}

	if (keys.size === 0) {
		keys.add('app.kubernetes.io/instance');
	}

	const next = {...old, ...Object.fromEntries([...keys].map(key => [key, name]))};
	return {
		name,
		old,
		next,
		keys,
	};
};

/** Edits that make a label selector of the old pods one of the new pods. */
export const selectorEdits = (path: Path, selector: unknown, {old, name, keys}: Relabelling): readonly Edit[] => {
	const {matchLabels, matchExpressions} = mapOf(selector);
	return [
		...Object.entries(textsOf(matchLabels))
			.filter(([key, value]) => keys.has(key) && old[key] === value)
			.map(([key]) => set([...path, 'matchLabels', key], name)),
		...listOf(matchExpressions).flatMap((expression, index) => {
			const {key, operator, values} = mapOf(expression);
			const place = listOf(values).indexOf(old[textOf(key) ?? '']);
			return operator === 'In' && place !== -1 && keys.has(textOf(key) ?? '')
				? [set([...path, 'matchExpressions', index, 'values', place], name)]
				: [];
		}),
	];
};
