import {normalDn} from '../ldap/entry.js';
import {startDirectory} from '../ldap/server.js';
import {settingsOf, valueIn} from '../ldap/settings.js';
import {ready, root, value, type Ready, type Start} from './boot.js';
import {containerFailure} from './failure.js';
import {settingsFile, setupPorts} from './install.js';

/** The ports of the connection handlers: what the profile set, else what setup was given. */
const portsOf = ({view}: Start): {readonly ldap: number; readonly ldaps: number; readonly https: number} => {
	const ports = setupPorts(view.read(`${root}/config/.manage-profile-setup-arguments.txt`).toString());
	const settings = settingsOf(view.read(`${root}/${settingsFile}`).toString());
	const portOf = (handler: string, fromSetup: string): number =>
		Number(valueIn(settings, 'connection-handler', `${handler} Connection Handler`, 'listen-port') ?? fromSetup);
	return {ldap: portOf('LDAP', ports.ldap), ldaps: portOf('LDAPS', ports.ldaps), https: portOf('HTTPS', ports.https)};
};

/** Lets the server below the root listen. */
export const listen = (start: Start): Ready => {
	const {machine, facts, view, credentials} = start;
	const ports = portsOf(start);
	const low = Object.values(ports).find(port => port < 1024);
	if (low !== undefined && !credentials.capabilities.has('NET_BIND_SERVICE')) {
		machine.log.write(
			`[CORE] severity=FATAL_ERROR msgID=1704131 msg="Unable to bind to the configured port 0.0.0.0:${low}: ` +
				'java.net.BindException: Permission denied"',
		);
		return containerFailure(start, {
			why: `The server could not start: port ${low} cannot be bound by uid ${credentials.uid}`,
			hooks: ['50-before-post-start.sh'],
			exit: 1,
		});
	}

	const configuration = view.read(`${root}/config/config.ldif`).toString();
	machine.directory = startDirectory({
		pod: machine.pod,
		namespace: machine.namespace,
		peers: start.network.peers,
		wire: start.network.wire,
		instanceName: /^ds-cfg-instance-name: (?<name>.*)$/mv.exec(configuration)?.groups?.name ?? machine.pod,
		version: facts.version,
		root,
		ports,
		userName: credentials.uid === 0 ? 'root' : credentials.uid === 9031 ? 'ping' : String(credentials.uid),
		rootDn: value(start, 'ROOT_USER_DN'),
		password: view.read(value(start, 'ROOT_USER_PASSWORD_FILE')).toString().trim(),
		baseDn: normalDn(value(start, 'USER_BASE_DN')),
		view,
		faults: machine.faults,
		sleep: start.sleep,
	});
	for (const port of Object.values(ports)) {
		machine.ports.add(port);
	}

	machine.log.write(
		`Started listening for new connections on LDAPS port ${ports.ldaps}`,
		'The Directory Server has started successfully',
	);
	return ready;
};
