import type {Clock} from '../migration/world.js';
import {importCounts, type ToolCounts} from './counts.js';
import {toolCall, type DirectoryServer} from './server.js';
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

/**
The words after `import-ldif`, without the connection. As a task, because an offline import would end the container's server; `--overwriteExistingEntries` is the consent to replace the backend, and `--excludeReplication` leaves the old topology's state behind.
*/
export const importWords = ({backend, file, rejectFile, passphraseFile}: Omit<ImportOrder, 'log'>): readonly string[] => [
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

/** What an import did. An end with errors is reported too, so that rejects can be shown; whether all is well is for the counts to say. */
export type ImportResult = {readonly counts: ToolCounts; readonly taskId?: string; readonly taskState?: string};

/**
Imports a file into a backend, or goes on watching the import that an earlier try began.
*/
export const importBackend = async (
	server: DirectoryServer,
	clock: Clock,
	order: ImportOrder,
	watch: {readonly isFresh: boolean; readonly onLines?: (lines: readonly string[]) => void; readonly onEntries?: (entries: number) => void},
): Promise<ImportResult> => {
	const {lines, task} = await doWork({
		server,
		clock,
		tool: 'import-ldif',
		log: order.log,
		call: toolCall(server, 'import-ldif', importWords(order)),
		isTask: true,
		isJudgedByCaller: true,
		byHand: server.pods.byHand(server.target, ['import-ldif', ...importWords(order)]),
		...(watch.onLines && {onLines: watch.onLines}),
		...(watch.onEntries && {onEntries: watch.onEntries}),
	}, watch.isFresh);
	return {counts: importCounts([...(task?.log ?? []), ...lines]), ...(task && {taskId: task.id, taskState: task.state})};
};

/** Prints the size of the reject file in entries, then the DN and the reason of the first hundred. */
const readRejectScript = `
if [ -f "$1" ]; then
	grep -c '^dn:' "$1"
	grep -E '^(dn:|#)' "$1" | head -n 400
else
	echo 0
fi
`;

/** A rejected entry: its DN and why. User data: for the screen and for a file of mode 0600, never for the journal. */
export type Reject = {readonly dn: string; readonly reason: string};

/** Reads how many entries were rejected, and why, for the first hundred. */
export const readRejects = async (server: DirectoryServer, rejectFile: string): Promise<{readonly count: number; readonly first: readonly Reject[]}> => {
	const {stdout} = await server.pods.script(server.target, readRejectScript, [rejectFile]);
	const [count = '0', ...lines] = stdout.split('\n');
	const first: Reject[] = [];
	let reason: string[] = [];
	for (const line of lines) {
		if (line.startsWith('#')) {
			reason.push(line.replace(/^#\s*/v, ''));
		} else if (line.startsWith('dn:')) {
			first.push({dn: line, reason: reason.join(' ').trim() || 'no reason given'});
			reason = [];
		}
	}

	return {count: Number(count), first: first.slice(0, 100)};
};
