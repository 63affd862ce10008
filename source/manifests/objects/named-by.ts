import {listOf, mapOf, textOf} from '../../ping/fields.js';
import type {Manifest} from '../../ping/workload.js';
import {isMatchedBy, isSelectedBy, templatePathOf, type Relabelling} from './selector.js';
import {at} from './value.js';

const escaped = (name: string): string => name.replaceAll(/[^\w\-]/gv, String.raw`\$&`);

/** A pod of a StatefulSet by its own name, where that stands by itself or before a dot or a slash. */
const podName = (workload: Manifest): RegExp =>
	new RegExp(String.raw`(?<![\w.\-])${escaped(workload.metadata.name)}-\d+(?![\w\-])`, 'v');

const templateOf = (object: Manifest): unknown => {
	const path = templatePathOf(object.kind);
	return path && at(object, path);
};

/** The words of the containers that a template runs, one text. */
const commandsIn = (template: unknown): string =>
	['initContainers', 'containers']
		.flatMap(field => listOf(at(template, ['spec', field])))
		.flatMap(container => [...listOf(mapOf(container).command), ...listOf(mapOf(container).args)])
		.map(word => textOf(word) ?? '')
		.join(' ');

/** The label selectors by which a template's pods are placed beside others or away from them. */
const placingSelectors = (template: unknown): readonly unknown[] => {
	const spec = mapOf(at(template, ['spec']));
	const terms = ['podAffinity', 'podAntiAffinity'].flatMap(kind => {
		const {requiredDuringSchedulingIgnoredDuringExecution: must, preferredDuringSchedulingIgnoredDuringExecution: may} =
			mapOf(mapOf(spec.affinity)[kind]);
		return [...listOf(must), ...listOf(may).map(preferred => mapOf(preferred).podAffinityTerm)];
	});
	return [...terms, ...listOf(spec.topologySpreadConstraints)]
		.map(term => mapOf(term).labelSelector)
		.filter(selector => selector !== undefined);
};

const isOldOnly = (selector: unknown, {old, next}: Relabelling): boolean =>
	isMatchedBy(selector, old) && !isMatchedBy(selector, next);

/** The Services with which a ServiceMonitor watches the old pods. */
const watchedServices = (monitor: Manifest, objects: readonly Manifest[], {old}: Relabelling): readonly string[] =>
	objects
		.filter(({kind, metadata: {labels}}) => kind === 'Service' && Object.keys(labels ?? {}).length > 0)
		.filter(service => isSelectedBy(at(service, ['spec', 'selector']), old))
		.filter(({metadata: {labels}}) => isMatchedBy(at(monitor, ['spec', 'selector']), labels ?? {}))
		.map(({metadata: {name}}) => name);

/**
What an object says of the old pods that no copy of it can be made to hold for the new ones, as a person must know it:
names of pods in commands, placement beside them, monitors.
*/
export const namedByNotes = (
	object: Manifest,
	workload: Manifest,
	relabelling: Relabelling,
	objects: readonly Manifest[],
): readonly string[] => {
	const {
		kind,
		metadata: {name},
	} = object;
	if (kind === workload.kind && name === workload.metadata.name) {
		return [];
	}

	const template = templateOf(object);
	const found = template === undefined ? undefined : podName(workload).exec(commandsIn(template))?.[0];
	const watched = kind === 'ServiceMonitor' ? watchedServices(object, objects, relabelling) : [];
	return [
		...(found === undefined
			? []
			: [
					`${kind} ${name} names the pod ${found} in a command: it goes on with the old pods, and after the cut-over ` +
						`it must name ${found.replace(workload.metadata.name, () => relabelling.name)}.`,
				]),
		...(template !== undefined && placingSelectors(template).some(selector => isOldOnly(selector, relabelling))
			? [
					`${kind} ${name} is placed by the old pods (affinity or topology spread); for the new ones it must select ` +
						`${[...relabelling.keys].map(key => `${key}=${relabelling.name}`).join(',')} too.`,
				]
			: []),
		...(watched.length === 0
			? []
			: [
					`ServiceMonitor ${name} watches through the Service ${watched.join(', ')}: until the cut-over it sees the ` +
						'old pods alone.',
				]),
	];
};
