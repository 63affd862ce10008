import type {Connection} from '../../cluster/connection.js';
import {readLease} from '../../cluster/lease/lease.js';
import {isExpired, type LeaseHolder} from '../../cluster/lease/record.js';
import {partsOf} from '../../failure/failure.js';
import {createClock} from '../../machine/clock.js';
import {listRuns} from '../../machine/runs.js';
import {heldCode, type WorkloadRow} from '../../migration/workload-row.js';
import type {World} from '../../migration/world.js';
import {findProblems, sortDocuments, type Finding} from '../../ping/findings/index.js';
import {findingsOfWorkload} from '../../ping/findings/of-workload.js';
import {takeInventory} from '../../ping/inventory/index.js';
import type {Manifest, Workload} from '../../ping/workload.js';
import type {ServerLook} from '../../steps/servers/look.js';
import {lookAtNamespace} from '../look.js';
import {runsFolder, runStateOf} from '../runs.js';
import type {Surroundings} from '../surroundings.js';
import {createWorld, noHold} from '../world.js';
import {moveOf, type KnownRun} from './move.js';
import {inOrder} from './order.js';

/** What a look at a namespace gave. */
export type Survey = {
	readonly namespace: string;
	readonly rows: readonly WorkloadRow[];
	/** Who is at work in the namespace. */
	readonly holder: LeaseHolder | undefined;
	/** What could not be looked at, one sentence each. */
	readonly unseen: readonly string[];
};

type Place = Pick<Connection, 'context' | 'namespace'>;

/** The runs of a place that are kept here, newest first. */
const runsOf = async (surroundings: Surroundings, {context, namespace}: Place): Promise<readonly KnownRun[]> => {
	const kept = await listRuns(runsFolder(surroundings));
	return kept.flatMap(run => {
		if (!('events' in run)) {
			return [];
		}

		const state = runStateOf(run.events);
		return state.context === context && state.namespace === namespace
			? [{state, at: run.events.at(-1)?.at ?? state.openedAt}]
			: [];
	});
};

/** Who holds the namespace; nobody where the hold has run out. */
const holderOf = async (
	connection: Connection,
): Promise<{readonly holder: LeaseHolder | undefined; readonly unseen: readonly string[]}> => {
	const clock = createClock();
	try {
		const record = await readLease(connection, clock);
		const isOver = record === undefined || (isExpired(record, clock.now()) && record.holder?.kept === undefined);
		return {holder: isOver ? undefined : record.holder, unseen: []};
	} catch (error) {
		return {holder: undefined, unseen: [`who is at work there: ${partsOf(error).seen}`]};
	}
};

const metadataOf = ({objects}: ServerLook, {kind, name}: Workload): Partial<Manifest['metadata']> =>
	objects.find(object => object.kind === kind && object.metadata.name === name)?.metadata ?? {};

/** What stands against a move: findings that block, each kind once, and somebody else's hold on the namespace. */
const blocksOf = (
	findings: readonly Finding[],
	move: WorkloadRow['move'],
	holder: LeaseHolder | undefined,
): WorkloadRow['blocks'] => [
	...(holder && move.kind !== 'running'
		? [{code: heldCode, seen: `The run ${holder.run} of ${holder.by} holds the namespace since ${holder.since}.`}]
		: []),
	...new Map(
		findings.filter(({severity}) => severity === 'blocks').map(({code, seen}) => [code, {code, seen}] as const),
	).values(),
];

const rowOf = (
	workload: Workload,
	place: Place,
	signs: Parameters<typeof moveOf>[1],
	labels: WorkloadRow['labels'],
	all: readonly Finding[],
): Omit<WorkloadRow, 'order'> => {
	const {kind, name, product, productVersion, image, side, replicas} = workload;
	const findings = findingsOfWorkload(workload, all);
	const {move, frozen} = moveOf(workload, signs);
	const isLeft = ['not-begun', 'stopped', 'running'].includes(move.kind);
	return {
		...place,
		kind,
		name,
		labels,
		product,
		version: productVersion ?? null,
		image,
		side,
		replicas,
		move,
		frozen,
		blocks: isLeft ? blocksOf(findings, move, signs.holder) : [],
		warns: isLeft ? findings.filter(({severity}) => severity === 'warns').length : 0,
	};
};

/** Kinds of workloads that a run can move. */
const movable = new Set<Workload['kind']>(['StatefulSet', 'Deployment']);

/** Looks at the Ping workloads of a connection's namespace, at who is at work there, and at the runs kept here. */
export const surveyNamespace = async (
	surroundings: Surroundings,
	connection: Connection,
	world: World = createWorld(connection, surroundings.home, noHold),
): Promise<Survey> => {
	const {context, namespace} = connection;
	const [look, runs, {holder, unseen}] = await Promise.all([
		lookAtNamespace(world, connection),
		runsOf(surroundings, connection),
		holderOf(connection),
	]);
	const workloads = look.inventory.workloads.filter(({kind}) => movable.has(kind));
	const findings = findProblems({
		documents: sortDocuments(look.objects.map(value => ({value}))),
		inventory: look.inventory,
	});
	const rows = workloads.map(workload => {
		const {annotations = {}, labels = {}} = metadataOf(look, workload);
		const signs = {runs, holder, annotations, isOnly: workloads.length === 1};
		return rowOf(workload, {context, namespace}, signs, labels, findings);
	});
	return {namespace, rows: inOrder(rows, world.clock.now()), holder, unseen: [...look.unseen, ...unseen]};
};

/** Namespaces that are looked at at a time. */
const atOnce = 4;

/** Whether there is anything of Ping's, by its manifests alone: pods are only looked into where there is. */
const hasWorkload = async ({cluster}: World): Promise<boolean> => {
	const lists = await Promise.all((['StatefulSet', 'Deployment'] as const).map(async kind => cluster.list(kind)));
	return takeInventory(lists.flat()).workloads.length > 0;
};

/** Looks at every namespace that may be read. What may not be read is said. */
export const surveyAll = async (surroundings: Surroundings, connection: Connection): Promise<readonly Survey[]> => {
	const {home} = surroundings;
	const namespaces = await createWorld(connection, home, noHold).cluster.list('Namespace');
	const waiting = namespaces.map(({metadata}) => metadata.name);
	const surveys: Survey[] = [];
	const next = async (): Promise<void> => {
		for (let namespace = waiting.shift(); namespace !== undefined; namespace = waiting.shift()) {
			const there = {...connection, namespace};
			const world = createWorld(there, home, noHold);
			try {
				surveys.push(
					(await hasWorkload(world))
						? await surveyNamespace(surroundings, there, world)
						: {namespace, rows: [], holder: undefined, unseen: []},
				);
			} catch (error) {
				surveys.push({
					namespace,
					rows: [],
					holder: undefined,
					unseen: [`the namespace ${namespace}: ${partsOf(error).seen}`],
				});
			}
		}
	};

	await Promise.all(Array.from({length: atOnce}, async () => next()));
	return surveys.toSorted((one, other) => one.namespace.localeCompare(other.namespace));
};
