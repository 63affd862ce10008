import {readSources, type FileProblem} from '../../documents/index.js';
import {exitStatus} from '../../failure/failure.js';
import {
	composeNote,
	findProblems,
	manifestsOf,
	sortDocuments,
	type Finding,
	type InspectTarget,
	type Located,
} from '../../ping/findings/index.js';
import {takeInventory} from '../../ping/inventory/index.js';
import type {Inventory, Manifest, PodProbe} from '../../ping/workload.js';
import {structuredText} from '../print.js';
import {textReport, type Scope} from './report.js';

/** What a cluster has to say, read by whoever holds the connection. */
export type ClusterView = {
	/** Such as `namespace identity of context staging`. */
	readonly what: string;
	readonly objects: readonly Manifest[];
	/** What was seen inside the pods, where it was looked at. */
	readonly probes?: readonly PodProbe[];
};

/** What `unroot inspect` is called with. */
export type InspectInput = {
	/** Files, folders and `-`; empty where the cluster is meant. */
	readonly files: readonly string[];
	/** Reads the cluster; called where no files are named. */
	readonly readCluster: () => Promise<ClusterView>;
	readonly output: 'text' | 'json' | 'yaml';
	readonly target?: InspectTarget;
	readonly stdin: AsyncIterable<Uint8Array | string>;
	/** Takes the result. */
	readonly write: (text: string) => void;
	/** Columns of the terminal; 80 where there is none. */
	readonly width?: number;
	readonly hasColour?: boolean;
};

/**
The JSON that `unroot inspect --output json` prints. `schema` grows by one when a field changes its meaning or goes; fields may be added without that.
*/
export type InspectJson = {
	readonly schema: 1;
	/** What was looked at. */
	readonly source: string;
	readonly objects: number;
	/** The workloads of Ping's, with side, signs, users, ports, volumes and Services. */
	readonly inventory: Inventory;
	/** The worst first. */
	readonly findings: readonly Finding[];
	readonly counts: Readonly<Record<Finding['severity'], number>>;
	/** Whether anything blocks; the exit status is 3 then. */
	readonly blocked: boolean;
	/** Words on single files that are no findings, such as an old version of a format. */
	readonly notes: readonly string[];
	/** Files and documents that nothing is said of. */
	readonly notLookedAt: ReadonlyArray<{readonly file: string; readonly why: string}>;
};

type Gathered = {
	readonly documents: ReturnType<typeof sortDocuments>;
	readonly texts: ReadonlyArray<{readonly file: string; readonly text: string}>;
	readonly probes: readonly PodProbe[];
	readonly what: string;
	readonly skipped: Scope['skipped'];
	readonly repeats: readonly FileProblem[];
};

const fromFiles = async ({files, stdin}: InspectInput): Promise<Gathered> => {
	const sources = await readSources(files, stdin);
	const located = sources.files.flatMap(({file, documents}) =>
		documents.map(({value, lineOf}): Located => ({file, value, lineOf})),
	);
	const count = sources.files.length + sources.texts.length;
	return {
		documents: sortDocuments(located),
		texts: sources.texts,
		probes: [],
		what: `${count} ${count === 1 ? 'file' : 'files'}`,
		skipped: sources.skipped,
		repeats: sources.repeats,
	};
};

const fromCluster = async ({readCluster}: InspectInput): Promise<Gathered> => {
	const {what, objects, probes = []} = await readCluster();
	return {
		documents: sortDocuments(objects.map(value => ({value}))),
		texts: [],
		probes,
		what,
		skipped: [],
		repeats: [],
	};
};

const notesOf = ({documents, repeats}: Gathered): readonly string[] => [
	...documents.composes.flatMap(({file, value}) => {
		const note = composeNote(value);
		return note === undefined ? [] : [`${file ?? 'the Compose file'}: ${note}`];
	}),
	...repeats.map(({file, line, column, says}) => `${file}, line ${line}, column ${column}: ${says}`),
];

const unrecognised = ({documents}: Gathered): readonly string[] =>
	documents.unknown.map(
		({file, lineOf}) => `${file ?? 'a document'}${lineOf?.('') === undefined ? '' : `:${lineOf('')}`}`,
	);

const othersOf = ({documents, texts}: Gathered): readonly string[] =>
	(
		[
			[documents.values.length, 'values file', 'values files'],
			[documents.composes.length, 'Compose file', 'Compose files'],
			[documents.scripts.length, 'text with docker run lines', 'texts with docker run lines'],
			[documents.kustomizations.length, 'Kustomization', 'Kustomizations'],
			[texts.length, 'file of a server profile', 'files of server profiles'],
		] as const
	)
		.filter(([count]) => count > 0)
		.map(([count, one, many]) => `${count} ${count === 1 ? one : many}`);

/**
Predicts what will break, read-only, from files or from a cluster. Resolves to the exit status: 3 where anything blocks, else 0. Bad input rejects with a Failure (exit status 2).
*/
export const runInspect = async (input: InspectInput): Promise<number> => {
	const gathered = input.files.length > 0 ? await fromFiles(input) : await fromCluster(input);
	const {documents, texts, probes, what, skipped} = gathered;
	const manifests = manifestsOf(documents);
	const inventory = takeInventory(manifests, probes);
	const findings = findProblems({
		documents,
		texts,
		inventory,
		...(input.target && {target: input.target}),
	});
	const isBlocked = findings.some(({severity}) => severity === 'blocks');
	const count = (severity: Finding['severity']): number =>
		findings.filter(finding => finding.severity === severity).length;
	if (input.output === 'text') {
		const scope: Scope = {
			others: othersOf(gathered),
			what,
			objects: manifests.length,
			workloads: inventory.workloads.length,
			notes: notesOf(gathered),
			unrecognised: unrecognised(gathered),
			skipped,
		};
		input.write(
			textReport(findings, scope, {width: Math.min(input.width ?? 80, 120), hasColour: input.hasColour ?? false}),
		);
	} else {
		const result: InspectJson = {
			schema: 1,
			source: what,
			objects: manifests.length,
			inventory,
			findings,
			counts: {blocks: count('blocks'), warns: count('warns'), informs: count('informs')},
			blocked: isBlocked,
			notes: notesOf(gathered),
			notLookedAt: [
				...skipped,
				...unrecognised(gathered).map(file => ({
					file,
					why: 'it is neither an object of Kubernetes, values of the ping-devops chart, a Compose file, a Kustomization nor a text with docker run lines',
				})),
			],
		};
		input.write(structuredText(result, input.output));
	}

	return isBlocked ? exitStatus.blocked : exitStatus.done;
};
