import {textOf} from '../../ping/fields.js';
import {takeInventory} from '../../ping/inventory/index.js';
import {isOfOpenShift} from '../../ping/podspec.js';
import {isUnprivileged} from '../../ping/side.js';
import type {Manifest, Workload} from '../../ping/workload.js';
import {objectOf, type Draft, type Drafts} from '../objects/draft.js';
import type {Edit} from '../objects/edit.js';
import {fileSafe, manifestText} from '../objects/print.js';
import {draftsOf} from '../plan.js';
import type {Decisions, ManifestFile} from '../strategy.js';
import {editText} from '../text/edit-text.js';
import {objectsOf, type Located, type SourceFile, type SourcePart, type World} from './source.js';
import {decisionsFor, newSideNote, notRootNote, refuseDowngrade, sideNote, type Target} from './target.js';

/** A workload found in files with what is planned for it. */
export type PlannedWorkload = {
	readonly workload: Workload;
	readonly namespace: string | undefined;
	readonly decisions: Decisions;
	readonly drafts: Drafts;
	readonly world: World;
};

/** Files and what to know of them. */
export type TargetFiles = {readonly files: readonly ManifestFile[]; readonly notes: readonly string[]};

const namespaceOf = ({metadata}: Manifest): string | undefined => textOf(metadata.namespace);

/** Objects by namespace; those that name none belong to each, since they are applied to whichever is current. */
const byNamespace = (
	objects: readonly Manifest[],
): ReadonlyArray<{readonly namespace: string | undefined; readonly objects: readonly Manifest[]}> => {
	const names = new Set(objects.map(object => namespaceOf(object)));
	const named = names
		.values()
		.filter(name => name !== undefined)
		.toArray();
	return named.length <= 1
		? [{namespace: named[0], objects}]
		: [...named, ...(names.has(undefined) ? [undefined] : [])].map(namespace => ({
				namespace,
				objects: objects.filter(
					object =>
						namespaceOf(object) === namespace ||
						(namespace !== undefined && namespaceOf(object) === undefined && object.kind === 'Namespace'),
				),
			}));
};

/** The Ping workloads of a world. */
export const workloadsIn = (
	world: World,
): ReadonlyArray<{
	readonly workload: Workload;
	readonly namespace: string | undefined;
	readonly objects: readonly Manifest[];
}> =>
	byNamespace(objectsOf(world).map(({object}) => object)).flatMap(({namespace, objects}) =>
		takeInventory(objects).workloads.map(workload => ({workload, namespace, objects})),
	);

/** Plans every Ping workload of a world that is not on the new side already. */
export const planWorkloads = (
	world: World,
	target: Target,
): {readonly planned: readonly PlannedWorkload[]; readonly notes: readonly string[]} => {
	const planned: PlannedWorkload[] = [];
	const notes: string[] = [];
	for (const {workload, namespace, objects} of workloadsIn(world)) {
		const what = `${workload.kind} ${workload.name}`;
		if (workload.side === 'new') {
			notes.push(newSideNote(what, workload.image, workload.signs));
			continue;
		}

		if (target.strategy === 'root' && isUnprivileged(workload)) {
			notes.push(notRootNote(what, workload.identity?.uid));
		}

		refuseDowngrade(what, workload.product, workload.productVersion, target);

		const isOpenShift = objects.some(object => isOfOpenShift(object));
		const decisions = decisionsFor(workload, {...target, ...(isOpenShift && {fsGroup: undefined})});
		const drafts = draftsOf({workload, objects, decisions, refers: true});
		planned.push({
			workload,
			namespace,
			decisions,
			drafts,
			world,
		});
		if (workload.side === 'unknown') {
			notes.push(sideNote(workload.image, workload.name));
		}
	}

	return {planned, notes};
};

const chunkOf = ({text}: SourceFile, {start, end}: SourcePart): string => text.slice(start, end);

/** The text of one document as a file of its own: without the marker that divided it from others. */
const alone = (text: string): string => {
	const body = text
		.replace(/^---[\t ]*\r?\n/v, '')
		.replace(/^(?:[\t ]*\r?\n)+/v, '')
		.trimEnd();
	return `${body}${text.includes('\r\n') ? '\r\n' : '\n'}`;
};

type Written = {readonly text: string; readonly isInPlace: boolean; readonly from?: ManifestFile['from']};

/** The text of a draft: the text it was read from with the edits, or a new text. */
export const draftText = (draft: Draft, located: readonly Located[]): Written => {
	const found = draft.kind === 'edited' ? located.find(({object}) => object === draft.source) : undefined;
	if (!found || draft.kind === 'new' || found.prefix.length > 0) {
		return {text: manifestText(objectOf(draft)), isInPlace: draft.kind === 'new'};
	}

	const before = chunkOf(found.source, found.part);
	const {text, isInPlace} = editText(before, draft.edits);
	return {text: alone(text), isInPlace, from: {file: found.source.file, text: alone(before)}};
};

const numbered = (index: number, {kind, metadata}: Manifest): string =>
	`${String(index + 1).padStart(2, '0')}-${fileSafe(`${kind}-${metadata.name}`)}.yaml`;

/** The folder of a new workload's files. */
export const folderOf = ({decisions, namespace}: PlannedWorkload, all: readonly PlannedWorkload[]): string => {
	const isAmbiguous = new Set(all.map(planned => planned.namespace)).size > 1;
	return fileSafe(isAmbiguous ? `${namespace ?? 'default'}-${decisions.newName}` : decisions.newName);
};

/**
Fresh: the new objects, each in a file, and the Services as they are after the cut-over in a folder of their own.
*/
export const freshFiles = (planned: readonly PlannedWorkload[], root = 'kubernetes'): TargetFiles => {
	const written = planned.flatMap(plan => {
		const located = objectsOf(plan.world);
		const folder = `${root}/${folderOf(plan, planned)}`;
		return [
			...plan.drafts.drafts.map((draft, index) => ({
				name: `${folder}/${numbered(index, objectOf(draft))}`,
				...draftText(draft, located),
			})),
			...plan.drafts.moves.map(({service, edits}, index) => ({
				name: `${folder}/cut-over/${numbered(index, service)}`,
				...draftText({kind: 'edited', source: service, edits}, located),
			})),
		];
	});
	return {
		files: written.map(({name, text, from}) => ({name, text, ...(from && {from})})),
		notes: written
			.filter(({isInPlace}) => !isInPlace)
			.map(
				({name}) =>
					`${name} was rewritten: the object stood in a List or in a form that cannot be edited in place, ` +
					'so its comments are not in it.',
			),
	};
};

/** A file with some of its documents edited; what stands between them stays as it is. */
export const editedFile = (source: SourceFile, edits: ReadonlyMap<SourcePart, readonly Edit[]>): Written => {
	let text = '';
	let from = 0;
	let isInPlace = true;
	for (const part of source.documents) {
		const edited = editText(chunkOf(source, part), edits.get(part) ?? []);
		text += source.text.slice(from, part.start) + edited.text;
		from = part.end;
		isInPlace &&= edited.isInPlace;
	}

	return {text: text + source.text.slice(from), isInPlace};
};
