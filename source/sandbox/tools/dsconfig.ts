import {readBatch, readChange, type Change} from '../ldap/batch.js';
import {isWritability} from '../ldap/served-backend.js';
import type {DirectoryServer} from '../ldap/server.js';
import type {Call, Program} from '../pods/machine.js';
import {connect} from './connection.js';
import {readToolOptions, type ToolUsage} from './options.js';

const usage: ToolUsage = {
	flags: ['script-friendly', 'applyChangeTo', 'advanced', 'offline'],
	values: ['backend-name', 'handler-name', 'set', 'reset', 'property', 'batch-file', 'global-name'],
	short: {s: 'script-friendly'},
};

const print = async (
	call: Call,
	isScript: boolean,
	properties: Readonly<Record<string, string>>,
	wanted: readonly string[],
): Promise<number> => {
	const shown = Object.entries(properties).filter(([name]) => wanted.length === 0 || wanted.includes(name));
	if (isScript) {
		await call.write(shown.map(([name, value]) => `${name}\t${value}\n`).join(''));
		return 0;
	}

	const width = Math.max('Property'.length, ...shown.map(([name]) => name.length));
	const valueWidth = Math.max('Value(s)'.length, ...shown.map(([, value]) => value.length));
	await call.write(
		[
			`${'Property'.padEnd(width)} : Value(s)`,
			`${'-'.repeat(width + 1)}:${'-'.repeat(valueWidth + 1)}`,
			...shown.map(([name, value]) => `${name.padEnd(width)} : ${value}`),
			'',
		].join('\n'),
	);
	return 0;
};

const handlers = ({ports}: DirectoryServer): Readonly<Record<string, number>> => ({
	'HTTPS Connection Handler': ports.https,
	'LDAP Connection Handler': ports.ldap,
	'LDAPS Connection Handler': ports.ldaps,
});

const refuse = async (call: Call, text: string): Promise<number> => {
	await call.writeError(`${text}\n`);
	return 1;
};

/** Changes any other part of the configuration. */
const changeSettings = async (call: Call, change: Change): Promise<number> => {
	const own = new Set(change.names.map(([option]) => option.slice(2)));
	const options = await readToolOptions(call, {
		flags: usage.flags,
		values: [...usage.values, ...own, 'type', 'add', 'remove'],
	});
	const server = options && (await connect(call, options));
	if (typeof server !== 'object') {
		return server ?? 1;
	}

	server.change([change]);
	await call.write(`The ${change.kind.replaceAll('-', ' ')} was changed successfully\n`);
	return 0;
};

/** `dsconfig`: the backend, whether it is enabled and takes writes, and the ports of the connection handlers. */
export const dsconfig: Program = async call => {
	const change = readChange(call.args);
	if (
		change &&
		(change.verb !== 'set' || !['backend', 'connection-handler', 'global-configuration'].includes(change.kind))
	) {
		return changeSettings(call, change);
	}

	const options = await readToolOptions(call, usage);
	if (!options) {
		return 1;
	}

	const server = await connect(call, options);
	if (typeof server === 'number') {
		return server;
	}

	const [command] = options.rest;
	const isScript = options.has('script-friendly');
	if (command === 'get-connection-handler-prop') {
		const port = handlers(server)[options.value('handler-name') ?? ''];
		return port === undefined
			? refuse(call, `The Connection Handler '${options.value('handler-name') ?? ''}' does not exist`)
			: print(call, isScript, {enabled: 'true', 'listen-port': String(port)}, options.values('property'));
	}

	if (command === 'get-global-configuration-prop') {
		return print(
			call,
			isScript,
			{'instance-name': server.instanceName, 'writability-mode': server.writability()},
			options.values('property'),
		);
	}

	if (command === 'set-global-configuration-prop') {
		const [name, value = ''] = (options.values('set')[0] ?? '').split(':', 2);
		if (name !== 'writability-mode' || !isWritability(value)) {
			return refuse(call, `The value "${value}" is not valid for the Global Configuration property "${name ?? ''}"`);
		}

		server.setWritability(value);
		await call.write('The Global Configuration was modified successfully\n');
		return 0;
	}

	if (command !== 'get-backend-prop' && command !== 'set-backend-prop') {
		return refuse(call, `The sub-command "${command ?? ''}" is not known here`);
	}

	const backend = server.backend(options.value('backend-name'));
	if (!backend) {
		return refuse(call, `The Backend '${options.value('backend-name') ?? ''}' does not exist`);
	}

	if (command === 'get-backend-prop') {
		return print(
			call,
			isScript,
			{
				'backend-id': backend.id,
				'base-dn': backend.baseDn,
				enabled: String(backend.isEnabled()),
				'writability-mode': backend.ownWritability(),
			},
			options.values('property'),
		);
	}

	for (const setting of options.values('set')) {
		const [name, value = ''] = setting.split(':', 2);
		if (name === 'enabled' && ['false', 'true'].includes(value)) {
			backend.setEnabled(value === 'true');
			continue;
		}

		if (name !== 'enabled' && name !== 'writability-mode') {
			server.change(readBatch(`set-backend-prop --backend-name ${backend.id} --set "${setting}"`));
			continue;
		}

		if (name !== 'writability-mode' || !isWritability(value)) {
			return refuse(call, `The value "${value}" is not valid for the Local DB Backend property "${name ?? ''}"`);
		}

		backend.setWritability(value);
	}

	if (options.values('reset').includes('writability-mode')) {
		backend.setWritability('enabled');
	}

	await call.write('The Local DB Backend was modified successfully\n');
	return 0;
};
