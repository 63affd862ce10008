import {execFileSync} from 'node:child_process';
import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {env} from 'node:process';
import {expect, test} from 'vitest';
import {readKubeconfig} from '../../../source/cluster/api/kubeconfig-files.js';
import {contextsOf, readConnection} from '../../../source/cluster/api/kubeconfig.js';
import {temporaryFolder} from '../temporary-folder.js';

const first = `apiVersion: v1
kind: Config
current-context: staging
contexts:
- {name: staging, context: {cluster: one, user: ada, namespace: identity}}
- {name: bare, context: {cluster: one, user: ada}}
clusters:
- {name: one, cluster: {server: "https://one.example:6443", certificate-authority: certs/ca.crt}}
users:
- {name: ada, user: {client-certificate: certs/ada.crt, client-key: /etc/ada.key, exec: {command: ./bin/login, args: [x]}}}
`;
const second = `apiVersion: v1
kind: Config
current-context: production
contexts:
- {name: production, context: {cluster: two, user: ada, namespace: ping}}
- {name: staging, context: {cluster: two, user: eve, namespace: other}}
clusters:
- {name: one, cluster: {server: "https://other.example:6443", tls-server-name: other}}
- {name: two, cluster: {server: "https://two.example:6443"}}
users:
- {name: ada, user: {token: abc, exec: {command: login}}}
`;

const withFiles = async (): Promise<{
	readonly home: string;
	readonly one: string;
	readonly two: string;
	readonly cacheFolder: string;
}> => {
	const home = await temporaryFolder();
	await mkdir(join(home, '.kube'));
	const [one, two] = [join(home, 'one.yaml'), join(home, 'two.yaml')];
	await writeFile(one, first);
	await writeFile(two, second);
	return {
		home,
		one,
		two,
		cacheFolder: join(home, 'cache'),
	};
};

const kubectl = (kubeconfig: string, ...argv: readonly string[]): string =>
	execFileSync('kubectl', ['config', ...argv], {encoding: 'utf8', env: {...env, KUBECONFIG: kubeconfig}}).trim();

test('a list of files is merged as kubectl merges it', async () => {
	const {home, one, two, cacheFolder} = await withFiles();
	const KUBECONFIG = [one, join(home, 'missing.yaml'), two, one].join(':');
	const environment = {KUBECONFIG};
	const contexts = await contextsOf({environment, home});
	expect(contexts.map(({name}) => name).toSorted()).toEqual(
		kubectl(KUBECONFIG, 'get-contexts', '--output', 'name').split('\n').toSorted(),
	);
	expect(contexts.filter(({isCurrent}) => isCurrent).map(({name}) => name)).toEqual([
		kubectl(KUBECONFIG, 'current-context'),
	]);
	expect(contexts.find(({name}) => name === 'bare')).toEqual({
		name: 'bare',
		cluster: 'one',
		namespace: 'default',
		isCurrent: false,
	});
	const connection = await readConnection({environment, home, cacheFolder});
	expect(connection).toMatchObject({
		kubeconfig: [one, join(home, 'missing.yaml'), two].join(':'),
		context: 'staging',
		namespace: 'identity',
		cacheFolder,
	});
	expect(kubectl(connection.kubeconfig, 'view', '--minify', '--output', 'jsonpath={.clusters[0].cluster.server}')).toBe(
		'https://one.example:6443',
	);
});

test("of two entries of one name the first file's counts whole, and paths are relative to their file", async () => {
	const {home, one, two} = await withFiles();
	const {clusters, users} = await readKubeconfig([one, two]);
	expect(clusters.find(({name}) => name === 'one')?.body).toEqual({
		server: 'https://one.example:6443',
		'certificate-authority': join(home, 'certs/ca.crt'),
	});
	expect(users).toEqual([
		{
			name: 'ada',
			body: {
				'client-certificate': join(home, 'certs/ada.crt'),
				'client-key': '/etc/ada.key',
				exec: {command: join(home, 'bin/login'), args: ['x']},
			},
		},
	]);
});

test('--kubeconfig goes before KUBECONFIG, and ~/.kube/config is the last resort', async () => {
	const {home, one, two, cacheFolder} = await withFiles();
	const environment = {KUBECONFIG: one};
	expect(
		await readConnection({
			kubeconfig: two,
			environment,
			home,
			cacheFolder,
		}),
	).toMatchObject({kubeconfig: two, context: 'production', namespace: 'ping'});
	await writeFile(join(home, '.kube', 'config'), second);
	expect(await readConnection({environment: {}, home, cacheFolder})).toMatchObject({
		kubeconfig: join(home, '.kube', 'config'),
		context: 'production',
	});
});

test('a context and a namespace that are named go before those of the file', async () => {
	const {home, one, cacheFolder} = await withFiles();
	const environment = {KUBECONFIG: one};
	expect(
		await readConnection({
			context: 'bare',
			environment,
			home,
			cacheFolder,
		}),
	).toMatchObject({context: 'bare', namespace: 'default'});
	expect(
		await readConnection({
			context: 'bare',
			namespace: 'x',
			environment,
			home,
			cacheFolder,
		}),
	).toMatchObject({namespace: 'x'});
});

test('no kubeconfig at all is a failure that names where it was looked for', async () => {
	const {home, cacheFolder} = await withFiles();
	await expect(readConnection({environment: {}, home, cacheFolder})).rejects.toMatchObject({
		parts: {code: 'kubeconfig-missing', seen: expect.stringContaining(join(home, '.kube', 'config')) as string},
	});
});

test.each([
	['no YAML', 'contexts: [{name: a'],
	['a list', '- a'],
	['a context without a name', 'contexts: [{context: {cluster: a}}]'],
	['clusters that are no list', 'clusters: {a: b}'],
])('a file that holds %s is a failure that names the file', async (_, content) => {
	const {home, one, cacheFolder} = await withFiles();
	await writeFile(one, content);
	await expect(
		readConnection({
			kubeconfig: one,
			environment: {},
			home,
			cacheFolder,
		}),
	).rejects.toMatchObject({
		parts: {code: 'kubeconfig-unreadable', exit: 'blocked', seen: expect.stringContaining(one) as string},
	});
});

test('an unknown context is a failure that lists those there are', async () => {
	const {home, one, cacheFolder} = await withFiles();
	await expect(
		readConnection({
			kubeconfig: one,
			context: 'prod',
			environment: {},
			home,
			cacheFolder,
		}),
	).rejects.toMatchObject({
		parts: {code: 'context-unknown', exit: 'usage', means: expect.stringContaining('staging, bare') as string},
	});
});

test('no current context is a failure, since none is guessed', async () => {
	const {home, one, cacheFolder} = await withFiles();
	await writeFile(one, first.replace('current-context: staging\n', ''));
	await expect(
		readConnection({
			kubeconfig: one,
			environment: {},
			home,
			cacheFolder,
		}),
	).rejects.toMatchObject({parts: {code: 'context-missing', exit: 'usage'}});
});

test('a context whose cluster is not there is a failure', async () => {
	const {home, one, cacheFolder} = await withFiles();
	await writeFile(one, first.replace('cluster: one, user: ada, namespace', 'cluster: gone, user: ada, namespace'));
	await expect(
		readConnection({
			kubeconfig: one,
			environment: {},
			home,
			cacheFolder,
		}),
	).rejects.toMatchObject({parts: {code: 'cluster-unknown', seen: expect.stringContaining('gone') as string}});
});
