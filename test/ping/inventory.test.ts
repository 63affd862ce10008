import {describe, expect, test} from 'vitest';
import {parseAllDocuments} from 'yaml';
import {takeInventory} from '../../source/ping/inventory/index.js';
import type {Manifest, PodProbe, Workload} from '../../source/ping/workload.js';
import {configMap, pinned, secured, service, workload} from './findings/look.js';

const objectsOf = (yaml: string): readonly Manifest[] =>
	parseAllDocuments(yaml)
		.map(document => document.toJS() as Manifest | null)
		.filter(object => object !== null);

const only = (yaml: string, probes: readonly PodProbe[] = []): Workload => {
	const [first, ...others] = takeInventory(objectsOf(yaml), probes).workloads;
	expect(others).toEqual([]);
	if (!first) {
		throw new Error('There is no workload.');
	}

	return first;
};

const ownedPod = (name: string, owner: string, kind = 'StatefulSet', labels = '{role: pingdirectory}'): string => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: ${labels}, ownerReferences: [{kind: ${kind}, name: ${owner}, controller: true}]}
spec: {containers: [{name: pingdirectory, image: "pingidentity/pingdirectory:2102"}]}
---
`;

const probe = (more: Partial<PodProbe> = {}): PodProbe => ({
	pod: 'pingdirectory-0',
	container: 'pingdirectory',
	environment: {},
	owners: {},
	logSigns: [],
	...more,
});

const old = {image: 'pingidentity/pingdirectory:2102-8.2.0.1'};

describe('workloads', () => {
	test('a StatefulSet with its pods, Services, claim and volume', () => {
		const found =
			only(`${workload({...old, replicas: 12})}${ownedPod('pingdirectory-10', 'pingdirectory')}${ownedPod('pingdirectory-2', 'pingdirectory')}${ownedPod('other-0', 'other')}${service('[{name: ldaps, port: 636}]')}
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: out-dir-pingdirectory-0}
spec: {volumeName: pv-1, storageClassName: fast}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv-1}
spec: {persistentVolumeReclaimPolicy: Delete, csi: {driver: fast.example.com}}
---
apiVersion: storage.k8s.io/v1
kind: CSIDriver
metadata: {name: fast.example.com}
spec: {fsGroupPolicy: File}
`);
		expect(found).toMatchObject({
			kind: 'StatefulSet',
			name: 'pingdirectory',
			product: 'pingdirectory',
			container: 'pingdirectory',
			side: 'old',
			sprint: '2102',
			productVersion: '8.2.0.1',
			replicas: 12,
			pods: ['pingdirectory-2', 'pingdirectory-10'],
			identity: {uid: 0, gid: 0, from: 'image'},
			ports: {
				LDAP_PORT: 389,
				LDAPS_PORT: 636,
				HTTPS_PORT: 443,
				JMX_PORT: 689,
			},
			portsFrom: 'image',
			services: [{name: 'pingdirectory', isHeadless: false, oldPorts: [636]}],
			volumes: [
				{
					name: 'out-dir',
					mountPath: '/opt/out',
					claim: 'out-dir-pingdirectory-0',
					persistentVolume: 'pv-1',
					type: 'csi',
					storageClass: 'fast',
					reclaimPolicy: 'Delete',
					fsGroupPolicy: 'File',
					isEphemeral: false,
				},
			],
			manager: {kind: 'nobody'},
		});
	});

	test('a Deployment finds its pods through their ReplicaSet', () => {
		const found = only(
			workload({...old, kind: 'Deployment', claim: false}) +
				ownedPod('pingdirectory-5d-x', 'pingdirectory-5d', 'ReplicaSet') +
				ownedPod('pingdirectory-ui-7f-y', 'pingdirectory-ui-7f', 'ReplicaSet', '{role: ui}'),
		);
		expect(found.pods).toEqual(['pingdirectory-5d-x']);
	});

	test('CronJobs, Jobs and pods of their own are workloads; what others made is none', () => {
		const container = '{containers: [{name: t, image: "pingidentity/pingtoolkit:2306"}]}';
		const {workloads} = takeInventory(
			objectsOf(`
{apiVersion: batch/v1, kind: CronJob, metadata: {name: c}, spec: {jobTemplate: {spec: {template: {spec: ${container}}}}}}
---
{apiVersion: batch/v1, kind: Job, metadata: {name: made, ownerReferences: [{kind: CronJob, name: c, controller: true}]}, spec: {template: {spec: ${container}}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: ${container}}
---
{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: none}, spec: {template: {spec: {containers: [{name: x, image: nginx}]}}}}
`),
		);
		expect(workloads.map(({kind, name, product}) => [kind, name, product])).toEqual([
			['CronJob', 'c', 'pingtoolkit'],
			['Pod', 'p', 'pingtoolkit'],
		]);
	});

	test('the server is taken, not a utility sidecar of the same image', () => {
		const found =
			only(`{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: x}, spec: {template: {spec: {containers: [
			{name: utility-sidecar, image: "pingidentity/pingdirectory:2105"}, {name: pingdirectory, image: "pingidentity/pingdirectory:2105"}]}}}}`);
		expect(found.container).toBe('pingdirectory');
	});
});

describe('ports', () => {
	test('what set-up recorded goes before the environment, that before the manifest, that before the image', () => {
		const yaml =
			workload({
				...old,
				container: 'env: [{name: HTTPS_PORT, value: "8443"}]\nports: [{name: ldap, containerPort: 2389}]',
			}) + ownedPod('pingdirectory-0', 'pingdirectory');
		expect(only(yaml, [probe({setupPorts: {LDAPS_PORT: 2636}, environment: {JMX_PORT: '2689'}})])).toMatchObject({
			ports: {
				LDAP_PORT: 2389,
				LDAPS_PORT: 2636,
				HTTPS_PORT: 8443,
				JMX_PORT: 2689,
			},
			portsFrom: 'setup',
		});
		expect(only(yaml)).toMatchObject({ports: {LDAP_PORT: 2389, HTTPS_PORT: 8443}, portsFrom: 'environment'});
	});

	test('the environment comes from ConfigMaps too, with prefixes and keys', () => {
		const found = only(
			workload({
				container:
					'envFrom: [{configMapRef: {name: a}, prefix: LDAPS_}]\nenv: [{name: LDAP_PORT, valueFrom: ' +
					'{configMapKeyRef: {name: a, key: PORT}}}]',
			}) + configMap('a', 'PORT: "7777"'),
		);
		expect(found.ports).toMatchObject({LDAPS_PORT: 7777, LDAP_PORT: 7777});
	});

	test('an unknown side leaves the ports unknown', () => {
		expect(only(workload({image: 'pingidentity/pingdirectory:edge'}))).toMatchObject({
			side: 'unknown',
			ports: {},
			portsFrom: 'unknown',
		});
	});

	test('a product without any of the four has none', () => {
		expect(only(workload({product: 'pingfederate'}))).toMatchObject({ports: {}, portsFrom: 'unknown'});
	});

	test('places that name an old port', () => {
		const found = only(
			workload({
				container: 'ports: [{containerPort: 636}]\nlivenessProbe: {tcpSocket: {port: 389}}',
				pod:
					'initContainers: [{name: w, image: "pingidentity/pingtoolkit:2102", command: [wait-for, "seed:389"]}, ' +
					'{name: v, image: "pingidentity/pingtoolkit:2102", args: [wait-for, seed]}]',
			}),
		);
		expect(found.oldPortPlaces).toEqual([
			'spec.template.spec.containers[0].ports[0].containerPort: 636',
			'spec.template.spec.containers[0].livenessProbe.tcpSocket.port: 389',
			'spec.template.spec.initContainers[0]: seed:389',
			'spec.template.spec.initContainers[1]: wait-for seed (no port: its default changed)',
		]);
	});
});

describe('users', () => {
	test.each<[string, Parameters<typeof workload>[0], Workload['identity']]>([
		['the manifest', {pod: secured}, {uid: 9031, gid: 9999, from: 'manifest'}],
		[
			'the manifest, with 0 as a real value',
			{pod: 'securityContext: {runAsUser: 0}', container: pinned},
			{uid: 0, gid: 0, from: 'manifest'},
		],
		[
			'the container before the pod',
			{pod: secured, container: 'securityContext: {runAsUser: 7}'},
			{uid: 7, gid: 9999, from: 'manifest'},
		],
		['a new image', {image: 'pingidentity/pingdirectory:2109'}, {uid: 9031, gid: 0, from: 'image'}],
		[
			'an old image that steps down',
			{...old, container: 'env: [{name: PING_CONTAINER_PRIVILEGED, value: "false"}]'},
			{uid: 9031, gid: 9999, from: 'image'},
		],
		[
			'PingDelegator, which never was root',
			{product: 'pingdelegator', image: 'pingidentity/pingdelegator:2102'},
			{uid: 100, gid: 101, from: 'image'},
		],
		['nobody', {image: 'pingidentity/pingdirectory:edge'}, undefined],
	])('known from %s', (_name, parts, identity) => {
		expect(only(workload(parts)).identity).toEqual(identity);
	});

	test('known from the running container, and owners added up over the pods', () => {
		const yaml =
			workload({...old, replicas: 2}) +
			ownedPod('pingdirectory-0', 'pingdirectory') +
			ownedPod('pingdirectory-1', 'pingdirectory');
		const found = only(yaml, [
			probe({uid: 0, gid: 0, owners: {'/opt/out': [{uid: 0, gid: 0, files: 3}]}}),
			probe({
				pod: 'pingdirectory-1',
				owners: {
					'/opt/out': [
						{uid: 9031, gid: 9999, files: 4},
						{uid: 0, gid: 0, files: 2},
					],
				},
			}),
			probe({pod: 'stranger-0', owners: {'/opt/out': [{uid: 5, gid: 5, files: 1}]}}),
		]);
		expect(found.identity).toEqual({uid: 0, gid: 0, from: 'running'});
		expect(found.volumes[0]?.owners).toEqual([
			{uid: 0, gid: 0, files: 5},
			{uid: 9031, gid: 9999, files: 4},
		]);
	});
});

describe('who applies it', () => {
	test.each<[string, string, Workload['manager']]>([
		[
			'Helm',
			'labels: {app.kubernetes.io/managed-by: Helm, helm.sh/chart: ping-devops-0.7.7}, annotations: ' +
				'{meta.helm.sh/release-name: ping}',
			{kind: 'helm', release: 'ping', chart: 'ping-devops-0.7.7'},
		],
		['Helm of old', 'labels: {heritage: Helm, release: ping}', {kind: 'helm', release: 'ping'}],
		[
			'Argo CD, even where Helm made it',
			'labels: {app.kubernetes.io/managed-by: Helm}, annotations: {argocd.argoproj.io/tracking-id: ' +
				'"identity:apps/StatefulSet:ns/pingdirectory"}',
			{kind: 'gitops', tool: 'argocd', application: 'identity'},
		],
		[
			'Flux',
			'labels: {kustomize.toolkit.fluxcd.io/name: identity}',
			{kind: 'gitops', tool: 'flux', application: 'identity'},
		],
		['nobody', 'labels: {app.kubernetes.io/managed-by: kubectl}', {kind: 'nobody'}],
	])('%s', (_name, metadata, manager) => {
		expect(only(workload({metadata})).manager).toEqual(manager);
	});
});

test('objects of any shape are borne', () => {
	const odd = [
		null,
		'x',
		{},
		{kind: 'StatefulSet'},
		{kind: 'Pod', spec: 'x', metadata: []},
		{
			kind: 'Deployment',
			spec: {
				template: {
					spec: {
						containers: [
							null,
							'x',
							{image: 5},
							{
								image: 'pingidentity/pingdirectory',
								volumeMounts: {a: 1},
								env: 'x',
								ports: [[]],
							},
						],
					},
				},
			},
		},
	];
	expect(takeInventory(odd as unknown as readonly Manifest[]).workloads).toHaveLength(1);
});
