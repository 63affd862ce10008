import {textOf} from '../../../ping/fields.js';
import {at} from '../../objects/value.js';
import type {ManifestFile, Strategy} from '../../strategy.js';
import type {PlannedWorkload, TargetFiles} from '../kubernetes.js';
import {objectsOf} from '../source.js';
import {changesObjects, kustomizeFresh, kustomizeRoot, type Base} from './index.js';

/** What overlays are written from. */
export type OverlayInput = {
	readonly strategy: Strategy;
	/** What was planned, of one world. */
	readonly planned: readonly PlannedWorkload[];
	/** The folder of the overlays. */
	readonly folder: string;
	/** The way from the folder of an overlay to the folder of a file that was read. */
	readonly wayTo: (overlay: string, file: string) => string;
};

type Foundation = {readonly file: string; readonly planned: readonly PlannedWorkload[]; readonly namespace?: string};

/** What an overlay over a Kustomization prints once it is built: each planned workload under the name it gets. */
const marked = (
	files: readonly ManifestFile[],
	{file, planned}: Foundation,
	strategy: Strategy,
): readonly ManifestFile[] =>
	files.map(overlay =>
		overlay.name.endsWith('/kustomization.yaml')
			? {
					...overlay,
					overlay: {
						over: file,
						holds: planned.map(({workload: {kind, name}, decisions}) => ({
							kind,
							name: strategy === 'root' ? name : decisions.newName,
						})),
					},
				}
			: overlay,
	);

const overlayOver = (foundation: Foundation, {strategy, folder, wayTo}: OverlayInput): readonly ManifestFile[] => {
	const {file, planned, namespace} = foundation;
	const base: Base = {way: wayTo(strategy === 'root' ? folder : `${folder}/beside`, file), namespace, folder};
	return marked(
		strategy === 'root' ? kustomizeRoot(planned, base) : kustomizeFresh(planned, base),
		foundation,
		strategy,
	);
};

/**
Overlays over the Kustomization that makes a world; where it could not be built, over each that uses what was planned.
*/
export const overlaysOf = (input: OverlayInput): TargetFiles => {
	const {planned, folder} = input;
	const [first] = planned;
	if (!first) {
		return {files: [], notes: []};
	}

	const {built, unbuilt} = first.world;
	if (built) {
		return {files: overlayOver({file: built.kustomization, planned}, input), notes: []};
	}

	const users = unbuilt
		.map(kustomization => ({
			kustomization,
			used: planned.filter(({world, workload}) =>
				objectsOf(world).some(
					({object, source}) =>
						object.kind === workload.kind && object.metadata.name === workload.name && kustomization.uses(source.file),
				),
			),
		}))
		.filter(({used}) => used.length > 0);
	return {
		files: users.flatMap(({kustomization: {file, value}, used}, index) => {
			const namespace = textOf(at(value, ['namespace']));
			return overlayOver(
				{file, planned: used, ...(namespace !== undefined && {namespace})},
				{...input, folder: users.length === 1 ? folder : `${folder}/${index + 1}`},
			);
		}),
		notes: users
			.filter(({kustomization}) => changesObjects(kustomization.value))
			.map(
				({kustomization: {file}}) =>
					`${file} changes its objects (names, patches, images), and it was not built: the overlay names them ` +
					'as the files do. Look at what «kubectl kustomize» prints before it is applied.',
			),
	};
};
