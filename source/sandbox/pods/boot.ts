import {isFileError} from '../files/file-error.js';
import {makeView, type View} from '../files/view.js';
import {normalDn, type Entry} from '../ldap/entry.js';
import {baseEntry, sampleEntries} from '../ldap/generate.js';
import {startDirectory} from '../ldap/server.js';
import {failure, value, type Boot, type Ready} from './boot-parts.js';
import {installServer, setupPorts, type InstalledBackend} from './install.js';
import {joinTopology} from './join.js';

const root = '/opt/out/instance';

const sayWho = ({machine, facts}: Boot): void => {
	const {uid, gid} = machine.credentials;
	if ((facts.sprint ?? 0) < 2103) {
		machine.log.write('### Bootstrap', uid === 0 ? '### Pattern: privileged' : '### Pattern: outside-in');
		return;
	}

	if (uid === 0) {
		machine.log.write('### Bootstrap', '### Warning: running container as root user');
		return;
	}

	const isDefault = uid === facts.uid && gid === facts.gid;
	machine.log.write(
		isDefault
			? '### Using the default container user and group'
			: '### Using the container user and group of the orchestration',
		'### Container user and group',
		`###     user : ${uid === 9031 ? 'ping' : 'undefined user'} (id: ${uid})`,
		`###     group: ${gid === 9999 && facts.gid === 9999 ? 'identity' : gid === 0 ? 'root' : 'undefined group'} (id: ${gid})`,
	);
};

/** The state that the entry point keeps on the volume: the first thing that fails where it cannot write. */
const keepState = ({machine}: Boot, view: View): Ready => {
	try {
		view.makeFolder('/opt/out/container-state/current', {parents: true});
	} catch (error) {
		if (!isFileError(error)) {
			throw error;
		}

		machine.log.write(`mkdir: can't create directory '/opt/out/container-state/': ${error.message}`);
	}

	try {
		view.write(
			'/opt/out/container-state/current/environment_variables',
			machine.environment
				.keys()
				.map(name => `${name}\n`)
				.toArray()
				.join(''),
		);
		return {ready: true};
	} catch (error) {
		if (!isFileError(error)) {
			throw error;
		}

		machine.log.write(
			`/opt/entrypoint.sh: line 35: can't create /opt/out/container-state/current/environment_variables: ${error.code === 'ENOENT' ? 'nonexistent directory' : error.message}`,
		);
		return {exit: 1};
	}
};

const writeSecrets = (boot: Boot, view: View): string => {
	const password = value(boot, 'PING_IDENTITY_PASSWORD') || '2FederateM0re';
	let folder = '/run/secrets';
	if (!view.may(folder, 2)) {
		folder = '/tmp/secrets';
		boot.machine.log.write(`WARNING: /run/secrets is not writable: using ${folder}`);
		view.makeFolder(folder, {parents: true});
	}

	for (const name of ['root-user-password', 'admin-user-password']) {
		view.write(`${folder}/${name}`, `${password}\n`, 0o600);
	}

	return `${folder}/root-user-password`;
};

const banner = (state: string): string[] =>
	state === 'GENESIS'
		? [
				'##################################################################################',
				'#                            GENESIS STATE FOUND',
				'##################################################################################',
			]
		: [];

const plan = (boot: Boot, state: string, run: string, servers: number): void => {
	boot.machine.log.write(
		...banner(state),
		'##################################################################################',
		'#                      Run Plan Information',
		`#                      PD_STATE: ${state}`,
		`#                      RUN_PLAN: ${run}`,
		`#                      Number of servers available in this domain: ${servers}`,
		'##################################################################################',
	);
};

/** What the run plan says of a server that was prepared. */
type State = 'GENESIS' | 'SETUP' | 'UPDATE';
type Prepared = {readonly exit: number} | {readonly state: State};

/** Backends beside the users', which a profile creates by dsconfig: `SANDBOX_BACKENDS` stands in for it, as in `appintegrations=o=appintegrations`. */
const profileBackends = (boot: Boot): readonly InstalledBackend[] =>
	value(boot, 'SANDBOX_BACKENDS')
		.split(';')
		.filter(Boolean)
		.map(text => {
			const at = text.indexOf('=');
			const baseDn = text.slice(at + 1);
			return {id: text.slice(0, at), baseDn, entries: [baseEntry(baseDn)]};
		});

const setup = (boot: Boot, view: View, passwordFile: string): Prepared => {
	const {machine, facts} = boot;
	const baseDn = value(boot, 'USER_BASE_DN');
	const service = value(boot, 'K8S_STATEFUL_SET_SERVICE_NAME');
	const isKubernetes = value(boot, 'ORCHESTRATION_TYPE') === 'KUBERNETES';
	if (isKubernetes && (service === '' || value(boot, 'K8S_STATEFUL_SET_NAME') === '')) {
		return failure(
			boot,
			3,
			'03-build-run-plan.sh',
			'KUBERNETES orchestration requires K8S_STATEFUL_SET_NAME and K8S_STATEFUL_SET_SERVICE_NAME',
		);
	}

	const domain = isKubernetes ? boot.domain(service) : undefined;
	if (domain && !domain.hasOwn) {
		machine.log.write(
			`Unable to find this host in the domain '${service}'`,
			"This implies that the Kubernetes service isn't providing the annotations allowing for",
			'unready hosts to be discovered.',
		);
		return failure(
			boot,
			182,
			'182-pre-setup.sh',
			'Resolve issues with pingdirectory Kubernetes cluster service, and restart',
		);
	}

	const others = domain?.hosts ?? [];
	const isGenesis = others.length === 0 && (!isKubernetes || machine.pod.endsWith('-0'));
	if (isGenesis) {
		machine.log.write(
			`Verified that this host/ip is the only pod found in domain '${service || 'localhost'}'`,
			`We are the SEED server (${machine.pod})`,
		);
	}

	plan(boot, isGenesis ? 'GENESIS' : 'SETUP', 'START', others.length + 1);
	const users = Number(value(boot, 'MAKELDIF_USERS')) || 0;
	const entries: Entry[] = [baseEntry(baseDn)];
	if (!isGenesis) {
		machine.log.write(
			'PD_STATE is not GENESIS ==> Skipping Templates',
			'PD_STATE is not GENESIS ==> Will not process ldif imports',
		);
	} else if (users > 0) {
		machine.log.write(
			`Processing (/opt/staging/pd.profile/ldif/userRoot/11-autogen-users.template) template with ${users} users...`,
		);
		entries.push(...sampleEntries(users, baseDn));
	}

	installServer(view, {
		backends: [{id: 'userRoot', baseDn, entries}, ...profileBackends(boot)],
		ports: {ldap: value(boot, 'LDAP_PORT'), ldaps: value(boot, 'LDAPS_PORT'), https: value(boot, 'HTTPS_PORT')},
		instanceName: `${machine.pod}${service === '' ? '' : `.${service}`}`,
		version: facts.version,
		rootDn: value(boot, 'ROOT_USER_DN'),
		passwordFile,
		userName: machine.credentials.uid === 0 ? 'root' : 'ping',
	});
	machine.log.write('manage-profile setup returned 0');
	return {state: isGenesis ? 'GENESIS' : 'SETUP'};
};

/** The check of PingDirectory's restart: ports may not change. It is left out where the profile has setup arguments. */
const guardPorts = (boot: Boot, view: View): Ready => {
	const original = setupPorts(view.read(`${root}/config/.manage-profile-setup-arguments.txt`).toString());
	const rows = [
		['LDAP_PORT', original.ldap],
		['LDAPS_PORT', original.ldaps],
		['HTTPS_PORT', original.https],
	] as const;
	if (
		view.exists('/opt/staging/pd.profile/setup-arguments.txt') ||
		rows.every(([name, port]) => port === value(boot, name))
	) {
		return {ready: true};
	}

	boot.machine.log.write(
		'*****',
		'LDAP/LDAPS/HTTPS ports from original settings may not be changed on restart.',
		'   Service         Original Setting     Attempt',
		...rows.map(([name, port]) => `   ${name.padEnd(15)} ${port.padEnd(20)} ${value(boot, name)}`),
		'Please make any adjustments in dsconfig commands.',
		'*****',
	);
	return failure(
		boot,
		20,
		'20-restart-sequence.sh',
		'Resolve the issues with your orchestration environment variables',
	);
};

const restart = (boot: Boot, view: View): Prepared => {
	plan(boot, 'UPDATE', 'RESTART', 1);
	boot.machine.log.write('Restarting container');
	const guarded = guardPorts(boot, view);
	if ('exit' in guarded) {
		return guarded;
	}

	boot.machine.log.write('  manage-profile replace-profile returned 0');
	return {state: 'UPDATE'};
};

const listen = (boot: Boot, view: View, passwordFile: string): Ready => {
	const {machine, facts} = boot;
	const {credentials} = machine;
	const ports = setupPorts(view.read(`${root}/config/.manage-profile-setup-arguments.txt`).toString());
	const numbers = {ldap: Number(ports.ldap), ldaps: Number(ports.ldaps), https: Number(ports.https)};
	const low = Object.values(numbers).find(port => port < 1024);
	if (low !== undefined && !credentials.capabilities.has('NET_BIND_SERVICE')) {
		machine.log.write(
			`[CORE] severity=FATAL_ERROR msgID=1704131 msg="Unable to bind to the configured port 0.0.0.0:${low}: java.net.BindException: Permission denied"`,
		);
		return failure(
			boot,
			1,
			'50-before-post-start.sh',
			`The server could not start: port ${low} cannot be bound by uid ${credentials.uid}`,
		);
	}

	const configuration = view.read(`${root}/config/config.ldif`).toString();
	machine.directory = startDirectory({
		pod: machine.pod,
		namespace: machine.namespace,
		peers: boot.network.peers,
		wire: boot.network.wire,
		instanceName: /^ds-cfg-instance-name: (?<name>.*)$/mv.exec(configuration)?.groups?.name ?? machine.pod,
		version: facts.version,
		root,
		ports: numbers,
		userName: credentials.uid === 0 ? 'root' : credentials.uid === 9031 ? 'ping' : String(credentials.uid),
		rootDn: value(boot, 'ROOT_USER_DN'),
		password: view.read(passwordFile).toString().trim(),
		baseDn: normalDn(value(boot, 'USER_BASE_DN')),
		view,
		faults: machine.faults,
		sleep: boot.sleep,
	});
	for (const port of Object.values(numbers)) {
		machine.ports.add(port);
	}

	machine.log.write(
		`Started listening for new connections on LDAPS port ${numbers.ldaps}`,
		'The Directory Server has started successfully',
	);
	return {ready: true};
};

/** The last hook: joins the topology, where there is one to join. */
const postStart = async (boot: Boot, state: State): Promise<Ready> => {
	const {machine} = boot;
	const service = value(boot, 'K8S_STATEFUL_SET_SERVICE_NAME');
	const domain =
		value(boot, 'ORCHESTRATION_TYPE') === 'KUBERNETES' && service !== '' ? boot.domain(service) : undefined;
	const isSeed = machine.pod === `${value(boot, 'K8S_STATEFUL_SET_NAME')}-0`;
	const isAlone = state === 'GENESIS' || (isSeed && state === 'UPDATE');
	if (machine.directory && domain && !isAlone) {
		return joinTopology(boot, machine.directory, domain);
	}

	if (state === 'GENESIS') {
		machine.log.write(
			"PD_STATE is GENESIS ==> Replication on this server won't be set up until more instances are added",
			'Replication will not be configured.',
		);
	}

	return {ready: true};
};

/** Starts as the image's hooks do, with their words and exit codes. */
export const bootDirectory = async (boot: Boot): Promise<Ready> => {
	const {machine} = boot;
	const view = makeView(machine.tree, machine.credentials, '/opt', 0o022);
	sayWho(boot);
	if (machine.credentials.uid !== 0 && !view.may('/opt/bootstrap.sh', 4)) {
		machine.log.write("sh: can't open './bootstrap.sh': Permission denied");
		return {exit: 2};
	}

	await boot.wait(60);
	const kept = keepState(boot, view);
	if ('exit' in kept) {
		return kept;
	}

	machine.log.write(
		'----- Starting hook: /opt/staging/hooks/01-start-server.sh',
		'Ping Identity DevOps Docker Image',
		`      IMAGE_VERSION: ${value(boot, 'IMAGE_VERSION')}`,
		`             DATE: ${new Date().toISOString()}`,
	);
	if (value(boot, 'PING_IDENTITY_ACCEPT_EULA') !== 'YES') {
		return failure(
			boot,
			10,
			'10-start-sequence.sh',
			'You must accept the EULA by providing the environment variable PING_IDENTITY_ACCEPT_EULA=YES',
		);
	}

	const passwordFile = writeSecrets(boot, view);
	const isRestart = view.exists(`${root}/config/server.uuid`);
	try {
		if (!isRestart && view.exists(root)) {
			machine.log.write(`No server.uuid found. Removing existing SERVER_ROOT_DIR '${root}''`);
			view.rename(root, `/tmp/removed-${Date.now()}`);
		}

		await boot.wait(120);
		const prepared = isRestart ? restart(boot, view) : setup(boot, view, passwordFile);
		if ('exit' in prepared) {
			return prepared;
		}

		await boot.wait(150);
		const listening = listen(boot, view, passwordFile);
		return 'exit' in listening ? listening : await postStart(boot, prepared.state);
	} catch (error) {
		if (!isFileError(error)) {
			throw error;
		}

		machine.log.write(`${root}: ${error.message}`);
		return failure(boot, 1, isRestart ? '20-restart-sequence.sh' : '10-start-sequence.sh', error.message);
	}
};
