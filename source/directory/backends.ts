import {Failure} from '../failure/failure.js';
import type {ToolAnswer} from './answer.js';
import {search, searchWords, type Search} from './search.js';
import type {DirectoryServer} from './server.js';
import {wholeNumber} from './whole-number.js';

/** A backend as the server's own monitor counts it. */
export type Backend = {
	readonly id: string;
	readonly baseDns: ReadonlyArray<{readonly dn: string; readonly entries: number}>;
	readonly entries: number;
	/** As the monitor names it; `unknown` where it does not. */
	readonly writability: string;
	/** Whether the monitor calls it the server's own. */
	readonly isPrivate?: true;
};

/**
Backends that hold the server's own configuration and state, by id. Names as in PingDirectory and OpenDS; the monitor's
`ds-backend-is-private` says the same of most.
*/
const ownBackends = new Set([
	'adminroot',
	'ads-truststore',
	'alarms',
	'alerts',
	'backup',
	'backups',
	'changelog',
	'config',
	'encryption-settings',
	'failedops',
	'metrics',
	'monitor',
	'replicationchanges',
	'rootuser',
	'schema',
	'tasks',
]);

/** Whether a backend holds the server's own configuration or state, by its id. */
export const isOwn = (id: string): boolean => ownBackends.has(id.toLowerCase());

/** Reads `200 dc=example,dc=com`, the form of `ds-base-dn-entry-count` (ldapsdk, BackendMonitorEntryTestCase.java). */
const baseDnCount = (value: string): {readonly dn: string; readonly entries: number} | undefined => {
	const space = value.indexOf(' ');
	const entries = wholeNumber(value.slice(0, Math.max(space, 0)));
	return entries === undefined ? undefined : {dn: value.slice(space + 1).trim(), entries};
};

const monitored: Search = {base: 'cn=monitor', scope: 'sub', filter: '(objectClass=ds-backend-monitor-entry)'};

const noBackends = (server: DirectoryServer): Failure =>
	new Failure({
		code: 'no-backends',
		seen: `ldapsearch in ${server.target.pod} found no backend under cn=monitor.`,
		means:
			'The monitor of the server does not answer, or the user who asks may not read it: its entries cannot be counted.',
		todo: 'Look at what ldapsearch says, then try again.',
		byHand: server.pods.byHand(server.target, ['ldapsearch', ...searchWords(monitored)]),
		retryable: true,
	});

const notCounted = (server: DirectoryServer, id: string, said: string): Failure =>
	new Failure({
		code: 'count-unreadable',
		seen: `The monitor of ${server.target.pod} says of the backend ${id} that it has ${said} entries.`,
		means:
			'That is no number of entries: the backend may be offline, or the server cannot count it. What is not ' +
			'counted cannot be proved.',
		todo: 'Look at the backend (dsconfig list-backends, the error log of the server), then try again.',
		byHand: server.pods.byHand(server.target, ['ldapsearch', ...searchWords(monitored)]),
		retryable: true,
	});

const readBackend = (server: DirectoryServer, id: string, answer: ToolAnswer): Backend => {
	const said = answer.first('ds-backend-entry-count');
	const entries = wholeNumber(said);
	if (entries === undefined) {
		throw notCounted(server, id, said === undefined || said === '' ? 'an unnamed number of' : `«${said}»`);
	}

	return {
		id,
		baseDns: answer
			.values('ds-base-dn-entry-count')
			.map(value => baseDnCount(value))
			.filter(count => count !== undefined),
		entries,
		writability: answer.first('ds-backend-writability-mode') ?? 'unknown',
		...(answer.first('ds-backend-is-private')?.toLowerCase() === 'true' && {isPrivate: true}),
	};
};

/**
The backends that are not the server's own, as they are served right now, and how many entries the server itself counts
in them: the monitor needs no access to the data and knows no size limit. Rejects with a Failure where the answer is not
whole or a count is no number.
*/
export const readBackends = async (server: DirectoryServer): Promise<readonly Backend[]> => {
	const answers = await search(server, monitored);
	if (answers.length === 0) {
		throw noBackends(server);
	}

	return backendsOf(server, answers);
};

/**
The backends that are not the server's own among the monitor's entries for backends. Throws a Failure where a count is
no number.
*/
export const backendsOf = (server: DirectoryServer, answers: readonly ToolAnswer[]): readonly Backend[] =>
	answers
		.map(answer => ({id: answer.first('ds-backend-id') ?? '', answer}))
		.filter(({id}) => id !== '' && !isOwn(id))
		.map(({id, answer}) => readBackend(server, id, answer))
		.toSorted((one, other) => one.id.localeCompare(other.id));

/** How many entries the server itself counts in a backend. Rejects with a Failure where it does not serve it. */
export const entriesIn = async (server: DirectoryServer, backend: string): Promise<number> => {
	const backends = await readBackends(server);
	const found = backends.find(({id}) => id === backend);
	if (!found) {
		throw new Failure({
			code: 'backend-not-served',
			seen: `The server in ${server.target.pod} does not serve the backend ${backend}.`,
			means: 'Its entries cannot be counted, so nothing is proved.',
			todo: 'Look whether the backend is enabled, then try again.',
			byHand: server.pods.byHand(server.target, ['dsconfig', 'list-backends', '--no-prompt']),
			retryable: true,
		});
	}

	return found.entries;
};
