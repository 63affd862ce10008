import {expect, test} from 'vitest';
import type {StepContext} from '../../../source/migration/step.js';
import type {Workload} from '../../../source/ping/workload.js';
import {connect} from '../../../source/steps/connect.js';
import {checklist} from '../../../source/steps/index.js';
import {recommend} from '../../../source/steps/questions/recommendation.js';
import {rightsOf, rightText, roleFor} from '../../../source/steps/run/rights.js';

test('exec needs get as well from the version on that runs it over WebSocket', () => {
	const needed = (version: string): readonly string[] =>
		rightsOf({version})
			.filter(({isNeeded}) => isNeeded)
			.map(right => rightText(right));
	expect(needed('v1.35.0')).toContain('get pods/exec');
	expect(needed('v1.20.2')).not.toContain('get pods/exec');
	expect(needed('v1.20.2')).toContain('create pods/exec');
});

test('the Role that is shown grants what is missing, verbs of one resource together', () => {
	const missing = rightsOf({version: 'v1.32.0'}).filter(
		({resource, subresource}) => resource === 'statefulsets' && subresource === undefined,
	);
	const role = roleFor(
		missing.map(right => ({right, allowed: false})),
		'identity',
	);
	expect(role).toContain('kind: Role\n');
	expect(role).toContain(
		'- {apiGroups: ["apps"], resources: ["statefulsets"], verbs: ["get", "list", "create", "patch"]}',
	);
});

test('rights of the whole cluster are granted by a ClusterRole', () => {
	const missing = rightsOf({version: 'v1.32.0'}).filter(({clusterWide}) => clusterWide);
	expect(
		roleFor(
			missing.map(right => ({right, allowed: false})),
			'identity',
		),
	).toContain('kind: ClusterRole\n');
});

test('what holds for the whole cluster is granted by a ClusterRole beside the Role', () => {
	const role = roleFor(
		rightsOf({version: 'v1.32.0'}).map(right => ({right, allowed: false})),
		'identity',
	);
	const [ofNamespace = '', ofCluster = ''] = role.split('\n---\n', 2);
	expect(ofNamespace).toContain('kind: Role\n');
	expect(ofNamespace).not.toContain('persistentvolumes"');
	expect(ofCluster).toContain('kind: ClusterRole\n');
	expect(ofCluster).toContain('resources: ["persistentvolumes"]');
	expect(ofCluster).not.toContain('namespace:');
});

test('any one verb that is taken away is named at Connect, and stops the run where it is needed', async () => {
	const cluster = {uid: 'u', version: 'v1.35.0', server: 'https://api'};
	const rights = rightsOf(cluster);
	for (const [index, missing] of rights.entries()) {
		const context = {
			run: {id: 'r', folder: '/r', mode: 'migrate', context: 'c', namespace: 'identity', sandbox: false},
			world: {
				cluster: {
					identity: async () => cluster,
					mayI: async (asked: readonly unknown[]) => asked.map((right, place) => ({right, allowed: place !== index})),
				},
				kubectl: {clientVersion: async () => 'v1.35.0', byHand: () => 'kubectl auth can-i --list'},
				git: {version: async () => '2.40.0'},
			},
		} as unknown as StepContext;
		const seen = await connect.inspect(context);
		expect(JSON.stringify(seen.facts)).toContain(rightText(missing));
		expect(seen.state, rightText(missing)).toBe(missing.isNeeded ? 'blocked' : 'to-do');
		if (seen.state === 'blocked') {
			expect(seen.failure.seen).toContain(rightText(missing));
			expect(seen.failure.details?.join('\n')).toContain(`verbs: ["${missing.verb}"]`);
		}
	}

	expect(rights.some(({resource, verb}) => resource === 'deployments' && verb === 'create')).toBe(true);
	expect(rights.map(right => rightText(right))).toHaveLength(new Set(rights.map(right => rightText(right))).size);
});

const workload: Workload = {
	kind: 'StatefulSet',
	name: 'pingdirectory',
	product: 'pingdirectory',
	container: 'pingdirectory',
	image: 'pingidentity/pingdirectory:2102',
	side: 'old',
	signs: [],
	ports: {LDAPS_PORT: 636},
	portsFrom: 'setup',
	volumes: [
		{
			name: 'out-dir',
			mountPath: '/opt/out',
			claim: 'out-dir-pingdirectory-0',
			type: 'csi',
			owners: [{uid: 0, gid: 0, files: 45}],
			isEphemeral: false,
		},
	],
	replicas: 1,
	pods: [],
	services: [],
	oldPortPlaces: [],
	manager: {kind: 'nobody'},
};

test('a recommendation names what stands in the way', () => {
	const {strategy, reasons} = recommend(workload);
	expect(strategy).toBe('fresh');
	expect(reasons.join(' ')).toContain('Root owns files below /opt/out (claim out-dir-pingdirectory-0)');
	expect(reasons.join(' ')).toContain('LDAPS_PORT 636');
});

test('every step that changes the cluster says how it is undone, or that it cannot be', () => {
	for (const {id, undo, why} of checklist) {
		expect(undo.says.length, id).toBeGreaterThan(20);
		expect(why.length, id).toBeGreaterThan(20);
	}

	expect(checklist.map(({id}) => id)).toEqual([
		'connect',
		'inventory',
		'strategy',
		'profile',
		'preview',
		'apply',
		'export',
		'copy-out',
		'restart',
		'import',
		'prove',
		'replicas',
		'catch-up',
		'cut-over',
		'clean-up',
	]);
});
