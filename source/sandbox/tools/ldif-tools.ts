import {exportEntries, type ExportWish} from '../ldap/export-job.js';
import type {ImportWish} from '../ldap/import-job.js';
import {keyOfPassphrase, type Key} from '../ldap/seal.js';
import type {ServedBackend} from '../ldap/served-backend.js';
import type {DirectoryServer} from '../ldap/server.js';
import type {Task} from '../ldap/tasks.js';
import type {Call, Program} from '../pods/machine.js';
import {connect, saysWhere} from './connection.js';
import {readToolOptions, toolHelp, type ToolOptions, type ToolUsage} from './options.js';
import {refusalOf, scheduleExport, scheduleImport, waitForTask} from './task-runner.js';

const short = {
	c: 'compress',
	l: 'ldifFile',
	n: 'backendID',
	o: 'overwrite',
	O: 'overwriteExistingEntries',
	R: 'rejectFile',
};

const exportUsage: ToolUsage = {
	flags: [
		'compress',
		'encryptLDIF',
		'doNotEncrypt',
		'promptForEncryptionPassphrase',
		'sign',
		'excludeOperational',
		'excludeReplication',
		'excludeSoftDelete',
		'appendToLDIF',
		'task',
	],
	values: [
		'backendID',
		'ldifFile',
		'encryptionPassphraseFile',
		'encryptionSettingsDefinitionID',
		'includeBranch',
		'excludeBranch',
		'includeAttribute',
		'excludeAttribute',
		'includeFilter',
		'excludeFilter',
		'maxMegabytesPerSecond',
		'wrapColumn',
	],
	short,
};

const importUsage: ToolUsage = {
	flags: [
		'isCompressed',
		'overwriteExistingEntries',
		'overwrite',
		'excludeReplication',
		'stripTrailingSpaces',
		'ignoreDuplicateAttributeValues',
		'skipSchemaValidation',
		'task',
	],
	values: [
		'backendID',
		'ldifFile',
		'encryptionPassphraseFile',
		'includeBranch',
		'excludeBranch',
		'rejectFile',
		'skipFile',
		'start',
	],
	short,
};

/**
Some versions do not know `--task`, and some name it in their help and refuse it; a sandbox can be told to have such
tools.
*/
const taskSupport = ({environment}: Call, tool: 'EXPORT' | 'IMPORT'): 'none' | 'refused' | 'yes' => {
	const told = environment.get(`SANDBOX_${tool}_TASK`);
	return told === 'false' ? 'none' : told === 'refused' ? 'refused' : 'yes';
};

/** The options of a tool as this version of it has them. */
const usageIn = (call: Call, tool: 'EXPORT' | 'IMPORT', usage: ToolUsage): ToolUsage =>
	taskSupport(call, tool) === 'none' ? {...usage, flags: usage.flags.filter(flag => flag !== 'task')} : usage;

const refuseTask = async (call: Call): Promise<number> => {
	await call.writeError(
		'An error occurred while parsing the command-line arguments:  ' +
			`${call.name} must be run without connection or task arguments\n`,
	);
	return 1;
};

const passphraseKey = (call: Call, options: ToolOptions): Key | undefined => {
	const file = options.value('encryptionPassphraseFile');
	return file === undefined ? undefined : keyOfPassphrase(call.view.read(file).toString());
};

const absolute = (path: string): string => (path.startsWith('/') ? path : `/opt/out/instance/${path}`);

const missing = async (call: Call, name: string): Promise<number> => {
	await call.writeError(`The argument --${name} is required but was not provided\n`);
	return 1;
};

/** Schedules a task and waits for it, unless the server refuses it. */
const runTask = async (
	call: Call,
	server: DirectoryServer,
	backend: ServedBackend,
	schedule: () => Task,
): Promise<number> => {
	const refusal = refusalOf(backend);
	if (refusal !== undefined) {
		await call.writeError(`The task could not be scheduled:  ${refusal}\n`);
		return 1;
	}

	return waitForTask(call, server, schedule());
};

/** Checks what both tools need: a backend and a file. */
const check = async (call: Call, options: ToolOptions): Promise<number | undefined> => {
	const name = ['backendID', 'ldifFile'].find(required => options.value(required) === undefined);
	return name === undefined ? undefined : missing(call, name);
};

const unknownBackend = async (call: Call, options: ToolOptions): Promise<number> => {
	await call.writeError(`There are no backends configured with ID ${options.value('backendID')!}\n`);
	return 1;
};

/** `export-ldif`: encrypted unless told otherwise. Without `--task` it reads beside the running server. */
export const exportLdif: Program = async call => {
	const usage = usageIn(call, 'EXPORT', exportUsage);
	const options = await readToolOptions(call, usage);
	if (!options) {
		return 1;
	}

	if (options.has('help')) {
		await call.write(toolHelp(call, 'Export data from a Directory Server backend in LDIF form.', usage));
		return 0;
	}

	const problem = await check(call, options);
	if (problem !== undefined) {
		return problem;
	}

	const isTask = options.has('task');
	if (isTask && taskSupport(call, 'EXPORT') === 'refused') {
		return refuseTask(call);
	}

	const here = call.machine.directory;
	if (!isTask && saysWhere(options)) {
		await call.writeError('Connection arguments may only be used together with --task\n');
		return 1;
	}

	const server = isTask ? await connect(call, options) : here;
	if (typeof server === 'number') {
		return server;
	}

	if (!server) {
		await call.writeError(
			`An error occurred while attempting to acquire a shared lock for backend ${options.value('backendID')!}: ` +
				'the server has not been set up\n',
		);
		return 1;
	}

	const backend = server.backend(options.value('backendID'));
	if (!backend) {
		return unknownBackend(call, options);
	}

	const wish: ExportWish = {
		ldifFile: absolute(options.value('ldifFile')!),
		key: options.has('doNotEncrypt') ? undefined : (passphraseKey(call, options) ?? server.key),
		isCompressed: options.has('compress'),
		wrapColumn: Number(options.value('wrapColumn') ?? 80),
		excludeReplication: options.has('excludeReplication'),
		excludeOperational: options.has('excludeOperational'),
		includeBranches: options.values('includeBranch'),
		excludeBranches: options.values('excludeBranch'),
	};
	if (isTask) {
		return runTask(call, server, backend, () => scheduleExport(server, backend, wish));
	}

	const end = await exportEntries(backend, wish, {
		view: call.view,
		sleep: call.sleep,
		faults: call.machine.faults,
		tell: async line => call.write(`${line}\n`),
	});
	return end === 'done' ? 0 : 1;
};

/** `import-ldif`: as a task of the running server; beside it the backend is locked. */
export const importLdif: Program = async call => {
	const usage = usageIn(call, 'IMPORT', importUsage);
	const options = await readToolOptions(call, usage);
	if (!options) {
		return 1;
	}

	if (options.has('help')) {
		await call.write(toolHelp(call, 'Import LDIF data into a Directory Server backend.', usage));
		return 0;
	}

	const problem = await check(call, options);
	if (problem !== undefined) {
		return problem;
	}

	if (options.has('task') && taskSupport(call, 'IMPORT') === 'refused') {
		return refuseTask(call);
	}

	if (!options.has('task') && !saysWhere(options)) {
		await call.writeError(
			'An error occurred while attempting to acquire an exclusive lock for backend ' +
				`${options.value('backendID')!}.  This generally means that some other process still has a lock on this ` +
				'backend\n',
		);
		return 1;
	}

	const server = await connect(call, options);
	if (typeof server === 'number') {
		return server;
	}

	const backend = server.backend(options.value('backendID'));
	if (!backend) {
		return unknownBackend(call, options);
	}

	const passphrase = passphraseKey(call, options);
	const path = (name: string): string | undefined =>
		options.value(name) === undefined ? undefined : absolute(options.value(name)!);
	const wish: ImportWish = {
		ldifFile: path('ldifFile')!,
		keys: [server.key, ...(passphrase ? [passphrase] : [])],
		rejectFile: path('rejectFile'),
		skipFile: path('skipFile'),
		overwriteFiles: options.has('overwrite'),
		overwriteExisting: options.has('overwriteExistingEntries'),
		excludeReplication: options.has('excludeReplication'),
		includeBranches: options.values('includeBranch'),
	};
	return runTask(call, server, backend, () => scheduleImport(server, backend, wish));
};
