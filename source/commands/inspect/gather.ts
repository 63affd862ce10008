import {readComposeFiles, type ComposeFiles} from '../../documents/compose-files.js';
import {environmentsOf, type AppliedTogether} from '../../documents/environments.js';
import {readSources, type FileProblem, type SourceFile} from '../../documents/index.js';
import {worldsOf, type BuiltWorld} from '../../documents/worlds.js';
import {wrappedIn} from '../../documents/wrapped.js';
import {resolveCompose} from '../../ping/compose-environment.js';
import {isCompose} from '../../ping/findings/compose.js';
import {sortDocuments, type Located, type SortedDocuments} from '../../ping/findings/index.js';
import {podTemplateOf} from '../../ping/podspec.js';
import type {Manifest, PodProbe} from '../../ping/workload.js';
import type {InspectInput} from './input.js';
import type {Scope} from './report.js';

/**
What is to be looked at. Objects are sorted by what is applied together: what stands in another world tells nothing of
this one.
*/
export type Gathered = {
	readonly worlds: readonly SortedDocuments[];
	/** Documents that are no objects: values, Compose files, scripts, Kustomizations, and what is none of these. */
	readonly others: SortedDocuments;
	/** Two descriptions of one object in one folder: what is there, and what is to be. */
	readonly versions: readonly SortedDocuments[];
	readonly kustomizations: number;
	readonly texts: ReadonlyArray<{readonly file: string; readonly text: string}>;
	readonly probes: readonly PodProbe[];
	readonly what: string;
	readonly skipped: Scope['skipped'];
	readonly repeats: readonly FileProblem[];
};

const locatedIn = (files: readonly SourceFile[], surroundings?: ComposeFiles['surroundings']): readonly Located[] =>
	files.flatMap(({file, documents}) =>
		documents.flatMap(document => {
			const inner = wrappedIn(document)?.inner ?? [];
			const beside = isCompose(document.value) ? surroundings?.get(file) : undefined;
			return (inner.length > 0 ? inner : [document]).map(({value, lineOf}): Located => ({
				file,
				value: resolveCompose(value, beside),
				lineOf,
			}));
		}),
	);

/** What documents take from elsewhere, such as an Application of Argo CD from a repository. */
const unreadIn = (files: readonly SourceFile[]): Scope['skipped'] =>
	files.flatMap(({file, documents}) =>
		documents.flatMap(document => (wrappedIn(document)?.unread ?? []).map(why => ({file, why}))),
	);

const objectsAlone = ({objects}: SortedDocuments): SortedDocuments => ({...nothingIn, objects});

const nothingIn: SortedDocuments = {
	objects: [],
	values: [],
	composes: [],
	scripts: [],
	kustomizations: [],
	unknown: [],
};

const bringsPods = ({value}: Located): boolean => podTemplateOf(value as Manifest) !== undefined;

const ofBuilt = ({objects}: BuiltWorld): SortedDocuments =>
	sortDocuments(objects.map(({value, placeOf}): Located => ({value, placeOf})));

const versionsIn = (environments: readonly AppliedTogether[]): readonly SortedDocuments[] => {
	const alone = environments.filter(({folder}) => folder !== undefined);
	return Map.groupBy(alone, ({folder}) => folder)
		.values()
		.map(together => {
			const files = together.flatMap(({files: own}) => own);
			return objectsAlone(sortDocuments(locatedIn(files)));
		})
		.toArray();
};

/** What `unroot inspect -f` looks at. */
export const gatherFiles = async ({files, stdin, environment = {}}: InspectInput): Promise<Gathered> => {
	const sources = await readSources(files, stdin);
	const {built, plain, unbuilt} = await worldsOf(sources.files, environment);
	const environments = environmentsOf(plain);
	const {surroundings, unread} = await readComposeFiles(plain);
	const others = sortDocuments(locatedIn(plain, surroundings));
	const count = sources.files.length + sources.texts.length;
	return {
		worlds: [
			...built.map(world => ofBuilt(world)),
			...environments.map(({files: own, around}) => {
				const {objects} = sortDocuments(locatedIn(own));
				const beside = sortDocuments(locatedIn(around)).objects.filter(located => !bringsPods(located));
				return {...nothingIn, objects: [...objects, ...beside]};
			}),
		],
		others: {...others, objects: []},
		versions: versionsIn(environments),
		kustomizations: sortDocuments(locatedIn(sources.files)).kustomizations.length,
		texts: sources.texts,
		probes: [],
		what: `${count} ${count === 1 ? 'file' : 'files'}`,
		skipped: [...sources.skipped, ...unread, ...unreadIn(plain), ...unbuilt.map(({top: {file}, why}) => ({file, why}))],
		repeats: sources.repeats,
	};
};

/** What `unroot inspect` looks at in a cluster. */
export const gatherCluster = async ({readCluster}: InspectInput): Promise<Gathered> => {
	const {what, objects, probes = []} = await readCluster();
	return {
		worlds: [sortDocuments(objects.map(value => ({value})))],
		others: nothingIn,
		versions: [],
		kustomizations: 0,
		texts: [],
		probes,
		what,
		skipped: [],
		repeats: [],
	};
};
