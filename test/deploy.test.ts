import {readFile, mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {expect, test} from 'vitest';
import {parse, parseAllDocuments} from 'yaml';
import {readCredentials} from '../source/cluster/api/credentials.js';
import {readConnection} from '../source/cluster/api/kubeconfig.js';
import {parseOptions} from '../source/commands/arguments.js';
import {withServiceAccount} from '../source/commands/in-cluster.js';
import {lookAtSurroundings} from '../source/commands/surroundings.js';
import {rightsOf} from '../source/steps/run/rights.js';
import {temporaryFolder} from './machine/temporary-folder.js';

const file = async (name: string): Promise<string> =>
	readFile(fileURLToPath(new URL(`../${name}`, import.meta.url)), 'utf8');

type Rule = {
	readonly apiGroups: readonly string[];
	readonly resources: readonly string[];
	readonly verbs: readonly string[];
};

type Role = {readonly kind: string; readonly rules: readonly Rule[]};

test('the roles of the manifest are the rights that a run asks for, each, and no more', async () => {
	const documents = parseAllDocuments(await file('deploy/in-cluster.yaml')).map(one => one.toJS() as Role);
	const granted = (kind: string): readonly string[] =>
		documents
			.filter(one => one.kind === kind)
			.flatMap(({rules}) => rules)
			.flatMap(({apiGroups, resources, verbs}) =>
				apiGroups.flatMap(group => resources.flatMap(resource => verbs.map(verb => `${verb} ${group}/${resource}`))),
			)
			.toSorted();
	const asked = (isClusterWide: boolean): readonly string[] => [
		...new Set(
			rightsOf({version: 'v1.99.0'})
				.filter(({clusterWide = false}) => clusterWide === isClusterWide)
				.map(
					({verb, group, resource, subresource}) =>
						`${verb} ${group}/${subresource ? `${resource}/${subresource}` : resource}`,
				)
				.toSorted(),
		),
	];
	expect(granted('Role')).toEqual(asked(false));
	expect(granted('ClusterRole')).toEqual(asked(true));
	expect(documents.map(({kind}) => kind)).toContain('PersistentVolumeClaim');
});

test('the pod has a terminal to attach to, and nothing of root', async () => {
	const pod = parseAllDocuments(await file('deploy/in-cluster.yaml'))
		.map(one => one.toJS() as {readonly kind: string; readonly spec: unknown})
		.find(({kind}) => kind === 'Pod');
	expect(pod?.spec).toMatchObject({
		serviceAccountName: 'unroot',
		securityContext: {runAsNonRoot: true},
		containers: [{stdin: true, tty: true, securityContext: {capabilities: {drop: ['ALL']}}}],
	});
});

test("krew's manifest is of the package's version and address", async () => {
	const {version, homepage} = JSON.parse(await file('package.json')) as Readonly<Record<string, string>>;
	const address = homepage?.split('#', 1)[0] ?? '';
	const {spec} = parse(await file('deploy/krew.yaml')) as {readonly spec: Readonly<Record<string, unknown>>};
	expect(spec).toMatchObject({
		version: `v${version}`,
		homepage: address,
		platforms: [{uri: `${address}/releases/download/v${version}/unroot-${version}.tgz`, bin: 'dist/cli.js'}],
	});
});

test('without a kubeconfig a pod goes by its ServiceAccount, whose token is read anew each time', async () => {
	const [folder, home] = [await temporaryFolder(), await temporaryFolder()];
	await writeFile(join(folder, 'token'), 'first\n');
	await writeFile(join(folder, 'namespace'), 'identity');
	await writeFile(join(folder, 'ca.crt'), 'certificate');
	const around = {
		...lookAtSurroundings(parseOptions(['runs']), '0.1.0'),
		home,
		folder: join(home, 'unroot'),
		environment: {KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443'},
	};
	const {environment} = await withServiceAccount(around, folder);
	const connection = await readConnection({environment, home, cacheFolder: home});
	expect(connection).toMatchObject({context: 'in-cluster', namespace: 'identity'});
	expect(await readFile(environment.KUBECONFIG ?? '', 'utf8')).not.toContain('first');
	const {server, sign} = await readCredentials(connection, {});
	expect(server).toBe('https://[fd00::1]:6443');
	await expect(sign()).resolves.toMatchObject({headers: {Authorization: 'Bearer first'}});
	await writeFile(join(folder, 'token'), 'second\n');
	await expect(sign()).resolves.toMatchObject({headers: {Authorization: 'Bearer second'}});
});

test('a kubeconfig that is named or lies at its place goes first, and outside of a pod there is none', async () => {
	const [folder, home] = [await temporaryFolder(), await temporaryFolder()];
	const around = {...lookAtSurroundings(parseOptions(['runs']), '0.1.0'), home, folder: join(home, 'unroot')};
	const host = {KUBERNETES_SERVICE_HOST: '10.0.0.1'};
	const kubeconfigOf = async (environment: Readonly<Record<string, string>>): Promise<string | undefined> => {
		const found = await withServiceAccount({...around, environment}, folder);
		return found.environment.KUBECONFIG;
	};

	await expect(kubeconfigOf(host)).resolves.toBeUndefined();
	await writeFile(join(folder, 'token'), 'token');
	await expect(kubeconfigOf({})).resolves.toBeUndefined();
	await expect(kubeconfigOf({...host, KUBECONFIG: '/some/where'})).resolves.toBe('/some/where');
	await mkdir(join(home, '.kube'));
	await writeFile(join(home, '.kube', 'config'), '');
	await expect(kubeconfigOf(host)).resolves.toBeUndefined();
});
