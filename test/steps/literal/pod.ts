import type {CommandResult} from '../../../source/migration/world.js';

/** What a server in a pod is and says, as literals. */
export type Pod = {
	/** Entries by backend, as its monitor counts them. */
	readonly counts: Readonly<Record<string, string>>;
	/** Files that lie in it, by path. */
	readonly files: Map<string, string>;
	/** What a tool leaves when it runs: the text of the file that it makes, and what its log says. */
	readonly tool?: (argv: readonly string[]) => {readonly log: string; readonly makes?: readonly [string, string]};
	readonly uid?: number;
	readonly ports?: readonly number[];
	readonly isReadOnly?: boolean;
};

/** What a script asks for: a test names it to have the pod lie in that answer alone. */
export type Asked =
	| 'backends'
	| 'configured'
	| 'count'
	| 'enable'
	| 'help'
	| 'job'
	| 'left'
	| 'modify'
	| 'put'
	| 'rejects'
	| 'remove'
	| 'runtime'
	| 'schema'
	| 'settings'
	| 'space'
	| 'task';

/** How a script that asks for something is known, by a part of it or of its parameters. */
const signs: ReadonlyArray<readonly [Asked, string]> = [
	['backends', 'ds-backend-monitor-entry'],
	['configured', 'ds-cfg-backend'],
	['enable', 'enabled:true'],
	['task', 'cn=tasks'],
	['schema', 'cn=schema'],
	['runtime', 'id -u'],
	['settings', 'encryption-settings list'],
	['settings', 'list-certificates'],
	['rejects', 'wc -c'],
	['count', "grep -c '^dn:'"],
	['remove', 'echo looked'],
	['help', '--help'],
	['space', 'df -P'],
	['job', 'log=$1; pid=$2'],
	['put', 'cat >"$1"'],
	['modify', 'ldapmodify'],
	['left', 'for f in "$@"'],
];

/** What a script asks for. Throws where no literal answers it. */
export const askedBy = (script: string, parameters: readonly string[]): Asked => {
	const text = [script, ...parameters].join('\n');
	const sign = signs.find(([, part]) => text.includes(part));
	if (!sign) {
		throw new Error(`No literal answers this script: ${text}`);
	}

	return sign[0];
};

const backendsOf = ({counts}: Pod): string =>
	Object.entries(counts)
		.map(
			([id, count]) =>
				`dn: cn=${id} Backend,cn=monitor\nds-backend-id: ${id}\nds-backend-entry-count: ${count}\n` +
				`ds-base-dn-entry-count: ${count} dc=example,dc=com\nds-backend-writability-mode: enabled\n`,
		)
		.join('\n');

const configuredOf = ({counts}: Pod): string =>
	Object.keys(counts)
		.map(
			id =>
				`dn: ds-cfg-backend-id=${id},cn=Backends,cn=config\nobjectClass: ds-cfg-local-db-backend\n` +
				`ds-cfg-backend-id: ${id}\nds-cfg-enabled: true\nds-cfg-base-dn: dc=example,dc=com\n`,
		)
		.join('\n');

const hexadecimal = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');

const runtimeOf = ({uid = 9031, ports = [1389, 1636], isReadOnly = false}: Pod): string =>
	[
		`uid ${uid}`,
		'gid 9999',
		`write ${isReadOnly ? 'no' : 'yes'}`,
		'  sl  local_address rem_address   st',
		// A connection to a port is no listener.
		'   9: 0100007F:03E7 0100007F:03E7 01 00000000:00000000',
		...ports.map((port, index) => `   ${index}: 00000000:${hexadecimal(port)} 00000000:0000 0A 00000000:00000000`),
	].join('\n');

const entriesIn = (text: string): number => text.match(/^dn:/gmv)?.length ?? 0;

const rejectsOf = ({files}: Pod, path = ''): string => {
	const text = files.get(path);
	return text === undefined
		? '0\n0\n0\n'
		: `${text.length}\n${entriesIn(text)}\n${text.match(/^# (?:Entry|Unable) /gmv)?.length ?? 0}\n${text}`;
};

const jobOf = ({files, tool}: Pod, parameters: readonly string[]): string => {
	// The log, the pid file, then the mark, the way to begin, the tool's script and its words.
	const made = parameters.length > 2 ? tool?.(parameters.slice(5)) : undefined;
	if (made?.makes) {
		files.set(...made.makes);
	}

	if (made) {
		files.set(parameters[0] ?? '', made.log);
	}

	return `exit 0\n${files.get(parameters[0] ?? '') ?? ''}`;
};

const answers: Readonly<Record<Asked, (pod: Pod, parameters: readonly string[]) => string>> = {
	backends: backendsOf,
	configured: configuredOf,
	count: ({files}, [path = '']) => String(files.has(path) ? entriesIn(files.get(path) ?? '') : 'none'),
	enable: () => '',
	help: () => '--ldifFile --task --doNotEncrypt --encryptionPassphraseFile',
	job: jobOf,
	left: ({files}, paths) => paths.filter(path => files.has(path)).join('\n'),
	modify: () => '',
	put: () => '',
	rejects: (pod, [path]) => rejectsOf(pod, path),
	remove({files}, [, ...paths]) {
		for (const path of paths) {
			files.delete(path);
		}

		return 'looked\n';
	},
	runtime: runtimeOf,
	schema: () =>
		"dn: cn=schema\nobjectClasses: ( 2.5.6.0 NAME 'top' )\nobjectClasses: ( 2.5.6.6 NAME 'person' )\n" +
		"objectClasses: ( 0.9.2342.19200300.100.4.13 NAME 'domain' )\n",
	settings: () => '',
	space: () => 'overlay 1000000 1 900000 1% /\n100 /opt/out/instance/db\n',
	task: () => 'dn: ds-task-id=7,cn=tasks\nds-task-id: 7\nds-task-state: completed_successfully\n',
};

/** The pod's answer to a script; its standard input, where there was one, lies in the file that the script names. */
export const answerOf = (pod: Pod, script: string, parameters: readonly string[], input?: string): CommandResult => {
	const asked = askedBy(script, parameters);
	if (asked === 'put') {
		pod.files.set(parameters[0] ?? '', input ?? '');
	}

	return {exitCode: 0, stderr: '', stdout: answers[asked](pod, parameters)};
};
