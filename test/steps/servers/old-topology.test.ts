import {expect, test} from 'vitest';
import type {ServerReading} from '../../../source/directory/topology.js';
import type {Manifest, Workload} from '../../../source/ping/workload.js';
import {obstaclesIn} from '../../../source/steps/servers/old-topology.js';
import {topologySettings} from '../../../source/steps/servers/topology-settings.js';
import {topologyFacts, topologyRows} from '../../../source/steps/servers/topology.js';

const reading = (ordinal: number, replica: Partial<ServerReading['replicas'][number]> = {}): ServerReading => ({
	pod: `pd-${ordinal}`,
	instanceName: `pd-${ordinal}`,
	version: '8.2.0.1',
	backends: [
		{id: 'userRoot', baseDns: [{dn: 'dc=example,dc=com', entries: 9}], entries: 9, writability: 'internal-only'},
	],
	replicas: [{baseDn: 'dc=example,dc=com', generationId: '7', backlog: 0, pending: 0, conflicts: 0, ...replica}],
	members: [0, 1, 2].map(member => ({address: `pd-${member}.pds:636`, isReached: true})),
	alerts: [],
});
const good = [reading(0), reading(1), reading(2)];
const withLast = (last: ServerReading): readonly ServerReading[] => [reading(0), reading(1), last];
const codesOf = (rounds: ReadonlyArray<readonly ServerReading[]>): readonly string[] =>
	obstaclesIn(rounds).map(({code, pod}) => `${code} ${pod}`);

test('nothing stands in the way of replicas that agree', () => {
	expect(codesOf([good])).toEqual([]);
});

test.each([
	['lockdown', withLast({...reading(2), alerts: ['entering-lockdown-mode']}), 'replica-locked-down pd-2'],
	['another generation', withLast(reading(2, {generationId: '8'})), 'generations-differ pd-2'],
	['naming conflicts', withLast(reading(2, {conflicts: 2})), 'naming-conflicts pd-2'],
	[
		'a member elsewhere',
		withLast({...reading(2), members: [{address: 'gone.far:636', isReached: false}]}),
		'members-out-of-reach pd-0',
	],
	['no replication at all', good.map(server => ({...server, replicas: []})), 'not-replicated pd-0'],
])('%s stands in the way', (_, servers, code) => {
	expect(codesOf([servers])).toEqual([code]);
});

test('a backlog stands in the way only where it grows', () => {
	const round = (backlog: number) => withLast(reading(2, {backlog}));
	expect(codesOf([round(4), round(9), round(20)])).toEqual(['backlog-grows pd-2']);
	expect(codesOf([round(20), round(9), round(4)])).toEqual([]);
});

test('the table names what was not said', () => {
	const rows = topologyRows(withLast(reading(2, {backlog: null, generationId: null})));
	expect(topologyFacts(rows).map(({value}) => value)).toEqual([
		'pod   role     entries  backlog   generation  writes',
		'pd-0  seed     9        0         7           internal-only',
		'pd-1  replica  9        0         7           internal-only',
		'pd-2  replica  9        not said  not said    internal-only',
	]);
});

const workload: Workload = {
	kind: 'StatefulSet',
	name: 'pd',
	product: 'pingdirectory',
	container: 'pingdirectory',
	image: 'pingidentity/pingdirectory:2102',
	side: 'old',
	signs: [],
	ports: {},
	portsFrom: 'image',
	volumes: [],
	replicas: 3,
	pods: ['pd-0', 'pd-1', 'pd-2'],
	services: [],
	oldPortPlaces: [],
	manager: {kind: 'nobody'},
};

const set = (stop: string, environment: Readonly<Record<string, string>> = {}): Manifest => ({
	apiVersion: 'apps/v1',
	kind: 'StatefulSet',
	metadata: {name: 'pd'},
	spec: {
		replicas: 3,
		template: {
			metadata: {labels: {app: 'pd'}},
			spec: {
				containers: [
					{
						name: 'pingdirectory',
						image: 'pingidentity/pingdirectory:2102',
						env: Object.entries(environment).map(([name, value]) => ({name, value})),
						lifecycle: {preStop: {exec: {command: ['sh', '-c', stop]}}},
					},
				],
			},
		},
	},
});

const scaler: Manifest = {
	apiVersion: 'autoscaling/v2',
	kind: 'HorizontalPodAutoscaler',
	metadata: {name: 'pd-scaler'},
	spec: {scaleTargetRef: {kind: 'StatefulSet', name: 'pd'}},
};

test.each([
	[
		'a hook that takes the topology apart',
		[set('/opt/staging/hooks/90-shutdown-sequence.sh')],
		['prestop-leaves-topology'],
	],
	[
		'the same hook where it is told to do nothing',
		[set('90-shutdown-sequence.sh', {SKIP_SHUTDOWN_SEQUENCE: 'true'})],
		[],
	],
	['a hook that deletes claims', [set('kubectl delete pvc out-dir-pd-2')], ['prestop-deletes-claims']],
	['an autoscaler', [set('true'), scaler], ['autoscaled']],
	['several clusters', [set('true', {K8S_CLUSTERS: 'east west'})], ['several-clusters']],
	['one cluster', [set('true', {K8S_CLUSTERS: 'east'})], []],
])('%s: what the manifests say', (_, objects, codes) => {
	expect(topologySettings(workload, objects).obstacles.map(({code}) => code)).toEqual(codes);
});
