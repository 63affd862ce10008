import {fieldOf, listOf, mapOf, textOf} from '../fields.js';
import {isFinishedPod, takeInventory} from '../inventory/index.js';
import type {Inventory, Manifest} from '../workload.js';
import {composeFindings, composeRules, isCompose} from './compose.js';
import {connectionFindings, connectionRules} from './connections.js';
import {debtFindings, debtRules} from './debt.js';
import {dockerDocument, dockerFindings, dockerRules, isDockerText, type DockerText} from './docker.js';
import type {Finding, InspectTarget, Located, ProfileText, Rule, Seen, SeenInText} from './finding.js';
import {identityFindings, identityRules} from './identity.js';
import {imageFindings, imageRules, targetFindings} from './images.js';
import {keptWorkloads, settledOfKept} from './kept.js';
import {isKustomization, kustomizationFindings} from './kustomization.js';
import {lookAt} from './look.js';
import {platformFindings, platformRules} from './platform.js';
import {portFindings, portRules} from './ports.js';
import {profileFindings, profileRules} from './profile.js';
import {serverFindings, serverRules} from './server.js';
import {stateFindings, stateRules} from './state.js';
import {topologyFindings, topologyRules} from './topology.js';
import {isValues, valuesFindings, valuesRules} from './values.js';
import {volumeFindings, volumeRules} from './volumes.js';

export {composeNote} from './compose.js';
export type {Finding, InspectTarget, Located, ProfileText, Severity} from './finding.js';

/** Every rule by its code. */
export const rules: Readonly<Record<string, Rule>> = {
	...imageRules,
	...identityRules,
	...portRules,
	...connectionRules,
	...volumeRules,
	...platformRules,
	...serverRules,
	...topologyRules,
	...stateRules,
	...valuesRules,
	...composeRules,
	...dockerRules,
	...profileRules,
	...debtRules,
};

/** Documents by what they are, which decides the rules. Lists are taken apart. */
export type SortedDocuments = {
	readonly objects: readonly Located[];
	readonly values: readonly Located[];
	readonly composes: readonly Located[];
	/** Texts with `docker run` lines. */
	readonly scripts: readonly Located[];
	readonly kustomizations: readonly Located[];
	readonly unknown: readonly Located[];
};

const isObject = (value: unknown): boolean =>
	textOf(fieldOf(value, 'kind')) !== undefined && textOf(fieldOf(value, 'apiVersion')) !== undefined;

const itemsOf = (located: Located): readonly Located[] => {
	const {value, file, lineOf, placeOf} = located;
	const items = fieldOf(value, 'items');
	if (!Array.isArray(items) || !(textOf(fieldOf(value, 'kind')) ?? '').endsWith('List')) {
		return [located];
	}

	return listOf(items).flatMap((item, index) => {
		const below = (field: string): string =>
			`items[${index}]${field === '' || field.startsWith('[') ? '' : '.'}${field}`;
		return itemsOf({
			value: item,
			...(file !== undefined && {file}),
			...(lineOf && {lineOf: (field: string) => lineOf(below(field))}),
			...(placeOf && {placeOf: (field: string) => placeOf(below(field))}),
		});
	});
};

/**
Tells documents apart: objects of Kubernetes, values of the ping-devops chart, Compose files, texts with `docker run`
lines, Kustomizations, and what is none of these.
*/
export const sortDocuments = (documents: readonly Located[]): SortedDocuments => {
	const kinds = Map.groupBy(
		documents.flatMap(located => itemsOf(located)),
		({value}) => {
			if (isKustomization(value)) {
				return 'kustomizations';
			}

			if (isObject(value)) {
				return 'objects';
			}

			if (isCompose(value)) {
				return 'composes';
			}

			if (isDockerText(value)) {
				return 'scripts';
			}

			return isValues(value) ? 'values' : 'unknown';
		},
	);
	return {
		objects: kinds.get('objects') ?? [],
		values: kinds.get('values') ?? [],
		composes: kinds.get('composes') ?? [],
		scripts: (kinds.get('scripts') ?? []).map(located => dockerDocument(located)),
		kustomizations: kinds.get('kustomizations') ?? [],
		unknown: kinds.get('unknown') ?? [],
	};
};

/** The objects of Kubernetes among documents, as the inventory takes them. */
export const manifestsOf = ({objects}: SortedDocuments): readonly Manifest[] =>
	objects.map(({value}) => value as Manifest);

const objectName = (value: unknown): string => {
	const kind = textOf(fieldOf(value, 'kind'));
	if (kind !== undefined) {
		const name = textOf(fieldOf(value, 'metadata', 'name')) ?? textOf(fieldOf(value, 'metadata', 'generateName')) ?? '';
		return name === '' ? kind : `${kind}/${name}`;
	}

	if (mapOf(value).dockerRun !== undefined) {
		return 'docker run';
	}

	return mapOf(value).services === undefined ? 'Helm values' : 'Compose file';
};

const order = {blocks: 0, warns: 1, informs: 2} as const;

const finish = (
	{code, severity, means, todo, seen}: Pick<Seen, 'code' | 'severity' | 'means' | 'todo' | 'seen'>,
	where: Finding['where'],
): Finding => {
	const rule = rules[code];
	if (!rule) {
		throw new TypeError(`There is no rule «${code}».`);
	}

	return {
		code,
		severity: severity ?? rule.severity,
		seen,
		where,
		means: means ?? rule.means,
		source: rule.source,
		todo: todo ?? rule.todo,
	};
};

const placed = ({on, field}: Seen, located: Partial<Located> = {}): Finding['where'] => {
	const place = located.placeOf?.(field) ?? {file: located.file, line: located.lineOf?.(field)};
	return {
		...(place.file !== undefined && {file: place.file}),
		...(place.line !== undefined && {line: place.line}),
		object: objectName(on),
		field,
	};
};

/** What there is to be looked at. */
export type ProblemInput = {
	readonly documents: SortedDocuments;
	readonly texts?: readonly ProfileText[];
	/** What runs, where it was looked at; else what the documents say. */
	readonly inventory?: Inventory;
	readonly target?: InspectTarget;
	/** The day it is, such as `2026-11-30`: days are counted to it. */
	readonly today?: string;
};

/** Findings of several worlds as one list: the worst first, each once for its place. */
export const mergeFindings = (lists: ReadonlyArray<readonly Finding[]>): readonly Finding[] => {
	const found = new Map(
		lists.flat().map(finding => [JSON.stringify([finding.code, finding.where, finding.seen]), finding] as const),
	);
	return found
		.values()
		.toArray()
		.toSorted((one, other) => order[one.severity] - order[other.severity]);
};

/**
Predicts what will break, from objects, values, Compose files, `docker run` lines and server profiles as they are.
Nothing is said of what is right. The worst come first, each once for its place.
*/
export const findProblems = ({
	documents,
	texts = [],
	inventory,
	target = {},
	today,
}: ProblemInput): readonly Finding[] => {
	const objects = manifestsOf(documents).filter(object => !isFinishedPod(object));
	const look = lookAt(objects, inventory ?? takeInventory(objects), target);
	const seen: readonly Seen[] = [
		...targetFindings(look),
		...imageFindings(look),
		...identityFindings(look),
		...portFindings(look),
		...connectionFindings(look),
		...volumeFindings(look),
		...platformFindings(look),
		...serverFindings(look),
		...topologyFindings(look),
		...stateFindings(look),
		...debtFindings(look, today),
		...documents.values.flatMap(({value}) => valuesFindings(value, target)),
		...documents.composes.flatMap(({value}) => composeFindings(value, target)),
		...documents.scripts.flatMap(({value}) => dockerFindings(value as DockerText, target)),
		...documents.kustomizations.flatMap(({value}) => kustomizationFindings(value)),
	];
	const places = new Map(
		[documents.objects, documents.values, documents.composes, documents.scripts, documents.kustomizations]
			.flat()
			.map(located => [located.value, located]),
	);
	// A document is read once more for the lines of its fields: all of its findings are placed together.
	const whereOf = new Map(
		Map.groupBy(seen, ({on}) => on)
			.values()
			.flatMap(together => together.map(one => [one, placed(one, places.get(one.on))] as const)),
	);
	const found = new Map<string, Finding>();
	for (const one of seen) {
		const where = whereOf.get(one)!;
		const key = JSON.stringify([one.code, where, one.seen]);
		found.set(key, found.get(key) ?? finish(one, where));
	}

	const inTexts = profileFindings(texts).map((one: SeenInText) =>
		finish(one, {
			file: one.file,
			line: one.line,
			object: 'server profile',
			field: '',
		}),
	);
	const settled = settledOfKept([...found.values(), ...inTexts], keptWorkloads(objects));
	return settled.toSorted((one, other) => order[one.severity] - order[other.severity]);
};
