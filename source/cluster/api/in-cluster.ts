import {readFile} from 'node:fs/promises';
import {join} from 'node:path';

/** Where a pod finds its ServiceAccount. Source: Kubernetes documentation, Accessing the Kubernetes API from a Pod. */
export const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** What the only context of such a kubeconfig is called. */
export const inClusterContext = 'in-cluster';

const textOf = async (path: string): Promise<string | undefined> => {
	try {
		const text = await readFile(path, 'utf8');
		return text.trim();
	} catch {
		return undefined;
	}
};

/**
The kubeconfig of a pod's own ServiceAccount, as JSON, which is YAML too; undefined where this is no pod, or one without
a ServiceAccount. It names the files of token and certificate and holds neither, so that a token that is renewed is
read anew.
*/
export const inClusterKubeconfig = async (
	environment: Readonly<Record<string, string | undefined>>,
	folder: string = serviceAccountFolder,
): Promise<string | undefined> => {
	const {KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '443'} = environment;
	const tokenFile = join(folder, 'token');
	if (host === '' || !(await textOf(tokenFile))) {
		return undefined;
	}

	const namespace = await textOf(join(folder, 'namespace'));
	// An IPv6 address stands in brackets in a URL.
	const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
	return `${JSON.stringify(
		{
			apiVersion: 'v1',
			kind: 'Config',
			'current-context': inClusterContext,
			clusters: [{name: inClusterContext, cluster: {server, 'certificate-authority': join(folder, 'ca.crt')}}],
			contexts: [
				{
					name: inClusterContext,
					context: {cluster: inClusterContext, user: inClusterContext, ...(namespace && {namespace})},
				},
			],
			users: [{name: inClusterContext, user: {tokenFile}}],
		},
		undefined,
		2,
	)}\n`;
};
