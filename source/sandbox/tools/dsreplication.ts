import type {DirectoryServer} from '../ldap/server.js';
import {enableReplication, initializeReplica, serverAt} from '../ldap/topology.js';
import type {Call, Program} from '../pods/machine.js';
import {connect} from './connection.js';
import {readToolOptions, type ToolOptions, type ToolUsage} from './options.js';
import {replicationTables} from './replication-status.js';

const numbered = (name: string): readonly string[] => [`${name}1`, `${name}2`];

const usage: ToolUsage = {
	flags: [
		'displayServerTable',
		'showAll',
		'ignoreWarnings',
		'noSchemaReplication',
		'useSSLSource',
		'useSSLDestination',
		...numbered('useSSL'),
	],
	values: [
		'adminUID',
		'adminPassword',
		'adminPasswordFile',
		'baseDN',
		'retryTimeoutSeconds',
		'topologyFilePath',
		'hostSource',
		'portSource',
		'hostDestination',
		'portDestination',
		...['host', 'port', 'bindDN', 'bindPassword', 'bindPasswordFile', 'replicationPort'].flatMap(name =>
			numbered(name),
		),
	],
	short: {b: 'baseDN', I: 'adminUID', j: 'adminPasswordFile'},
};

const find = async (
	call: Call,
	here: DirectoryServer,
	host: string | undefined,
	port: string | undefined,
): Promise<DirectoryServer | number> => {
	const server =
		host === 'localhost' || host === undefined
			? here
			: serverAt(here.peers(), here.namespace, host, Number(port ?? here.ports.ldaps));
	if (server) {
		return server;
	}

	await call.writeError(`Could not connect to ${host ?? ''}:${port ?? ''}. Check that the server is running\n`);
	return 8;
};

const enable = async (call: Call, here: DirectoryServer, options: ToolOptions): Promise<number> => {
	const first = await find(call, here, options.value('host1'), options.value('port1'));
	const second = await find(call, here, options.value('host2'), options.value('port2'));
	if (typeof first === 'number' || typeof second === 'number') {
		return 8;
	}

	const unknown = enableReplication(first, second, options.values('baseDN'));
	if (unknown.length > 0) {
		await call.writeError(`Replication cannot be enabled for the base DN ${unknown.join(', ')}\n`);
		return 5;
	}

	await call.write('Replication has been successfully enabled.  You must now initialize the servers\n');
	return 0;
};

const initialize = async (call: Call, here: DirectoryServer, options: ToolOptions): Promise<number> => {
	const source = await find(call, here, options.value('hostSource'), options.value('portSource'));
	const destination = await find(call, here, options.value('hostDestination'), options.value('portDestination'));
	if (typeof source === 'number' || typeof destination === 'number') {
		return 8;
	}

	for (const baseDn of options.values('baseDN')) {
		await call.sleep(100);
		const count = initializeReplica(source, destination, baseDn);
		if (count === undefined) {
			await call.writeError(`The base DN ${baseDn} cannot be initialized\n`);
			return 7;
		}

		await call.write(`${count} entries processed (100 % complete).\nBase DN ${baseDn} initialized successfully.\n`);
	}

	return 0;
};

/**
`dsreplication`: the status, enabling a server and initialising one from another. Exit codes: OpenDJ,
ReplicationCliReturnCode.java.
*/
export const dsreplication: Program = async call => {
	const [command = '', ...args] = call.args;
	const options = await readToolOptions(call, usage, args);
	if (!options) {
		return 1;
	}

	const here = call.machine.directory;
	if (!here) {
		await call.writeError('The server is not running\n');
		return 8;
	}

	switch (command) {
		case 'status': {
			const server = await connect(call, options);
			if (typeof server === 'number') {
				return 8;
			}

			await call.write(`${replicationTables(server).join('\n')}\n`);
			return 0;
		}

		case 'enable': {
			return enable(call, here, options);
		}

		case 'initialize': {
			return initialize(call, here, options);
		}

		default: {
			await call.writeError(`The sub-command "${command}" is not known here\n`);
			return 1;
		}
	}
};
