import {Buffer} from 'node:buffer';
import type {KubeObject} from '../store/object.js';
import type {Store} from '../store/store.js';
import {waiting, type ContainerSpec, type EnvironmentEntry} from './spec.js';

type Source = {readonly name: string; readonly optional?: boolean};

const dataOf = (
	store: Store,
	kind: 'ConfigMap' | 'Secret',
	namespace: string,
	{name, optional}: Source,
): Record<string, string> | undefined => {
	const object = store.get(kind, namespace, name);
	if (!object) {
		if (optional) {
			return undefined;
		}

		throw waiting('CreateContainerConfigError', `${kind.toLowerCase()} "${name}" not found`);
	}

	const data = (object.data ?? {}) as Record<string, string>;
	return kind === 'ConfigMap'
		? data
		: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64').toString()]));
};

const fieldOf = (pod: KubeObject, path: string): string => {
	let value: unknown = pod;
	for (const key of path.split('.')) {
		value = (value as Record<string, unknown> | undefined)?.[key];
	}

	return typeof value === 'string' ? value : '';
};

const valueOf = (store: Store, pod: KubeObject, {value, valueFrom}: EnvironmentEntry): string | undefined => {
	if (valueFrom?.fieldRef) {
		return fieldOf(pod, valueFrom.fieldRef.fieldPath);
	}

	const namespace = pod.metadata.namespace ?? 'default';
	for (const [kind, reference] of [
		['ConfigMap', valueFrom?.configMapKeyRef],
		['Secret', valueFrom?.secretKeyRef],
	] as const) {
		if (reference) {
			const found = dataOf(store, kind, namespace, reference)?.[reference.key];
			if (found === undefined && !reference.optional) {
				throw waiting(
					'CreateContainerConfigError',
					`couldn't find key ${reference.key} in ${kind} ${namespace}/${reference.name}`,
				);
			}

			return found;
		}
	}

	return value ?? '';
};

/** The environment of a container: the image's, then what `envFrom` and `env` lay over it. */
export const environmentOf = (
	store: Store,
	pod: KubeObject,
	container: ContainerSpec,
	image: Readonly<Record<string, string>>,
): Map<string, string> => {
	const namespace = pod.metadata.namespace ?? 'default';
	const environment = new Map([
		...Object.entries(image),
		['HOSTNAME', pod.metadata.name] as const,
		['HOME', '/root'] as const,
	]);
	for (const {prefix = '', configMapRef, secretRef} of container.envFrom ?? []) {
		for (const [kind, reference] of [
			['ConfigMap', configMapRef],
			['Secret', secretRef],
		] as const) {
			for (const [name, value] of Object.entries((reference && dataOf(store, kind, namespace, reference)) ?? {})) {
				environment.set(prefix + name, value);
			}
		}
	}

	for (const entry of container.env ?? []) {
		const value = valueOf(store, pod, entry);
		if (value !== undefined) {
			environment.set(
				entry.name,
				value.replaceAll(/\$\((?<name>\w+)\)/gv, (found, name: string) => environment.get(name) ?? found),
			);
		}
	}

	return environment;
};
