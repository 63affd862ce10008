import {entriesOf, replicaOf} from '../../directory/converge.js';
import {changeReplication, type Address, type ReplicationOrder} from '../../directory/replication.js';
import type {DirectoryServer} from '../../directory/server.js';
import {plainDn, readServer, type ServerReading} from '../../directory/topology.js';
import {removeRemote} from '../../directory/volume.js';
import {Failure} from '../../failure/failure.js';
import {tellable} from '../../failure/tellable.js';
import type {Reporter, StepContext} from '../../migration/step.js';
import {outcomeOf} from '../outcomes.js';
import {planAsKept} from '../run/plan.js';
import {remoteFiles} from '../run/remote-files.js';
import {untilReplicasAgree} from '../servers/replicas-agree.js';

type Needs = 'pods' | 'clock' | 'files';

/** What a replica lacks of one base DN, and what gives it to it. */
export type Lack = {readonly backend: string; readonly baseDn: string; readonly kind: 'enable' | 'initialize'};

const replicationPort = 8989;

/**
What a pod lacks beside the first one. A backend that is not replicated has to be joined (hooks before 2204 join the
users' base DN only); one of another generation, or with other counts and nothing on its way, has to be filled.
*/
export const lacksOf = (seed: ServerReading, server: ServerReading): readonly Lack[] =>
	seed.backends.flatMap(({id: backend, baseDns}) =>
		baseDns.flatMap(({dn: baseDn, entries}): readonly Lack[] => {
			const [first, own] = [replicaOf(seed, baseDn), replicaOf(server, baseDn)];
			if (!first || !own) {
				return [{backend, baseDn, kind: 'enable'}];
			}

			const isOther = own.generationId === null || own.generationId !== first.generationId;
			const isShort = own.backlog === 0 && first.pending === 0 && entriesOf(server, baseDn) !== entries;
			return isOther || isShort ? [{backend, baseDn, kind: 'initialize'}] : [];
		}),
	);

/** Where the tools of replication find a pod of the new set: its name in the set's own headless Service. */
const addressOf = async (context: StepContext<Needs>, {target, ldapsPort}: DirectoryServer): Promise<Address> => {
	const plan = await planAsKept(context);
	const set = plan.apply.find(({kind}) => kind === 'StatefulSet');
	const {serviceName} = (set?.spec ?? {}) as {readonly serviceName?: string};
	return {host: serviceName === undefined ? target.pod : `${target.pod}.${serviceName}`, port: ldapsPort};
};

/** A topology that the old servers are in is never joined: what is initialised loses its data. */
const refuseOthers = (context: StepContext<Needs>, readings: readonly ServerReading[]): void => {
	const {newName} = outcomeOf(context, 'strategy');
	const others = readings
		.flatMap(({members}) => members)
		.filter(({address}) => !address.startsWith(`${newName}-`))
		.map(({address}) => address);
	if (others.length > 0) {
		throw new Failure({
			code: 'joined-others',
			seen: `The new servers are in one topology with ${[...new Set(others)].join(', ')}.`,
			means:
				'They replicate with servers that are not of the new set: an import or an initialization here could ' +
				'replace the data there. Nothing more is done.',
			todo:
				'Look at the headless Service and at K8S_STATEFUL_SET_SERVICE_NAME of the new set, which must be its ' +
				'own. Undo this run and start again.',
			byHand: `unroot rollback ${context.run.id}`,
			exit: 'blocked',
		});
	}
};

const mend = async (
	context: StepContext<Needs>,
	seed: DirectoryServer,
	server: DirectoryServer,
	lack: Lack,
	reporter: Reporter,
): Promise<void> => {
	const {logOf, logFilesOf} = remoteFiles(context.run.id);
	const [source, destination] = [await addressOf(context, seed), await addressOf(context, server)];
	const order = (kind: ReplicationOrder['kind']): ReplicationOrder => ({
		kind,
		source,
		destination,
		baseDn: lack.baseDn,
		replicationPort,
		log: logOf('replication', lack.backend),
	});
	const kinds: ReadonlyArray<ReplicationOrder['kind']> =
		lack.kind === 'enable' ? ['enable', 'initialize'] : ['initialize'];
	for (const kind of kinds) {
		reporter.log(
			kind === 'enable'
				? `${server.target.pod}: ${lack.backend} is not replicated; it joins for ${lack.baseDn}`
				: `${server.target.pod}: ${lack.backend} is filled from ${seed.target.pod}`,
		);
		await changeReplication(server, context.world.clock, order(kind), lines => {
			for (const line of tellable(lines)) {
				reporter.log(line);
			}
		});
	}

	await removeRemote(context.world.pods, server.target, context.run.id, logFilesOf('replication', lack.backend));
};

/** What a replica was given that its own hook had not given it. */
export type Joined = {readonly mended: readonly Lack[]};

/**
Sees that a pod is a replica of the first one: joined for every backend, of the same generation, filled. What its hook
left undone is done from the first. Rejects with a Failure where it is not at rest with the others afterwards.
*/
export const joinReplica = async (
	context: StepContext<Needs>,
	servers: readonly DirectoryServer[],
	reporter: Reporter,
): Promise<Joined> => {
	const [seed] = servers;
	const server = servers.at(-1);
	if (!seed || !server || seed === server) {
		return {mended: []};
	}

	const [first, own] = await Promise.all([readServer(seed), readServer(server)]);
	refuseOthers(context, [first, own]);
	const lacks = lacksOf(first, own);
	for (const lack of lacks) {
		await mend(context, seed, server, lack, reporter);
	}

	const rest = await untilReplicasAgree(context, servers, reporter, {
		means: `${server.target.pod} is not proved. Clients are still on the old servers.`,
		says: changes => (changes > 0 ? `${changes} changes are on their way` : 'The replicas are read'),
	});
	const left = rest.servers.at(-1);
	const still = left && rest.servers[0] ? lacksOf(rest.servers[0], left) : [];
	if (still.length > 0) {
		throw notJoined(server, still);
	}

	return {mended: lacks};
};

const notJoined = (server: DirectoryServer, lacks: readonly Lack[]): Failure =>
	new Failure({
		code: 'replica-not-joined',
		seen:
			`${server.target.pod} is up and still lacks ` +
			`${lacks.map(({backend, baseDn}) => `${backend} (${plainDn(baseDn)})`).join(', ')}.`,
		means: 'Ready is no proof: a client that reached it would miss entries. Clients are still on the old servers.',
		todo: 'Read what dsreplication says, fix the cause, then try again.',
		byHand: server.pods.byHand(server.target, ['dsreplication', 'status', '--displayServerTable', '--showAll']),
		retryable: true,
	});

/**
Sees that all servers hold what the first one does, after it was given other data: an import makes a generation of its
own, whose changes the others do not take.
*/
export const fillOthers = async (
	context: StepContext<Needs>,
	servers: readonly DirectoryServer[],
	reporter: Reporter,
): Promise<void> => {
	for (let count = 2; count <= servers.length; count++) {
		await joinReplica(context, servers.slice(0, count), reporter);
	}
};
