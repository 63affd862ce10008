import {productOf} from '../catalogue/index.js';
import {fieldOf, integerOf, joinField, listOf, textOf} from '../fields.js';
import {readImage, sprintNumber} from '../image.js';
import {isPrivileged, newPortOf, isPortVariable} from '../ports.js';
import type {Seen} from './finding.js';

type Found = readonly Seen[];

const imagesFound = (on: unknown): Found =>
	listOf(fieldOf(on, 'images')).flatMap((entry, index): Found => {
		const name = textOf(fieldOf(entry, 'newName')) ?? textOf(fieldOf(entry, 'name')) ?? '';
		const tag = textOf(fieldOf(entry, 'newTag'));
		if (tag === undefined || !productOf(name)) {
			return [];
		}

		const image = readImage(`${name}:${tag}`);
		const at = {on, field: `images[${index}].newTag`, seen: `${name}:${tag}`};
		return [
			...(image.kind === 'sliding' ? [{...at, code: 'image-sliding'}] : []),
			...(image.sprint !== undefined && sprintNumber(image.sprint) < 2103 ? [{...at, code: 'side-old'}] : []),
		];
	});

const literalsFound = (on: unknown): Found =>
	listOf(fieldOf(on, 'configMapGenerator')).flatMap((generator, index) =>
		listOf(fieldOf(generator, 'literals')).flatMap((literal, place): Found => {
			const [name = '', value = ''] = (textOf(literal) ?? '').split('=', 2);
			const at = {on, field: joinField('configMapGenerator', index, 'literals', place), seen: `${name}=${value}`};
			return [
				...(isPortVariable(name) && isPrivileged(integerOf(value) ?? 0)
					? [
							{
								...at,
								code: 'bind-privileged',
								severity: 'warns' as const,
								means: 'Where the workload that takes it is no longer root, its server cannot bind the port.',
							},
						]
					: []),
				...(name === 'MAKELDIF_USERS' && (integerOf(value) ?? 0) > 0 ? [{...at, code: 'makeldif-users'}] : []),
				...(name === 'UNSAFE_CONTINUE_ON_ERROR' && value === 'true' ? [{...at, code: 'unsafe-continue'}] : []),
			];
		}),
	);

const inPatch = (on: unknown, field: string, text: string): Found => [
	...text
		.matchAll(/containerPort:\s{0,10}(?<port>389|636|443|689)(?!\d)/gv)
		.map(({groups}) => Number(groups?.port))
		.map((port): Seen => ({
			code: 'port-container-old',
			on,
			field,
			seen: `containerPort: ${port} in a patch; the new port is ${newPortOf(port)}`,
		})),
	...text.matchAll(/\bfsGroup:\d{1,10}/gv).map(([seen]): Seen => ({
		code: 'context-not-a-map',
		on,
		field,
		seen,
	})),
];

/** Lists that only a Kustomization has at its top. */
const lists = [
	'resources',
	'bases',
	'components',
	'patches',
	'patchesStrategicMerge',
	'patchesJson6902',
	'configMapGenerator',
	'secretGenerator',
];

/**
Whether a document is a Kustomization or a Component of one. Kustomize fills kind and apiVersion in where they are left
out.
*/
export const isKustomization = (value: unknown): boolean => {
	const [kind, apiVersion] = [fieldOf(value, 'kind'), textOf(fieldOf(value, 'apiVersion'))];
	return kind === undefined && apiVersion === undefined
		? lists.some(name => Array.isArray(fieldOf(value, name)))
		: (kind === 'Kustomization' || kind === 'Component') &&
				(apiVersion === undefined || apiVersion.startsWith('kustomize.config.k8s.io/'));
};

/** Findings about a Kustomization: its images, its generators and the patches written in it. */
export const kustomizationFindings = (value: unknown): Found => [
	...imagesFound(value),
	...literalsFound(value),
	...listOf(fieldOf(value, 'patches')).flatMap((patch, index) =>
		inPatch(value, `patches[${index}].patch`, textOf(fieldOf(patch, 'patch')) ?? ''),
	),
	...listOf(fieldOf(value, 'patchesStrategicMerge')).flatMap((patch, index) =>
		inPatch(value, `patchesStrategicMerge[${index}]`, textOf(patch) ?? ''),
	),
];
