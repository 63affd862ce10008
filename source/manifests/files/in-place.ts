import {listOf, textOf} from '../../ping/fields.js';
import {podTemplateOf} from '../../ping/podspec.js';
import type {Workload} from '../../ping/workload.js';
import type {Edit} from '../objects/edit.js';
import {at} from '../objects/value.js';
import {draftsOf} from '../plan.js';
import {editedFile, type PlannedWorkload, type TargetFiles} from './kubernetes.js';
import {shortNames} from './names.js';
import {below, locate, objectsOf, type Located, type SourceFile, type SourcePart} from './source.js';

/**
Where the object of a planned workload was written: its own place, or, where Kustomize built it, the file that defines
it.
*/
const definitionOf = ({world, workload, drafts}: PlannedWorkload): Located | undefined => {
	const [draft] = drafts.drafts;
	const found = draft?.kind === 'edited' ? objectsOf(world).find(({object}) => object === draft.source) : undefined;
	if (!found || !world.built) {
		return found;
	}

	const definition = world.built.definitions[found.source.documents.indexOf(found.part)];
	return (
		definition &&
		locate([{...definition.file, documents: [definition.part]}])
			.map(located => ({...located, source: definition.file}))
			.find(({object}) => object.kind === workload.kind)
	);
};

/**
The same plan for the object as it is defined, before a Kustomization changed its name, its image or anything else.
*/
const inDefinition = ({workload, decisions, drafts, world}: PlannedWorkload, {object}: Located): readonly Edit[] => {
	const [draft] = drafts.drafts;
	if (!world.built) {
		return draft?.kind === 'edited' ? draft.edits : [];
	}

	const container = podTemplateOf(object)?.containers.find(({name}) => name === workload.container);
	const facts: Workload = {...workload, name: object.metadata.name, image: container?.image ?? workload.image};
	const [planned] = draftsOf({workload: facts, objects: [object], decisions}).drafts;
	return planned?.kind === 'edited' ? planned.edits : [];
};

const hasContainer = ({object}: Located, {container}: Workload): boolean =>
	listOf(at(podTemplateOf(object)?.spec, ['containers'])).some(entry => textOf(at(entry, ['name'])) === container);

/** Root: every file that defines a workload to change, edited in place. */
export const rootFiles = (planned: readonly PlannedWorkload[], root = 'kubernetes'): TargetFiles => {
	const edits = new Map<SourcePart, Edit[]>();
	const users = new Map<SourcePart, PlannedWorkload[]>();
	const sources = new Set<SourceFile>();
	const notes: string[] = [];
	for (const plan of planned) {
		const found = definitionOf(plan);
		if (found && hasContainer(found, plan.workload)) {
			const before = users.get(found.part) ?? [];
			users.set(found.part, [...before, plan]);
			// What several Kustomizations build is planned once; where they build it differently, the overlays tell it.
			if (!plan.world.built || before.length === 0) {
				sources.add(found.source);
				edits.set(found.part, [...(edits.get(found.part) ?? []), ...below(found.prefix, inDefinition(plan, found))]);
			}
		}
	}

	const shared = users.values().filter(plans => plans.length > 1 && plans.some(({world}) => world.built));
	notes.push(
		...shared.map(
			plans =>
				`${plans[0]!.workload.kind} ${plans[0]!.workload.name} is defined in one file and built by ` +
				`${plans.length} Kustomizations. The edited file is as the first of them needs it; the overlays below ` +
				'kustomize hold for each.',
		),
	);
	const changed = [...sources];
	const names = shortNames(changed.map(({file}) => file));
	return {
		files: changed.map((source, index) => {
			const name = `${root}/${names[index]!}`;
			const {text, isInPlace} = editedFile(source, edits);
			if (!isInPlace) {
				notes.push(
					`${name} has a document in a form that cannot be edited in place; it was rewritten, without its comments.`,
				);
			}

			return {name, text, from: {file: source.file, text: source.text}};
		}),
		notes,
	};
};
