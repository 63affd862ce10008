import {textOf, listOf, mapOf} from '../../ping/fields.js';
import type {Manifest} from '../../ping/workload.js';
import {containersOf, type ContainerPlace} from '../objects/containers.js';
import {copyOf, objectOf, type Draft, type Drafts, type ServiceMove} from '../objects/draft.js';
import {applyEdits, remove, set, type Edit} from '../objects/edit.js';
import {environmentEdits, variablesOf, type ConfigMapCopy} from '../objects/environment.js';
import {checkFree, checkNewName, headlessName, ownMark, renamed} from '../objects/names.js';
import {neighboursOf} from '../objects/neighbours.js';
import {portMove} from '../objects/port-move.js';
import {referenceEdits, secretNote} from '../objects/referred.js';
import {relabel, type Relabelling} from '../objects/selector.js';
import {headlessPorts, isHeadless, servicesOf, switchEdits} from '../objects/services.js';
import {at} from '../objects/value.js';
import {freshVolumeEdits} from '../objects/volumes.js';
import type {PlanInput} from '../strategy.js';
import {freshWishes} from '../wishes.js';
import {bundleEdits} from './bundle.js';
import {freshNotes} from './notes.js';
import {checkSecrets} from './secrets.js';
import {freshWorkloadEdits, renameEdits} from './workload.js';

const ofKind = (objects: readonly Manifest[], kind: string): readonly Manifest[] =>
	objects.filter(object => object.kind === kind);

const mergeCopies = (copies: readonly ConfigMapCopy[]): readonly ConfigMapCopy[] => {
	const merged = new Map<string, readonly Edit[]>();
	for (const {name, edits} of copies) {
		merged.set(name, [...(merged.get(name) ?? []), ...edits]);
	}

	return [...merged].map(([name, edits]) => ({name, edits}));
};

/** Points every reference of the pod's environment to the copies of the ConfigMaps. */
const mapReferenceEdits = (
	places: readonly ContainerPlace[],
	copies: readonly ConfigMapCopy[],
	rename: (name: string) => string,
): readonly Edit[] =>
	places.flatMap(({path, container}) =>
		listOf(mapOf(container).envFrom).flatMap((entry, index) => {
			const name = textOf(at(entry, ['configMapRef', 'name']));
			return name !== undefined && copies.some(copy => copy.name === name)
				? [set([...path, 'envFrom', index, 'configMapRef', 'name'], rename(name))]
				: [];
		}),
	);

const headlessDraft = (
	governing: Manifest | undefined,
	workload: Manifest,
	name: string,
	ports: ReturnType<typeof headlessPorts>,
	relabelling: Relabelling,
): Draft => {
	const selector = Object.fromEntries([...relabelling.keys].map(key => [key, relabelling.name]));
	if (governing && isHeadless(governing)) {
		return copyOf(governing, [
			...renameEdits(governing, name, relabelling),
			set(['spec', 'publishNotReadyAddresses'], true),
			set(['spec', 'ports'], ports),
			set(['spec', 'selector'], selector),
			...['clusterIPs', 'ipFamilies', 'ipFamilyPolicy'].map(field => remove(['spec', field])),
		]);
	}

	return {
		kind: 'new',
		object: {
			apiVersion: 'v1',
			kind: 'Service',
			metadata: {
				name,
				...(workload.metadata.namespace !== undefined && {namespace: workload.metadata.namespace}),
				labels: {...selector, [ownMark.key]: ownMark.value},
			},
			spec: {
				clusterIP: 'None',
				publishNotReadyAddresses: true,
				ports,
				selector,
			},
		},
	};
};

/** The drafts of a fresh deployment: a new workload beside the old one, and what moves the clients later. */
export const freshDrafts = (workload: Manifest, {workload: facts, objects, decisions}: PlanInput): Drafts => {
	const {newName, newPorts} = decisions;
	checkNewName(newName, workload);
	const services = ofKind(objects, 'Service').filter(({metadata}) => metadata.labels?.[ownMark.key] !== ownMark.value);
	const relabelling = relabel(workload, services, newName);
	const move = portMove(decisions.oldPorts, newPorts);
	const places = containersOf(workload, facts);
	const server = places.find(({role}) => role === 'server');
	const isSet = workload.kind === 'StatefulSet';
	const serviceName = textOf(at(workload, ['spec', 'serviceName']));
	const headless = headlessName(serviceName, workload.metadata.name, newName);
	const rename = (name: string): string => renamed(name, workload.metadata.name, newName);

	const configMaps = ofKind(objects, 'ConfigMap');
	checkSecrets(server, decisions, configMaps);
	const wishes = freshWishes(decisions, facts.product, isSet ? headless : undefined);
	const environments = places
		.filter(({role}) => role !== 'foreign')
		.map(place =>
			environmentEdits(
				place.path,
				place.container,
				place.role === 'server' ? wishes : wishes.map(wish => ({...wish, when: 'wherever-set' as const})),
				configMaps,
			),
		);
	const copied = mergeCopies(environments.flatMap(({copies}) => copies));
	const references = referenceEdits({
		places,
		configMaps,
		copied: new Set(copied.map(({name}) => name)),
		besides: environments.flatMap(({edits}) => edits),
		secretName: `${newName}-secrets`,
	});
	const copies = copied.map(({name, edits}) => ({name, edits: [...edits, ...(references.maps.get(name) ?? [])]}));
	const volumes = freshVolumeEdits(workload, places, ofKind(objects, 'PersistentVolumeClaim'), newName, facts);
	const bundle = bundleEdits(workload, server, decisions);
	const draft = copyOf(workload, [
		...freshWorkloadEdits(workload, places, decisions, relabelling, move, headless),
		...references.edits,
		...mapReferenceEdits(places, copies, rename),
		...volumes.edits,
		...bundle.edits,
	]);
	const newObject = objectOf(draft);
	const newServer = server && at(newObject, server.path);

	const used = servicesOf(workload, relabelling.old, services);
	const moves: readonly ServiceMove[] = used
		.filter(service => !isHeadless(service))
		.map(service => ({service, edits: switchEdits(workload, service, relabelling, move)}));
	const neighbours = neighboursOf(
		workload,
		objects.filter(object => object.metadata.labels?.[ownMark.key] !== ownMark.value),
		relabelling,
		move,
	);
	const governing = services.find(({metadata}) => metadata.name === serviceName);

	const drafts: readonly Draft[] = [
		...bundle.objects.map((object): Draft => ({kind: 'new', object})),
		...copies.map(({name, edits}) => {
			const source = configMaps.find(({metadata}) => metadata.name === name)!;
			return copyOf(source, [...renameEdits(source, rename(name), relabelling), remove(['immutable']), ...edits]);
		}),
		...volumes.claims.map((object): Draft => ({
			kind: 'new',
			object: applyEdits(object, [set(['metadata', 'labels'], {[ownMark.key]: ownMark.value})]),
		})),
		...neighbours.copies.map(({source, edits}) =>
			copyOf(source, [...renameEdits(source, rename(source.metadata.name), relabelling), ...edits]),
		),
		...(isSet ? [headlessDraft(governing, workload, headless, headlessPorts(newServer, newPorts), relabelling)] : []),
		draft,
	];
	checkFree(
		drafts.map(planned => objectOf(planned)),
		objects,
	);
	return {
		drafts,
		moves,
		...(references.secret && {secret: references.secret}),
		notes: [
			...(references.secret ? [secretNote(references.secret)] : []),
			...freshNotes({
				workload,
				newObject,
				facts,
				decisions,
				places,
				used,
				moves,
				objects,
				unseen: environments.flatMap(({unseen}) => unseen),
				environment: variablesOf(server?.container, configMaps),
				copied: copies.map(({name}) => [name, rename(name)]),
				others: [...volumes.notes, ...neighbours.notes],
			}),
		],
	};
};
