import {fieldOf, listOf, textOf, textsOf} from '../fields.js';
import {nameOf, neighboursOf, type Container} from '../podspec.js';
import type {Manifest} from '../workload.js';

/** A variable as the manifests set it. */
export type Variable = {
	readonly name: string;
	readonly value: string;
	/** Where the value stands: `env[2].value` of the container, or a key of a ConfigMap. */
	readonly from:
		| {readonly object: 'itself'; readonly field: string}
		| {readonly object: Manifest; readonly field: string};
};

/** What the manifests say of a container's environment. Secrets are never read. */
export type ContainerEnvironment = {
	readonly variables: readonly Variable[];
	/** ConfigMaps and Secrets that were not among the objects, or are never looked into. */
	readonly unseen: readonly string[];
};

/** The environment of a container, in the order in which Kubernetes applies it: a later entry wins. */
export const environmentOf = (
	owner: Manifest,
	container: Container,
	objects: readonly Manifest[],
): ContainerEnvironment => {
	const configMap = (name: string | undefined): Manifest | undefined =>
		neighboursOf(objects, 'ConfigMap', owner).find(object => nameOf(object) === name);
	const unseen: string[] = [];
	const variables = new Map<string, Variable>();
	for (const source of listOf(container.spec.envFrom)) {
		const name = textOf(fieldOf(source, 'configMapRef', 'name'));
		const object = configMap(name);
		if (object) {
			const prefix = textOf(fieldOf(source, 'prefix')) ?? '';
			for (const [key, value] of Object.entries(textsOf(object.data))) {
				variables.set(prefix + key, {name: prefix + key, value, from: {object, field: `data.${key}`}});
			}
		} else {
			unseen.push(
				name === undefined ? `Secret ${textOf(fieldOf(source, 'secretRef', 'name')) ?? ''}` : `ConfigMap ${name}`,
			);
		}
	}

	for (const [index, entry] of listOf(container.spec.env).entries()) {
		const name = textOf(fieldOf(entry, 'name'));
		const value = textOf(fieldOf(entry, 'value'));
		const key = textOf(fieldOf(entry, 'valueFrom', 'configMapKeyRef', 'key'));
		if (name !== undefined && value !== undefined) {
			variables.set(name, {name, value, from: {object: 'itself', field: `${container.path}.env[${index}].value`}});
		} else if (name !== undefined && key !== undefined) {
			const object = configMap(textOf(fieldOf(entry, 'valueFrom', 'configMapKeyRef', 'name')));
			const text = object && textsOf(object.data)[key];
			if (object && text !== undefined) {
				variables.set(name, {name, value: text, from: {object, field: `data.${key}`}});
			}
		}
	}

	return {variables: variables.values().toArray(), unseen};
};
