import {Buffer} from 'node:buffer';
import {text as readText} from 'node:stream/consumers';
import {isReplication, normalDn, textOf, valuesOf, type Entry} from '../ldap/entry.js';
import {parseLdif, type Record} from '../ldap/ldif.js';
import {keyOfPassphrase} from '../ldap/seal.js';
import type {DirectoryServer} from '../ldap/server.js';
import {noSuchObject, writeTo, type Refusal, type Write, type WriteControls} from '../ldap/write.js';
import type {Call, Program} from '../pods/machine.js';
import {standardInput} from '../programs/input.js';
import {connect, ldapResult} from './connection.js';
import {readToolOptions, toolHelp, type ToolOptions, type ToolUsage} from './options.js';
import {refusalOf, scheduleExport, scheduleImport} from './task-runner.js';

const usage: ToolUsage = {
	flags: ['defaultAdd', 'continueOnError', 'dryRun', 'verbose', 'deleteSubtree', 'useManageDsaIT'],
	values: ['filename', 'ldifFile', 'dn', 'rejectFile'],
	short: {a: 'defaultAdd', c: 'continueOnError', f: 'filename'},
};

/** Options with controls that a server of an old version has not. */
const controlled: ToolUsage = {
	...usage,
	flags: [...usage.flags, 'ignoreNoUserModification', 'usePermissiveModify', 'suppressReferentialIntegrityUpdates'],
	values: [...usage.values, 'passwordUpdateBehavior', 'suppressOperationalAttributeUpdates', 'ratePerSecond'],
};

const usageIn = ({environment, machine}: Call): ToolUsage => {
	const who = environment.get('SANDBOX_MODIFY_CONTROLS');
	return who === 'none' || (who === 'new' && machine.credentials.uid === 0) ? usage : controlled;
};

const controlsOf = (options: ToolOptions): WriteControls => ({
	ignoreNoUserModification: options.has('ignoreNoUserModification'),
	preEncodedPasswords: options.values('passwordUpdateBehavior').includes('allow-pre-encoded-password=true'),
	keepsLastModified: options.values('suppressOperationalAttributeUpdates').includes('lastmod'),
	isPermissive: options.has('usePermissiveModify'),
	managesReferrals: options.has('useManageDsaIT'),
	deletesSubtree: options.has('deleteSubtree'),
});

type Result = Refusal | undefined;

/** What is written to a task that is there: its state is all that can be changed, and that cancels it. */
const changeTask = (server: DirectoryServer, {dn, attributes}: Entry): Result => {
	const id = /^ds-task-id=(?<id>[^,]+),/v.exec(normalDn(dn))?.groups?.id ?? '';
	const task = server.tasks.list().find(one => one.id.toLowerCase() === id);
	if (!task) {
		return noSuchObject(dn);
	}

	if (valuesOf({dn, attributes}, 'ds-task-state')[0] !== 'canceled_before_starting') {
		return {code: 53, name: 'unwilling to perform', message: 'Only the state of a task can be modified'};
	}

	server.tasks.cancel(task.id);
	return undefined;
};

/** An entry below `cn=tasks` schedules a task. */
const addTask = (server: DirectoryServer, entry: Entry, call: Call): Result => {
	if (call.environment.get('SANDBOX_LDAP_TASKS') === 'false') {
		return {code: 53, name: 'unwilling to perform', message: 'The tasks backend does not take this entry'};
	}

	const value = (name: string): string | undefined => valuesOf(entry, name)[0];
	const id = value('ds-task-id');
	const isImport = value('ds-task-class-name')?.endsWith('.ImportTask') ?? false;
	const kind = isImport ? 'import' : 'export';
	const ldifFile = value(`ds-task-${kind}-ldif-file`);
	if (ldifFile === undefined) {
		return {code: 65, name: 'object class violation', message: `The task entry has no ds-task-${kind}-ldif-file`};
	}

	const backendId = value(`ds-task-${kind}-backend-id`);
	const backend = server.backend(backendId) ?? server.holding(value(`ds-task-${kind}-include-branch`) ?? '');
	const refusal = backend ? refusalOf(backend) : `There is no backend ${backendId ?? ''}`;
	if (!backend || refusal !== undefined) {
		return {code: 53, name: 'unwilling to perform', message: refusal ?? ''};
	}

	const passphraseFile = value(`ds-task-${kind}-encryption-passphrase-file`);
	const passphrase =
		passphraseFile === undefined ? undefined : keyOfPassphrase(call.view.read(passphraseFile).toString());
	if (isImport) {
		scheduleImport(
			server,
			backend,
			{
				ldifFile,
				keys: [server.key, ...(passphrase ? [passphrase] : [])],
				rejectFile: value('ds-task-import-reject-file'),
				skipFile: undefined,
				overwriteFiles: value('ds-task-import-overwrite-rejects') === 'true',
				overwriteExisting:
					value('ds-task-import-replace-existing') === 'true' || value('ds-task-import-clear-backend') === 'true',
				excludeReplication: valuesOf(entry, 'ds-task-import-exclude-attribute').some(name => isReplication(name)),
				includeBranches: valuesOf(entry, 'ds-task-import-include-branch'),
			},
			id,
		);
	} else {
		scheduleExport(
			server,
			backend,
			{
				ldifFile,
				key: value('ds-task-export-encrypt-ldif') === 'false' ? undefined : (passphrase ?? server.key),
				isCompressed: value('ds-task-export-compress-ldif') === 'true',
				wrapColumn: Number(value('ds-task-export-wrap-column') ?? 80),
				excludeReplication: false,
				excludeOperational: false,
				includeBranches: valuesOf(entry, 'ds-task-export-include-branch'),
				excludeBranches: valuesOf(entry, 'ds-task-export-exclude-branch'),
			},
			id,
		);
	}

	return undefined;
};

const kinds: ReadonlySet<string> = new Set<Write['type']>(['add', 'delete', 'modify', 'modrdn']);

const isKind = (text: string): text is Write['type'] => kinds.has(text);

const change = (
	server: DirectoryServer,
	{dn, attributes}: Entry,
	isAddByDefault: boolean,
	controls: WriteControls,
	call: Call,
): Result => {
	const [first, ...rest] = attributes;
	const hasType = first?.[0].toLowerCase() === 'changetype';
	const type = hasType ? textOf(first[1]).toLowerCase() : isAddByDefault ? 'add' : 'modify';
	const body = hasType ? rest : attributes;
	if (normalDn(dn).endsWith('cn=tasks')) {
		return type === 'add' ? addTask(server, {dn, attributes: body}, call) : changeTask(server, {dn, attributes: body});
	}

	const backend = server.holding(dn);
	if (!backend?.isEnabled()) {
		return noSuchObject(dn);
	}

	return isKind(type)
		? writeTo(backend, {type, dn, body}, `${server.rootDn},cn=Root DNs,cn=config`, controls)
		: {code: 84, name: 'decoding error', message: `The changetype ${type} is not known`};
};

/** A change record is LDIF with lines of a single hyphen, which close a modification. */
const recordsOf = (text: string): Record[] => [...parseLdif(text.replaceAll(/^-\r?\n/gmv, ''))];

const readChanges = async (call: Call, options: ToolOptions): Promise<string> => {
	const file = options.value('filename') ?? options.value('ldifFile');
	return file === undefined ? readText(standardInput(call)) : call.view.read(file).toString();
};

/** A change that was not made, as the reject file keeps it: the result as comments, then the record. */
const keepRejected = (call: Call, path: string, {text}: Record, {code, name, message}: Refusal): void => {
	const file = call.view.open(path, {write: true, mode: 0o600});
	file.writeAt(
		file.size(),
		Buffer.from(`# Result Code:  ${code} (${name})\n# Diagnostic Message:  ${message}\n${text}\n`),
	);
};

const applyAll = async (
	call: Call,
	server: DirectoryServer,
	records: readonly Record[],
	options: ToolOptions,
): Promise<number> => {
	let status = 0;
	for (const record of records) {
		if ('problem' in record) {
			return ldapResult(call, 84, 'decoding error', record.problem);
		}

		const {entry} = record;
		const result = change(server, entry, options.has('defaultAdd'), controlsOf(options), call);
		if (!result) {
			await call.write(`# Result Code:  0 (success)\n# Processed ${entry.dn}\n`);
			continue;
		}

		status = await ldapResult(call, result.code, result.name, result.message);
		const rejectFile = options.value('rejectFile');
		if (rejectFile !== undefined) {
			keepRejected(call, rejectFile, record, result);
		}

		if (!options.has('continueOnError')) {
			return status;
		}
	}

	return status;
};

/** `ldapmodify`: adds, changes and deletes entries, from a file or from standard input. */
export const ldapmodify: Program = async call => {
	const options = await readToolOptions(call, usageIn(call));
	if (!options) {
		return 89;
	}

	if (options.has('help')) {
		await call.write(toolHelp(call, 'Apply a set of add, delete, modify, and modify DN operations.', usageIn(call)));
		return 0;
	}

	const server = await connect(call, options);
	return typeof server === 'number'
		? server
		: applyAll(call, server, recordsOf(await readChanges(call, options)), options);
};

/** `ldapdelete`: deletes the entries it is given by DN. */
export const ldapdelete: Program = async call => {
	const options = await readToolOptions(call, usage);
	if (!options) {
		return 89;
	}

	const server = await connect(call, options);
	if (typeof server === 'number') {
		return server;
	}

	const dns = [...options.values('dn'), ...options.rest];
	return applyAll(
		call,
		server,
		dns.map(dn => ({
			line: 1,
			text: '',
			lines: [],
			entry: {dn, attributes: [['changetype', 'delete']]},
		})),
		options,
	);
};
