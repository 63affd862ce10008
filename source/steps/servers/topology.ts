import {entriesOf, replicaOf} from '../../directory/converge.js';
import type {DirectoryServer} from '../../directory/server.js';
import {figureText, isLockedDown, readServer, type ServerReading} from '../../directory/topology.js';
import {modeFor, readWriteState} from '../../directory/writability.js';
import type {Fact} from '../../migration/step.js';

/**
One line of the table that shows a topology: a backend of a replica, in words and figures that an operator compares.
*/
export type TopologyRow = {
	readonly pod: string;
	readonly backend: string;
	readonly role: string;
	readonly entries: string;
	readonly backlog: string;
	readonly generation: string;
	readonly writes: string;
};

const roleOf = (server: ServerReading, index: number): string =>
	isLockedDown(server) ? 'lockdown' : index === 0 ? 'seed' : 'replica';

/** The table of a topology; the first server is the seed. */
export const topologyRows = (servers: readonly ServerReading[]): readonly TopologyRow[] =>
	servers.flatMap((server, index) =>
		server.backends.flatMap(({id, baseDns, writability}) =>
			baseDns.map(({dn}): TopologyRow => {
				const replica = replicaOf(server, dn);
				return {
					pod: server.pod,
					backend: id,
					role: roleOf(server, index),
					entries: String(entriesOf(server, dn) ?? 'not said'),
					backlog: replica ? figureText(replica.backlog) : '-',
					generation: replica ? (replica.generationId ?? 'not said') : 'not replicated',
					writes: writability,
				};
			}),
		),
	);

/**
The table of a side as it is now, with what holds for writes: the stricter of the server's mode and the backend's.
*/
export const topologyNow = async (servers: readonly DirectoryServer[]): Promise<readonly TopologyRow[]> => {
	const [readings, states] = await Promise.all([
		Promise.all(servers.map(async server => readServer(server))),
		Promise.all(servers.map(async server => readWriteState(server))),
	]);
	return topologyRows(readings).map(row => {
		const state = states[servers.findIndex(({target}) => target.pod === row.pod)];
		return {...row, writes: (state && modeFor(state, row.backend)) ?? row.writes};
	});
};

/** The rows as facts under each other, in columns; the backend is one of them where there are several. */
export const topologyFacts = (rows: readonly TopologyRow[], label = 'replica'): readonly Fact[] => {
	if (rows.length === 0) {
		return [];
	}

	const hasSeveral = new Set(rows.map(({backend}) => backend)).size > 1;
	const columns = [
		'pod',
		...(hasSeveral ? (['backend'] as const) : []),
		'role',
		'entries',
		'backlog',
		'generation',
		'writes',
	] as const;
	const widths = columns.map(column => Math.max(column.length, ...rows.map(row => row[column].length)));
	const line = (cell: (column: (typeof columns)[number]) => string): string =>
		columns
			.map((column, index) => cell(column).padEnd(widths[index]!))
			.join('  ')
			.trimEnd();
	return [
		{label, value: line(column => column)},
		...rows.map(row => ({
			label,
			value: line(column => row[column]),
			...(row.role === 'lockdown' && {mark: 'bad' as const}),
		})),
	];
};
