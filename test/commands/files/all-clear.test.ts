import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {codesOf, folderWith} from './folder.js';

const values = `pingdirectory:
  enabled: true
  image: {tag: 2102-8.2.0.1}
  services: {ldaps: {servicePort: 636, containerPort: 636}}
`;
const indented = (text: string, by: number): string =>
	text
		.trimEnd()
		.split('\n')
		.map(line => ' '.repeat(by) + line)
		.join('\n');

describe('what other tools take apart is read, with the lines it stands on', () => {
	test.each([
		[
			'a HelmRelease of Flux',
			'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: ping}\nspec:\n  chart: ' +
				`{spec: {chart: ping-devops}}\n  values:\n${indented(values, 4)}\n`,
			10,
		],
		[
			'an Application of Argo CD, with values as text',
			'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: ping}\nspec:\n  source:\n    ' +
				`chart: ping-devops\n    helm:\n      values: |\n${indented(values, 8)}\n`,
			12,
		],
		[
			'an Application of Argo CD, with values as a map',
			'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: ping}\nspec:\n  sources:\n  - ' +
				`chart: ping-devops\n    helm:\n      valuesObject:\n${indented(values, 8)}\n`,
			12,
		],
		[
			'the releases of a helmfile',
			`releases:\n- name: ping\n  chart: pingidentity/ping-devops\n  values:\n  -\n${indented(values, 4)}\n`,
			9,
		],
	])('%s', async (_name, text, line) => {
		await using folder = await folderWith({'it.yaml': text});
		const {findings, status} = await folder.inspect();
		const pinned = findings.find(({code}) => code === 'values-port-pinned');
		expect(pinned?.where).toMatchObject({file: path.join(folder.path, 'it.yaml'), line});
		expect(status).toBe(3);
		await expect(folder.plan('root')).rejects.toMatchObject({
			parts: {code: 'nothing-to-plan', details: [expect.stringContaining('is not planned')]},
		});
	});

	test('a Template of OpenShift, with its parameters and its own kind of Deployment', async () => {
		await using folder = await folderWith({
			'it.yaml': `apiVersion: template.openshift.io/v1
kind: Template
metadata: {name: users}
parameters: [{name: TAG, value: 2102-8.2.0.1}]
objects:
- apiVersion: apps.openshift.io/v1
  kind: DeploymentConfig
  metadata: {name: users}
  spec:
    template:
      metadata: {labels: {app: users}}
      spec:
        containers:
        - name: server
          image: pingidentity/pingdirectory:\${TAG}
          volumeMounts: [{name: out, mountPath: /opt/out}]
        volumes: [{name: out, persistentVolumeClaim: {claimName: out}}]
- apiVersion: v1
  kind: Service
  metadata: {name: users}
  spec: {selector: {app: users}, ports: [{port: 636}]}
`,
		});
		const {findings, inventory} = await folder.inspect();
		expect(inventory.workloads).toMatchObject([{image: 'pingidentity/pingdirectory:2102-8.2.0.1', side: 'old'}]);
		expect(findings.find(({code}) => code === 'side-old')?.where.line).toBe(15);
		expect(codesOf(findings)).toContain('port-service-old');
	});
});

describe('what is not read is told where it names Ping', () => {
	test.each([
		['main.tf', 'resource "docker_image" "pd" { name = "pingidentity/pingdirectory:2102" }\n', 'not read'],
		['Makefile', 'run:\n\tdocker run -d pingidentity/pingdirectory:2102\n', 'not read'],
		['readme.md', '```\n$ docker run pingidentity/pingdirectory:2102\n```\n', 'not read'],
		['start.sh', 'IMAGE=pingidentity/pingdirectory:2102\nkubectl run pd --image $IMAGE\n', 'no line of docker run'],
	])('%s', async (file, text, why) => {
		await using folder = await folderWith({
			[file]: text,
			'other.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n',
		});
		const {notLookedAt} = await folder.inspect();
		expect(notLookedAt.map(told => told.file)).toEqual([path.join(folder.path, file)]);
		expect(notLookedAt[0]?.why).toContain(why);
		expect(await folder.inspectText()).toContain('Not all of it was read.');
	});

	test('and not where it does not', async () => {
		await using folder = await folderWith({
			'readme.md': '# Nothing of the kind\n',
			'main.tf': 'resource "x" "y" {}\n',
			'other.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n',
		});
		const {notLookedAt} = await folder.inspect();
		expect(notLookedAt).toEqual([]);
	});

	test('an Application that deploys from a repository', async () => {
		await using folder = await folderWith({
			'it.yaml':
				'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: ping}\nspec: {source: {repoURL: ' +
				'"https://git.example.com/x.git", path: ping/prod}}\n',
		});
		const {notLookedAt} = await folder.inspect();
		expect(notLookedAt[0]?.why).toContain('what it deploys lies in ping/prod of https://git.example.com/x.git');
	});
});

describe('files that only look like another kind', () => {
	test('values of another chart are not taken for those of ping-devops', async () => {
		await using folder = await folderWith({
			'values.yaml': 'pingdirectory:\n  pingdevops: {image: {tag: 2102-8.2.0.1}}\n  service: {apis: {port: 2443}}\n',
		});
		const {notLookedAt} = await folder.inspect();
		expect(notLookedAt.map(({file}) => file)).toEqual([`${path.join(folder.path, 'values.yaml')}:1`]);
		await expect(folder.plan('fresh')).rejects.toMatchObject({parts: {code: 'nothing-to-plan'}});
	});

	test('the topology of a server profile is read for its ports', async () => {
		await using folder = await folderWith({
			'instance/etc/topology.json': '{\n  "serverInstances": [\n    {"ldapPort": 389, "ldapsPort": 1636}\n  ]\n}\n',
		});
		const {findings, notLookedAt} = await folder.inspect();
		expect(findings).toMatchObject([{code: 'profile-topology-port', where: {line: 3}, severity: 'blocks'}]);
		expect(notLookedAt).toEqual([]);
	});
});
