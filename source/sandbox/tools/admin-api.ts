import {Buffer} from 'node:buffer';
import {isFileError} from '../files/file-error.js';
import type {View} from '../files/view.js';
import {zipOf} from '../files/zip.js';
import {partsOfImage} from '../pods/image.js';
import type {Call} from '../pods/machine.js';

/** A request as curl makes it. */
export type Request = {
	readonly port: number;
	readonly path: string;
	readonly headers: readonly string[];
	readonly credentials: string | undefined;
};

/** The status of an answer and its bytes; undefined where nothing listens. */
export type Answer = {readonly status: number; readonly body: Uint8Array} | undefined;

/** How a product is asked for its configuration, and what it has of its own. */
export type Api = {
	readonly port: number;
	readonly portVariable: string;
	readonly path: string;
	readonly header: string;
	readonly withoutHeader: number;
	readonly configuration: string;
	/** The key that its values are encrypted with, below /opt/out and in a profile. */
	readonly key: string;
	/** Where a profile has its export, the newer place first. */
	readonly profile: readonly string[];
	/** What a server exports that was given nothing. */
	readonly bare: (version: string) => unknown;
	/** Where the whole folder of the configuration is answered, zipped. */
	readonly archivePath?: string;
};

/** The administration APIs, by the image that has one. */
export const adminApis: Readonly<Record<'pingfederate' | 'pingaccess', Api>> = {
	pingfederate: {
		port: 9999,
		portVariable: 'PF_ADMIN_PORT',
		path: '/pf-admin-api/v1/bulk/export',
		header: 'x-xsrf-header: pingfederate',
		withoutHeader: 403,
		configuration: '/opt/out/instance/server/default/data/configuration.json',
		key: 'instance/server/default/data/pf.jwk',
		profile: ['instance/bulk-config/data.json'],
		bare: version => ({metadata: {pfVersion: version}, operations: []}),
		archivePath: '/pf-admin-api/v1/configArchive/export',
	},
	pingaccess: {
		port: 9000,
		portVariable: 'PA_ADMIN_PORT',
		path: '/pa-admin-api/v3/config/export',
		header: 'x-xsrf-header: pingaccess',
		withoutHeader: 400,
		configuration: '/opt/out/instance/data/configuration.json',
		key: 'instance/conf/pa.jwk',
		profile: ['instance/data/start-up-deployer/data.json', 'instance/data/data.json'],
		bare: version => ({version, data: {}}),
	},
};

/** The administration API of a container, by its image. */
export const apiOf = (image: string): Api | undefined => {
	const {name} = partsOfImage(image);
	return Object.entries(adminApis).find(([product]) => product === name)?.[1];
};

const message = (status: number, text: string): Answer => ({
	status,
	body: Buffer.from(`${JSON.stringify({resultId: 'sandbox', message: text})}\n`),
});

const archiveOf = (view: View, configuration: string): Uint8Array => {
	const folder = configuration.slice(0, configuration.lastIndexOf('/'));
	return zipOf(view.list(folder).map(name => ({path: name, bytes: view.read(`${folder}/${name}`)})));
};

/**
Answers as the administration API of the container does: 401 without the password, 403 or 400 without the header, then
its configuration, as a text or as an archive. An engine has no such API.
*/
export const answerOf = ({machine, view, environment}: Call, {port, path, headers, credentials}: Request): Answer => {
	const api = apiOf(machine.image);
	if (
		!api ||
		machine.environment.get('OPERATIONAL_MODE') === 'CLUSTERED_ENGINE' ||
		port !== Number(machine.environment.get(api.portVariable) ?? api.port)
	) {
		return undefined;
	}

	const [user = '', ...rest] = (credentials ?? '').split(':');
	if (user.toLowerCase() !== 'administrator' || rest.join(':') !== environment.get('PING_IDENTITY_PASSWORD')) {
		return message(401, 'Invalid credentials.');
	}

	if (headers.every(header => header.toLowerCase() !== api.header)) {
		return message(api.withoutHeader, 'The X-XSRF-Header is missing or invalid.');
	}

	if (path !== api.path && path !== api.archivePath) {
		return message(404, 'There is no such resource.');
	}

	try {
		return {status: 200, body: path === api.path ? view.read(api.configuration) : archiveOf(view, api.configuration)};
	} catch (error) {
		if (!isFileError(error)) {
			throw error;
		}

		return message(500, 'The configuration cannot be read.');
	}
};
