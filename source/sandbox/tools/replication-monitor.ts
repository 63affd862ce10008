import {normalDn, type Entry} from '../ldap/entry.js';
import {stateOf} from '../ldap/exchange.js';
import type {Domain, Member} from '../ldap/replication.js';
import type {DirectoryServer} from '../ldap/server.js';
import {generalizedTime} from '../ldap/tasks.js';

/** The DN of a base as the names of monitor entries have it. */
const underscored = (baseDn: string): string => normalDn(baseDn).replaceAll(/[,=]/gv, '_');

/**
A server that is not reached says nothing of its conflicts; one that is counts the entries that replication renamed.
*/
export const conflictsIn = (server: DirectoryServer, baseDn: string): number =>
	server
		.holding(baseDn)
		?.entries.keys()
		.filter(dn => dn.startsWith('entryuuid='))
		.toArray().length ?? 0;

/** The server behind a member of the registry, where it runs. */
export const serverOf = (server: DirectoryServer, {instanceName}: Member): DirectoryServer | undefined =>
	server.peers().find(peer => peer.instanceName === instanceName);

const replicationServer = (server: DirectoryServer): string => {
	const own = server.replication.members().find(({instanceName}) => instanceName === server.instanceName);
	return `${server.instanceName}:${own?.replicationPort ?? 8989}`;
};

/** `cn=Replica …` of one base DN: attributes of ldapsdk, ReplicaMonitorEntryTestCase.java. */
const replicaEntry = (server: DirectoryServer, domain: Domain): Entry => {
	const {backlog, pending, oldest} = stateOf(server, domain, server.peers());
	const name = `Replica ${underscored(domain.baseDn)}`;
	return {
		dn: `cn=${name},cn=monitor`,
		attributes: [
			['objectClass', 'top'],
			['objectClass', 'ds-monitor-entry'],
			['objectClass', 'ds-replica-monitor-entry'],
			['objectClass', 'extensibleObject'],
			['cn', name],
			['base-dn', domain.baseDn],
			['connected-to', replicationServer(server)],
			['lost-connections', '0'],
			['pending-updates', String(pending)],
			['replayed-updates-failed', '0'],
			['unresolved-naming-conflicts', String(conflictsIn(server, domain.baseDn))],
			['replica-id', domain.replicaId],
			['ssl-encryption', 'true'],
			['generation-id', domain.generationId],
			['conflict-entry-count', String(conflictsIn(server, domain.baseDn))],
			['replication-backlog', String(backlog)],
			...(oldest === undefined ? [] : [['age-of-oldest-backlog-change', generalizedTime(new Date(oldest))] as const]),
		],
	};
};

/** Schema and registry are replicated too, each with an entry of its own. */
const ownEntries = (server: DirectoryServer): Entry[] =>
	['cn=schema', 'cn=topology,cn=config'].map(baseDn => ({
		dn: `cn=Replica ${underscored(baseDn)},cn=monitor`,
		attributes: [
			['objectClass', 'top'],
			['objectClass', 'ds-monitor-entry'],
			['objectClass', 'ds-replica-monitor-entry'],
			['objectClass', 'extensibleObject'],
			['cn', `Replica ${underscored(baseDn)}`],
			['base-dn', baseDn],
			['connected-to', replicationServer(server)],
			['pending-updates', '0'],
			['generation-id', '8408'],
			['replication-backlog', '0'],
		],
	}));

const summaryValue = (server: DirectoryServer, member: Member, domain: Domain): string | undefined => {
	const running = serverOf(server, member);
	const theirs = running?.replication.domain(domain.baseDn);
	if (!running || !theirs) {
		return undefined;
	}

	const {backlog} = stateOf(running, theirs, server.peers());
	return [
		`replica-id="${theirs.replicaId}"`,
		`ldap-server="${member.hostname}:${member.ldapsPort}"`,
		`connected-to="${replicationServer(running)}"`,
		`generation-id="${theirs.generationId}"`,
		`replication-backlog="${backlog}"`,
		'recent-update-rate="0.0/sec"',
		'peak-update-rate="0.0/sec"',
	].join(' ');
};

/**
`cn=Replication Summary …` of one base DN: a value for each replica that is reached, and for each that is missing.
*/
const summaryEntry = (server: DirectoryServer, domain: Domain): Entry => {
	const name = `Replication Summary ${underscored(domain.baseDn)}`;
	const members = server.replication.members();
	const replicas = members.map(member => ({member, value: summaryValue(server, member, domain)}));
	return {
		dn: `cn=${name},cn=monitor`,
		attributes: [
			['objectClass', 'top'],
			['objectClass', 'ds-monitor-entry'],
			['objectClass', 'ds-replication-server-summary-monitor-entry'],
			['objectClass', 'extensibleObject'],
			['cn', name],
			['base-dn', domain.baseDn],
			...replicas.flatMap(({value}) => (value === undefined ? [] : [['replica', value] as const])),
			...members.map(
				({instanceName, hostname, replicationPort}) =>
					[
						'replication-server',
						`server-id="${instanceName}" server="${hostname}:${replicationPort}" ` +
							`generation-id="${domain.generationId}"`,
					] as const,
			),
			...replicas.flatMap(({member, value}) =>
				value === undefined
					? [['missing-replica', `ldap-server="${member.hostname}:${member.ldapsPort}"`] as const]
					: [],
			),
		],
	};
};

/** What the monitor says of replication: nothing where it was never enabled. */
export const replicationEntries = (server: DirectoryServer): Entry[] => {
	const domains = server.replication.domains();
	return domains.length === 0
		? []
		: [
				...domains.flatMap(domain => [replicaEntry(server, domain), summaryEntry(server, domain)]),
				...ownEntries(server),
			];
};

/** The registry of the topology, as a search below `cn=config` finds it. */
export const registryEntries = (server: DirectoryServer): Entry[] => [
	{
		dn: 'cn=topology,cn=config',
		attributes: [
			['objectClass', 'top'],
			['objectClass', 'ds-cfg-topology'],
			['cn', 'topology'],
		],
	},
	{
		dn: 'cn=Server Instances,cn=topology,cn=config',
		attributes: [
			['objectClass', 'top'],
			['objectClass', 'ds-cfg-branch'],
			['cn', 'Server Instances'],
		],
	},
	...server.replication.members().map(({instanceName, hostname, ldapsPort, replicationPort, location}): Entry => ({
		dn: `cn=${instanceName},cn=Server Instances,cn=topology,cn=config`,
		attributes: [
			['objectClass', 'top'],
			['objectClass', 'ds-cfg-server-instance'],
			['objectClass', 'ds-cfg-directory-server-instance'],
			['cn', instanceName],
			['ds-cfg-server-instance-name', instanceName],
			['ds-cfg-hostname', hostname],
			['ds-cfg-ldaps-port', String(ldapsPort)],
			['ds-cfg-replication-port', String(replicationPort)],
			['ds-cfg-server-instance-location', location],
		],
	})),
];
