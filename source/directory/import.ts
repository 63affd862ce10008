import {Failure} from '../failure/failure.js';
import type {Clock} from '../migration/world.js';
import {readBackends} from './backends.js';
import {importCounts, type ToolCounts} from './counts.js';
import {lookAtJob} from './detached.js';
import {scheduledOverLdap, type TaskAttributes} from './scheduled.js';
import {allWords, lastWords, runSubcommand, toolCall, type DirectoryServer} from './server.js';
import {readTask, taskIdIn} from './tasks.js';
import type {Way} from './way.js';
import {doWork} from './work.js';

/** What to import, and what stands where in the pod. All paths are absolute. */
export type ImportOrder = {
	readonly backend: string;
	readonly file: string;
	readonly log: string;
	readonly rejectFile: string;
	/** The passphrase file in the pod, where the export was encrypted with one. */
	readonly passphraseFile?: string;
};

/** What the server's `import-ldif` can do, read from its own help. */
export type ImportAbilities = {readonly task: boolean};

/** Reads the help text of `import-ldif` in the pod. */
export const importAbilities = async (server: DirectoryServer): Promise<ImportAbilities> => {
	const {stdout} = await server.pods.script(server.target, 'import-ldif --help 2>&1', []);
	return {task: stdout.includes('--task')};
};

/**
The words after `import-ldif`, without the connection. As a task, because an offline import would end the container's
server; `--overwriteExistingEntries` is the consent to replace the backend, and `--excludeReplication` leaves the old
topology's state behind.
*/
const importWords = ({backend, file, rejectFile, passphraseFile}: Omit<ImportOrder, 'log'>): readonly string[] => [
	'--task',
	'--backendID',
	backend,
	'--ldifFile',
	file,
	'--overwriteExistingEntries',
	'--excludeReplication',
	'--rejectFile',
	rejectFile,
	'--overwrite',
	...(passphraseFile ? ['--encryptionPassphraseFile', passphraseFile] : []),
];

/** What the old topology left on entries; the task's entry has no word for `--excludeReplication`. */
const replicationAttributes = ['ds-sync-hist', 'ds-sync-state', 'ds-sync-generation-id'] as const;

/** The same import as a task that is added over LDAP. */
const importTask = ({backend, file, rejectFile, passphraseFile}: Omit<ImportOrder, 'log'>): TaskAttributes => [
	['ds-task-import-backend-id', backend],
	['ds-task-import-ldif-file', file],
	['ds-task-import-clear-backend', 'true'],
	['ds-task-import-reject-file', rejectFile],
	['ds-task-import-overwrite-rejects', 'true'],
	...replicationAttributes.map(name => ['ds-task-import-exclude-attribute', name] as const),
	...(passphraseFile
		? ([
				['ds-task-import-is-encrypted', 'true'],
				['ds-task-import-encryption-passphrase-file', passphraseFile],
			] as const)
		: []),
];

/**
The ways to import, the best first: by the tool where that has `--task`, or else as a task that is added over LDAP.
*/
export const importWays = (
	server: DirectoryServer,
	order: Omit<ImportOrder, 'log'>,
	abilities: ImportAbilities,
): readonly [Way, ...(readonly Way[])] => {
	const makes = [order.rejectFile];
	const words = importWords(order);
	const overLdap = scheduledOverLdap(server, 'import', importTask(order), makes);
	return abilities.task
		? [
				{
					tool: 'import-ldif',
					isTask: true,
					call: {...toolCall(server, 'import-ldif', words), makes},
					byHand: server.pods.byHand(server.target, ['import-ldif', ...words]),
				},
				overLdap,
			]
		: [overLdap];
};

/**
What an import did. An end with errors is reported too, so that rejects can be shown; whether all is well is for the
counts to say.
*/
export type ImportResult = {readonly counts: ToolCounts; readonly taskId?: string; readonly taskState?: string};

/**
Imports a file into a backend, or goes on watching the import that an earlier try began.
*/
export const importBackend = async (
	server: DirectoryServer,
	clock: Clock,
	order: ImportOrder,
	watch: {
		readonly isFresh: boolean;
		readonly tell?: (line: string) => void;
		readonly onLines?: (lines: readonly string[]) => void;
		readonly onEntries?: (entries: number) => void;
	},
): Promise<ImportResult> => {
	const [way, ...otherwise] = importWays(server, order, await importAbilities(server));
	const {lines, task} = await doWork(
		{
			...way,
			otherwise,
			server,
			clock,
			log: order.log,
			isJudgedByCaller: true,
			...(watch.tell && {tell: watch.tell}),
			...(watch.onLines && {onLines: watch.onLines}),
			...(watch.onEntries && {onEntries: watch.onEntries}),
		},
		watch.isFresh,
	);
	return {
		counts: importCounts([...(task?.log ?? []), ...lines]),
		...(task && {taskId: task.id, taskState: task.state}),
	};
};

/**
Whether an import that an earlier try began still runs: its tool, or its task in the server, which outlives the
tool.
*/
export const isImporting = async (server: DirectoryServer, log: string): Promise<boolean> => {
	const job = await lookAtJob({server, log});
	const id = taskIdIn(job.lines);
	const task = id === undefined ? undefined : await readTask(server, id);
	return job.state === 'running' || (task !== undefined && !task.isOver);
};

/**
Enables a backend. An import takes its backend offline by disabling it; a server that ends meanwhile finds it
disabled in its configuration when it starts again (OpenDJ 5.0.3), is never ready, and refuses another import.
*/
export const enableBackend = async (server: DirectoryServer, backend: string): Promise<void> => {
	const argv = ['--backend-name', backend, '--set', 'enabled:true', '--no-prompt'];
	const result = await runSubcommand(server, 'dsconfig', 'set-backend-prop', argv);
	const backends = await readBackends(server);
	if (backends.every(({id}) => id !== backend)) {
		throw new Failure(
			{
				code: 'backend-disabled',
				seen:
					`The server in ${server.target.pod} does not serve the backend ${backend}, and dsconfig could not ` +
					'enable it.',
				means:
					'Nothing can be imported into it. An import that is cut off by the end of the server leaves its ' +
					'backend disabled.',
				todo: 'Look at what dsconfig says, enable the backend by hand, then try again: the import starts again.',
				byHand: server.pods.byHand(server.target, ['dsconfig', 'set-backend-prop', ...argv]),
				retryable: true,
				details: lastWords(result),
			},
			{said: allWords(result)},
		);
	}
};
