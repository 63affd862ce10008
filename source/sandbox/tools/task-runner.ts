import {exportEntries, type ExportWish} from '../ldap/export-job.js';
import {importEntries, type ImportWish} from '../ldap/import-job.js';
import type {JobEnd} from '../ldap/job.js';
import type {ServedBackend} from '../ldap/served-backend.js';
import type {DirectoryServer} from '../ldap/server.js';
import type {Task, TaskState} from '../ldap/tasks.js';
import type {Call} from '../pods/machine.js';

const states: Readonly<Record<JobEnd, TaskState>> = {
	done: 'completed_successfully',
	errors: 'completed_with_errors',
	failed: 'stopped_by_error',
};

/**
Why a task of a backend is refused before it is scheduled: a disabled backend is none (OpenDS, ToolMessages.java, 93).
*/
export const refusalOf = (backend: ServedBackend): string | undefined =>
	backend.isEnabled()
		? undefined
		: 'None of the Directory Server backends are configured with the requested backend ID or base DNs that ' +
			'include the specified branches';

/** Schedules an export as a task of the server. */
export const scheduleExport = (server: DirectoryServer, backend: ServedBackend, wish: ExportWish, id?: string): Task =>
	server.tasks.schedule(
		'Export',
		[
			['ds-task-export-backend-id', backend.id],
			['ds-task-export-ldif-file', wish.ldifFile],
			['ds-task-export-encrypt-ldif', String(wish.key !== undefined)],
			['ds-task-export-compress-ldif', String(wish.isCompressed)],
		],
		async (tell, cancelled) => states[await exportEntries(backend, wish, server.surroundings(tell, cancelled))],
		id,
	);

/** Schedules an import as a task of the server. */
export const scheduleImport = (server: DirectoryServer, backend: ServedBackend, wish: ImportWish, id?: string): Task =>
	server.tasks.schedule(
		'Import',
		[
			['ds-task-import-backend-id', backend.id],
			['ds-task-import-ldif-file', wish.ldifFile],
			['ds-task-import-append', 'false'],
			['ds-task-import-replace-existing', String(wish.overwriteExisting)],
			...(wish.rejectFile === undefined ? [] : [['ds-task-import-reject-file', wish.rejectFile] as const]),
		],
		async (tell, cancelled) => {
			if (backend.writability() === 'disabled') {
				await tell(
					`The backend ${backend.id} is configured with writability mode disabled and cannot be imported into`,
				);
				return 'stopped_by_error';
			}

			// A server that ends meanwhile never gets to enable it again, and starts with a disabled backend (OpenDJ 5.0.3;
			// ImportTask.java).
			backend.setEnabled(false);
			cancelled.addEventListener('abort', () => {
				backend.setEnabled(true);
			});
			const end = await importEntries(backend, wish, server.schema, server.surroundings(tell, cancelled));
			backend.setEnabled(true);
			return states[end];
		},
		id,
	);

const endings = new Set<TaskState>([
	'canceled_before_starting',
	'completed_successfully',
	'completed_with_errors',
	'stopped_by_administrator',
	'stopped_by_error',
	'stopped_by_shutdown',
]);

/**
Waits for a task as the tools do: prints what it logs, then how it ended. The task goes on when the tool is ended.
*/
export const waitForTask = async (call: Call, server: DirectoryServer, task: Task): Promise<number> => {
	await call.write(`${task.kind} task ${task.id} scheduled to start immediately\n`);
	const lines = [...task.log];
	const stop = server.tasks.follow(task.id, line => {
		lines.push(line);
	});
	try {
		while (lines.length > 0 || !endings.has(task.state)) {
			await call.write(
				lines
					.splice(0)
					.map(line => `${line}\n`)
					.join(''),
			);
			await call.process.interruptible(Promise.race([task.ended, call.sleep(50)]));
		}
	} finally {
		stop();
	}

	if (task.state === 'completed_successfully') {
		await call.write(`${task.kind} task ${task.id} has been successfully completed\n`);
		return 0;
	}

	await call.writeError(`${task.kind} task ${task.id} did not complete successfully\n`);
	return 1;
};
