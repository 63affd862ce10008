import {Failure} from '../failure/failure.js';
import type {ToolAnswer} from './answer.js';
import {backendsOf, type Backend} from './backends.js';
import {search, searchWords, type Search} from './search.js';
import type {DirectoryServer} from './server.js';
import {wholeNumber} from './whole-number.js';

/**
A number that a server gave, or what it said instead: `null` where it said nothing, the text where that is no number. It
is never taken for 0.
*/
export type Figure = number | string | null;

/** How a replica stands with one base DN, by its own monitor. */
export type ReplicaReading = {
	readonly baseDn: string;
	/** Replicas with another one ignore each other's changes without a word to clients. */
	readonly generationId: string | null;
	/** Changes of others that it has not replayed. */
	readonly backlog: Figure;
	/** Its own changes that it has not passed on. */
	readonly pending: Figure;
	/** Entries that replication renamed because two had one name. */
	readonly conflicts: Figure;
};

/** One member of a topology as another one sees it: where it listens for LDAP, and whether it is reached. */
export type MemberReading = {readonly address: string; readonly isReached: boolean};

/** What one server says of itself and of its topology. */
export type ServerReading = {
	readonly pod: string;
	readonly instanceName: string | null;
	readonly version: string | null;
	/** Its backends with user data and the entries it counts in them. */
	readonly backends: readonly Backend[];
	/** One for each base DN of user data that it replicates. */
	readonly replicas: readonly ReplicaReading[];
	readonly members: readonly MemberReading[];
	/** Alerts for which it holds itself unavailable; lockdown mode is one. */
	readonly alerts: readonly string[];
};

/** Numbers that the monitor gives as digits; anything else is kept as it stands. */
const figureOf = (text: string | undefined): Figure => (text === undefined ? null : (wholeNumber(text) ?? text));

/** A figure for an operator to read. */
export const figureText = (figure: Figure): string =>
	figure === null ? 'not said' : typeof figure === 'number' ? String(figure) : `«${figure}»`;

/** Whether a figure was given, and is 0. */
export const isZero = (figure: Figure): boolean => figure === 0;

/** The first attribute that is there: versions and products call some of them by other names. */
const firstOf = (answer: ToolAnswer, names: readonly string[]): string | undefined =>
	names.map(name => answer.first(name)).find(value => value !== undefined);

/** A base DN in the form in which equal ones are the same text. */
export const plainDn = (dn: string): string =>
	dn
		.split(/(?<!\\),/v)
		.map(part =>
			part
				.split('=')
				.map(side => side.trim())
				.join('='),
		)
		.join(',')
		.toLowerCase();

/**
Schema, registry and administrative data are replicated too, and are none of the users' (DOC
pd_ds_summary_replica_monitor_info).
*/
const isOfUsers = (baseDn: string): boolean => !/^cn=(?:schema|admin data|topology,cn=config)$/v.test(plainDn(baseDn));

/**
Attributes by their names in PingDirectory (ldapsdk, ReplicaMonitorEntry.java), then in versions before «backlog» and in
OpenDJ.
*/
const replicaOf = (answer: ToolAnswer): ReplicaReading => ({
	baseDn: firstOf(answer, ['base-dn', 'domain-name']) ?? '',
	generationId: answer.first('generation-id') ?? null,
	backlog: figureOf(firstOf(answer, ['replication-backlog', 'missing-changes'])),
	pending: figureOf(answer.first('pending-updates')),
	conflicts: figureOf(firstOf(answer, ['conflict-entry-count', 'unresolved-naming-conflicts'])),
});

const addressesIn = (values: readonly string[]): readonly string[] =>
	values
		.map(value => /ldap-server="(?<address>[^"]+)"/v.exec(value)?.groups?.address)
		.filter(address => address !== undefined);

/** The members that the summaries of all base DNs name; one that is missing in any is not reached. */
const membersIn = (summaries: readonly ToolAnswer[]): readonly MemberReading[] => {
	const missing = new Set(summaries.flatMap(answer => addressesIn(answer.values('missing-replica'))));
	const all = new Set([...summaries.flatMap(answer => addressesIn(answer.values('replica'))), ...missing]);
	return [...all].toSorted().map(address => ({address, isReached: !missing.has(address)}));
};

const classes = {
	backend: 'ds-backend-monitor-entry',
	replica: 'ds-replica-monitor-entry',
	summary: 'ds-replication-server-summary-monitor-entry',
	general: 'ds-general-monitor-entry',
} as const;

const monitored: Search = {
	base: 'cn=monitor',
	scope: 'sub',
	filter: `(|${Object.values(classes)
		.map(name => `(objectClass=${name})`)
		.join('')})`,
};

/** The words of the search that reads a server, as an operator would type them after the tool's name. */
export const readingWords: readonly string[] = searchWords(monitored);

/**
Reads what a server says of itself and of its replication, in one search of its monitor. Rejects with a Failure where it
does not answer.
*/
export const readServer = async (server: DirectoryServer): Promise<ServerReading> => {
	const answers = await search(server, monitored);
	const ofClass = (name: string): readonly ToolAnswer[] =>
		answers.filter(answer => answer.values('objectClass').some(value => value.toLowerCase() === name));
	const backends = ofClass(classes.backend);
	if (backends.length === 0) {
		throw new Failure({
			code: 'no-reading',
			seen: `ldapsearch in ${server.target.pod} found no backend under cn=monitor.`,
			means: 'The monitor does not answer, so nothing can be said of its data or of its replication.',
			todo: 'Look at what ldapsearch says, then try again.',
			byHand: server.pods.byHand(server.target, ['ldapsearch', ...readingWords]),
			retryable: true,
		});
	}

	const [general] = [
		...ofClass(classes.general),
		...answers.filter(({dn}) => dn.toLowerCase().replaceAll(' ', '') === 'cn=monitor'),
	];
	return {
		pod: server.target.pod,
		instanceName: general?.first('instanceName') ?? null,
		version: general ? (firstOf(general, ['productVersion', 'vendorVersion']) ?? null) : null,
		backends: backendsOf(server, backends).filter(({isPrivate}) => !isPrivate),
		replicas: ofClass(classes.replica)
			.map(answer => replicaOf(answer))
			.filter(({baseDn}) => isOfUsers(baseDn)),
		members: membersIn(ofClass(classes.summary)),
		alerts: general?.values('unavailable-alert-type') ?? [],
	};
};

/** Whether a server says that it is in lockdown mode. */
export const isLockedDown = ({alerts}: ServerReading): boolean =>
	alerts.some(alert => alert.toLowerCase().includes('lockdown'));
