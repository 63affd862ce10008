import {mapOf} from '../../../ping/fields.js';
import type {Manifest} from '../../../ping/workload.js';
import {objectOf} from '../../objects/draft.js';
import {isRemoval, removalsLastFirst, type Edit} from '../../objects/edit.js';
import {fileSafe, yamlText} from '../../objects/print.js';
import {at} from '../../objects/value.js';
import type {ManifestFile} from '../../strategy.js';
import {draftText, folderOf, type PlannedWorkload} from '../kubernetes.js';
import {objectsOf} from '../source.js';

const pointer = (path: Edit['path']): string =>
	path.map(key => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** Edits as a JSON patch (RFC 6902): the same table of edits in the words of Kustomize. */
export const jsonPatch = (object: object, edits: readonly Edit[]): ReadonlyArray<Readonly<Record<string, unknown>>> => [
	...edits.flatMap(edit =>
		isRemoval(edit)
			? []
			: [{op: at(object, edit.path) === undefined ? 'add' : 'replace', path: pointer(edit.path), value: edit.value}],
	),
	...removalsLastFirst(edits).map(({path}) => ({op: 'remove', path: pointer(path)})),
];

const target = ({apiVersion, kind, metadata}: Manifest): Readonly<Record<string, string>> => {
	const [version, group] = apiVersion.split('/').toReversed();
	return {
		...(group !== undefined && {group}),
		version: version ?? apiVersion,
		kind,
		name: metadata.name,
	};
};

const kustomization = (fields: Readonly<Record<string, unknown>>): string =>
	yamlText({apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', ...fields});

const patchName = ({kind, metadata}: Manifest): string => `patch-${fileSafe(`${kind}-${metadata.name}`)}.yaml`;

/**
The operator's own folder with a kustomization: the way to it from the overlay, and the namespace it puts its objects
in, where it does.
*/
export type Base = {
	readonly way: string;
	readonly namespace: string | undefined;
	/** The folder the overlays are written to. */
	readonly folder: string;
};

/** An overlay over the operator's own folder. */
export const kustomizeRoot = (planned: readonly PlannedWorkload[], {way, folder}: Base): readonly ManifestFile[] => {
	const drafts = planned.flatMap(({drafts}) => drafts.drafts).filter(draft => draft.kind === 'edited');
	return [
		{
			name: `${folder}/kustomization.yaml`,
			text: kustomization({
				resources: [way],
				patches: drafts.map(({source}) => ({path: patchName(source), target: target(source)})),
			}),
		},
		...drafts.map(({source, edits}) => ({
			name: `${folder}/${patchName(source)}`,
			text: yamlText(jsonPatch(source, edits)),
		})),
	];
};

/** Two overlays: the new objects beside the operator's own, and over that the Services moved. */
export const kustomizeFresh = (
	planned: readonly PlannedWorkload[],
	{way, namespace, folder}: Base,
): readonly ManifestFile[] => {
	const made = planned.flatMap(plan =>
		plan.drafts.drafts.map((draft, index) => {
			const {kind, metadata} = objectOf(draft);
			const number = String(index + 1).padStart(2, '0');
			return {
				name: `${folderOf(plan, planned)}-${number}-${fileSafe(`${kind}-${metadata.name}`)}.yaml`,
				text: draftText(draft, objectsOf(plan.world)).text,
			};
		}),
	);
	const moves = planned.flatMap(({drafts}) => drafts.moves);
	return [
		{
			name: `${folder}/beside/kustomization.yaml`,
			text: kustomization({
				resources: [way, ...made.map(({name}) => name)],
				...(namespace !== undefined && {namespace}),
			}),
		},
		...made.map(({name, text}) => ({name: `${folder}/beside/${name}`, text})),
		...(moves.length > 0
			? [
					{
						name: `${folder}/cut-over/kustomization.yaml`,
						text: kustomization({
							resources: ['../beside'],
							patches: moves.map(({service}) => ({path: patchName(service), target: target(service)})),
						}),
					},
					...moves.map(({service, edits}) => ({
						name: `${folder}/cut-over/${patchName(service)}`,
						text: yamlText(jsonPatch(service, edits)),
					})),
				]
			: []),
	];
};

/** Whether a kustomization changes its objects, so that they may be called or look otherwise than in the files. */
export const changesObjects = (value: unknown): boolean =>
	[
		'namePrefix',
		'nameSuffix',
		'configMapGenerator',
		'patches',
		'patchesStrategicMerge',
		'patchesJson6902',
		'components',
		'images',
		'replacements',
		'transformers',
	].some(field => mapOf(value)[field] !== undefined);
