import {normalDn, type Entry} from '../ldap/entry.js';
import type {ServedBackend} from '../ldap/served-backend.js';
import type {DirectoryServer} from '../ldap/server.js';
import {taskEntry} from '../ldap/tasks.js';
import {registryEntries, replicationEntries} from './replication-monitor.js';

/** What the monitor says of a backend: nothing while it is disabled, as it is during an import. */
const backendEntries = (backend: ServedBackend): Entry[] => {
	const count = String(backend.entries.size);
	return backend.isEnabled()
		? [
				{
					dn: `cn=${backend.id} Backend,cn=monitor`,
					attributes: [
						['objectClass', 'top'],
						['objectClass', 'ds-monitor-entry'],
						['objectClass', 'ds-backend-monitor-entry'],
						['objectClass', 'extensibleObject'],
						['cn', `${backend.id} Backend`],
						['ds-backend-id', backend.id],
						['ds-backend-base-dn', backend.baseDn],
						['ds-backend-is-private', 'false'],
						['ds-backend-entry-count', count],
						['ds-base-dn-entry-count', `${count} ${backend.baseDn}`],
						['ds-backend-writability-mode', backend.ownWritability()],
						['ds-soft-delete-operations-count', '0'],
					],
				},
			]
		: [];
};

const monitorEntries = (server: DirectoryServer): Entry[] => [
	{
		dn: 'cn=monitor',
		attributes: [
			['objectClass', 'top'],
			['objectClass', 'ds-monitor-entry'],
			['objectClass', 'ds-general-monitor-entry'],
			['cn', 'monitor'],
			['productName', 'Ping Identity Directory Server'],
			['instanceName', server.instanceName],
			['productVersion', server.version],
			...(server.isLockedDown() ? [['unavailable-alert-type', 'entering-lockdown-mode'] as const] : []),
		],
	},
	...server.backends.flatMap(backend => backendEntries(backend)),
	...replicationEntries(server),
	{
		dn: 'cn=adminRoot Backend,cn=monitor',
		attributes: [
			['objectClass', 'top'],
			['objectClass', 'ds-monitor-entry'],
			['objectClass', 'ds-backend-monitor-entry'],
			['objectClass', 'extensibleObject'],
			['cn', 'adminRoot Backend'],
			['ds-backend-id', 'adminRoot'],
			['ds-backend-base-dn', 'cn=admin data'],
			['ds-backend-is-private', 'true'],
			['ds-backend-entry-count', '12'],
			['ds-base-dn-entry-count', '12 cn=admin data'],
			['ds-backend-writability-mode', 'enabled'],
		],
	},
	{
		dn: 'cn=system information,cn=monitor',
		attributes: [
			['objectClass', 'top'],
			['objectClass', 'ds-monitor-entry'],
			['cn', 'system information'],
			['userName', server.userName],
			['workingDirectory', server.root],
			['operatingSystem', 'Linux'],
		],
	},
];

const rootDse = (server: DirectoryServer): Entry => ({
	dn: '',
	attributes: [
		['objectClass', 'top'],
		['objectClass', 'ds-root-dse'],
		...server.backends.filter(backend => backend.isEnabled()).map(({baseDn}) => ['namingContexts', baseDn] as const),
		['supportedLDAPVersion', '3'],
		['vendorName', 'Ping Identity Corporation'],
		['vendorVersion', `Ping Identity Directory Server ${server.version}`],
	],
});

/** The values of an attribute come in no order that means anything: here every second one first. */
const inNoOrder = (values: readonly string[]): readonly string[] => [
	...values.filter((_, index) => index % 2 === 1),
	...values.filter((_, index) => index % 2 === 0),
];

const taskEntries = (server: DirectoryServer): Entry[] => [
	{
		dn: 'cn=tasks',
		attributes: [
			['objectClass', 'top'],
			['objectClass', 'ds-cfg-branch'],
			['cn', 'tasks'],
		],
	},
	{
		dn: 'cn=Scheduled Tasks,cn=tasks',
		attributes: [
			['objectClass', 'top'],
			['objectClass', 'ds-cfg-branch'],
			['cn', 'Scheduled Tasks'],
		],
	},
	...server.tasks.list().map(task => taskEntry({...task, log: inNoOrder(task.log)})),
];

/** The backends as the configuration lists them, served or not. */
const configuredBackends = (server: DirectoryServer): Entry[] => [
	{
		dn: 'cn=Backends,cn=config',
		attributes: [
			['objectClass', 'top'],
			['objectClass', 'ds-cfg-branch'],
			['cn', 'Backends'],
		],
	},
	...server.backends.map((backend): Entry => ({
		dn: `ds-cfg-backend-id=${backend.id},cn=Backends,cn=config`,
		attributes: [
			['objectClass', 'top'],
			['objectClass', 'ds-cfg-backend'],
			['objectClass', 'ds-cfg-local-db-backend'],
			['ds-cfg-backend-id', backend.id],
			['ds-cfg-base-dn', backend.baseDn],
			['ds-cfg-enabled', String(backend.isEnabled())],
			['ds-cfg-writability-mode', backend.writability()],
		],
	})),
	{
		dn: 'ds-cfg-backend-id=adminRoot,cn=Backends,cn=config',
		attributes: [
			['objectClass', 'top'],
			['objectClass', 'ds-cfg-backend'],
			['objectClass', 'ds-cfg-local-db-backend'],
			['ds-cfg-backend-id', 'adminRoot'],
			['ds-cfg-base-dn', 'cn=admin data'],
			['ds-cfg-enabled', 'true'],
		],
	},
];

const schemaEntry = ({schema: {definitions}}: DirectoryServer): Entry => ({
	dn: 'cn=schema',
	attributes: [
		['objectClass', 'top'],
		['objectClass', 'ldapSubentry'],
		['objectClass', 'subschema'],
		['cn', 'schema'],
		...(['attributeTypes', 'objectClasses'] as const).flatMap(name =>
			definitions[name].map(definition => [name, definition] as const),
		),
	],
});

/** The entries that a search below a base looks through: user data, or what the server says of itself. */
export const searchedEntries = (server: DirectoryServer, base: string): Iterable<Entry> => {
	const dn = normalDn(base);
	if (dn === '') {
		return [rootDse(server)];
	}

	if (dn.endsWith('cn=backends,cn=config')) {
		return configuredBackends(server);
	}

	if (dn.endsWith('cn=monitor')) {
		return monitorEntries(server);
	}

	if (dn === 'cn=schema') {
		return [schemaEntry(server)];
	}

	if (dn.endsWith('cn=tasks')) {
		return taskEntries(server);
	}

	if (dn.endsWith('cn=config')) {
		return registryEntries(server);
	}

	const backend = server.holding(dn);
	return backend?.isEnabled() ? backend.entries.values() : [];
};
