import {Failure} from '../failure/failure.js';
import {readAnswers} from './answer.js';
import {lastWords, runSubcommand, runTool, type DirectoryServer} from './server.js';

/** A backend that holds user data, as the server's own monitor counts it. */
export type Backend = {
	readonly id: string;
	readonly baseDns: ReadonlyArray<{readonly dn: string; readonly entries: number}>;
	readonly entries: number;
	readonly writability: string;
};

/** Backends that hold the server's own configuration and state, by id. Names as in PingDirectory and OpenDS; the monitor's `ds-backend-is-private` says the same of most. */
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

/** Reads `200 dc=example,dc=com`, the form of `ds-base-dn-entry-count` (ldapsdk, BackendMonitorEntryTestCase.java). */
const baseDnCount = (value: string): {readonly dn: string; readonly entries: number} | undefined => {
	const space = value.indexOf(' ');
	const entries = Number(value.slice(0, space));
	return space > 0 && Number.isSafeInteger(entries) ? {dn: value.slice(space + 1).trim(), entries} : undefined;
};

/**
The backends with user data and how many entries the server itself counts in them: the monitor needs no access to the data and knows no size limit.
*/
export const readBackends = async (server: DirectoryServer): Promise<readonly Backend[]> => {
	const result = await runTool(server, 'ldapsearch', [
		'--baseDN',
		'cn=monitor',
		'--scope',
		'sub',
		'(objectClass=ds-backend-monitor-entry)',
	]);
	const answers = readAnswers(result.stdout);
	if (answers.length === 0) {
		throw new Failure({
			code: 'no-backends',
			seen: `ldapsearch in ${server.target.pod} found no backend under cn=monitor (exit status ${result.exitCode ?? 'none'}).`,
			means:
				'The server does not answer on the port it should have, or the password file does not open it: its entries cannot be counted.',
			todo: 'Look at what ldapsearch says, then try again.',
			byHand: server.pods.byHand(server.target, [
				'ldapsearch',
				'--baseDN',
				'cn=monitor',
				'--scope',
				'sub',
				'(objectClass=ds-backend-monitor-entry)',
			]),
			retryable: true,
			details: lastWords(result),
		});
	}

	return answers
		.filter(
			answer =>
				answer.first('ds-backend-is-private')?.toLowerCase() !== 'true' &&
				!ownBackends.has((answer.first('ds-backend-id') ?? '').toLowerCase()),
		)
		.map(answer => ({
			id: answer.first('ds-backend-id') ?? '',
			baseDns: answer
				.values('ds-base-dn-entry-count')
				.map(value => baseDnCount(value))
				.filter(count => count !== undefined),
			entries: Number(answer.first('ds-backend-entry-count') ?? 0),
			writability: answer.first('ds-backend-writability-mode') ?? 'enabled',
		}))
		.filter(({id}) => id !== '')
		.toSorted((one, other) => one.id.localeCompare(other.id));
};

/** How many entries the server itself counts in a backend; none where it does not serve it. */
export const entriesIn = async (server: DirectoryServer, backend: string): Promise<number> => {
	const backends = await readBackends(server);
	return backends.find(({id}) => id === backend)?.entries ?? 0;
};

/** Whether clients may write: `internal-only` lets replication go on, `disabled` nothing. */
export type Writability = 'enabled' | 'disabled' | 'internal-only';

/** The command that sets whether a backend takes writes. */
export const writabilityCommand = (backend: string, mode: Writability): readonly string[] => [
	'dsconfig',
	'set-backend-prop',
	'--backend-name',
	backend,
	'--set',
	`writability-mode:${mode}`,
	'--no-prompt',
];

/** Sets whether a backend takes writes, and makes sure by asking the monitor. */
export const setWritability = async (server: DirectoryServer, backend: string, mode: Writability): Promise<void> => {
	const [tool = '', sub = '', ...argv] = writabilityCommand(backend, mode);
	const result = await runSubcommand(server, tool, sub, argv);
	const backends = await readBackends(server);
	const now = backends.find(({id}) => id === backend)?.writability;
	if (now !== mode) {
		throw new Failure({
			code: 'writability',
			seen: `dsconfig was told to set writability-mode of ${backend} in ${server.target.pod} to ${mode}; the server says ${now ?? 'nothing'}.`,
			means:
				mode === 'enabled'
					? 'The server still refuses writes.'
					: 'The server still takes writes, so entries written from now on could be missing in the export.',
			todo: 'Look at what dsconfig says, set it by hand, then try again.',
			byHand: server.pods.byHand(server.target, writabilityCommand(backend, mode)),
			retryable: true,
			details: lastWords(result),
		});
	}
};
