import type {DirectoryServer} from '../ldap/server.js';
import {enableReplication, initializeReplica, serverAt} from '../ldap/topology.js';
import {replicationTables} from '../tools/replication-status.js';
import {ready, value, type Domain, type Ready, type Start} from './boot.js';
import {containerFailure} from './failure.js';

const hook = '80-post-start.sh';

/** The base DNs that the hook replicates: the users', and since 2204 what REPLICATION_BASE_DNS adds. */
const baseDnsOf = (boot: Start): readonly string[] => {
	const isMore = boot.sprint >= 2204;
	return [value(boot, 'USER_BASE_DN'), ...(isMore ? value(boot, 'REPLICATION_BASE_DNS').split(';') : [])].filter(
		baseDn => baseDn !== '',
	);
};

/**
Which server the hook joins: the first pod of the set, or another one of the domain where it is the first pod itself and
lost its volume.
*/
const seedOf = (boot: Start, domain: Domain): string | undefined => {
	const seed = `${value(boot, 'K8S_STATEFUL_SET_NAME')}-0`;
	if (seed !== boot.machine.pod) {
		return seed;
	}

	const [other] = domain.hosts;
	if (other !== undefined) {
		boot.machine.log.write(
			`This seed server is out of sync with the topology. Using alternative seed server: ${other}`,
		);
	}

	return other;
};

/** Waits until the seed answers on the port that this server has itself: the hook knows of no other. */
const awaitSeed = async (boot: Start, server: DirectoryServer, host: string): Promise<DirectoryServer> => {
	const {log, namespace} = boot.machine;
	log.write(`Running ldapsearch test on SEED Server (${host}:${server.ports.ldaps})`);
	for (let attempt = 1; ; attempt++) {
		const seed = serverAt(server.peers(), namespace, host, server.ports.ldaps);
		if (seed) {
			return seed;
		}

		if (attempt % 8 === 0) {
			log.write('May be a DNS/Firewall/Service/PortMapping Issue.');
		}

		await boot.wait(60);
	}
};

const takes = (boot: Start, kind: 'fail-enable' | 'fail-initialize'): boolean =>
	boot.machine.faults.take(kind, fault => fault.pod === boot.machine.pod) !== undefined;

const isHeld = ({machine}: Start): boolean =>
	machine.faults.pending().some(fault => fault.kind === 'hold-initialize' && fault.pod === machine.pod);

const initialize = async (boot: Start, seed: DirectoryServer, server: DirectoryServer): Promise<Ready> => {
	const {log} = boot.machine;
	log.write('Initializing replication on POD Server');
	await boot.wait(150);
	while (isHeld(boot)) {
		await boot.wait(30);
	}

	if (takes(boot, 'fail-initialize')) {
		log.write('Replication initialize result=12');
		return containerFailure(boot, {why: 'dsreplication initialize failed', hooks: [hook], exit: 80});
	}

	for (const baseDn of baseDnsOf(boot)) {
		initializeReplica(seed, server, baseDn);
	}

	log.write('Replication initialize result=0', ...replicationTables(server));
	return ready;
};

/**
Joins the topology as hook 80 does once the server is up: with its log lines, and its trap. A server that finds itself
in the registry goes on without asking whether it was ever initialised.
*/
export const joinTopology = async (boot: Start, server: DirectoryServer, domain: Domain): Promise<Ready> => {
	const {log} = boot.machine;
	log.write(`Updating the Server Instance ${server.instanceName} result=0`);
	const host = seedOf(boot, domain);
	if (host === undefined) {
		return ready;
	}

	const seed = await awaitSeed(boot, server, host);
	if (seed.replication.members().some(({instanceName}) => instanceName === server.instanceName)) {
		log.write(
			`This instance (${server.instanceName}) is already found in topology --> No need to enable replication`,
			...replicationTables(server),
		);
		return ready;
	}

	log.write('Enabling Replication');
	await boot.wait(80);
	const unknown = takes(boot, 'fail-enable') ? baseDnsOf(boot) : enableReplication(seed, server, baseDnsOf(boot));
	log.write(`Replication enable for POD Server result=${unknown.length === 0 ? 0 : 5}`);
	if (unknown.length > 0) {
		log.write('Not running dsreplication initialize since enable failed with a non-successful return code');
		return containerFailure(boot, {why: 'dsreplication enable failed', hooks: [hook], exit: 80});
	}

	log.write('Getting Topology from SEED Server');
	return initialize(boot, seed, server);
};
