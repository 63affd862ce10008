import {stateOf} from '../ldap/exchange.js';
import type {Domain, Member} from '../ldap/replication.js';
import type {DirectoryServer} from '../ldap/server.js';
import {conflictsIn, serverOf} from './replication-monitor.js';

const columns = [
	'Server',
	'Location',
	'Entries',
	'Conflict Entries',
	'Backlog (1)',
	'Rate (2)',
	'A.O.B.C. (3)',
	'Generation ID',
	'Server ID',
	'Replica ID',
] as const;

const rowOf = (server: DirectoryServer, member: Member, domain: Domain): readonly string[] => {
	const running = serverOf(server, member);
	const theirs = running?.replication.domain(domain.baseDn);
	const name = `${member.hostname}:${member.ldapsPort}`;
	return running && theirs
		? [
				name,
				member.location,
				String(running.holding(domain.baseDn)?.entries.size ?? 0),
				String(conflictsIn(running, domain.baseDn)),
				String(stateOf(running, theirs, server.peers()).backlog),
				'0',
				'N/A',
				theirs.generationId,
				String(member.replicationPort),
				theirs.replicaId,
			]
		: [name, member.location, ...columns.slice(2).map(() => '-- Unavailable --')];
};

const tableOf = (rows: ReadonlyArray<readonly string[]>): readonly string[] => {
	const widths = columns.map((column, index) => Math.max(column.length, ...rows.map(row => row[index]!.length)));
	const line = (cells: readonly string[]): string =>
		cells
			.map((cell, index) => cell.padEnd(widths[index]!))
			.join(' : ')
			.trimEnd();
	return [line(columns), widths.map(width => '-'.repeat(width)).join('-:-'), ...rows.map(row => line(row))];
};

/**
What `dsreplication status` shows: a table for each base DN (getting-started,
30-helm/pingdirectory-scale-down/README.md).
*/
export const replicationTables = (server: DirectoryServer): readonly string[] =>
	server.backends.flatMap(({baseDn}) => {
		const domain = server.replication.domain(baseDn);
		return domain
			? [
					'',
					`          --- Replication Status for ${baseDn}: Enabled ---`,
					'',
					...tableOf(server.replication.members().map(member => rowOf(server, member, domain))),
				]
			: ['', `          --- Replication Status for ${baseDn}: Not Enabled ---`, ''];
	});
