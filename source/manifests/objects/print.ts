import {stringify} from 'yaml';
import type {Manifest} from '../../ping/workload.js';
import type {ManifestFile} from '../strategy.js';
import {without} from './value.js';

const first = (object: Manifest): Readonly<Record<string, unknown>> => ({
	apiVersion: object.apiVersion,
	kind: object.kind,
	metadata: {name: object.metadata.name, ...without(object.metadata, ['name'])},
	...without(object, ['apiVersion', 'kind', 'metadata']),
});

/**
A value as YAML, the same text for the same value. Words that only YAML 1.1 reads as booleans (`YES`) are quoted, since
kubectl reads 1.1.
*/
export const yamlText = (value: unknown): string =>
	stringify(value, {compat: 'yaml-1.1', lineWidth: 0, aliasDuplicateObjects: false});

/** An object as YAML, name and kind first. */
export const manifestText = (object: Manifest): string => yamlText(first(object));

/** A name that is safe as part of a file name. */
export const fileSafe = (name: string): string =>
	name
		.toLowerCase()
		.replaceAll(/[^\d\-.a-z]+/gv, '-')
		.replace(/^[\-.]+/v, '')
		.slice(0, 120);

/** One file for each object, numbered in the order in which they are applied. */
export const numberedFiles = (objects: readonly Manifest[], folder = ''): readonly ManifestFile[] =>
	objects.map((object, index) => ({
		name: `${folder}${String(index + 1).padStart(2, '0')}-${fileSafe(`${object.kind}-${object.metadata.name}`)}.yaml`,
		text: manifestText(object),
	}));
