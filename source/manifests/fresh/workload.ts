import {listOf, mapOf, textOf, textsOf} from '../../ping/fields.js';
import type {Manifest} from '../../ping/workload.js';
import {homeEdits, ownCommandEdits, ownPortEdits} from '../objects/container-edits.js';
import {podSpecPathOf, type ContainerPlace} from '../objects/containers.js';
import {remove, set, type Edit} from '../objects/edit.js';
import {ownMark} from '../objects/names.js';
import type {PortMove} from '../objects/port-move.js';
import {freshSecurityEdits} from '../objects/security.js';
import {isMatchedBy, selectorEdits, templatePathOf, type Relabelling} from '../objects/selector.js';
import {suspendEdits} from '../objects/start-notes.js';
import {at, type Path} from '../objects/value.js';
import type {Decisions} from '../strategy.js';

/** Edits of an object's own name and labels, after which it is an object of the new workload. */
export const renameEdits = (object: Manifest, name: string, relabelling: Relabelling): readonly Edit[] => [
	set(['metadata', 'name'], name),
	...Object.entries(textsOf(object.metadata.labels))
		.filter(
			([key, value]) =>
				(relabelling.keys.has(key) && relabelling.old[key] === value) || key === 'app.kubernetes.io/instance',
		)
		.map(([key]) => set(['metadata', 'labels', key], relabelling.name)),
	set(['metadata', 'labels', ownMark.key], ownMark.value),
];

/** Labels that a controller gives a Job and its pods. */
const jobLabels = ['controller-uid', 'job-name', 'batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name'];

const ownSelectorEdits = (object: Manifest, relabelling: Relabelling): readonly Edit[] => {
	const selector = at(object, ['spec', 'selector']);
	if (object.kind === 'Job') {
		return [
			remove(['spec', 'selector']),
			...jobLabels
				.filter(key => Object.hasOwn(relabelling.old, key))
				.map(key => remove(['spec', 'template', 'metadata', 'labels', key])),
		];
	}

	if (selector === undefined || object.kind === 'CronJob' || object.kind === 'Pod') {
		return [];
	}

	const edits = selectorEdits(['spec', 'selector'], selector, relabelling);
	const selectsByName = edits.length > 0 && !isMatchedBy(selector, relabelling.next);
	return selectsByName
		? edits
		: [
				set(['spec', 'selector'], {
					matchLabels: Object.fromEntries([...relabelling.keys].map(key => [key, relabelling.name])),
				}),
			];
};

const podLabelEdits = (object: Manifest, {keys, name}: Relabelling): readonly Edit[] => {
	const template = templatePathOf(object.kind) ?? [];
	const isJob = object.kind === 'Job';
	return [...keys]
		.filter(key => !(isJob && jobLabels.includes(key)))
		.map(key => set([...template, 'metadata', 'labels', key], name));
};

/** Rules that keep the pods of a workload apart name them by their labels. */
const spreadEdits = (object: Manifest, relabelling: Relabelling): readonly Edit[] => {
	const spec = podSpecPathOf(object.kind);
	const inTerms = (path: Path, below: Path): readonly Edit[] =>
		listOf(at(object, path)).flatMap((term, index) => {
			const place = [...path, index, ...below];
			return selectorEdits(place, at(term, below), relabelling);
		});
	return [
		...['podAffinity', 'podAntiAffinity'].flatMap(field => [
			...inTerms([...spec, 'affinity', field, 'requiredDuringSchedulingIgnoredDuringExecution'], ['labelSelector']),
			...inTerms(
				[...spec, 'affinity', field, 'preferredDuringSchedulingIgnoredDuringExecution'],
				['podAffinityTerm', 'labelSelector'],
			),
		]),
		...inTerms([...spec, 'topologySpreadConstraints'], ['labelSelector']),
	];
};

/**
Edits that make a workload of the old image a new one beside it: names, labels, image, user, ports. Volumes and
environment are planned apart.
*/
export const freshWorkloadEdits = (
	object: Manifest,
	places: readonly ContainerPlace[],
	decisions: Decisions,
	relabelling: Relabelling,
	move: PortMove,
	headless: string,
): readonly Edit[] => {
	const template = templatePathOf(object.kind) ?? [];
	const templateName = textOf(at(object, [...template, 'metadata', 'name']));
	return [
		...renameEdits(object, decisions.newName, relabelling),
		...(object.kind === 'StatefulSet' ? [set(['spec', 'replicas'], 1), set(['spec', 'serviceName'], headless)] : []),
		...(object.kind === 'CronJob' ? [set(['spec', 'suspend'], true)] : suspendEdits(object)),
		...ownSelectorEdits(object, relabelling),
		...podLabelEdits(object, relabelling),
		...(templateName !== undefined && template.length > 0
			? [set([...template, 'metadata', 'name'], decisions.newName)]
			: []),
		...spreadEdits(object, relabelling),
		...freshSecurityEdits(object, places, decisions),
		...places.flatMap(place => {
			const isOurs = place.role !== 'foreign';
			return [
				...(isOurs && textOf(mapOf(place.container).image) !== decisions.image
					? [set([...place.path, 'image'], decisions.image)]
					: []),
				...(place.role === 'server' ? ownPortEdits(place, move) : ownCommandEdits(place, move)),
				...(isOurs ? homeEdits(place) : []),
			];
		}),
	];
};
