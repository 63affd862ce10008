import {agreementOf} from '../../directory/converge.js';
import type {DirectoryServer} from '../../directory/server.js';
import {figureText, isLockedDown, isZero, readServer, type ServerReading} from '../../directory/topology.js';
import {Failure} from '../../failure/failure.js';
import type {StepContext} from '../../migration/step.js';
import type {Workload} from '../../ping/workload.js';

/** Readings in a row, and the time between them, that tell a backlog which grows from one that is being worked off. */
const readings = 3;
const pauseMilliseconds = 700;

/** What stands in the way of moving a topology, and the way out of it. */
export type Obstacle = {
	readonly code: string;
	readonly seen: string;
	readonly means: string;
	readonly todo: string;
	/** The pod and the command to look at. */
	readonly pod: string;
	readonly command: readonly string[];
};

const status = ['dsreplication', 'status', '--displayServerTable', '--showAll', '--no-prompt'] as const;

const lockdown = (servers: readonly ServerReading[]): readonly Obstacle[] =>
	servers
		.filter(server => isLockedDown(server))
		.map(({pod}) => ({
			code: 'replica-locked-down',
			seen: `${pod} is in lockdown mode.`,
			means: 'It serves no client, and may have missed changes. What it holds is not what the others hold.',
			todo:
				'Read its error log for the reason. A replica with missed changes is initialized from a good one ' +
				'(dsreplication initialize); then it leaves lockdown mode (leave-lockdown-mode).',
			pod,
			command: ['leave-lockdown-mode', '--no-prompt'],
		}));

const unrelated = (servers: readonly ServerReading[]): readonly Obstacle[] => {
	const [first] = servers;
	return first && servers.length > 1 && servers.every(({replicas}) => replicas.length === 0)
		? [
				{
					code: 'not-replicated',
					seen: `${servers.map(({pod}) => pod).join(', ')} say nothing of replication.`,
					means: 'Each may hold other entries, and only those of one would be moved.',
					todo:
						'Enable replication among them and initialize them from the good one, or scale down to the one that ' +
						'counts.',
					pod: first.pod,
					command: status,
				},
			]
		: [];
};

const generations = (servers: readonly ServerReading[]): readonly Obstacle[] =>
	agreementOf(servers)
		.restless.map(({pod, reasons}) => ({pod, reasons: reasons.filter(reason => reason.includes('generation id'))}))
		.filter(({reasons}) => reasons.length > 0)
		.map(({pod, reasons}) => ({
			code: 'generations-differ',
			seen: `${pod} holds data of another generation (${reasons.join('; ')}).`,
			means: 'It takes no changes of the others, and they take none of it. Entries that it alone took would be lost.',
			todo: 'Find out which replica is right, then initialize the other one from it.',
			pod,
			command: status,
		}));

const conflicts = (servers: readonly ServerReading[]): readonly Obstacle[] =>
	servers.flatMap(({pod, replicas}) => {
		const found = replicas.filter(one => one.conflicts !== null && !isZero(one.conflicts));
		return found.length === 0
			? []
			: [
					{
						code: 'naming-conflicts',
						seen:
							`${pod} has naming conflicts ` +
							`(${found.map(one => `${one.baseDn}: ${figureText(one.conflicts)}`).join('; ')}).`,
						means: 'Two entries had one name, and replication renamed one of them. They would be moved as they are.',
						todo:
							'Look at the entries whose name begins with entryuuid, keep the right one of each pair, and delete ' +
							'or rename the other.',
						pod,
						command: ['ldapsearch', '--baseDN', found[0]!.baseDn, '--scope', 'sub', '(ds-sync-conflict=*)', '1.1'],
					},
				];
	});

/** The part of an address before the first dot, or before the port: a pod's name, where it is one. */
const hostOf = (address: string): string => address.split(/[.:]/v, 1)[0]!;

/**
Members that are not these pods. Pods of another cluster have the same names, so an address that ends in another way
than most of these do is not of here.
*/
const notHere = (addresses: readonly string[], pods: ReadonlySet<string>): readonly string[] => {
	const endings = addresses
		.filter(address => pods.has(hostOf(address)))
		.map(address => address.slice(hostOf(address).length));
	const count = (ending: string): number => endings.filter(other => other === ending).length;
	const usual = endings.toSorted((one, other) => count(other) - count(one))[0];
	return addresses.filter(address => !pods.has(hostOf(address)) || address.slice(hostOf(address).length) !== usual);
};

const strangers = (servers: readonly ServerReading[]): readonly Obstacle[] => {
	const pods = new Set(servers.map(({pod}) => pod));
	const addresses = [...new Set(servers.flatMap(({members}) => members.map(({address}) => address)))];
	const others = notHere(addresses, pods);
	const [first] = servers;
	return first && others.length > 0
		? [
				{
					code: 'members-out-of-reach',
					seen: `The topology has members that are no pods of this workload: ${others.join(', ')}.`,
					means: 'They can take writes that this run neither sees nor freezes. A dead one is waited for without end.',
					todo:
						'Remove a dead one (remove-defunct-server). One that lives in another cluster or namespace has to ' +
						'leave the topology, or to be made read-only, before this run begins.',
					pod: first.pod,
					command: status,
				},
			]
		: [];
};

/** Whether the backlog of a replica was larger in each reading than in the one before. */
const growing = (rounds: ReadonlyArray<readonly ServerReading[]>): readonly Obstacle[] =>
	(rounds.at(-1) ?? []).flatMap(({pod}) => {
		const sums = rounds.map(servers =>
			(servers.find(server => server.pod === pod)?.replicas ?? []).reduce(
				(sum, {backlog}) => sum + (typeof backlog === 'number' ? backlog : 0),
				0,
			),
		);
		return sums.length > 1 && sums.every((sum, index) => index === 0 || sum > sums[index - 1]!)
			? [
					{
						code: 'backlog-grows',
						seen: `The backlog of ${pod} grows: ${sums.join(', ')} changes.`,
						means: 'It does not keep up with what the others take. A freeze would have to wait for it.',
						todo: 'Look at its disk, its memory and its error log. Begin when the backlog has gone down.',
						pod,
						command: status,
					},
				]
			: [];
	});

/** The old topology as it was read, and what stands in the way of moving it. */
export type OldTopology = {readonly servers: readonly ServerReading[]; readonly obstacles: readonly Obstacle[]};

/** What one or several readings of all replicas say against moving them. */
export const obstaclesIn = (rounds: ReadonlyArray<readonly ServerReading[]>): readonly Obstacle[] => {
	const servers = rounds.at(-1) ?? [];
	return [
		...lockdown(servers),
		...unrelated(servers),
		...generations(servers),
		...conflicts(servers),
		...strangers(servers),
		...growing(rounds),
	];
};

const serversOf = (context: StepContext<'pods'>, workload: Workload): readonly DirectoryServer[] =>
	workload.pods.map(pod => ({
		pods: context.world.pods,
		target: {pod, container: workload.container},
		ldapsPort: workload.ports.LDAPS_PORT ?? 636,
		signal: context.signal,
	}));

const hasBacklog = (servers: readonly ServerReading[]): boolean =>
	servers.some(({replicas}) => replicas.some(({backlog}) => typeof backlog === 'number' && backlog > 0));

/**
Reads every replica of the old workload, more than once where one has a backlog. Rejects with a Failure where one does
not answer.
*/
export const readOldTopology = async (
	context: StepContext<'pods' | 'clock'>,
	workload: Workload,
): Promise<OldTopology> => {
	const servers = serversOf(context, workload);
	const read = async (): Promise<readonly ServerReading[]> =>
		Promise.all(servers.map(async server => readServer(server)));
	const rounds = [await read()];
	while (rounds.length < readings && hasBacklog(rounds.at(-1)!)) {
		await context.world.clock.sleep(pauseMilliseconds, context.signal);
		rounds.push(await read());
	}

	return {servers: rounds.at(-1)!, obstacles: obstaclesIn(rounds)};
};

/** The first obstacle as a Failure; the others stand in its details. */
export const obstacleFailure = (
	context: StepContext<'pods'>,
	workload: Workload,
	obstacles: readonly Obstacle[],
): Failure | undefined => {
	const [first, ...others] = obstacles;
	return first
		? new Failure({
				code: first.code,
				seen: first.seen,
				means: first.means,
				todo: first.todo,
				byHand: context.world.pods.byHand({pod: first.pod, container: workload.container}, first.command),
				exit: 'blocked',
				retryable: true,
				details: others.map(({seen}) => seen),
			})
		: undefined;
};
