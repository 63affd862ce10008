import path from 'node:path';
import {environmentsOf} from '../../documents/environments.js';
import type {SourceFile, Sources} from '../../documents/index.js';
import {worldsOf, type BuiltWorld} from '../../documents/worlds.js';
import {wrappedIn} from '../../documents/wrapped.js';
import type {World} from '../../manifests/files/source.js';
import {fieldOf, textOf} from '../../ping/fields.js';

const ofBuilt = ({kustomization, built, objects}: BuiltWorld): World => ({
	root: path.dirname(path.resolve(kustomization)),
	files: [built()],
	around: [],
	built: {
		kustomization,
		definitions: objects.map(({definition}) => definition && {file: definition.file, part: definition.document}),
	},
	unbuilt: [],
});

/** Sorts the files that were read into what is planned together, and tells what could not be built. */
export const sortForPlan = async (
	files: readonly SourceFile[],
	environment: Readonly<Record<string, string | undefined>>,
): Promise<{readonly worlds: readonly World[]; readonly notBuilt: Sources['skipped']}> => {
	const {built, plain, unbuilt} = await worldsOf(files, environment);
	return {
		worlds: [
			...built.map(world => ofBuilt(world)),
			...environmentsOf(plain).map(({root, files: own, around}) => ({
				root,
				files: own,
				around,
				unbuilt: unbuilt.map(({top: {file, value}, closure}) => ({
					file,
					value,
					uses: (name: string) => closure.files.has(path.resolve(name)),
				})),
			})),
		],
		notBuilt: unbuilt.map(({top: {file}, why}) => ({file, why})),
	};
};

/** Documents of Ping's that another tool takes apart: they are read by inspect, and planned by nobody. */
export const notPlannedIn = (files: readonly SourceFile[]): Sources['skipped'] =>
	files.flatMap(({file, text, documents}) => {
		const kinds = documents
			.filter(document => wrappedIn(document) !== undefined)
			.map(({value}) => textOf(fieldOf(value, 'kind')) ?? 'list of releases');
		return kinds.length > 0 && /ping/iv.test(text)
			? [
					{
						file,
						why:
							`what is in a ${[...new Set(kinds)].join(' or a ')} is not planned: plan from the values or the ` +
							'objects by themselves, and put the result in',
					},
				]
			: [];
	});
