import {exitStatus} from '../../failure/failure.js';
import {secretsInDocument, withoutSecretsIn, type NamedSecret} from '../../manifests/secrets/documents.js';
import {
	composeNote,
	findProblems,
	manifestsOf,
	mergeFindings,
	type Finding,
	type InspectTarget,
} from '../../ping/findings/index.js';
import {takeInventory} from '../../ping/inventory/index.js';
import type {Inventory} from '../../ping/workload.js';
import {structuredText} from '../print.js';
import {gatherCluster, gatherFiles, type Gathered} from './gather.js';
import type {InspectInput} from './input.js';
import {meantFindings, meantWorkloads, workloadLines} from './narrow.js';
import {textReport, type Scope} from './report.js';

export type {ClusterView, InspectInput} from './input.js';

/**
The JSON that `unroot inspect --output json` prints. `schema` grows by one when a field changes its meaning or goes;
fields may be added without that.
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

const notesOf = ({others, repeats}: Gathered): readonly string[] => [
	...others.composes.flatMap(({file, value}) => {
		const note = composeNote(value);
		return note === undefined ? [] : [`${file ?? 'the Compose file'}: ${note}`];
	}),
	...repeats.map(({file, line, column, says}) => `${file}, line ${line}, column ${column}: ${says}`),
];

const unrecognised = ({others}: Gathered): readonly string[] =>
	others.unknown.map(
		({file, lineOf}) => `${file ?? 'a document'}${lineOf?.('') === undefined ? '' : `:${lineOf('')}`}`,
	);

const othersOf = ({others, kustomizations, texts}: Gathered): readonly string[] =>
	(
		[
			[others.values.length, 'values file', 'values files'],
			[others.composes.length, 'Compose file', 'Compose files'],
			[others.scripts.length, 'text with docker run lines', 'texts with docker run lines'],
			[kustomizations, 'Kustomization', 'Kustomizations'],
			[texts.length, 'file of a server profile', 'files of server profiles'],
		] as const
	)
		.filter(([count]) => count > 0)
		.map(([count, one, many]) => `${count} ${count === 1 ? one : many}`);

/** Rules that compare two descriptions of one object. */
const ofVersions = new Set(['statefulset-immutable', 'kind-changes']);

/** The findings of every world, each once: a file may be part of several. */
const findingsOf = (
	{worlds, others, versions, texts}: Gathered,
	inventories: readonly Inventory[],
	target: InspectTarget = {},
	today?: string,
): readonly Finding[] =>
	mergeFindings([
		...worlds.map((documents, index) =>
			findProblems({
				documents,
				inventory: inventories[index]!,
				target,
				...(today !== undefined && {today}),
			}),
		),
		...versions.map(documents => findProblems({documents, target}).filter(({code}) => ofVersions.has(code))),
		findProblems({documents: others, texts, target}),
	]);

/** Secrets that stand in the clear in what was read: none is told. */
const secretsOf = ({worlds, others, texts}: Gathered): readonly NamedSecret[] => [
	...[...worlds, others].flatMap(sorted =>
		Object.values(sorted)
			.flat()
			.flatMap(({value}) => secretsInDocument(value)),
	),
	...texts.flatMap(({text}) => secretsInDocument(text)),
];

/**
Predicts what will break, read-only, from files or from a cluster. Resolves to the exit status: 3 where anything blocks,
else 0. Bad input rejects with a Failure (exit status 2).
*/
export const runInspect = async (input: InspectInput): Promise<number> => {
	const gathered = input.files.length > 0 ? await gatherFiles(input) : await gatherCluster(input);
	const {worlds, probes, what, skipped} = gathered;
	const inventories = worlds.map(world => takeInventory(manifestsOf(world), probes));
	const {narrowing = {}} = input;
	const manifests = [...new Set(worlds.flatMap(world => manifestsOf(world)))];
	const workloads = meantWorkloads(
		inventories.flatMap(one => one.workloads),
		manifests,
		narrowing,
	);
	const secrets = secretsOf(gathered);
	const inventory: Inventory = withoutSecretsIn({workloads}, secrets);
	const all = findingsOf(gathered, inventories, input.target, input.today);
	const findings = withoutSecretsIn(meantFindings(all, workloads, narrowing), secrets);
	const objects = manifests.length;
	const isBlocked = findings.some(({severity}) => severity === 'blocks');
	const count = (severity: Finding['severity']): number =>
		findings.filter(finding => finding.severity === severity).length;
	if (input.output === 'text') {
		const scope: Scope = {
			lines: workloadLines(workloads, findings),
			others: othersOf(gathered),
			what,
			objects,
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
			objects,
			inventory,
			findings,
			counts: {blocks: count('blocks'), warns: count('warns'), informs: count('informs')},
			blocked: isBlocked,
			notes: notesOf(gathered),
			notLookedAt: [
				...skipped,
				...unrecognised(gathered).map(file => ({
					file,
					why:
						'it is neither an object of Kubernetes, values of the ping-devops chart, a Compose file, a ' +
						'Kustomization nor a text with docker run lines',
				})),
			],
		};
		input.write(structuredText(result, input.output));
	}

	return isBlocked ? exitStatus.blocked : exitStatus.done;
};
