import {Buffer} from 'node:buffer';
import {randomUUID} from 'node:crypto';
import {text as readText} from 'node:stream/consumers';
import {normalDn, parentDn, textOf, valuesOf, type Entry, type Value} from '../ldap/entry.js';
import {parseLdif, type Record} from '../ldap/ldif.js';
import {keyOfPassphrase} from '../ldap/seal.js';
import type {DirectoryServer} from '../ldap/server.js';
import {generalizedTime} from '../ldap/tasks.js';
import type {Call, Program} from '../pods/machine.js';
import {standardInput} from '../programs/input.js';
import {connect, ldapResult} from './connection.js';
import {readToolOptions, type ToolOptions, type ToolUsage} from './options.js';
import {refusalOf, scheduleExport, scheduleImport} from './task-runner.js';

const usage: ToolUsage = {
	flags: ['defaultAdd', 'continueOnError', 'dryRun', 'verbose', 'deleteSubtree'],
	values: ['filename', 'ldifFile', 'dn'],
	short: {a: 'defaultAdd', c: 'continueOnError', f: 'filename'},
};

type Attributes = Entry['attributes'];
type Result = {readonly code: number; readonly name: string; readonly message: string} | undefined;

const noSuchObject = (dn: string): Result => ({
	code: 32,
	name: 'no such object',
	message: `Entry ${dn} does not exist in the backend`,
});

const isName =
	(name: string) =>
	([attribute]: readonly [string, Value]): boolean =>
		attribute.toLowerCase() === name.toLowerCase();

const isValue =
	(value: Value) =>
	(other: Value): boolean =>
		Buffer.from(value).equals(Buffer.from(other));

/** Applies the modifications of one change record: `add`, `replace` and `delete`, each closed by a line with a hyphen. */
const modify = (entry: Entry, changes: Attributes): Entry => {
	let attributes = [...entry.attributes];
	let index = 0;
	while (index < changes.length) {
		const [operation, name] = [changes[index]![0].toLowerCase(), textOf(changes[index]![1])];
		const values: Value[] = [];
		index++;
		while (index < changes.length && isName(name)(changes[index]!)) {
			values.push(changes[index]![1]);
			index++;
		}

		if (operation === 'add') {
			attributes.push(...values.map(value => [name, value] as const));
		} else if (operation === 'replace' || (operation === 'delete' && values.length === 0)) {
			attributes = [
				...attributes.filter(attribute => !isName(name)(attribute)),
				...values.map(value => [name, value] as const),
			];
		} else {
			attributes = attributes.filter(
				([attribute, value]) => !(isName(name)([attribute, value]) && values.some(gone => isValue(gone)(value))),
			);
		}
	}

	return {...entry, attributes};
};

const stamped = (entry: Entry, server: DirectoryServer, isNew: boolean): Entry => {
	const now = generalizedTime();
	const marks = new Map<string, string>([
		...(isNew
			? ([
					['createTimestamp', now],
					['creatorsName', `${server.rootDn},cn=Root DNs,cn=config`],
					['entryUUID', valuesOf(entry, 'entryUUID')[0] ?? randomUUID()],
				] as const)
			: []),
		['modifyTimestamp', now],
		['modifiersName', `${server.rootDn},cn=Root DNs,cn=config`],
	]);
	return {...entry, attributes: [...entry.attributes.filter(([name]) => !marks.has(name)), ...marks]};
};

/** An entry below `cn=tasks` schedules a task. */
const addTask = (server: DirectoryServer, entry: Entry, call: Call): Result => {
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
				excludeReplication: false,
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

const change = (server: DirectoryServer, {dn, attributes}: Entry, isAddByDefault: boolean, call: Call): Result => {
	const [first, ...rest] = attributes;
	const hasType = first?.[0].toLowerCase() === 'changetype';
	const type = hasType ? textOf(first[1]).toLowerCase() : isAddByDefault ? 'add' : 'modify';
	const body = hasType ? rest : attributes;
	if (normalDn(dn).endsWith('cn=tasks')) {
		return addTask(server, {dn, attributes: body}, call);
	}

	const backend = server.holding(dn);
	if (!backend?.isEnabled()) {
		return noSuchObject(dn);
	}

	if (backend.writability() !== 'enabled') {
		return {
			code: 53,
			name: 'unwilling to perform',
			message: `Entry ${dn} cannot be changed because the backend ${backend.id} is configured with writability mode ${backend.writability()}`,
		};
	}

	const {entries} = backend;
	const old = entries.get(normalDn(dn));
	if (type === 'add') {
		if (old) {
			return {
				code: 68,
				name: 'entry already exists',
				message: `Entry ${dn} cannot be added because an entry with that name already exists`,
			};
		}

		if (!entries.has(normalDn(parentDn(dn)))) {
			return noSuchObject(parentDn(dn));
		}

		backend.put(dn, stamped({dn, attributes: body}, server, true));
		return undefined;
	}

	if (!old) {
		return noSuchObject(dn);
	}

	if (type === 'delete') {
		if (entries.keys().some(other => normalDn(parentDn(other)) === normalDn(dn))) {
			return {
				code: 66,
				name: 'not allowed on non-leaf',
				message: `Entry ${dn} cannot be deleted because it has subordinates`,
			};
		}

		backend.put(dn, undefined);
		return undefined;
	}

	backend.put(old.dn, stamped(modify(old, body), server, false));
	return undefined;
};

/** A change record is LDIF with lines of a single hyphen, which close a modification. */
const recordsOf = (text: string): Record[] => [...parseLdif(text.replaceAll(/^-\r?\n/gmv, ''))];

const readChanges = async (call: Call, options: ToolOptions): Promise<string> => {
	const file = options.value('filename') ?? options.value('ldifFile');
	return file === undefined ? readText(standardInput(call)) : call.view.read(file).toString();
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
		const result = change(server, entry, options.has('defaultAdd'), call);
		if (!result) {
			await call.write(`# Result Code:  0 (success)\n# Processed ${entry.dn}\n`);
			continue;
		}

		status = await ldapResult(call, result.code, result.name, result.message);
		if (!options.has('continueOnError')) {
			return status;
		}
	}

	return status;
};

/** `ldapmodify`: adds, changes and deletes entries, from a file or from standard input. */
export const ldapmodify: Program = async call => {
	const options = await readToolOptions(call, usage);
	if (!options) {
		return 89;
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
