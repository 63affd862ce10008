import {Buffer} from 'node:buffer';
import {randomUUID} from 'node:crypto';
import {quoted} from '../failure/quoted.js';
import {connectionIdentity, type DirectoryServer} from './server.js';
import type {Way} from './way.js';

/*
A task of the server by an entry below cn=tasks, for tools that cannot schedule one themselves.
*/

/** The attributes of a task's entry beside its classes, its id and what is run. */
export type TaskAttributes = ReadonlyArray<readonly [name: string, value: string]>;

/**
What the entry of a kind of task says it is. Source: pingidentity/ldapsdk, unboundidds/tasks/ExportTask.java,
ImportTask.java.
*/
const kinds = {
	export: {objectClass: 'ds-task-export', runs: 'com.unboundid.directory.server.tasks.ExportTask'},
	import: {objectClass: 'ds-task-import', runs: 'com.unboundid.directory.server.tasks.ImportTask'},
} as const;

/** A line of LDIF: a value with anything but the plainest characters goes as base64 (RFC 2849). */
const line = (name: string, value: string): string =>
	/^[\w\/][\w ,\-.\/=]*$/v.test(value) && !value.endsWith(' ')
		? `${name}: ${value}`
		: `${name}:: ${Buffer.from(value).toString('base64')}`;

const entryOf = (kind: keyof typeof kinds, id: string, attributes: TaskAttributes): readonly string[] => [
	`dn: ds-task-id=${id},cn=Scheduled Tasks,cn=tasks`,
	'changetype: add',
	'objectClass: top',
	'objectClass: ds-task',
	`objectClass: ${kinds[kind].objectClass}`,
	`ds-task-id: ${id}`,
	`ds-task-class-name: ${kinds[kind].runs}`,
	...attributes.map(([name, value]) => line(name, value)),
];

/**
`$1` is the port, `$2` the task's id, and the rest the lines of its entry, which ldapmodify reads from its standard
input. The id is said before it is asked for: whatever becomes of the answer, the task is looked for.
*/
const schedule = String.raw`
port=$1; id=$2; shift 2
${connectionIdentity}
echo "Task $id is added over LDAP"
if [ -r "$secret" ]; then
	printf '%s\n' "$@" | ldapmodify --hostname localhost --port "$port" --useSSL --trustAll \
		--bindDN "$dn" --bindPasswordFile "$secret"
else
	printf '%s\n' "$@" | ldapmodify
fi
`;

/**
Long work as a task that is added over LDAP with the server's own ldapmodify. It outlives the tool and this program.
*/
export const scheduledOverLdap = (
	{ldapsPort, pods, target}: DirectoryServer,
	kind: keyof typeof kinds,
	attributes: TaskAttributes,
	makes: readonly string[],
): Way => {
	const id = `unroot-${kind}-${randomUUID()}`;
	const ldif = entryOf(kind, id, attributes);
	return {
		tool: 'ldapmodify',
		isTask: true,
		call: {script: schedule, parameters: [String(ldapsPort), id, ...ldif], makes},
		byHand: pods.byHand(target, [
			'sh',
			'-c',
			String.raw`printf '%s\n' ${ldif.map(text => quoted(text)).join(' ')} | ldapmodify`,
		]),
	};
};

/**
What a tool says that does not take a task: OpenDS words for an argument that it does not know, and what an older
page of the product's documentation says of export-ldif («must be run without connection or task arguments»).
*/
const refusalsOfTools: readonly RegExp[] = [
	/unrecognized argument/iv,
	/(?:without|neither)\b.+\b(?:connection|task)\b/iv,
	/\b(?:connection|task)\b.+\b(?:not|cannot) (?:be )?(?:allowed|permitted|supported|used)/iv,
];

/**
Result codes of LDAP with which a server does not take the entry of a task: 17 and 65 schema, 32 no such parent, 50
rights, 53 unwilling.
*/
const refusalsOfServers = /result code:\s*(?:17|32|50|53|65)\b/iv;

/**
Whether a tool, or the server, refused to schedule a task before anything was done; what it says of a connection or
of credentials is no refusal.
*/
export const isToolRefusal = (lines: readonly string[]): boolean =>
	lines.some(text => refusalsOfServers.test(text) || refusalsOfTools.some(pattern => pattern.test(text)));
