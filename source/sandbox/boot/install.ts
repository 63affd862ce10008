import {randomUUID} from 'node:crypto';
import type {View} from '../files/view.js';
import {backendFile} from '../ldap/backend.js';
import type {Entry} from '../ldap/entry.js';

/** A backend that a server is set up with, and what is in it. */
export type InstalledBackend = {readonly id: string; readonly baseDn: string; readonly entries: readonly Entry[]};

/** What a server is set up with. */
export type Installation = {
	readonly backends: readonly InstalledBackend[];
	readonly ports: {readonly ldap: string; readonly ldaps: string; readonly https: string};
	readonly instanceName: string;
	readonly version: string;
	readonly rootDn: string;
	readonly passwordFile: string;
	/** The encryption settings definition, or what it is made of. */
	readonly definition: string;
	/** The configuration apart from the defaults, as a batch of dsconfig. */
	readonly settings: string;
	/** Further files, by their paths below the root, such as a licence or schema. */
	readonly files: ReadonlyMap<string, Uint8Array | string>;
};

const root = '/opt/out/instance';

/** Where a server keeps its configuration apart from the defaults, below its root. */
export const settingsFile = 'config/settings.dsconfig';

/** The tools of a server, which are where its `bin` folder is. */
const toolNames = [
	'dsconfig',
	'dsreplication',
	'encryption-settings',
	'export-ldif',
	'import-ldif',
	'ldapdelete',
	'ldapmodify',
	'ldapsearch',
	'manage-certificates',
	'manage-profile',
	'manage-tasks',
	'status',
	'validate-ldif',
] as const;

/** A variable as a profile writes it. */
const variable = (name: string): string => ['$', '{', name, '}'].join('');

const setupArguments = ({ports, rootDn, passwordFile}: Installation): string =>
	[
		'--verbose --acceptLicense --skipPortCheck',
		`--instanceName ${variable('PING_INSTANCE_NAME')}`,
		'--location Docker',
		`--ldapPort ${ports.ldap}`,
		`--ldapsPort ${ports.ldaps}`,
		`--httpsPort ${ports.https}`,
		'--maxHeapSize 384m --jvmTuningParameter AGGRESSIVE',
		`--rootUserDN "${rootDn}" --rootUserPasswordFile ${passwordFile}`,
		'--encryptDataWithRandomPassphrase --generateSelfSignedCertificate',
	].join(' ');

const handler = (name: string, port: string, isSecure: boolean): string =>
	`dn: cn=${name},cn=Connection Handlers,cn=config\nobjectClass: top\nobjectClass: ` +
	`ds-cfg-connection-handler\ncn: ${name}\nds-cfg-enabled: true\nds-cfg-listen-port: ${port}\nds-cfg-use-ssl: ` +
	`${isSecure}\n\n`;

const backendConfiguration = ({id, baseDn}: InstalledBackend): string =>
	`dn: ds-cfg-backend-id=${id},cn=Backends,cn=config\nobjectClass: top\nobjectClass: ` +
	`ds-cfg-local-db-backend\nds-cfg-backend-id: ${id}\nds-cfg-enabled: true\nds-cfg-base-dn: ` +
	`${baseDn}\nds-cfg-writability-mode: enabled\n\n`;

const configuration = ({ports, instanceName, backends}: Installation): string =>
	[
		'dn: cn=config\nobjectClass: top\nobjectClass: ds-cfg-root-config\ncn: config\nds-cfg-instance-name: ' +
			`${instanceName}\nds-cfg-location: Docker\nds-cfg-writability-mode: enabled\n\n`,
		handler('LDAP Connection Handler', ports.ldap, false),
		handler('LDAPS Connection Handler', ports.ldaps, true),
		handler('HTTPS Connection Handler', ports.https, true),
		...backends.map(backend => backendConfiguration(backend)),
	].join('');

const toolsProperties = ({ports, rootDn, passwordFile}: Installation): string =>
	[
		'hostname=localhost',
		`port=${ports.ldaps}`,
		'useSSL=true',
		'useStartTLS=false',
		'trustAll=true',
		`bindDN=${rootDn}`,
		`bindPasswordFile=${passwordFile}`,
		'adminUID=admin',
		'adminPasswordFile=/run/secrets/admin-user-password',
		'suppressPropertiesFileComment=true',
		'',
	].join('\n');

/** Sets a server up below `/opt/out/instance`: its configuration, keys, logs and data, owned by who does it. */
export const installServer = (view: View, installation: Installation): void => {
	for (const folder of [
		'bin',
		'config/schema',
		'config/encryption-settings',
		...installation.backends.map(({id}) => `db/${id}`),
		'logs',
		'ldif',
		'bak',
		'locks',
		'classes',
		'extensions',
	]) {
		view.makeFolder(`${root}/${folder}`, {parents: true});
	}

	const files: ReadonlyArray<readonly [path: string, text: Uint8Array | string, mode?: number]> = [
		...toolNames.map(name => [`bin/${name}`, '#!/bin/sh\n', 0o755] as const),
		['PingDirectory.lic', 'Product=PingDirectory\nVersion=8.2\nID=sandbox\nSignature=none\n'],
		['config/.manage-profile-setup-arguments.txt', `${setupArguments(installation)}\n`],
		['config/ads-truststore', 'not a real key store', 0o600],
		['config/ads-truststore.pin', 'sandbox-ads-pin\n', 0o600],
		['config/config.ldif', configuration(installation), 0o600],
		['config/encryption-settings/encryption-settings-db', `${installation.definition}\n`, 0o600],
		['config/encryption-settings.pin', 'sandbox-encryption-pin\n', 0o600],
		['config/keystore', 'not a real key store', 0o600],
		['config/keystore.pin', 'sandbox-keystore-pin\n', 0o600],
		[settingsFile, installation.settings, 0o600],
		['config/tools.properties', toolsProperties(installation), 0o600],
		['config/truststore', 'not a real trust store', 0o600],
		['config/truststore.pin', 'sandbox-truststore-pin\n', 0o600],
		...installation.backends.map(({id, entries}) => [`db/${id}/00000000.jdb`, backendFile(entries), 0o600] as const),
		...[...installation.files].map(([path, bytes]) => [path, bytes] as const),
		['logs/errors', ''],
		['logs/server.out', ''],
		// Last: what says that the setup was finished.
		['config/server.uuid', `${randomUUID()}\n`],
	];
	for (const [path, text, mode] of files) {
		const folder = `${root}/${path}`;
		view.makeFolder(folder.slice(0, folder.lastIndexOf('/')), {parents: true});
		view.write(`${root}/${path}`, text, mode ?? 0o644);
	}
};

/** The ports that a server was set up with. */
export const setupPorts = (text: string): {readonly ldap: string; readonly ldaps: string; readonly https: string} => {
	const find = (option: string): string => new RegExp(String.raw`--${option} (\d*)`, 'v').exec(text)?.[1] ?? '';
	return {ldap: find('ldapPort'), ldaps: find('ldapsPort'), https: find('httpsPort')};
};
