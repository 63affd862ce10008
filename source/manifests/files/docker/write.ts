import {quote} from '../../../ping/docker-text.js';
import {listOf, mapOf, textOf} from '../../../ping/fields.js';
import {variablesOf} from '../compose/service.js';

/** What a `docker run` line is written from. */
type Run = {
	readonly name: string;
	readonly user: string | undefined;
	readonly ports: readonly string[];
	readonly environment: ReadonlyArray<readonly [string, string | undefined]>;
	readonly environmentFiles: readonly string[];
	readonly volumes: readonly string[];
	readonly network: string | undefined;
	readonly restart: string | undefined;
	readonly image: string;
	readonly command: readonly string[];
	/** Other flags, each whole. */
	readonly more: readonly string[];
};

const secret = /pass|secret|key|token|pin\b|credential|devops_user/iv;

/**
Variables that the images set themselves; in what docker inspect shows they cannot be told from the operator's.
@see pingidentity-docker-builds, tag 2102, pingbase/Dockerfile
*/
const ofTheImage =
	/^(?:PATH|HOME|BASE|IMAGE_VERSION|IMAGE_GIT_REV|JAVA_.*|PING_CONTAINER_.*|.*_DIR|.*_FILE|CONTAINER_ENV|SECURITY_CHECKS_(?:STRICT|FILENAME)|STARTUP_.*|TAIL_LOG_FILES|PING_PRODUCT.*|MOTD_URL|COLORIZE_LOGS|PS1|VERBOSE|DATE|SERVER_PROFILE_(?:URL_REDACT|UPDATE)|PING_DEBUG|TOPOLOGY_SIZE|TOPOLOGY_SUFFIX|TOPOLOGY_PREFIX|LDAP_PORT|LDAPS_PORT|HTTPS_PORT|JMX_PORT)$/v;

/** A path for a shell, in which the home folder stays the home folder. */
const quoteHome = (file: string): string => (file.startsWith('~/') ? `"$HOME${file.slice(1)}"` : quote(file));

/**
One `docker run` line, a flag a line. A variable that holds a secret is passed on by name alone, from the shell that
runs it.
*/
const runText = (run: Run): string =>
	[
		'docker run --detach',
		`--name ${quote(run.name)}`,
		...(run.user === undefined ? [] : [`-u ${quote(run.user)}`]),
		...(run.network === undefined ? [] : [`--network ${quote(run.network)}`]),
		...(run.restart === undefined ? [] : [`--restart ${quote(run.restart)}`]),
		...run.ports.map(port => `-p ${quote(port)}`),
		...run.environmentFiles.map(file => `--env-file ${quoteHome(file)}`),
		...run.environment.map(
			([name, value]) => `-e ${value === undefined || secret.test(name) ? name : quote(`${name}=${value}`)}`,
		),
		...run.volumes.map(volume => `-v ${quote(volume)}`),
		...run.more,
		[run.image, ...run.command].map(word => quote(word)).join(' '),
	].join(' \\\n  ');

/** A part of a mapping with the colon behind it; nothing where it is not given. */
const before = (part: unknown): string => {
	const text = textOf(part) ?? '';
	return text === '' ? '' : `${text}:`;
};

const mapping = (port: unknown): string => {
	const {published, target, protocol, host_ip: address} = mapOf(port);
	return typeof port === 'object'
		? before(address) +
				before(published) +
				(textOf(target) ?? '') +
				(textOf(protocol) === undefined ? '' : `/${textOf(protocol)}`)
		: (textOf(port) ?? '');
};

const volume = (mount: unknown): string => {
	const {source, target, read_only: isReadOnly} = mapOf(mount);
	return typeof mount === 'object'
		? `${before(source)}${textOf(target) ?? ''}${isReadOnly === true ? ':ro' : ''}`
		: (textOf(mount) ?? '');
};

const networkOf = (networks: unknown): string | undefined =>
	textOf(listOf(networks)[0]) ?? Object.keys(mapOf(networks))[0];

/** Fields of a service that are a list, and the flag each entry is given by. */
const flagOfList: Readonly<Record<string, string>> = {
	cap_add: '--cap-add',
	cap_drop: '--cap-drop',
	tmpfs: '--tmpfs',
	extra_hosts: '--add-host',
	dns: '--dns',
	group_add: '--group-add',
	security_opt: '--security-opt',
	devices: '--device',
	expose: '--expose',
};

/** Fields of a service that are one word, and their flag. */
const flagOfWord: Readonly<Record<string, string>> = {
	hostname: '--hostname',
	domainname: '--domainname',
	network_mode: '--network',
	shm_size: '--shm-size',
	mem_limit: '--memory',
	cpus: '--cpus',
	stop_signal: '--stop-signal',
	platform: '--platform',
	pid: '--pid',
	ipc: '--ipc',
	working_dir: '--workdir',
};

const flagOfSwitch: Readonly<Record<string, string>> = {
	init: '--init',
	privileged: '--privileged',
	read_only: '--read-only',
	tty: '--tty',
	stdin_open: '--interactive',
};

/** Fields that become a line of their own above, or that say how Compose makes the container. */
const carried = new Set(
	(
		'image user ports volumes environment env_file networks restart command entrypoint container_name ulimits ' +
		'labels depends_on pull_policy stop_grace_period'
	).split(' '),
);

const entriesOf = (value: unknown): readonly string[] => [
	...listOf(typeof value === 'string' ? [value] : value).flatMap(entry => textOf(entry) ?? []),
	...Object.entries(mapOf(value)).map(([name, part]) => `${name}:${textOf(part) ?? ''}`),
];

const wordsOf = (command: unknown): readonly string[] =>
	typeof command === 'string' ? command.split(/\s+/v) : listOf(command).map(word => textOf(word) ?? '');

const limitsOf = (ulimits: unknown): readonly string[] =>
	Object.entries(mapOf(ulimits)).map(([name, limit]) => {
		const {soft, hard} = mapOf(limit);
		return `--ulimit ${quote(`${name}=${textOf(limit) ?? `${textOf(soft) ?? ''}:${textOf(hard) ?? ''}`}`)}`;
	});

/** Units of a duration as Compose writes it, in seconds (Docker documentation, Compose, «Specifying durations»). */
const units: Readonly<Record<string, number>> = {h: 3600, m: 60, s: 1};

/** Seconds of a duration such as `1m30s`. */
const secondsOf = (duration: string): number =>
	duration
		.matchAll(/(?<![\d.])(?<count>\d{1,9})(?:\.\d{1,9})?(?<unit>[hms])(?!s)/gv)
		.reduce((sum, {groups}) => sum + Number(groups?.count) * (units[groups?.unit ?? ''] ?? 0), 0);

/** The first network's names for the container; Docker gives a container one network when it makes it. */
const aliasesOf = (networks: unknown): readonly string[] => {
	const [first] = Object.values(mapOf(networks));
	return listOf(mapOf(first).aliases).map(alias => textOf(alias) ?? '');
};

const labelsOf = (labels: unknown): readonly string[] => [
	...listOf(labels).flatMap(label => textOf(label) ?? []),
	...Object.entries(mapOf(labels)).map(([name, value]) => `${name}=${textOf(value) ?? ''}`),
];

/** What of a service no flag of `docker run` stands for here, and is therefore not in its line. */
export const notCarried = (service: unknown): readonly string[] => {
	const {networks} = mapOf(service);
	const others = [...listOf(networks), ...Object.keys(mapOf(networks))].slice(1).map(name => textOf(name) ?? '');
	return [
		...Object.keys(mapOf(service)).filter(
			name => !carried.has(name) && ![flagOfList, flagOfWord, flagOfSwitch].some(table => Object.hasOwn(table, name)),
		),
		...others.map(name => `network ${name}`),
	];
};

/**
A Compose service as a `docker run` line. Compose puts the project's name before networks and volumes; that is not known
here.
*/
export const runOfService = (name: string, service: unknown): string => {
	const fields = mapOf(service);
	const {user, image, ports, volumes, env_file: files, networks, restart, command, entrypoint} = fields;
	const [program, ...behind] = wordsOf(entrypoint);
	const left = notCarried(service);
	const grace = textOf(fields.stop_grace_period);
	const line = runText({
		name: textOf(fields.container_name) ?? name,
		user: textOf(user),
		ports: listOf(ports).map(port => mapping(port)),
		environment: variablesOf([], service).map(({name: variable, value}) => [variable, value]),
		environmentFiles: (Array.isArray(files) ? files : [files])
			.map(file => textOf(file) ?? textOf(mapOf(file).path))
			.filter(file => file !== undefined),
		volumes: listOf(volumes).map(mount => volume(mount)),
		network: networkOf(networks),
		restart: textOf(restart),
		image: textOf(image) ?? '',
		command: [...behind, ...wordsOf(command)],
		more: [
			...(program === undefined ? [] : [`--entrypoint ${quote(program)}`]),
			...Object.entries(flagOfList).flatMap(([field, flag]) =>
				entriesOf(fields[field]).map(entry => `${flag} ${quote(entry)}`),
			),
			...Object.entries(flagOfWord).flatMap(([field, flag]) => {
				const word = textOf(fields[field]);
				return word === undefined ? [] : [`${flag} ${quote(word)}`];
			}),
			...Object.entries(flagOfSwitch).flatMap(([field, flag]) => (fields[field] === true ? [flag] : [])),
			...aliasesOf(networks).map(alias => `--network-alias ${quote(alias)}`),
			...(grace === undefined ? [] : [`--stop-timeout ${Math.max(1, secondsOf(grace))}`]),
			...limitsOf(fields.ulimits),
			...labelsOf(fields.labels).map(label => `--label ${quote(label)}`),
		],
	});
	return left.length === 0 ? line : `# Not carried from Compose: ${left.join(', ')}\n${line}`;
};

/**
A container as `docker inspect` shows it, as the `docker run` line that would make it. Ports the image declares itself
are left out.
*/
export const runOfContainer = (container: unknown): string => {
	const {Name, Config, HostConfig} = mapOf(container);
	const {Image, User, Env, Cmd} = mapOf(Config);
	const {PortBindings, Binds, NetworkMode, RestartPolicy} = mapOf(HostConfig);
	const restart = textOf(mapOf(RestartPolicy).Name);
	const network = textOf(NetworkMode);
	return runText({
		name: (textOf(Name) ?? 'server').replace(/^\//v, ''),
		user: textOf(User) === '' ? undefined : textOf(User),
		ports: Object.entries(mapOf(PortBindings)).flatMap(([port, bindings]) =>
			listOf(bindings).map(binding => {
				const {HostIp, HostPort} = mapOf(binding);
				return `${before(HostIp)}${before(HostPort)}${port.replace(/\/tcp$/v, '')}`;
			}),
		),
		environment: listOf(Env).flatMap(entry => {
			const [name = '', ...value] = (textOf(entry) ?? '').split('=');
			return ofTheImage.test(name) ? [] : [[name, value.join('=')] as const];
		}),
		environmentFiles: [],
		volumes: listOf(Binds).map(bind => textOf(bind) ?? ''),
		network: ['default', 'bridge'].includes(network ?? '') ? undefined : network,
		restart: ['', 'no'].includes(restart ?? '') ? undefined : restart,
		image: textOf(Image) ?? '',
		command: listOf(Cmd)
			.map(word => textOf(word) ?? '')
			.filter(word => word !== 'start-server'),
		more: [],
	});
};
