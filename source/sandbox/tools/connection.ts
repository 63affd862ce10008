import {isFileError} from '../files/file-error.js';
import type {DirectoryServer} from '../ldap/server.js';
import type {Call} from '../pods/machine.js';
import type {ToolOptions} from './options.js';

const propertiesPath = '/opt/out/instance/config/tools.properties';

const readProperties = (call: Call, options: ToolOptions): ReadonlyMap<string, string> => {
	const path = options.value('propertiesFilePath') ?? propertiesPath;
	return options.has('noPropertiesFile') || !call.view.exists(path)
		? new Map()
		: new Map(
				call.view
					.read(path)
					.toString()
					.split('\n')
					.filter(line => /^\w+=/v.test(line))
					.map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
			);
};

/** Whether the options, or the properties file, say where a server is. */
export const saysWhere = (options: ToolOptions): boolean =>
	['hostname', 'port', 'bindDN', 'useSSL', 'bindPasswordFile'].some(name => options.has(name));

/** An LDAP result that is no success, as the tools print it. */
export const ldapResult = async (call: Call, code: number, name: string, message: string): Promise<number> => {
	await call.writeError(`# Result Code:  ${code} (${name})\n# Diagnostic Message:  ${message}\n`);
	return code;
};

/**
The server a tool connects to, or the status it ends with: 91 where nobody listens, 49 where the password is wrong.
*/
export const connect = async (call: Call, options: ToolOptions): Promise<DirectoryServer | number> => {
	const properties = readProperties(call, options);
	const host = options.value('hostname') ?? properties.get('hostname') ?? 'localhost';
	const port = Number(options.value('port') ?? properties.get('port') ?? 389);
	const server = call.machine.directory;
	const isHere =
		host === 'localhost' ||
		host === '127.0.0.1' ||
		host === call.machine.pod ||
		host.startsWith(`${call.machine.pod}.`);
	if (!server || !isHere || !call.machine.ports.has(port) || port === server.ports.https) {
		return ldapResult(
			call,
			91,
			'connect error',
			`An error occurred while attempting to establish a connection to server ${host}:${port}:  ` +
				'java.net.ConnectException: Connection refused',
		);
	}

	const isSecure =
		options.has('useSSL') ||
		(!saysWhere(options) && properties.get('useSSL') === 'true') ||
		(!options.has('port') && properties.get('useSSL') === 'true');
	if (isSecure !== (port === server.ports.ldaps)) {
		return ldapResult(
			call,
			81,
			'server down',
			isSecure
				? `The connection to server ${host}:${port} was closed while negotiating TLS: Unsupported or ` +
						'unrecognized SSL message'
				: `The connection to server ${host}:${port} was closed while waiting for a response`,
		);
	}

	const bindDn = options.value('bindDN') ?? properties.get('bindDN');
	const file = options.value('bindPasswordFile') ?? properties.get('bindPasswordFile');
	let password = options.value('bindPassword');
	if (password === undefined && file !== undefined && file !== '') {
		try {
			password = call.view.read(file).toString().trim();
		} catch (error) {
			if (!isFileError(error)) {
				throw error;
			}

			await call.writeError(`Unable to read the bind password from file '${file}':  ${error.message}\n`);
			return 89;
		}
	}

	return bindDn !== undefined && (password !== server.password || bindDn.toLowerCase() !== server.rootDn.toLowerCase())
		? ldapResult(
				call,
				49,
				'invalid credentials',
				`Unable to bind as user ${bindDn}: the provided password is incorrect`,
			)
		: server;
};
