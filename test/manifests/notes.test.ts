import {describe, expect, test} from 'vitest';
import {planned} from './reading.js';

const notesOf = (strategy: 'fresh' | 'root', files: Readonly<Record<string, string>>): string =>
	planned(strategy, files).notes.join('\n');

const deployment = (product: string, pod = '', kind = 'Deployment'): string => `apiVersion: apps/v1
kind: ${kind}
metadata: {name: it}
spec:
  selector: {matchLabels: {app: it}}
  template:
    metadata: {labels: {app: it}}
    spec:
      containers:
      - {name: server, image: 'pingidentity/${product}:2102'${pod}}
`;

describe.each(['fresh', 'root'] as const)('%s: what dies with a pod', strategy => {
	test.each([
		['pingdirectory', 'the entries of its backends'],
		['pingdatasync', 'the position of the synchronisation'],
		['pingcentral', 'its database'],
		['pingdatagovernancepap', 'policies'],
	])('is told of %s without a volume', (product, what) => {
		expect(notesOf(strategy, {'it.yaml': deployment(product)})).toContain(
			`it has no volume for /opt/out that outlives its pods. What dies with each of them: ${what}`,
		);
	});

	test('is told of a volume that is emptied with the pod', () => {
		const text =
			`${deployment('pingdirectory', ', volumeMounts: [{name: out, mountPath: /opt/out}]')}      volumes: ` +
			'[{name: out, emptyDir: {}}]\n';
		expect(notesOf(strategy, {'it.yaml': text})).toContain('it has no volume for /opt/out that outlives its pods');
	});

	test.each([
		'pingdirectoryproxy',
		'pingdatagovernance',
		'pingdelegator',
		'pingdataconsole',
		'pingintelligence',
		'pingtoolkit',
		'ldap-sdk-tools',
		'apache-jmeter',
	])('is not told of %s, which keeps nothing', product => {
		expect(notesOf(strategy, {'it.yaml': deployment(product)})).not.toMatch(/no volume|dies/v);
	});

	test('is not told of a job, whatever its image', () => {
		expect(
			notesOf(strategy, {'it.yaml': deployment('pingdirectory', '', 'Job').replace('apps/v1', 'batch/v1')}),
		).not.toMatch(/no volume|dies/v);
	});

	test('is not told of a claim that is named in a Deployment', () => {
		const text =
			`${deployment('pingdirectory', ', volumeMounts: [{name: out, mountPath: /opt/out}]')}      volumes: ` +
			'[{name: out, persistentVolumeClaim: {claimName: data}}]\n';
		expect(notesOf(strategy, {'it.yaml': text})).not.toMatch(/no volume|dies/v);
	});
});

describe('ports below 1024 that 2103 did not change', () => {
	const targets: Readonly<Record<string, Readonly<Record<string, string>>>> = {
		Kubernetes: {'it.yaml': deployment('pingfederate', ', env: [{name: PF_ENGINE_PORT, value: "443"}]')},
		'Helm values': {
			'values.yaml': 'pingfederate-engine: {enabled: true, image: {tag: "2102"}, envs: {PF_ENGINE_PORT: "443"}}\n',
		},
		Compose: {
			'compose.yaml':
				'services:\n  it: {image: "pingidentity/pingfederate:2102", environment: {PF_ENGINE_PORT: 443}, ports: ' +
				'["443:443"]}\n',
		},
		'docker run': {'run.sh': 'docker run --name it -e PF_ENGINE_PORT=443 -p 443:443 pingidentity/pingfederate:2102\n'},
	};
	test.each(Object.entries(targets))('%s: fresh says that uid 9031 cannot bind them', (_target, files) => {
		expect(notesOf('fresh', files)).toMatch(
			/PF_ENGINE_PORT(?: of it)? is 443 and was left so, but uid 9031 cannot bind a port below 1024/v,
		);
	});

	test.each(['Helm values', 'Compose', 'docker run'])('%s: root says that they are why it stays root', target => {
		expect(notesOf('root', targets[target] ?? {})).toMatch(
			/stays root because only root may bind 443; the capability NET_BIND_SERVICE must be left to it/v,
		);
	});

	test.each(['Compose', 'docker run'])("%s: a port that works by Docker's leave is no promise", target => {
		expect(notesOf('fresh', targets[target] ?? {})).toContain('Docker 20.10 and later may let it all the same');
	});

	test.each(Object.entries(targets))('%s: nothing is said of a port above', (_target, files) => {
		const high = Object.fromEntries(
			Object.entries(files).map(([name, text]) => [name, text.replaceAll('443', '9031')]),
		);
		expect(notesOf('fresh', high)).not.toMatch(/below 1024/v);
		expect(notesOf('root', high)).not.toMatch(/only root may bind/v);
	});
});

describe('an image that does not say which side of sprint 2103 it is on', () => {
	const digest = `pingidentity/pingdirectory@sha256:${'a'.repeat(64)}`;
	test.each([
		[
			'Kubernetes',
			{'it.yaml': deployment('pingdirectory').split('pingidentity/pingdirectory:2102').join(digest)},
			digest,
		],
		['Compose', {'compose.yaml': `services:\n  it: {image: "${digest}"}\n`}, digest],
		['docker run', {'run.sh': `docker run ${digest}\n`}, digest],
		['Helm values', {'values.yaml': 'pingdirectory: {enabled: true, image: {tag: 8.2.0.3}}\n'}, '8.2.0.3'],
	])(
		'%s: is planned by its tag, and said to have been taken for an old one',
		(_target, files: Readonly<Record<string, string>>, image) => {
			const plan = planned('fresh', files);
			expect(plan.notes.join('\n')).toContain(`The image ${image} of `);
			expect(plan.notes.join('\n')).toContain('it was taken for an old one');
			expect(plan.files.map(({text}) => text).join('\n')).not.toContain('sha256');
			expect(plan.files.map(({text}) => text).join('\n')).toContain('2109-8.3.0.0');
		},
	);

	test('values without a tag leave it to the chart, which is said', () => {
		expect(notesOf('fresh', {'values.yaml': 'pingdirectory: {enabled: true}\n'})).toContain(
			"The values name no image tag for pingdirectory; the chart's default was taken for an old one",
		);
	});
});
