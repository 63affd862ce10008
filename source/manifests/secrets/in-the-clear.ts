import {mapOf, textOf} from '../../ping/fields.js';
import {secretForm} from '../../ping/secret-values.js';
import type {Manifest} from '../../ping/workload.js';
import {isReference, isSecret, secretTexts} from './recognise.js';

/** A secret that an object holds in the clear: where it stands, and its text, which goes nowhere but into the mask. */
export type InTheClear = {readonly place: string; readonly text: string};

const inVariables = (node: unknown, path: string): readonly InTheClear[] => {
	if (Array.isArray(node)) {
		return node.flatMap((item, index) => inVariables(item, `${path}[${index}]`));
	}

	if (typeof node === 'string') {
		return secretForm(node) === undefined || isReference(node) ? [] : [{place: path, text: node}];
	}

	const members = mapOf(node);
	const [name, value] = [textOf(members.name), textOf(members.value)];
	return name !== undefined && value !== undefined && isSecret(name, value)
		? [{place: name, text: value}]
		: Object.entries(members).flatMap(([key, member]) => inVariables(member, key));
};

/** The annotation of an object that holds a committed profile: the commit's gate has looked for secrets in it. */
export const committedAnnotation = 'unroot/committed-profile';

/**
The secrets that an object holds in the clear: values of variables, and what a ConfigMap holds. A reference to a Secret
is none.
*/
export const secretsInTheClear = (object: Manifest): readonly InTheClear[] =>
	(object.metadata.annotations?.[committedAnnotation] === undefined
		? object.kind === 'ConfigMap'
			? Object.entries(mapOf(object.data)).flatMap(([key, value]) =>
					secretTexts(key, textOf(value) ?? '').map(text => ({place: key, text})),
				)
			: inVariables({...object, metadata: {}}, '')
		: []
	).map(({place, text}) => ({place: `${place} of ${object.kind}/${object.metadata.name}`, text}));

/** The names of the ConfigMaps that an object takes something from. */
const mapsOf = (node: unknown): readonly string[] =>
	typeof node === 'object' && node !== null
		? Object.entries(node).flatMap(([key, member]) =>
				['configMapRef', 'configMapKeyRef', 'configMap'].includes(key)
					? [textOf(mapOf(member).name) ?? '']
					: mapsOf(member),
			)
		: [];

/**
The texts of the secrets that a workload and its ConfigMaps hold in the clear. What is made from them may refer to a
Secret for one and have the same text elsewhere, where nothing tells that it is a secret.
*/
export const sourceSecrets = (
	{kind, name}: {readonly kind: string; readonly name: string},
	objects: readonly Manifest[],
): readonly string[] => {
	const workload = objects.find(object => object.kind === kind && object.metadata.name === name);
	const maps = new Set(mapsOf(workload));
	return [
		...new Set(
			objects
				.filter(object => object === workload || (object.kind === 'ConfigMap' && maps.has(object.metadata.name)))
				.flatMap(object => secretsInTheClear(object))
				.map(({text}) => text),
		),
	];
};
