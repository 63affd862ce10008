import {Buffer} from 'node:buffer';
import {readFile} from 'node:fs/promises';
import type {RequestOptions} from 'node:https';

/** An entry of a kubeconfig. */
export type Body = Readonly<Record<string, unknown>>;

/** A field that holds text; nothing where it holds something else. */
export const stringOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What a field ending in `-data` holds, else what lies in the file that its sibling names: the order of kubectl. */
const material = async (body: Body, field: string): Promise<Buffer | undefined> => {
	const data = stringOf(body[`${field}-data`]);
	if (data !== '') {
		return Buffer.from(data, 'base64');
	}

	const file = stringOf(body[field]);
	return file === '' ? undefined : readFile(file);
};

const authorization = (user: Body): string => {
	const token = stringOf(user.token);
	if (token !== '') {
		return `Bearer ${token}`;
	}

	const name = stringOf(user.username);
	return name === '' ? '' : `Basic ${Buffer.from(`${name}:${stringOf(user.password)}`).toString('base64')}`;
};

/**
Options for one request from what a kubeconfig says in plain words: certificates, a token, a name and password. Files
are read anew, since they may be renewed. Rejects where one cannot be read.
Source: kubernetes.io, reference/config-api/kubeconfig.v1, AuthInfo and Cluster.
*/
export const plainOptions = async (user: Body, cluster: Body): Promise<RequestOptions> => {
	const [ca, cert, key] = await Promise.all([
		material(cluster, 'certificate-authority'),
		material(user, 'client-certificate'),
		material(user, 'client-key'),
	]);
	const servername = stringOf(cluster['tls-server-name']);
	const signature = authorization(user);
	const impersonated = stringOf(user.as);
	return {
		...(ca && {ca}),
		...(cert && {cert}),
		...(key && {key}),
		...(servername !== '' && {servername}),
		...(cluster['insecure-skip-tls-verify'] === true && {rejectUnauthorized: false}),
		headers: {
			...(signature !== '' && {Authorization: signature}),
			...(impersonated !== '' && {'Impersonate-User': impersonated}),
		},
	};
};
