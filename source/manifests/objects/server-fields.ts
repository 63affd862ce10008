import {debtAnnotation} from '../../ping/debt.js';
import {listOf, mapOf} from '../../ping/fields.js';
import type {Manifest} from '../../ping/workload.js';
import {applyEdits, remove, type Edit} from './edit.js';
import {at, type Path} from './value.js';

const ofTheServer = [
	'uid',
	'resourceVersion',
	'generation',
	'creationTimestamp',
	'managedFields',
	'selfLink',
	'deletionTimestamp',
	'deletionGracePeriodSeconds',
];
const ofTheOldObject = ['ownerReferences', 'finalizers', 'generateName'];
const ofTheServiceAddress = ['clusterIP', 'clusterIPs', 'healthCheckNodePort'];

/** Annotations that a client or a controller keeps its own books in. */
const bookkeeping = new Set([
	'kubectl.kubernetes.io/last-applied-configuration',
	'deployment.kubernetes.io/revision',
	'kubectl.kubernetes.io/restartedAt',
	// What unroot says of this object is not true of a copy.
	'unroot/freeze',
	debtAnnotation,
]);

/**
Marks by which Helm, Argo CD and Flux know their objects. A new object that carried them would be claimed, or pruned as
one that is in no repository.
*/
const marks = [
	/^meta\.helm\.sh\//v,
	/^helm\.sh\//v,
	/^argocd\.argoproj\.io\//v,
	/^(?:kustomize|helm)\.toolkit\.fluxcd\.io\//v,
];

const metadataPaths = (object: Manifest): readonly Path[] => [
	['metadata'],
	['spec', 'template', 'metadata'],
	['spec', 'jobTemplate', 'metadata'],
	['spec', 'jobTemplate', 'spec', 'template', 'metadata'],
	...listOf(at(object, ['spec', 'volumeClaimTemplates'])).map((_, index): Path => [
		'spec',
		'volumeClaimTemplates',
		index,
		'metadata',
	]),
];

const fieldEdits = (object: Manifest, path: Path, names: readonly string[]): readonly Edit[] =>
	names.filter(name => Object.hasOwn(mapOf(at(object, path)), name)).map(name => remove([...path, name]));

const keyEdits = (object: Manifest, path: Path, isUnwanted: (key: string) => boolean): readonly Edit[] =>
	Object.keys(mapOf(at(object, path)))
		.filter(key => isUnwanted(key))
		.map(key => remove([...path, key]));

/** Edits that take away what the server and its controllers wrote into an object. */
export const serverFieldEdits = (object: Manifest): readonly Edit[] => [
	...fieldEdits(object, [], ['status']),
	...(object.kind === 'Service' && at(object, ['spec', 'clusterIP']) !== 'None'
		? fieldEdits(object, ['spec'], ofTheServiceAddress)
		: fieldEdits(object, ['spec'], object.kind === 'Service' ? ['clusterIPs'] : [])),
	...metadataPaths(object).flatMap(path => [
		...fieldEdits(object, path, ofTheServer),
		...keyEdits(object, [...path, 'annotations'], key => bookkeeping.has(key)),
	]),
	...listOf(at(object, ['spec', 'volumeClaimTemplates'])).flatMap((_, index) =>
		fieldEdits(object, ['spec', 'volumeClaimTemplates', index], ['status']),
	),
];

/**
Edits that take away what binds a copy to the object it was copied from: owners, and the marks of the tool that manages
it.
*/
export const ownershipEdits = (object: Manifest): readonly Edit[] => [
	...fieldEdits(object, ['metadata'], ofTheOldObject),
	...metadataPaths(object).flatMap(path =>
		['annotations', 'labels'].flatMap(field =>
			keyEdits(object, [...path, field], key => marks.some(mark => mark.test(key))),
		),
	),
];

/** The object as an operator would have written it. */
export const withoutServerFields = (object: Manifest): Manifest => applyEdits(object, serverFieldEdits(object));
