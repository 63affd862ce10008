import type {DirectoryServer} from '../ldap/server.js';
import {batchOf, settingsOf, withChanges} from '../ldap/settings.js';
import type {Call, Program} from '../pods/machine.js';
import {readToolOptions, type ToolUsage} from './options.js';

const usage: ToolUsage = {
	flags: ['useEnvironmentVariables', 'excludeSetupArguments'],
	values: ['profileRoot', 'includePath', 'instanceName'],
};

const excluded = [
	'config/truststore',
	'config/ads-truststore',
	'config/encryption-settings.pin',
	'config/tools.properties.orig',
	'config/encryption-settings/encryption-settings-db',
	'config/keystore.p12',
	'config/tools.properties',
	'config/encryption-settings/encryption-settings-db.old',
	'config/keystore.pin',
	'config/keystore',
	'config/ads-truststore.pin',
	'config/truststore.p12',
	'config/truststore.pin',
] as const;

/**
What differs by instance is left out, as the tool's own comparison leaves it out; the ports of the listeners are not.
*/
const batch = ({ports, settings}: DirectoryServer): string => {
	const listeners = Object.entries({LDAP: ports.ldap, LDAPS: ports.ldaps, HTTPS: ports.https}).map(
		([name, port]): string =>
			`dsconfig set-connection-handler-prop --handler-name "${name} Connection Handler" --set listen-port:${port}\n`,
	);
	const all = withChanges(settingsOf(listeners.join('')), settings().values().toArray());
	return [
		'# Configuration changes to bring source (config-postSetup.gz) to target (config.ldif)',
		'# Comparison options:',
		'#   Ignore differences in configuration that is part of the topology registry',
		'#   Ignore differences on shared host',
		'#   Ignore differences by instance',
		'',
		batchOf(all),
	].join('\n');
};

/** Schema that was added over LDAP lies here, and in no generated profile. */
const addedOverLdap = '99-user.ldif';

const write = (call: Call, server: DirectoryServer, folder: string): void => {
	const {view} = call;
	const parts = [
		'dsconfig',
		'ldif/userRoot',
		'misc-files',
		'server-root/pre-setup/config/schema',
		'server-root/post-setup',
		'server-sdk-extensions',
	];
	for (const part of parts) {
		view.makeFolder(`${folder}/${part}`, {parents: true});
	}

	const original = view.read(`${server.root}/config/.manage-profile-setup-arguments.txt`).toString().trim();
	const files: ReadonlyArray<readonly [path: string, text: string]> = [
		['setup-arguments.txt', `    ${original.replaceAll(' --', ' \\\n    --')}\n`],
		[
			'variables-ignore.txt',
			'# Files in which variables are not substituted: one path or pattern a line\nmisc-files/README\n',
		],
		['dsconfig/00-config.dsconfig', batch(server)],
		[
			'misc-files/README',
			'This profile was created with the manage-profile generate-profile subcommand. It was generated at ' +
				`${new Date().toISOString()} by user ${server.userName}, from the server in ${server.root}.\n`,
		],
		['server-root/pre-setup/PingDirectory.lic', view.read(`${server.root}/PingDirectory.lic`).toString()],
		...view
			.list(`${server.root}/config/schema`)
			.filter(name => name !== addedOverLdap)
			.map(
				name =>
					[
						`server-root/pre-setup/config/schema/${name}`,
						view.read(`${server.root}/config/schema/${name}`).toString(),
					] as const,
			),
	];
	for (const [path, text] of files) {
		view.write(`${folder}/${path}`, text);
	}
};

const included = (call: Call, server: DirectoryServer, folder: string, paths: readonly string[]): void => {
	const existing = paths.filter(candidate => call.view.exists(`${server.root}/${candidate}`));
	for (const path of existing) {
		const target = `${folder}/server-root/pre-setup/${path}`;
		call.view.makeFolder(target.slice(0, target.lastIndexOf('/')), {parents: true});
		call.view.write(target, call.view.read(`${server.root}/${path}`));
	}
};

/** `manage-profile generate-profile`: a server profile made from the running server. */
export const manageProfile: Program = async call => {
	const options = await readToolOptions(call, usage);
	if (!options) {
		return 1;
	}

	const [command] = options.rest;
	const folder = options.value('profileRoot');
	if (command !== 'generate-profile' || folder === undefined) {
		await call.writeError('The sub-command generate-profile with --profileRoot is what is known here\n');
		return 1;
	}

	const server = call.machine.directory;
	if (!server) {
		await call.writeError('The server has not been set up\n');
		return 1;
	}

	if (call.view.exists(folder) && (call.view.node(folder).kind !== 'folder' || call.view.list(folder).length > 0)) {
		await call.writeError(`The specified profile root '${folder}' already exists and is not an empty directory\n`);
		return 1;
	}

	await call.write('Generating server profile\n');
	await call.sleep(100);
	write(call, server, folder);
	included(call, server, folder, options.values('includePath'));
	const left = excluded.filter(path => !options.values('includePath').includes(path));
	await call.write(
		[
			'Variables such as PING_INSTANCE_NAME in setup-arguments.txt and in any other files in the profile will ' +
				'need to be provided through environment variables when the profile is used.',
			'',
			'The following files and directories in the server root were excluded from the generated profile, and ' +
				'can be manually added if necessary. These files can also be included by generate-profile with the ' +
				'--includePath argument:',
			...left,
			'',
			`The generated profile can be found at ${folder}`,
			'',
		].join('\n'),
	);
	return 0;
};
