import {Failure} from '../failure/failure.js';
import {throughOutages} from '../migration/engine/outage.js';
import type {Clock} from '../migration/world.js';
import type {DirectoryServer} from './server.js';
import {
	figureText,
	isZero,
	plainDn,
	readServer,
	readingWords,
	type ReplicaReading,
	type ServerReading,
} from './topology.js';

/** Which servers are to agree, and how it is watched. */
export type ConvergeOrder = {
	/** All replicas of one side; a server without replicas only has to stand still. */
	readonly servers: readonly DirectoryServer[];
	readonly clock: Clock;
	readonly signal?: AbortSignal;
	/** Readings in a row that must agree. Default 3. */
	readonly readings?: number;
	/** When it is given up, in milliseconds since 1970. Default: never by the clock. */
	readonly deadline?: number;
	/** How long nothing may get nearer before it is given up. Default 2 minutes. */
	readonly patienceMilliseconds?: number;
	/** Called after each reading with what is still on its way. */
	readonly onReading?: (state: ConvergeState) => void;
	readonly onLog?: (line: string) => void;
};

/** Where the replicas are on their way to agree. */
export type ConvergeState = {
	readonly servers: readonly ServerReading[];
	/** Changes that some replica has still to replay or to pass on, as far as they are said. */
	readonly changes: number;
	/** What keeps each replica from rest, with its figures. */
	readonly restless: readonly Restless[];
};

/** A replica that is not at rest, and why: one sentence each, with its figures. */
export type Restless = {readonly pod: string; readonly reasons: readonly string[]};

/** How the wait ended: all replicas hold the same and nothing is under way, or it was given up. */
export type Convergence = ConvergeState & {readonly isAtRest: boolean};

const pauseMilliseconds = 400;
const defaultPatience = 120_000;

/** How many entries a server counts below a base DN, where it serves it. */
export const entriesOf = ({backends}: ServerReading, baseDn: string): number | undefined =>
	backends.flatMap(({baseDns}) => baseDns).find(({dn}) => plainDn(dn) === plainDn(baseDn))?.entries;

/** How a server stands with a base DN, where it replicates it. */
export const replicaOf = ({replicas}: ServerReading, baseDn: string): ReplicaReading | undefined =>
	replicas.find(one => plainDn(one.baseDn) === plainDn(baseDn));

/** Whether any of the servers replicates a base DN. */
export const isReplicated = (servers: readonly ServerReading[], baseDn: string): boolean =>
	servers.some(server => replicaOf(server, baseDn) !== undefined);

/** What most replicas say of a base DN, and of two equally frequent values the one that was read first. */
const commonOf = <Value>(values: readonly Value[]): Value | undefined => {
	const weight = (value: Value): number => values.filter(other => other === value).length;
	return values.reduce<Value | undefined>(
		(best, value) => (best === undefined || weight(value) > weight(best) ? value : best),
		undefined,
	);
};

/** Base DNs of user data: all that any server has entries in, or replicates. */
export const baseDnsOf = (servers: readonly ServerReading[]): readonly string[] => {
	const all = servers.flatMap(({backends, replicas}) => [
		...backends.flatMap(({baseDns}) => baseDns.map(({dn}) => dn)),
		...replicas.map(({baseDn}) => baseDn),
	]);
	return all.filter((dn, index) => all.findIndex(other => plainDn(other) === plainDn(dn)) === index);
};

const reasonsOf = (server: ServerReading, baseDn: string, servers: readonly ServerReading[]): readonly string[] => {
	const entries = entriesOf(server, baseDn);
	const usual = commonOf(servers.map(one => entriesOf(one, baseDn)));
	const counts =
		entries === usual
			? []
			: [`${baseDn}: ${entries ?? 'no count of'} entries, where others have ${usual ?? 'no count'}`];
	if (servers.length === 1) {
		return counts;
	}

	const replica = replicaOf(server, baseDn);
	if (!replica) {
		// A backend that no replica replicates has only its counts; a topology that says nothing at all is not taken for
		// one at rest.
		const isAlone = servers.some(({replicas}) => replicas.length > 0) && !isReplicated(servers, baseDn);
		return isAlone ? counts : [`${baseDn}: it reports no replication of it`, ...counts];
	}

	const generation = commonOf(servers.map(one => replicaOf(one, baseDn)?.generationId ?? null));
	return [
		...(isZero(replica.backlog) ? [] : [`${baseDn}: backlog ${figureText(replica.backlog)}`]),
		...(isZero(replica.pending) ? [] : [`${baseDn}: pending updates ${figureText(replica.pending)}`]),
		...(replica.generationId !== null && replica.generationId === generation
			? []
			: [`${baseDn}: generation id ${replica.generationId ?? 'not said'}, where others have ${generation ?? 'none'}`]),
		...counts,
	];
};

const numberOf = (figure: ReplicaReading['backlog']): number => (typeof figure === 'number' ? figure : 0);

/** What a reading of all servers says of their agreement. */
export const agreementOf = (servers: readonly ServerReading[]): ConvergeState => {
	const baseDns = baseDnsOf(servers);
	return {
		servers,
		changes: servers
			.flatMap(({replicas}) => replicas)
			.reduce((sum, {backlog, pending}) => sum + numberOf(backlog) + numberOf(pending), 0),
		restless: servers
			.map(server => ({
				pod: server.pod,
				reasons: baseDns.flatMap(baseDn => reasonsOf(server, baseDn, servers)),
			}))
			.filter(({reasons}) => reasons.length > 0),
	};
};

/** All figures of a reading as one text: two readings with the same have stood still. */
const figuresOf = (servers: readonly ServerReading[]): string =>
	JSON.stringify(
		servers.map(({pod, backends, replicas}) => [pod, backends.map(({id, entries}) => [id, entries]), replicas]),
	);

/**
Waits until several readings in a row show every replica at rest: backlog 0, nothing pending, one generation id and the
same counts everywhere, and the same counts in each reading. An absent figure is no 0: such a replica does not come to
rest.

It gives up at the deadline, or when nothing has moved for as long as patience allows; then the result says which
replica is not at rest and why. Rejects with a Failure where a server does not answer.
*/
export const converge = async (order: ConvergeOrder): Promise<Convergence> => {
	const {clock, signal, readings = 3, deadline = Infinity, patienceMilliseconds = defaultPatience} = order;
	const watching = {
		clock,
		...(signal && {signal}),
		log(line: string) {
			order.onLog?.(line);
		},
	};
	let seen = '';
	let moved = clock.now().getTime();
	for (let quiet = 0; ;) {
		signal?.throwIfAborted();
		const servers = await throughOutages(
			async () => Promise.all(order.servers.map(async server => readServer(server))),
			watching,
		);
		const state = agreementOf(servers);
		const now = clock.now().getTime();
		const figures = figuresOf(servers);
		const isSame = figures === seen;
		moved = isSame ? moved : now;
		quiet = state.restless.length > 0 ? 0 : isSame ? quiet + 1 : 1;
		seen = figures;
		order.onReading?.(state);
		if (quiet >= readings) {
			return {...state, isAtRest: true};
		}

		if (now >= deadline || (state.restless.length > 0 && now - moved >= patienceMilliseconds)) {
			return {...state, isAtRest: false};
		}

		await clock.sleep(pauseMilliseconds, signal);
	}
};

/** The Failure for replicas that were not seen to agree, naming each with its figures. */
export const notConverged = (
	{restless, changes}: ConvergeState,
	servers: readonly DirectoryServer[],
	means: string,
): Failure => {
	const server = servers.find(({target}) => restless.some(({pod}) => pod === target.pod)) ?? servers[0];
	return new Failure({
		code: 'not-converged',
		seen:
			'The replicas do not settle: ' +
			`${restless.map(({pod, reasons}) => `${pod} (${reasons.join('; ')})`).join(', ') || 'their counts go on changing'}.`,
		means,
		todo:
			`Look why ${restless.map(({pod}) => pod).join(', ') || 'they'} ${restless.length === 1 ? 'does' : 'do'} ` +
			`not catch up${changes > 0 ? `: ${changes} changes are still on their way` : ''}. A replica with another ` +
			'generation id, or with other counts and no backlog, has to be initialized from a good one.',
		byHand: server
			? server.pods.byHand(server.target, [
					'dsreplication',
					'status',
					'--displayServerTable',
					'--showAll',
					'--no-prompt',
				])
			: 'dsreplication status',
		retryable: true,
		details: server ? [server.pods.byHand(server.target, ['ldapsearch', ...readingWords])] : [],
	});
};
