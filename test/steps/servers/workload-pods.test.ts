import {expect, test} from 'vitest';
import type {StepContext} from '../../../source/migration/step.js';
import type {KubernetesObject} from '../../../source/migration/world.js';
import {belongsTo, findPod, livingPods} from '../../../source/steps/servers/workload-pods.js';

type Changes = {
	readonly image?: string;
	readonly isReady?: boolean;
	readonly phase?: string;
	readonly isEnding?: boolean;
};

const pod = (
	name: string,
	owner: readonly [kind: string, name: string],
	{image = 'new', isReady = true, phase = 'Running', isEnding = false}: Changes = {},
): KubernetesObject => ({
	apiVersion: 'v1',
	kind: 'Pod',
	metadata: {
		name,
		ownerReferences: [{kind: owner[0], name: owner[1], controller: true}],
		...(isEnding && {deletionTimestamp: '2026-03-01T10:00:00Z'}),
	},
	spec: {containers: [{name: 'server', image}]},
	status: {phase, conditions: [{type: 'Ready', status: isReady ? 'True' : 'False'}]},
});

const contextWith = (pods: readonly KubernetesObject[]): StepContext<'cluster'> =>
	({world: {cluster: {list: async () => pods}}}) as unknown as StepContext<'cluster'>;

const deployment = {kind: 'Deployment', name: 'pingfederate-admin'} as const;
const set = ['ReplicaSet', 'pingfederate-admin-5d4f8c7b6'] as const;

test('the pods of a workload whose name another one begins with are none of its own', () => {
	const fresh = pod('pingfederate-admin-a1b2c3-6f-x', ['ReplicaSet', 'pingfederate-admin-a1b2c3-6f7d8c9b5']);
	expect(belongsTo(deployment)(fresh)).toBe(false);
	expect(belongsTo({...deployment, name: 'pingfederate-admin-a1b2c3'})(fresh)).toBe(true);
	expect(belongsTo(deployment)(pod('p', set))).toBe(true);
	expect(belongsTo(deployment)(pod('p', ['StatefulSet', 'pingfederate-admin']))).toBe(false);
	expect(belongsTo({kind: 'StatefulSet', name: 'pingaccess'})(pod('p', ['StatefulSet', 'pingaccess-admin']))).toBe(
		false,
	);
});

test('a pod that was evicted, or that ends, is not talked to', async () => {
	const pods = [
		pod('a-evicted', set, {phase: 'Failed'}),
		pod('b-ending', set, {isEnding: true}),
		pod('c-starting', set, {isReady: false}),
	];
	expect(livingPods(pods, deployment).map(({metadata}) => metadata.name)).toEqual(['c-starting']);
	expect(await findPod(contextWith(pods), deployment, 'new')).toBe('c-starting');
	expect(await findPod(contextWith(pods.slice(0, 2)), deployment, 'new')).toBeUndefined();
});

test('of a Deployment, a pod of the image comes before one that is ready, and a ready one before another', async () => {
	const pods = [pod('a', set, {image: 'old'}), pod('b', set, {isReady: false}), pod('c', set)];
	expect(await findPod(contextWith(pods), deployment, 'new')).toBe('c');
	expect(await findPod(contextWith(pods.slice(0, 2)), deployment, 'new')).toBe('b');
	expect(await findPod(contextWith(pods), deployment, 'rewritten-by-a-webhook')).toBe('a');
});

test('of a StatefulSet, it is the first, ready or not', async () => {
	const owner = ['StatefulSet', 'pingaccess-admin'] as const;
	const pods = [
		pod('pingaccess-admin-10', owner),
		pod('pingaccess-admin-2', owner),
		pod('pingaccess-admin-0', owner, {isReady: false}),
	];
	expect(await findPod(contextWith(pods), {kind: 'StatefulSet', name: 'pingaccess-admin'}, 'new')).toBe(
		'pingaccess-admin-0',
	);
});
