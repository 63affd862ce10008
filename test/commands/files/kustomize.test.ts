import {execFileSync} from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import {describe, expect, test} from 'vitest';
import {parseAllDocuments} from 'yaml';
import {fieldOf} from '../../../source/ping/fields.js';
import {codesOf, folderWith} from './folder.js';

const set = (image = 'pingidentity/pingdirectory:2102-8.2.0.1', more = ''): string => `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: users
spec:
  serviceName: users-cluster
  replicas: 1
  selector: {matchLabels: {app: users}}
  template:
    metadata: {labels: {app: users}}
    spec:
      containers:
        - name: pingdirectory
          image: ${image}
          ports: [{name: ldaps, containerPort: 636}]
${more}          volumeMounts: [{name: out-dir, mountPath: /opt/out}]
  volumeClaimTemplates: [{metadata: {name: out-dir}, spec: {resources: {requests: {storage: 8Gi}}}}]
`;
const patch = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: users}
spec:
  template:
    spec:
      initContainers: [{name: first, image: 'busybox:1.36'}]
`;

type Built = {readonly kind: string; readonly metadata: {readonly name: string; readonly namespace?: string}};

/** What the real kubectl builds of a folder of a plan. */
const build = (folder: string): readonly Built[] =>
	parseAllDocuments(execFileSync('kubectl', ['kustomize', folder], {encoding: 'utf8'})).map(
		document => document.toJS() as Built,
	);

const imagesIn = (objects: readonly Built[], name: string): unknown =>
	fieldOf(
		objects.find(({kind, metadata}) => kind === 'StatefulSet' && metadata.name === name),
		'spec',
		'template',
		'spec',
		'containers',
		0,
		'image',
	);

describe('a tree of Kustomizations', () => {
	test('a workload is planned from the file that defines it, though a patch of it sorts first', async () => {
		await using folder = await folderWith({
			'aws/add-init.yaml': patch,
			'aws/kustomization.yaml': 'namespace: prod\nresources: [../common]\npatches: [{path: add-init.yaml}]\n',
			'common/kustomization.yaml': 'resources: [set.yaml]\n',
			'common/set.yaml': `# the directory\n${set()}`,
		});
		const {findings, inventory, notLookedAt} = await folder.inspect();
		expect(notLookedAt).toEqual([]);
		expect(inventory.workloads).toHaveLength(1);
		const missing = findings.find(({code}) => code === 'fsgroup-missing');
		expect(missing?.where).toMatchObject({file: path.join(folder.path, 'common/set.yaml'), line: 12});
		const root = await folder.plan('root');
		expect(root.written['kubernetes/set.yaml']).toMatch(/^# the directory\n[\s\S]*pingdirectory:2109-8\.3\.0\.0/v);
		expect(imagesIn(build(path.join(root.folder, 'kustomize')), 'users')).toBe(
			'pingidentity/pingdirectory:2109-8.3.0.0',
		);
		const fresh = await folder.plan('fresh');
		const built = build(path.join(fresh.folder, 'kustomize/beside'));
		expect(imagesIn(built, 'users')).toBe('pingidentity/pingdirectory:2102-8.2.0.1');
		expect(imagesIn(built, 'users-2109')).toBe('pingidentity/pingdirectory:2109-8.3.0.0');
		expect(built.map(({metadata}) => metadata.namespace)).toEqual(['prod', 'prod', 'prod']);
	});

	test('the overlay stands on the Kustomization that makes the workload, not on the first one', async () => {
		await using folder = await folderWith({
			'a-tool/kustomization.yaml': 'resources: [config.yaml]\n',
			'a-tool/config.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: tool}\n',
			'ping/kustomization.yaml': 'resources: [set.yaml]\n',
			'ping/set.yaml': set(),
		});
		const {summary, folder: out} = await folder.plan('fresh');
		expect(build(path.join(out, 'kustomize/beside')).map(({metadata}) => metadata.name)).toContain('users');
		expect(summary.checks.map(({state}) => state)).toEqual(['passed']);
	});

	test.each([
		['literals', '  literals: [LDAP_PORT=2389, LDAPS_PORT=2636, HTTPS_PORT=2443]\n', {}],
		[
			'a file of variables',
			'  envs: [pd.properties]\n',
			{'pd.properties': 'LDAP_PORT=2389\nLDAPS_PORT=2636\nHTTPS_PORT=2443\n'},
		],
	])('ports that a generator sets from %s are the ports', async (_name, generator, files) => {
		await using folder = await folderWith({
			...files,
			'set.yaml': set(undefined, '          envFrom: [{configMapRef: {name: settings}}]\n'),
			'kustomization.yaml': `resources: [set.yaml]\nconfigMapGenerator:\n- name: settings\n${generator}`,
		});
		const {findings, inventory} = await folder.inspect();
		expect(inventory.workloads[0]?.ports).toMatchObject({LDAP_PORT: 2389, LDAPS_PORT: 2636, HTTPS_PORT: 2443});
		expect(codesOf(findings)).not.toContain('port-change-guarded');
		const {written} = await folder.plan('root');
		for (const port of ['2389', '2636', '2443']) {
			expect(written['kustomize/patch-statefulset-users.yaml']).toContain(`value: "${port}"`);
			expect(written['kubernetes/set.yaml']).toContain(`value: "${port}"`);
		}
	});

	test('names, images, replicas and components are as Kustomize makes them, with the line that does it', async () => {
		await using folder = await folderWith({
			'set.yaml': set('pingidentity/pingdirectory'),
			'parts/kustomization.yaml':
				'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n- path: policy.yaml\n',
			'parts/policy.yaml':
				'apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: users}\nspec:\n  podManagementPolicy: Parallel\n',
			'kustomization.yaml':
				'resources: [set.yaml]\ncomponents: [parts]\nnamePrefix: prod-\nreplicas: [{name: users, count: ' +
				'3}]\nimages:\n- name: pingidentity/pingdirectory\n  newName: registry.example.com/pd\n  newTag: ' +
				'2102-8.2.0.1\n',
		});
		const {findings, inventory, notLookedAt} = await folder.inspect();
		expect(notLookedAt).toEqual([]);
		expect(inventory.workloads).toMatchObject([
			{
				name: 'prod-users',
				image: 'registry.example.com/pd:2102-8.2.0.1',
				product: 'pingdirectory',
				side: 'old',
				replicas: 3,
			},
		]);
		expect(codesOf(findings)).not.toContain('image-sliding');
		expect(codesOf(findings)).not.toContain('image-sliding-always');
		expect(findings.find(({code}) => code === 'side-old')?.where).toMatchObject({
			file: path.join(folder.path, 'kustomization.yaml'),
			line: 6,
		});
		const {folder: out} = await folder.plan('root');
		expect(imagesIn(build(path.join(out, 'kustomize')), 'prod-users')).toBe('registry.example.com/pd:2109-8.3.0.0');
	});

	test('a base that lies beside the folder that was named is read with it', async () => {
		await using folder = await folderWith({
			'common/kustomization.yaml': 'resources: [set.yaml]\n',
			'common/set.yaml': set(),
			'aws/kustomization.yaml': 'resources: [../common]\n',
		});
		const {inventory, findings} = await folder.inspect('aws');
		expect(inventory.workloads.map(({name}) => name)).toEqual(['users']);
		expect(findings[0]?.where.file).toMatch(/common\/set\.yaml$/v);
	});

	test.each([
		['an address on the network', 'resources: [set.yaml, "https://git.example.com/base.git"]\n', 'from the network'],
		[
			'a patch on the network',
			'resources: [set.yaml]\npatchesStrategicMerge: ["https://example.com/p.yaml"]\n',
			'from the network',
		],
		['a base that is not there', 'resources: [set.yaml, ../gone]\n', 'not there'],
		['a field that it does not know', 'resources: [set.yaml]\nresourcez: []\n', 'does not build it'],
	])('what cannot be built is read file by file and told: %s', async (_name, kustomization, why) => {
		await using folder = await folderWith({
			'set.yaml': set(),
			'patch.yaml': patch,
			'kustomization.yaml': `${kustomization}patches: [{path: patch.yaml}]\n`,
		});
		const {inventory, notLookedAt} = await folder.inspect();
		expect(inventory.workloads).toHaveLength(1);
		expect(notLookedAt.map(({file}) => file)).toEqual([path.join(folder.path, 'kustomization.yaml')]);
		expect(notLookedAt[0]?.why).toContain(why);
		const {written} = await folder.plan('root');
		expect(Object.keys(written)).toContain('kubernetes/set.yaml');
	});

	test('two environments over one base are planned each for itself', async () => {
		const overlay = (port: string): string =>
			'resources: [../common]\npatches:\n- patch: |-\n    - {op: add, path: ' +
			`/spec/template/spec/containers/0/env, value: [{name: LDAPS_PORT, value: "${port}"}]}\n  target: {kind: ` +
			'StatefulSet}\n';
		await using folder = await folderWith({
			'common/kustomization.yaml': 'resources: [set.yaml]\n',
			'common/set.yaml': set(),
			'dev/kustomization.yaml': overlay('2636'),
			'prod/kustomization.yaml': overlay('3636'),
		});
		const {summary, folder: out} = await folder.plan('root');
		expect(summary.workloads).toHaveLength(2);
		expect(JSON.stringify(build(path.join(out, 'kustomize/dev')))).toContain('{"name":"LDAPS_PORT","value":"2636"}');
		expect(JSON.stringify(build(path.join(out, 'kustomize/prod')))).toContain('{"name":"LDAPS_PORT","value":"3636"}');
		expect(imagesIn(build(path.join(out, 'kustomize/prod')), 'users')).toBe('pingidentity/pingdirectory:2109-8.3.0.0');
		expect(summary.notes.join('\n')).toContain('built by 2 Kustomizations');
	});

	test('without kubectl nothing is built, and that is said', async () => {
		await using folder = await folderWith({'kustomization.yaml': 'resources: [set.yaml]\n', 'set.yaml': set()});
		const before = process.env.PATH;
		process.env.PATH = folder.path;
		try {
			const {notLookedAt, inventory} = await folder.inspect();
			expect(notLookedAt[0]?.why).toContain('kubectl is not on the PATH');
			expect(inventory.workloads).toHaveLength(1);
		} finally {
			process.env.PATH = before;
		}
	});
});

describe('folders without a Kustomization', () => {
	test('two environments of one name are two worlds', async () => {
		const service = (selector: string): string =>
			`apiVersion: v1\nkind: Service\nmetadata: {name: users}\nspec: {selector: {app: ${selector}}, ports: ` +
			'[{port: 636, targetPort: 1636}]}\n';
		await using folder = await folderWith({
			'dev/set.yaml': set(),
			'dev/service.yaml': service('users'),
			'prod/set.yaml': set('pingidentity/pingdirectory:2306-9.2.0.0'),
			'prod/service.yaml': service('other'),
			'shared/space.yaml':
				'apiVersion: v1\nkind: Namespace\nmetadata: {name: ping, labels: {pod-security.kubernetes.io/enforce: ' +
				'restricted}}\n',
		});
		const {inventory, findings} = await folder.inspect();
		expect(inventory.workloads.map(({side, services}) => [side, services.length])).toEqual([
			['old', 1],
			['new', 0],
		]);
		expect(codesOf(findings)).not.toContain('statefulset-immutable');
		expect(codesOf(findings)).toContain('pod-security-incomplete');
		const {written, summary} = await folder.plan('fresh');
		expect(summary.workloads).toHaveLength(1);
		expect(Object.keys(written).toSorted()).toEqual([
			'kubernetes/users-2109/01-service-users-2109-cluster.yaml',
			'kubernetes/users-2109/02-statefulset-users-2109.yaml',
			'kubernetes/users-2109/cut-over/01-service-users.yaml',
		]);
	});

	test.each(['fresh', 'root'] as const)(
		'%s: files of one name in two folders do not overwrite each other',
		async strategy => {
			await using folder = await folderWith({
				'dev/set.yaml': set(),
				'prod/set.yaml': set(),
				'prod/compose.yaml': 'services: {users: {image: "pingidentity/pingdirectory:2102"}}\n',
				'dev/compose.yaml': 'services: {users: {image: "pingidentity/pingdirectory:2102"}}\n',
			});
			const {written} = await folder.plan(strategy);
			for (const place of ['dev', 'prod']) {
				expect(Object.keys(written).filter(name => name.startsWith(`kubernetes/${place}/`)).length).toBeGreaterThan(0);
				expect(Object.keys(written)).toContain(`compose/${place}/compose.yaml`);
			}
		},
	);

	test('two descriptions in one folder are planned apart and compared', async () => {
		await using folder = await folderWith({
			'1-now.yaml': set(),
			'2-next.yaml': set().replace('users-cluster', 'other-cluster'),
		});
		const {findings, inventory} = await folder.inspect();
		expect(inventory.workloads).toHaveLength(2);
		expect(codesOf(findings)).toContain('statefulset-immutable');
		const {written} = await folder.plan('fresh');
		expect(Object.keys(written)).toContain('kubernetes/1-now/users-2109/02-statefulset-users-2109.yaml');
		expect(Object.keys(written)).toContain('kubernetes/2-next/users-2109/02-statefulset-users-2109.yaml');
	});
});
