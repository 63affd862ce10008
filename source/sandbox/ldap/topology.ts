import {generationOf, type Domain, type Member} from './replication.js';
import type {ServedBackend} from './served-backend.js';
import type {DirectoryServer} from './server.js';

/** The port of replication, where nobody sets another. */
export const replicationPort = 8989;

/** A server as the registry of a topology names it. */
export const memberOf = (server: Pick<DirectoryServer, 'instanceName' | 'ports'>, port = replicationPort): Member => ({
	instanceName: server.instanceName,
	hostname: server.instanceName,
	ldapsPort: server.ports.ldaps,
	replicationPort: port,
	location: 'Docker',
});

/** The running server that answers on a host and a port, seen from a namespace. */
export const serverAt = (
	peers: readonly DirectoryServer[],
	namespace: string,
	host: string,
	port: number,
): DirectoryServer | undefined =>
	peers.find(peer => peer.namespace === namespace && peer.pod === host.split('.', 1)[0] && peer.ports.ldaps === port);

const replicate = (server: DirectoryServer, backend: ServedBackend): Domain => {
	const known = server.replication.domain(backend.baseDn);
	if (known) {
		return known;
	}

	const domain: Domain = {
		baseDn: backend.baseDn,
		replicaId: String(20_000 + server.replication.wire.nextNumber()),
		generationId: generationOf(backend.entries),
		seen: {},
	};
	server.replication.setDomain(domain);
	return domain;
};

/** Writes the registry of a topology on all of its members that run. */
const mirror = (server: DirectoryServer, members: readonly Member[]): void => {
	for (const peer of server.peers()) {
		if (peer === server || members.some(({instanceName}) => instanceName === peer.instanceName)) {
			peer.replication.setMembers(members);
		}
	}
};

/**
Lets a server join the topology of another one for some base DNs. Gives the base DNs that one of the two does not hold.
*/
export const enableReplication = (
	seed: DirectoryServer,
	server: DirectoryServer,
	baseDns: readonly string[],
): readonly string[] => {
	const unknown = baseDns.filter(baseDn => !seed.holding(baseDn) || !server.holding(baseDn));
	if (unknown.length > 0) {
		return unknown;
	}

	const before = seed.replication.members().length > 0 ? seed.replication.members() : [memberOf(seed)];
	const members = [...before.filter(({instanceName}) => instanceName !== server.instanceName), memberOf(server)];
	mirror(server, members);
	for (const baseDn of baseDns) {
		replicate(seed, seed.holding(baseDn)!);
		replicate(server, server.holding(baseDn)!);
	}

	return [];
};

/**
Replaces what a replica holds of a base DN by what another one holds. Gives the number of entries, or undefined where
one of the two does not replicate it.
*/
export const initializeReplica = (
	source: DirectoryServer,
	destination: DirectoryServer,
	baseDn: string,
): number | undefined => {
	const [from, to] = [source.replication.domain(baseDn), destination.replication.domain(baseDn)];
	const backend = destination.holding(baseDn);
	const entries = source.holding(baseDn)?.entries.values().toArray();
	if (!from || !to || !backend || !entries) {
		return undefined;
	}

	const {wire} = source.replication;
	backend.receive(entries);
	wire.passedOn.set(to.replicaId, wire.changesOf(to.replicaId).length);
	destination.replication.setDomain({
		...to,
		generationId: from.generationId,
		seen: {...from.seen, [from.replicaId]: wire.changesOf(from.replicaId).length},
	});
	return entries.length;
};
