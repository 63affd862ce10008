/** An administration API that exports a product's configuration as one JSON document, and where that belongs in a server profile. */
export type AdminApi = {
	/** What the export is called by its product. */
	readonly title: string;
	/** The path of the export, below `https://localhost:PORT`. */
	readonly path: string;
	/** A header without which the API refuses. */
	readonly header: string;
	/** The port, and the variable that changes it. */
	readonly port: number;
	readonly portVariable: string;
	/** The administrator of a new server. */
	readonly user: string;
	/** Where the export belongs in the profile. */
	readonly file: string;
	/** The key that the export's values are encrypted with: where it lies in the container, and where a new server looks for it. */
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
	header: 'X-XSRF-Header: PingFederate',
	port: 9999,
	portVariable: 'PF_ADMIN_PORT',
	user: 'administrator',
	file: 'instance/bulk-config/data.json.subst',
	key: {name: 'pf.jwk', remotePath: '/opt/out/instance/server/default/data/pf.jwk', mountPath: '/opt/in/instance/server/default/data/pf.jwk'},
	prefix: 'PF_EXPORT',
	fields: ['metadata', 'operations'],
	version: ['metadata', 'pfVersion'],
	withoutKey: 'no encrypted value of the export can be read',
	sources: [
		'pingidentity-devops-getting-started 2506 docs/how-to/buildPingFederateProfile.md (path, header, user, file, key)',
		'pingidentity-docker-builds 2102 pingfederate/Dockerfile (port)',
		'pingidentity-server-profiles 166e2c7 baseline/pingfederate/instance/bulk-config/data.json.subst (fields)',
	],
};

/** PingAccess. */
export const pingAccessApi: AdminApi = {
	title: 'configuration export of PingAccess',
	path: '/pa-admin-api/v3/config/export',
	header: 'X-Xsrf-Header: PingAccess',
	port: 9000,
	portVariable: 'PA_ADMIN_PORT',
	user: 'Administrator',
	file: 'instance/data/start-up-deployer/data.json.subst',
	key: {name: 'pa.jwk', remotePath: '/opt/out/instance/conf/pa.jwk', mountPath: '/opt/in/instance/conf/pa.jwk'},
	prefix: 'PA_EXPORT',
	fields: ['version', 'data'],
	version: ['version'],
	withoutKey: 'the import is skipped with no more than a line in the log',
	sources: [
		'pingidentity-devops-getting-started 2506 docs/reference/profileStructures.md (path, header, user)',
		'pingidentity-docker-builds 2103 pingaccess/opt/staging/hooks/81-after-start-process.sh (port, key)',
		'pingidentity-server-profiles 166e2c7 baseline/pingaccess/instance/data/start-up-deployer/data.json.subst (file from 6.1 on, fields)',
	],
};
