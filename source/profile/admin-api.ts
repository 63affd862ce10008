/** Something an administration API exports. */
export type Exportable = {
	/** What it is called by its product. */
	readonly title: string;
	/** Its path, below `https://localhost:PORT`. */
	readonly path: string;
	/** What an operator does with it who fetches it himself. */
	readonly saveIt: string;
};

/**
A configuration archive: a zip of the server's own files, its key among them, that the server takes back as a whole.
*/
export type AdminArchive = Exportable & {
	readonly name: string;
	/** Where a new server looks for it while it starts. */
	readonly mountPath: string;
	/** The path that a running server takes it by. */
	readonly importPath: string;
	/** Which versions of the product take it. */
	readonly takenBy: string;
};

/**
An administration API that exports a product's configuration as one JSON document, and where that belongs in a server
profile.
*/
export type AdminApi = Exportable & {
	/** The other way, where there is one. */
	readonly archive?: AdminArchive;
	/** A header without which the API refuses. */
	readonly header: string;
	/** The port, and the variable that changes it. */
	readonly port: number;
	readonly portVariable: string;
	/** The administrator of a new server. */
	readonly user: string;
	/** Where the export belongs in the profile. */
	readonly file: string;
	/**
	Where an export of an earlier version belongs instead, from which version on it is taken at all, and what is to be
	known of that place.
	*/
	readonly earlier?: {readonly before: string; readonly from: string; readonly file: string; readonly says: string};
	/** Which versions of the product take an export. */
	readonly takenBy: string;
	/**
	The key that the export's values are encrypted with: where it lies in the container, and where a new server looks for
	it.
	*/
	readonly key: {readonly name: string; readonly remotePath: string; readonly mountPath: string};
	/** How the names of its variables begin: none of the image's own variables begins so. */
	readonly prefix: string;
	/** Fields at the top that make a document such an export. */
	readonly fields: readonly string[];
	/** The path, in the document, of the version that exported it. */
	readonly version: readonly string[];
	/** What the key being missing does. */
	readonly withoutKey: string;
	/** Where each of the above was read: repository, ref and path. */
	readonly sources: readonly string[];
};

/** PingFederate. */
export const pingFederateApi: AdminApi = {
	title: 'bulk export of PingFederate',
	path: '/pf-admin-api/v1/bulk/export',
	saveIt: 'save it as instance/bulk-config/data.json.subst with variables in place of its secrets',
	archive: {
		title: 'configuration archive of PingFederate',
		path: '/pf-admin-api/v1/configArchive/export',
		saveIt: 'keep it outside of git: it holds the key of the server',
		name: 'data.zip',
		mountPath: '/opt/in/instance/server/default/data/drop-in-deployer/data.zip',
		importPath: '/pf-admin-api/v1/configArchive/import',
		takenBy:
			'before PingFederate 12.2 only a server of the same version takes an archive; from 12.2 on, one of a ' +
			'version after 11.0 is brought up to date',
	},
	header: 'X-XSRF-Header: PingFederate',
	port: 9999,
	portVariable: 'PF_ADMIN_PORT',
	user: 'administrator',
	file: 'instance/bulk-config/data.json.subst',
	takenBy: 'an import is only sure on a server of the same version',
	key: {
		name: 'pf.jwk',
		remotePath: '/opt/out/instance/server/default/data/pf.jwk',
		mountPath: '/opt/in/instance/server/default/data/pf.jwk',
	},
	prefix: 'PF_EXPORT',
	fields: ['metadata', 'operations'],
	version: ['metadata', 'pfVersion'],
	withoutKey: 'no encrypted value of the export can be read',
	sources: [
		'pingidentity-devops-getting-started 2506 docs/how-to/buildPingFederateProfile.md (path, header, user, file, key)',
		'ping-cloud-base 0ee9f405 profiles/aws/pingfederate/hooks/83-download-archive-data-s3.sh (archive: name, ' +
			'mount path, the key beside it)',
		'docs.pingidentity.com pingfederate/12.1 pf_config_archiv_deploy and pingfederate/latest ' +
			'pf_upgrading_config_data (which versions take an archive)',
		'pingidentity-docker-builds 2102 pingfederate/Dockerfile (port)',
		'pingidentity-server-profiles 166e2c7 baseline/pingfederate/instance/bulk-config/data.json.subst (fields)',
	],
};

/** PingAccess. */
export const pingAccessApi: AdminApi = {
	title: 'configuration export of PingAccess',
	path: '/pa-admin-api/v3/config/export',
	saveIt: 'save it as instance/data/start-up-deployer/data.json.subst with variables in place of its secrets',
	header: 'X-Xsrf-Header: PingAccess',
	port: 9000,
	portVariable: 'PA_ADMIN_PORT',
	user: 'Administrator',
	file: 'instance/data/start-up-deployer/data.json.subst',
	earlier: {
		before: '6.1',
		from: '5.0',
		file: 'instance/data/data.json.subst',
		says:
			'an export from before PingAccess 6.1 stands in instance/data/data.json: the image imports that through ' +
			'the administration API once the server is up (hook 85-import-configuration.sh). Look in the log of the ' +
			'new server that it did; the start-up deployer of 6.1 and later need not take it',
	},
	takenBy: 'a server of the same or a later version imports it',
	key: {name: 'pa.jwk', remotePath: '/opt/out/instance/conf/pa.jwk', mountPath: '/opt/in/instance/conf/pa.jwk'},
	prefix: 'PA_EXPORT',
	fields: ['version', 'data'],
	version: ['version'],
	withoutKey: 'the import is skipped with no more than a line in the log',
	sources: [
		'pingidentity-devops-getting-started 2506 docs/reference/profileStructures.md (path, header, user)',
		'pingidentity-docker-builds 2103 pingaccess/opt/staging/hooks/81-after-start-process.sh (port, key)',
		'pingidentity-server-profiles 166e2c7 baseline/pingaccess/instance/data/start-up-deployer/data.json.subst ' +
			'(file from 6.1 on, fields)',
		'pingidentity-devops-getting-started 135680a8 docs/reference/profileStructures.md and ' +
			'pingidentity-server-profiles 36aab12 baseline/pingaccess/instance/data/data.json (file before 6.1, the ' +
			'same fields)',
		'docs.pingidentity.com pingaccess/9.0 pa_configuration_export_import (API v3 from 5.0 on; a server that is ' +
			'not older takes an export)',
	],
};

/** The administration API of a product, where it has one that exports its configuration. */
export const adminApiOf = (product: string): AdminApi | undefined =>
	new Map([
		['pingfederate', pingFederateApi],
		['pingaccess', pingAccessApi],
	]).get(product);
