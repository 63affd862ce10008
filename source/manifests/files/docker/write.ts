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
};

const secret = /pass|secret|key|token|pin\b|credential|devops_user/iv;

/**
Variables that the images set themselves; in what docker inspect shows they cannot be told from the operator's.
@see pingidentity-docker-builds, tag 2102, pingbase/Dockerfile
*/
const ofTheImage =
	/^(?:PATH|HOME|BASE|IMAGE_VERSION|IMAGE_GIT_REV|JAVA_.*|PING_CONTAINER_.*|.*_DIR|.*_FILE|CONTAINER_ENV|SECURITY_CHECKS_(?:STRICT|FILENAME)|STARTUP_.*|TAIL_LOG_FILES|PING_PRODUCT.*|MOTD_URL|COLORIZE_LOGS|PS1|VERBOSE|DATE|SERVER_PROFILE_(?:URL_REDACT|UPDATE)|PING_DEBUG|TOPOLOGY_SIZE|TOPOLOGY_SUFFIX|TOPOLOGY_PREFIX|LDAP_PORT|LDAPS_PORT|HTTPS_PORT|JMX_PORT)$/v;

/** One `docker run` line, a flag a line. A variable that holds a secret is passed on by name alone, from the shell that runs it. */
const runText = (run: Run): string =>
	[
		'docker run --detach',
		`--name ${quote(run.name)}`,
		...(run.user === undefined ? [] : [`-u ${quote(run.user)}`]),
		...(run.network === undefined ? [] : [`--network ${quote(run.network)}`]),
		...(run.restart === undefined ? [] : [`--restart ${quote(run.restart)}`]),
		...run.ports.map(port => `-p ${quote(port)}`),
		...run.environmentFiles.map(file => `--env-file ${quote(file)}`),
		...run.environment.map(
			([name, value]) => `-e ${value === undefined || secret.test(name) ? name : quote(`${name}=${value}`)}`,
		),
		...run.volumes.map(volume => `-v ${quote(volume)}`),
		[run.image, ...run.command].map(word => quote(word)).join(' '),
	].join(' \\\n  ');

const mapping = (port: unknown): string => {
	const {published, target, protocol, host_ip: address} = mapOf(port);
	return typeof port === 'object'
		? `${textOf(address) === undefined ? '' : `${textOf(address)}:`}${textOf(published) === undefined ? '' : `${textOf(published)}:`}${textOf(target) ?? ''}${textOf(protocol) === undefined ? '' : `/${textOf(protocol)}`}`
		: (textOf(port) ?? '');
};

const volume = (mount: unknown): string => {
	const {source, target, read_only: isReadOnly} = mapOf(mount);
	return typeof mount === 'object'
		? `${textOf(source) === undefined ? '' : `${textOf(source)}:`}${textOf(target) ?? ''}${isReadOnly === true ? ':ro' : ''}`
		: (textOf(mount) ?? '');
};

const networkOf = (networks: unknown): string | undefined =>
	textOf(listOf(networks)[0]) ?? Object.keys(mapOf(networks))[0];

/** A Compose service as a `docker run` line. Compose puts the project's name before networks and volumes; that is not known here. */
export const runOfService = (name: string, service: unknown): string => {
	const {
		user,
		image,
		ports,
		volumes,
		env_file: files,
		networks,
		restart,
		command,
		container_name: container,
	} = mapOf(service);
	return runText({
		name: textOf(container) ?? name,
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
		command: typeof command === 'string' ? command.split(/\s+/v) : listOf(command).map(word => textOf(word) ?? ''),
	});
};

/** A container as `docker inspect` shows it, as the `docker run` line that would make it. Ports the image declares itself are left out. */
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
				return `${textOf(HostIp) ? `${textOf(HostIp)}:` : ''}${textOf(HostPort) ? `${textOf(HostPort)}:` : ''}${port.replace(/\/tcp$/v, '')}`;
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
	});
};
