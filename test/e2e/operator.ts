import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {execa} from 'execa';
import {kubectl} from './cluster.js';
import type {World} from './world.js';

/*
Runs go under exactly the rights that the program asks for: a ServiceAccount that may hold the lease and nothing else
starts it, the Role that it then prints is made and bound, and nothing beside it.
*/

const account = 'operator';

/** The built program. */
export const cli = join(import.meta.dirname, '../../dist/cli.js');

type Config = {
	readonly clusters: ReadonlyArray<{readonly name: string}>;
	readonly [field: string]: unknown;
};

/** Writes a kubeconfig for a ServiceAccount of the namespace, by a token. */
const writeKubeconfig = async ({namespace}: World, file: string): Promise<void> => {
	await kubectl(['--namespace', namespace, 'create', 'serviceaccount', account]);
	const answer = await kubectl(
		['create', '--raw', `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`, '--filename', '-'],
		JSON.stringify({
			apiVersion: 'authentication.k8s.io/v1',
			kind: 'TokenRequest',
			metadata: {name: account, namespace},
			spec: {audiences: null, expirationSeconds: 6 * 3600},
		}),
	);
	const {token} = (JSON.parse(answer) as {readonly status: {readonly token: string}}).status;
	const config = JSON.parse(
		await kubectl(['config', 'view', '--raw', '--minify', '--flatten', '--output', 'json']),
	) as Config;
	await writeFile(
		file,
		JSON.stringify({
			...config,
			users: [{name: account, user: {token}}],
			contexts: [{name: account, context: {cluster: config.clusters[0]?.name, user: account, namespace}}],
			'current-context': account,
		}),
		{mode: 0o600},
	);
};

/** What a run takes before it looks at its rights: the lease that keeps two operators apart. */
const leaseRole = ['--verb', 'get,create,update,delete', '--resource', 'leases.coordination.k8s.io'] as const;

/** Makes the operator's a Role that is there. */
const bind = async ({namespace}: World, role: string): Promise<void> => {
	const to = ['--role', role, '--serviceaccount', `${namespace}:${account}`];
	await kubectl(['--namespace', namespace, 'create', 'rolebinding', role, ...to]);
};

/** The Role that the program prints, without the margin it stands in. */
const roleIn = (said: string): string => {
	const lines = said.split('\n');
	const begin = lines.findIndex(line => line.trimStart() === 'apiVersion: rbac.authorization.k8s.io/v1');
	if (begin === -1) {
		throw new Error(`The program prints no Role: ${said}`);
	}

	const margin = (lines[begin] ?? '').search(/\S/v);
	const after = lines.slice(begin).findIndex(line => line.search(/\S/v) < margin);
	return lines
		.slice(begin, after === -1 ? undefined : begin + after)
		.map(line => line.slice(margin))
		.join('\n');
};

/**
Makes an operator who may do what the program's Role says, and gives his kubeconfig; its only context has his name.
*/
export const makeOperator = async (
	world: World,
	home: string,
): Promise<{readonly kubeconfig: string; readonly context: string}> => {
	const kubeconfig = join(home, 'kubeconfig');
	await writeKubeconfig(world, kubeconfig);
	await kubectl(['--namespace', world.namespace, 'create', 'role', 'unroot-lease', ...leaseRole]);
	await bind(world, 'unroot-lease');
	const {exitCode, stdout, stderr} = await execa(
		'node',
		[
			cli,
			'migrate',
			'--context',
			account,
			'--namespace',
			world.namespace,
			'--run',
			join(home, 'without-rights'),
			'--yes',
		],
		{reject: false, stdin: 'ignore', env: {XDG_STATE_HOME: home, KUBECONFIG: kubeconfig}},
	);
	if (exitCode !== 3) {
		throw new Error(`Without rights the program ended with ${exitCode}: ${stdout}${stderr}`);
	}

	await kubectl(['--namespace', world.namespace, 'create', '--filename', '-'], roleIn(`${stdout}\n${stderr}`));
	await bind(world, 'unroot');
	return {kubeconfig, context: account};
};
