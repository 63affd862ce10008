import {readFile} from 'node:fs/promises';
import type {RequestOptions} from 'node:https';
import {delimiter} from 'node:path';
import type {Connection} from '../connection.js';
import {isRecord, readKubeconfig} from './kubeconfig-files.js';
import {plainOptions, stringOf, type Body} from './plain-credentials.js';
import {pluginMilliseconds, pluginOf} from './plugin.js';
import {proxyFor} from './proxy.js';

/** How requests to the API server are signed. */
export type Credentials = {
	/** The API server's address, without a slash at its end. */
	readonly server: string;
	/** What stands for the cluster where its UID may not be read: address and certificate authority. */
	readonly likeness: string;
	/**
	Options for one request. Runs a credential plugin where the kubeconfig names one, and reads tokens that are kept in
	files anew.
	*/
	readonly sign: () => Promise<RequestOptions>;
};

const toldOfCluster = [
	'server',
	'tls-server-name',
	'insecure-skip-tls-verify',
	'certificate-authority-data',
	'proxy-url',
];

/**
What a credential plugin is told, by the contract of client.authentication.k8s.io: that nobody can be asked, and about
the cluster where its entry wants that.
Source: kubernetes.io, reference/access-authn-authz/authentication, «client-go credential plugins».
*/
const pluginInfo = (exec: Body, cluster: Body): string => {
	const extensions = Array.isArray(cluster.extensions)
		? cluster.extensions.filter(extension => isRecord(extension))
		: [];
	const config = extensions.find(({name}) => name === 'client.authentication.k8s.io/exec')?.extension;
	return JSON.stringify({
		apiVersion: stringOf(exec.apiVersion),
		kind: 'ExecCredential',
		spec: {
			interactive: false,
			...(exec.provideClusterInfo === true && {
				cluster: {
					...Object.fromEntries(
						toldOfCluster.flatMap(field => (cluster[field] === undefined ? [] : [[field, cluster[field]]])),
					),
					...(config !== undefined && {config}),
				},
			}),
		},
	});
};

const withPluginInfo = (exec: Body, cluster: Body): Body => {
	const variables = Array.isArray(exec.env) ? (exec.env as readonly unknown[]) : [];
	return {...exec, env: [...variables, {name: 'KUBERNETES_EXEC_INFO', value: pluginInfo(exec, cluster)}]};
};

/** Headers that the library does not know: impersonated groups and tokens in files. */
const ownHeaders = async (user: Body): Promise<Record<string, string | string[]>> => {
	const groups = user['as-groups'];
	const tokenFile = stringOf(user.tokenFile);
	const token = tokenFile === '' ? '' : await readFile(tokenFile, 'utf8');
	return {
		...(Array.isArray(groups) && groups.length > 0 && {'Impersonate-Group': groups.map(String)}),
		...(token !== '' && {Authorization: `Bearer ${token.trim()}`}),
	};
};

/** What gives the options of one request before our own headers. */
type Signer = () => Promise<RequestOptions>;

/**
What the library signs: it renews tokens and goes through proxies. It is loaded for these alone, since that takes longer
than all else up to the first screen (`node bench/start.ts`).
*/
const librarySigner = async (user: Body, cluster: Body, proxy: string): Promise<Signer> => {
	const isUnencrypted = stringOf(cluster.server).startsWith('http:');
	const {KubeConfig} = await import('@kubernetes/client-node');
	const config = new KubeConfig();
	// Other entries of the file may be broken: only this connection's are handed on.
	config.loadFromString(
		JSON.stringify({
			'current-context': 'this',
			contexts: [{name: 'this', context: {cluster: 'this', user: 'this'}}],
			// The library refuses plain HTTP unless told that nothing is to be verified; there is nothing to verify.
			clusters: [
				{
					name: 'this',
					cluster: {
						...cluster,
						...(proxy && {'proxy-url': proxy}),
						...(isUnencrypted && {'insecure-skip-tls-verify': true}),
					},
				},
			],
			users: [{name: 'this', user}],
		}),
	);
	return async () => {
		const options: RequestOptions = {headers: {}};
		await config.applyToHTTPSOptions(options);
		const {agent, ...direct} = options;
		// The library keeps one agent with the first certificate it saw; a plugin may renew it.
		return {...direct, ...(proxy && {agent})};
	};
};

/**
Reads the connection's kubeconfig into what signs requests. Requests are sent, and answers read, as they are: models of
a library drop what they do not know.
*/
export const readCredentials = async (
	connection: Connection,
	environment: Readonly<Record<string, string | undefined>>,
	milliseconds = pluginMilliseconds,
): Promise<Credentials> => {
	const kubeconfig = await readKubeconfig(connection.kubeconfig.split(delimiter));
	const context = kubeconfig.contexts.find(({name}) => name === connection.context);
	const cluster = kubeconfig.clusters.find(({name}) => name === context?.cluster)?.body ?? {};
	const user = kubeconfig.users.find(({name}) => name === context?.user)?.body ?? {};
	const server = stringOf(cluster.server).replace(/\/$/v, '');
	const proxy = stringOf(cluster['proxy-url']) || proxyFor(server, environment);
	const plugin = isRecord(user.exec) ? pluginOf(withPluginInfo(user.exec, cluster), milliseconds) : undefined;
	const {exec: _, ...plainUser} = user;
	const isPlain = !isRecord(user['auth-provider']) && proxy === '';
	const signer: Signer = isPlain
		? async () => plainOptions(plainUser, cluster)
		: await librarySigner(plainUser, cluster, proxy);
	return {
		server,
		likeness: [
			server,
			stringOf(cluster['certificate-authority-data']),
			stringOf(cluster['certificate-authority']),
		].join('\n'),
		async sign() {
			const {headers, ...options} = await signer();
			const {token, cert, key} = (await plugin?.()) ?? {};
			return {
				...options,
				...(cert && {cert, key}),
				headers: {
					...(headers as Record<string, string>),
					...(await ownHeaders(user)),
					...(token && {Authorization: `Bearer ${token}`}),
				},
			};
		},
	};
};
