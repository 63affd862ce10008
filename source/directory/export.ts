import {Failure} from '../failure/failure.js';
import type {Clock} from '../migration/world.js';
import {exportCounts} from './counts.js';
import {scheduledOverLdap, type TaskAttributes} from './scheduled.js';
import {allWords, lastWords, toolCall, type DirectoryServer} from './server.js';
import type {Way} from './way.js';
import {doWork} from './work.js';

/** What the server's `export-ldif` can do, read from its own help, because it differs between versions. */
export type ExportAbilities = {readonly task: boolean; readonly doNotEncrypt: boolean; readonly passphrase: boolean};

/** How the export is kept from prying eyes, or not. */
export type Encryption = {readonly kind: 'none'} | {readonly kind: 'passphrase'; readonly remoteFile: string};

/** What to export, and where to in the pod. */
export type ExportOrder = {
	readonly backend: string;
	/** Absolute path in the pod. */
	readonly file: string;
	/** Absolute path of the tool's log in the pod. */
	readonly log: string;
	readonly encryption: Encryption;
	readonly abilities: ExportAbilities;
};

/** What an export gave. Counts that the tool did not name are undefined. */
export type ExportResult = {readonly exported?: number; readonly skipped?: number; readonly taskId?: string};

/** Reads the help text of `export-ldif` in the pod. */
export const exportAbilities = async (server: DirectoryServer): Promise<ExportAbilities> => {
	const result = await server.pods.script(server.target, 'export-ldif --help 2>&1', []);
	const has = (flag: string): boolean => result.stdout.includes(flag);
	if (!has('--ldifFile')) {
		throw new Failure(
			{
				code: 'no-export-tool',
				seen: `export-ldif --help in ${server.target.pod} does not say what the tool can do.`,
				means: 'The container has no export-ldif on its PATH, or it is not a PingDirectory.',
				todo: 'Look at what the tool says.',
				byHand: server.pods.byHand(server.target, ['export-ldif', '--help']),
				details: lastWords(result),
			},
			{said: allWords(result)},
		);
	}

	return {task: has('--task'), doNotEncrypt: has('--doNotEncrypt'), passphrase: has('--encryptionPassphraseFile')};
};

/** The words after `export-ldif`, without the connection. */
const exportWords = ({backend, file, encryption, abilities}: Omit<ExportOrder, 'log'>): readonly string[] => [
	'--backendID',
	backend,
	'--ldifFile',
	file,
	...(abilities.task ? ['--task'] : []),
	...(encryption.kind === 'passphrase' ? ['--encryptionPassphraseFile', encryption.remoteFile] : []),
	...(encryption.kind === 'none' && abilities.doNotEncrypt ? ['--doNotEncrypt'] : []),
];

/**
Older versions export beside the running server, by a shared lock on the backend, and must not be given a connection.
*/
const beside = '"$@"';

/** The same export as a task that is added over LDAP. The images' servers encrypt unless they are told not to. */
const exportTask = (order: Omit<ExportOrder, 'log'>): TaskAttributes => [
	['ds-task-export-backend-id', order.backend],
	['ds-task-export-ldif-file', order.file],
	['ds-task-export-encrypt-ldif', String(order.encryption.kind === 'passphrase')],
	...(order.encryption.kind === 'passphrase'
		? ([['ds-task-export-encryption-passphrase-file', order.encryption.remoteFile]] as const)
		: []),
];

/**
The ways to export, the best first: as a task of the server, by its own tool where that has `--task`, or else over
LDAP;
and beside the server where it takes no task.
*/
export const exportWays = (
	server: DirectoryServer,
	order: Omit<ExportOrder, 'log'>,
): readonly [Way, ...(readonly Way[])] => {
	const makes = [order.file];
	const byHand = (given: ExportOrder['abilities']): string =>
		server.pods.byHand(server.target, ['export-ldif', ...exportWords({...order, abilities: given})]);
	const plain = {...order.abilities, task: false};
	const overLdap = scheduledOverLdap(server, 'export', exportTask(order), makes);
	const besideServer: Way = {
		tool: 'export-ldif',
		isTask: false,
		call: {script: beside, parameters: ['export-ldif', ...exportWords({...order, abilities: plain})], makes},
		byHand: byHand(plain),
	};
	return order.abilities.task
		? [
				{
					tool: 'export-ldif',
					isTask: true,
					call: {...toolCall(server, 'export-ldif', exportWords(order)), makes},
					byHand: byHand(order.abilities),
				},
				overLdap,
				besideServer,
			]
		: [overLdap, besideServer];
};

/**
Exports a backend into a file in the pod, or goes on watching the export that an earlier try began.
*/
export const exportBackend = async (
	server: DirectoryServer,
	clock: Clock,
	order: ExportOrder,
	watch: {
		readonly isFresh: boolean;
		readonly tell?: (line: string) => void;
		readonly onLines?: (lines: readonly string[]) => void;
		readonly onEntries?: (entries: number) => void;
	},
): Promise<ExportResult> => {
	const [way, ...otherwise] = exportWays(server, order);
	const {lines, task} = await doWork(
		{
			...way,
			otherwise,
			server,
			clock,
			log: order.log,
			...(watch.tell && {tell: watch.tell}),
			...(watch.onLines && {onLines: watch.onLines}),
			...(watch.onEntries && {onEntries: watch.onEntries}),
		},
		watch.isFresh,
	);
	const said = exportCounts([...(task?.log ?? []), ...lines]);
	return {...said, ...(task && {taskId: task.id})};
};
