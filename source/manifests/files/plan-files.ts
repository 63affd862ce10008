import {Failure} from '../../failure/failure.js';
import type {ComposeSurroundings} from '../../ping/compose-environment.js';
import {listOf} from '../../ping/fields.js';
import {applyEdits} from '../objects/edit.js';
import {fileSafe} from '../objects/print.js';
import {at} from '../objects/value.js';
import type {ManifestFile, Strategy} from '../strategy.js';
import {planCompose, servicesIn} from './compose/index.js';
import {planDocker} from './docker/index.js';
import {notCarried, runOfContainer, runOfService} from './docker/write.js';
import {blocksIn, planHelm, sprintTag} from './helm/index.js';
import {valuesFile} from './helm/values.js';
import {rootFiles} from './in-place.js';
import {editedFile, freshFiles, planWorkloads, workloadsIn, type PlannedWorkload} from './kubernetes.js';
import {overlaysOf} from './kustomize/overlays.js';
import {shortNames} from './names.js';
import {kindOfDocument, oneWorld, type DocumentKind, type SourceFile, type SourcePart, type World} from './source.js';
import {readTag, type Target} from './target.js';

/** What is asked of `plan`. */
export type FilesInput = {
	readonly files: readonly SourceFile[];
	readonly strategy: Strategy;
	/** The tag to migrate to. */
	readonly tag: string | undefined;
	/** The same files by what is applied together; all of them together where nobody sorted them. */
	readonly worlds?: readonly World[];
	/** What is not planned though it was read, one sentence each. */
	readonly told?: readonly string[];
	/** What lies beside the Compose files among them, by file. */
	readonly surroundings?: ReadonlyMap<string, ComposeSurroundings>;
	/** The way from the folder of an overlay to the folder of a file that was read. */
	readonly wayTo: (overlay: string, file: string) => string;
};

/** What was planned for one workload, service, block or container. */
export type PlannedItem = {
	readonly kind: string;
	readonly name: string;
	readonly product: string;
	readonly image: string;
	readonly becomes: string;
};

/** New manifests for what files describe. */
export type FilesPlan = {
	readonly strategy: Strategy;
	readonly items: readonly PlannedItem[];
	readonly files: readonly ManifestFile[];
	readonly notes: readonly string[];
};

type Part = {readonly source: SourceFile; readonly part: SourcePart; readonly kind: DocumentKind};

const partsOf = (files: readonly SourceFile[]): readonly Part[] =>
	files.flatMap(source => source.documents.map(part => ({source, part, kind: kindOfDocument(part.value)})));

const productsIn = (
	worlds: readonly World[],
	parts: readonly Part[],
	surroundings: FilesInput['surroundings'],
): ReadonlySet<string> =>
	new Set([
		...worlds.flatMap(world => workloadsIn(world)).map(({workload}) => workload.product),
		...parts
			.filter(({kind}) => kind === 'compose')
			.flatMap(({part, source}) => servicesIn(part.value, surroundings?.get(source.file)).map(({product}) => product)),
		...parts
			.filter(({kind}) => kind === 'helm-values')
			.flatMap(({part}) => blocksIn(part.value).map(({product}) => product)),
	]);

type Result = {
	readonly items: readonly PlannedItem[];
	readonly files: readonly ManifestFile[];
	readonly notes: readonly string[];
};

const nothing: Result = {items: [], files: [], notes: []};

const itemOf = ({workload, decisions}: PlannedWorkload): PlannedItem => ({
	kind: workload.kind,
	name: workload.name,
	product: workload.product,
	image: decisions.image,
	becomes: decisions.strategy === 'root' ? workload.name : decisions.newName,
});

/** Folders of the plan for worlds of which there are several: as much of their own names as tells them apart. */
const foldersOf = (worlds: readonly World[]): ReadonlyMap<World, string> => {
	const named = worlds.filter(({root}) => root !== undefined);
	const names = shortNames(named.map(({root}) => root ?? ''));
	return new Map(
		worlds.length < 2 ? [] : named.map((world, index) => [world, `/${names[index]!.replace(/\.\w+$/v, '')}`] as const),
	);
};

const fromKubernetes = ({strategy, wayTo}: FilesInput, target: Target, worlds: readonly World[]): Result => {
	const plans = worlds.map(world => ({world, ...planWorkloads(world, target)}));
	const filled = plans.filter(({planned}) => planned.length > 0);
	const all = filled.flatMap(({planned}) => planned);
	const folders = foldersOf(filled.map(({world}) => world));
	const written = filled.map(({world, planned}) => {
		const below = folders.get(world) ?? '';
		return [
			...(strategy === 'root' ? [] : [freshFiles(planned, `kubernetes${below}`)]),
			overlaysOf({strategy, planned, folder: `kustomize${below}`, wayTo}),
		];
	});
	const results = [...(strategy === 'root' ? [rootFiles(all)] : []), ...written.flat()];
	const values = all.map(({workload, decisions}) => valuesFile(workload, decisions)).filter(file => file !== undefined);
	return {
		items: all.map(plan => itemOf(plan)),
		files: [...results.flatMap(({files}) => files), ...values],
		notes: [
			...plans.flatMap(({notes}) => notes),
			...all.flatMap(({drafts}) => drafts.notes),
			...results.flatMap(({notes}) => notes),
		],
	};
};

const nameOf = (names: ReadonlyMap<SourceFile, string>, source: SourceFile): string =>
	names.get(source) ?? fileSafe(source.file);

const inPlace = (
	folder: string,
	name: string,
	{source, part}: Part,
	edits: ReturnType<typeof planHelm>['edits'],
): Result => {
	const {text, isInPlace} = editedFile(source, new Map([[part, edits]]));
	return {
		items: [],
		files: edits.length > 0 ? [{name: `${folder}/${name}`, text, from: {file: source.file, text: source.text}}] : [],
		notes: isInPlace
			? []
			: [`${folder}/${name} is in a form that cannot be edited in place; it was rewritten, without its comments.`],
	};
};

const shell = (lines: readonly string[]): string => `#!/bin/sh\nset -eu\n${lines.join('\n\n')}\n`;

const withoutEnding = (name: string): string => name.replace(/\.\w+$/v, '');

const fromCompose = (
	found: Part,
	name: string,
	target: Target,
	surroundings: ComposeSurroundings | undefined,
): Result => {
	const {planned, edits, notes} = planCompose(found.part.value, target, surroundings);
	const written = inPlace('compose', name, found, edits);
	const after = applyEdits(found.part.value as object, edits);
	return {
		items: planned.map(({name: service, product, decisions}) => ({
			kind: 'Compose service',
			name: service,
			product,
			image: decisions.image,
			becomes: service,
		})),
		files: [
			...written.files,
			...(planned.length > 0
				? [
						{
							name: `docker/${withoutEnding(name)}.sh`,
							text: shell(planned.map(({name: service}) => runOfService(service, at(after, ['services', service])))),
						},
					]
				: []),
		],
		notes: [
			...written.notes,
			...notes,
			...planned.flatMap(({name: service}) => {
				const left = notCarried(at(after, ['services', service]));
				return left.length === 0
					? []
					: [`docker/${withoutEnding(name)}.sh does not carry from ${service}: ${left.join(', ')}.`];
			}),
		],
	};
};

const fromDocker = (name: string, text: string, target: Target): Result => {
	const {text: result, planned, notes} = planDocker(text, target);
	return {
		items: planned.map(product => ({
			kind: 'container',
			name: product,
			product,
			image: target.tag,
			becomes: product,
		})),
		files: planned.length > 0 ? [{name: `docker/${name}`, text: result}] : [],
		notes,
	};
};

const fromPart = (found: Part, name: string, target: Target, surroundings: ComposeSurroundings | undefined): Result => {
	switch (found.kind) {
		case 'compose': {
			return fromCompose(found, name, target, surroundings);
		}

		case 'helm-values': {
			const {blocks, edits, notes} = planHelm(found.part.value, target);
			const written = inPlace('helm', name, found, edits);
			return {
				...written,
				items: blocks.map(block => ({
					kind: 'chart values',
					name: block.name,
					product: block.product,
					image: sprintTag(target, block.product),
					becomes: block.name,
				})),
				notes: [...written.notes, ...notes],
			};
		}

		case 'docker-run': {
			return fromDocker(name, found.source.text, target);
		}

		case 'docker-inspect': {
			return fromDocker(
				`${withoutEnding(name)}.sh`,
				shell(listOf(found.part.value).map(container => runOfContainer(container))),
				target,
			);
		}

		case 'kubernetes':
		case 'list':
		case 'kustomization':
		case 'other': {
			return nothing;
		}
	}
};

const nothingFound = (files: readonly SourceFile[], notes: readonly string[]): Failure =>
	new Failure({
		code: 'nothing-to-plan',
		seen: `No Ping workload of an image before sprint 2103 was found in ${files.map(({file}) => file).join(', ')}.`,
		means:
			'There is nothing to migrate in these files, or the image does not tell its product: it is known by the ' +
			'name of the image, such as pingidentity/pingdirectory.',
		todo: 'Give the files that name the images; render templates first.',
		byHand: 'unroot inspect -f FILE',
		exit: 'blocked',
		details: notes,
	});

/**
Plans everything that files describe: objects of Kubernetes, overlays of Kustomize where a kustomization is among them,
values of the chart, Compose files and `docker run` lines. What a document is is told by its content. Pure: nothing is
written.
@throws Failure with exit status 3 where something blocks the plan
*/
export const planFiles = (input: FilesInput): FilesPlan => {
	const parts = partsOf(input.files);
	const worlds = input.worlds ?? [oneWorld(input.files)];
	const read = readTag(input.tag);
	const target: Target = {
		...read,
		strategy: input.strategy,
		fsGroup: read.identity.gid,
		isMixed: productsIn(worlds, parts, input.surroundings).size > 1,
	};
	const named = parts
		.filter(({kind}) => !['kubernetes', 'list', 'kustomization', 'other'].includes(kind))
		.map(({source}) => source);
	const unique = [...new Set(named)];
	const shorts = shortNames(unique.map(({file}) => file));
	const names = new Map(unique.map((source, index) => [source, shorts[index]!]));
	const results = [
		fromKubernetes(input, target, worlds),
		...parts.map(found =>
			fromPart(found, nameOf(names, found.source), target, input.surroundings?.get(found.source.file)),
		),
	];
	const items = results.flatMap(result => result.items);
	const notes = [...new Set(results.flatMap(result => result.notes))];
	if (items.length === 0) {
		throw nothingFound(input.files, [...notes, ...(input.told ?? [])]);
	}

	const isSplit = target.isMixed && target.tag !== target.sprint;
	return {
		strategy: input.strategy,
		items,
		files: results.flatMap(result => result.files),
		notes: [
			...(isSplit
				? [
						`The product version in ${target.tag} holds for PingDirectory and its relatives; other products ` +
							`get the tag ${target.sprint}.`,
					]
				: []),
			...notes,
		],
	};
};
