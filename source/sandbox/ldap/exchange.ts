import type {FaultBook} from '../faults.js';
import type {Domain} from './replication.js';
import type {ServedBackend} from './served-backend.js';
import type {DirectoryServer} from './server.js';

/** How a replica stands with one base DN. */
export type ReplicaState = {
	/** Changes of others that it has not replayed. */
	readonly backlog: number;
	/** Its own changes that it has not passed on. */
	readonly pending: number;
	/** When the oldest change was made that it has not replayed, in milliseconds since 1970. */
	readonly oldest: number | undefined;
};

const isOwn = ({instanceName}: {readonly instanceName: string}, server: DirectoryServer): boolean =>
	instanceName === server.instanceName;

const passedOnBy = ({replication: {wire}}: DirectoryServer, {replicaId}: Domain): number =>
	wire.passedOn.get(replicaId) ?? 0;

/** The running servers that replicate a base DN of the same data, and what they hold of it. */
const partnersOf = (
	server: DirectoryServer,
	domain: Domain,
	servers: readonly DirectoryServer[],
): ReadonlyArray<{readonly partner: DirectoryServer; readonly theirs: Domain}> =>
	servers.flatMap(partner => {
		const theirs = partner.replication.domain(domain.baseDn);
		return theirs &&
			partner !== server &&
			theirs.generationId === domain.generationId &&
			server.replication.members().some(member => isOwn(member, partner))
			? [{partner, theirs}]
			: [];
	});

/** What a replica has still to do for a base DN. */
export const stateOf = (server: DirectoryServer, domain: Domain, servers: readonly DirectoryServer[]): ReplicaState => {
	const {wire} = server.replication;
	const waiting = partnersOf(server, domain, servers).flatMap(({partner, theirs}) =>
		wire.changesOf(theirs.replicaId).slice(domain.seen[theirs.replicaId] ?? 0, passedOnBy(partner, theirs)),
	);
	return {
		backlog: waiting.length,
		pending: wire.changesOf(domain.replicaId).length - passedOnBy(server, domain),
		oldest: waiting.length === 0 ? undefined : Math.min(...waiting.map(({time}) => time)),
	};
};

const replayFrom = (
	server: DirectoryServer,
	backend: ServedBackend,
	domain: Domain,
	{partner, theirs}: {readonly partner: DirectoryServer; readonly theirs: Domain},
	before: number,
): Domain => {
	const {wire, newest, note} = server.replication;
	const seen = domain.seen[theirs.replicaId] ?? 0;
	const ready = wire
		.changesOf(theirs.replicaId)
		.slice(seen, passedOnBy(partner, theirs))
		.filter(({time}) => time <= before);
	for (const {number, dn, entry} of ready) {
		if (number > newest(dn)) {
			backend.replay(dn, entry);
			note(dn, number);
		}
	}

	return ready.length === 0 ? domain : {...domain, seen: {...domain.seen, [theirs.replicaId]: seen + ready.length}};
};

/**
A replica passes on what it took, and replays what it was passed: unless it was told to misbehave, its backend is off,
or takes no writes whatever their origin.
*/
const exchangeOf = (server: DirectoryServer, servers: readonly DirectoryServer[], faults: FaultBook): void => {
	const {replication, pod} = server;
	if (faults.pending().some(fault => fault.kind === 'stop-replication' && fault.pod === pod)) {
		return;
	}

	const lag = faults.pending().find(fault => fault.kind === 'lag-replication' && fault.pod === pod);
	const before = Date.now() - (lag?.kind === 'lag-replication' ? lag.milliseconds : 0);
	for (const domain of replication.domains()) {
		const backend = server.holding(domain.baseDn);
		if (!backend?.isEnabled()) {
			continue;
		}

		replication.wire.passedOn.set(domain.replicaId, replication.wire.changesOf(domain.replicaId).length);
		if (backend.writability() === 'disabled') {
			continue;
		}

		const after = partnersOf(server, domain, servers).reduce(
			(so, partner) => replayFrom(server, backend, so, partner, before),
			domain,
		);
		if (after !== domain) {
			replication.setDomain(after);
		}
	}
};

/** One turn of replication among the servers that run. */
export const exchange = (servers: readonly DirectoryServer[], faults: FaultBook): void => {
	for (const server of servers) {
		exchangeOf(server, servers, faults);
	}
};
