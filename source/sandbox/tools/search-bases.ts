import {normalDn, type Entry} from '../ldap/entry.js';
import type {DirectoryServer} from '../ldap/server.js';
import {taskEntry} from '../ldap/tasks.js';

/** What the monitor says of the backend: nothing while it is disabled, as it is during an import. */
const backendEntries = (server: DirectoryServer): Entry[] => {
	const {backend} = server;
	const count = String(backend.entries.size);
	return server.isEnabled()
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
						['ds-backend-writability-mode', server.writability()],
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
			['cn', 'monitor'],
			['productName', 'Ping Identity Directory Server'],
			['instanceName', server.instanceName],
			['productVersion', server.version],
		],
	},
	...backendEntries(server),
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
		...(server.isEnabled() ? [['namingContexts', server.backend.baseDn] as const] : []),
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

/** The entries that a search below a base looks through: user data, or what the server says of itself. */
export const searchedEntries = (server: DirectoryServer, base: string): Iterable<Entry> => {
	const dn = normalDn(base);
	if (dn === '') {
		return [rootDse(server)];
	}

	if (dn.endsWith('cn=monitor')) {
		return monitorEntries(server);
	}

	if (dn.endsWith('cn=tasks')) {
		return taskEntries(server);
	}

	return server.isEnabled() ? server.backend.entries.values() : [];
};
