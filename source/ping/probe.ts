import {portVariables} from './ports.js';
import {withoutColours} from './side.js';
import type {Ownership, PodProbe, PortVariable} from './workload.js';

/**
The read-only look into a pod: a constant script for a POSIX shell, with the mount paths as its parameters. It prints
who the user is, variables that are known to be harmless, the ports setup recorded, and who owns the files below each
path (the first 2,000 down to 5 levels, on that file system alone). It ends with `end`; without that line the look was
cut short.
@see pingidentity-docker-builds, tag 2103, pingdatacommon/opt/staging/hooks/pingdata.lib.sh, generateSetupArguments,
for
  the file that keeps the ports
*/
export const probeScript = [
	'echo "uid $(id -u)"',
	'echo "gid $(id -g)"',
	'env | grep -E ' +
		'"^(IMAGE_VERSION|IMAGE_GIT_REV|LDAP_PORT|LDAPS_PORT|HTTPS_PORT|JMX_PORT|REPLICATION_PORT|PING_CONTAINER_[A-Z]*|' +
		'PING_PRODUCT|SERVER_PROFILE_URL|SERVER_PROFILE_BRANCH|SERVER_PROFILE_PATH|SERVER_PROFILE_UPDATE|' +
		'SERVER_ROOT_DIR|ORCHESTRATION_TYPE|OPERATIONAL_MODE|MAKELDIF_USERS|USER_BASE_DN|LOCATION|K8S_[A-Z_]*|' +
		'UNSAFE_CONTINUE_ON_ERROR|PD_REBUILD_ON_RESTART|PD_FORCE_DATA_REIMPORT)=" ' +
		'| sed "s/^/env /"',
	'root=/opt/out/instance',
	'if [ -n "$SERVER_ROOT_DIR" ]; then root="$SERVER_ROOT_DIR"; fi',
	'setup="$root/config/.manage-profile-setup-arguments.txt"',
	'if [ -r "$setup" ]; then',
	String.raw`	sed -n 's/.*--ldapPort \([0-9]*\).*/setup LDAP_PORT \1/p' "$setup"`,
	String.raw`	sed -n 's/.*--ldapsPort \([0-9]*\).*/setup LDAPS_PORT \1/p' "$setup"`,
	String.raw`	sed -n 's/.*--httpsPort \([0-9]*\).*/setup HTTPS_PORT \1/p' "$setup"`,
	String.raw`	sed -n 's/.*--jmxPort \([0-9]*\).*/setup JMX_PORT \1/p' "$setup"`,
	'fi',
	'for path in "$@"; do',
	'	echo "path $path"',
	// The mount point is the kubelet's and lost+found the file system's, whoever uses the volume.
	'	find "$path" -xdev -maxdepth 5 2>/dev/null | head -n 2000 | while read -r file; do',
	'		case "$file" in "$path"|"$path/lost+found") continue ;; esac',
	'		stat -c "own %u %g" "$file" 2>/dev/null',
	'	done',
	'done',
	'echo end',
].join('\n');

const harmless =
	/^(?:IMAGE_VERSION|IMAGE_GIT_REV|(?:LDAP|LDAPS|HTTPS|JMX|REPLICATION)_PORT|PING_CONTAINER_[A-Z]+|PING_PRODUCT|SERVER_PROFILE_(?:URL|BRANCH|PATH|UPDATE)|SERVER_ROOT_DIR|ORCHESTRATION_TYPE|OPERATIONAL_MODE|MAKELDIF_USERS|USER_BASE_DN|LOCATION|K8S_[A-Z_]+|UNSAFE_CONTINUE_ON_ERROR|PD_REBUILD_ON_RESTART|PD_FORCE_DATA_REIMPORT)$/v;
const longestValue = 500;
const mostLines = 20_000;

/**
A profile address may carry a token: of an address by http, user, password and query are cut off. An SSH address names a
user and no secret.
*/
const withoutSecrets = (value: string): string => {
	if (!/^https?:\/\//iv.test(value)) {
		return value;
	}

	const [address = ''] = value.split(/[#?]/v, 1);
	const scheme = address.indexOf('://') + 3;
	return address.slice(0, scheme) + address.slice(Math.max(address.lastIndexOf('@') + 1, scheme));
};

const variableOf = (name: string): PortVariable | undefined => portVariables.find(variable => variable === name);

const printable = (text: string): string => withoutColours(text).replaceAll(/\p{Control}/gv, '');

type Reading = {
	uid?: number;
	gid?: number;
	path?: string;
	readonly environment: Map<string, string>;
	readonly setup: Map<PortVariable, number>;
	/** Files by path, then by `uid gid`. */
	readonly owners: Map<string, Map<string, number>>;
};

const readLine = (reading: Reading, line: string): void => {
	const found = /^(?<key>uid|gid|env|setup|path|own) +(?<rest>\S.*)$/v.exec(line)?.groups;
	const rest = found?.rest ?? '';
	const numbers = rest.trim().split(/\s+/v);
	switch (found?.key) {
		case 'uid':
		case 'gid': {
			if (/^\d{1,10}$/v.test(rest)) {
				reading[found.key] ??= Number(rest);
			}

			break;
		}

		case 'env': {
			const equals = rest.indexOf('=');
			const name = rest.slice(0, Math.max(equals, 0));
			if (harmless.test(name) && !reading.environment.has(name)) {
				const value = rest.slice(equals + 1, equals + 1 + longestValue);
				reading.environment.set(name, name === 'SERVER_PROFILE_URL' ? withoutSecrets(value) : value);
			}

			break;
		}

		case 'setup': {
			const variable = variableOf(numbers[0] ?? '');
			const port = Number(numbers[1]);
			if (variable && Number.isSafeInteger(port) && port > 0 && port < 65_536) {
				reading.setup.set(variable, port);
			}

			break;
		}

		case 'path': {
			reading.path = rest.startsWith('/') && rest.length < 4096 ? rest : '';
			break;
		}

		case 'own': {
			if (reading.path && numbers.length === 2 && numbers.every(number => /^\d{1,10}$/v.test(number))) {
				const counts = reading.owners.get(reading.path) ?? new Map<string, number>();
				counts.set(numbers.join(' '), (counts.get(numbers.join(' ')) ?? 0) + 1);
				reading.owners.set(reading.path, counts);
			}

			break;
		}

		case undefined:
		default:
	}
};

const ownershipOf = (counts: ReadonlyMap<string, number>): readonly Ownership[] => {
	const owners = counts.entries().map(([key, files]): Ownership => {
		const [uid = 0, gid = 0] = key.split(' ').map(Number);
		return {uid, gid, files};
	});
	return owners.toArray().toSorted((one, other) => other.files - one.files);
};

/**
Reads what {@link probeScript} printed. A pod may print anything: lines that are not understood are dropped, names and
lengths are checked, and control characters are taken out. Where the end is missing, what came before it still counts.
*/
export const readProbe = (pod: string, container: string, output: string): PodProbe => {
	const reading: Reading = {environment: new Map(), setup: new Map(), owners: new Map()};
	for (const line of output.split('\n', mostLines)) {
		if (line === 'end') {
			break;
		}

		readLine(reading, printable(line.slice(0, 5000)));
	}

	const owners = reading.owners.entries().map(([path, counts]) => [path, ownershipOf(counts)] as const);
	return {
		pod,
		container,
		...(reading.uid !== undefined && {uid: reading.uid}),
		...(reading.gid !== undefined && {gid: reading.gid}),
		environment: Object.fromEntries(reading.environment),
		...(reading.setup.size > 0 && {setupPorts: Object.fromEntries(reading.setup)}),
		owners: Object.fromEntries(owners),
		logSigns: [],
	};
};
