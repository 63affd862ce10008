import {expect, test} from 'vitest';
import type {StepContext} from '../../../source/migration/step.js';
import type {KubernetesObject} from '../../../source/migration/world.js';
import {frozenEvidence} from '../../../source/steps/freeze/look.js';
import {wholeOldServers} from '../../../source/steps/freeze/servers.js';
import {throughGate} from '../../../source/steps/last-round/index.js';
import {literalWorld, outcomesBefore, podObject} from '../literal/world.js';

type Kind = 'Deployment' | 'StatefulSet';

const pod = (kind: Kind, name: string, more: Readonly<Record<string, unknown>> = {}): KubernetesObject => {
	const object = podObject(name, 'old');
	const owner = kind === 'Deployment' ? {kind: 'ReplicaSet', name: 'old-5d4f'} : {kind, name: 'old'};
	return {...object, metadata: {...object.metadata, ownerReferences: [owner], ...more}};
};

const ending = {deletionTimestamp: '2026-01-01T00:00:00Z'};

const contextOf = (kind: Kind, replicas: number | undefined, pods: readonly KubernetesObject[]): StepContext => {
	const {workload} = outcomesBefore.inventory;
	return literalWorld({
		objects: [
			{apiVersion: 'apps/v1', kind, metadata: {name: 'old'}, spec: replicas === undefined ? {} : {replicas}},
			...pods,
		],
		outcomes: {...outcomesBefore, inventory: {...outcomesBefore.inventory, workload: {...workload, kind}}},
	}).context();
};

const kinds: readonly Kind[] = ['Deployment', 'StatefulSet'];

test.each(kinds)('the servers of a %s are frozen where all that it is to have are there', async kind => {
	const evicted = {...pod(kind, 'old-9'), status: {phase: 'Failed'}};
	const context = contextOf(kind, 2, [pod(kind, 'old-0'), pod(kind, 'old-1'), evicted]);
	const servers = await wholeOldServers(context);
	expect(servers.map(({target}) => target.pod)).toEqual(['old-0', 'old-1']);
	expect(await wholeOldServers(contextOf(kind, undefined, [pod(kind, 'old-0')]))).toHaveLength(1);
});

test.each(
	kinds.flatMap(kind =>
		(
			[
				['one is missing', 2, [pod(kind, 'old-0')], '1 living pods and is to have 2'],
				['one is drained', 2, [pod(kind, 'old-0'), pod(kind, 'old-1', ending)], 'old-1 was told to end'],
				['one too many ends', 1, [pod(kind, 'old-0'), pod(kind, 'old-1', ending)], 'old-1 was told to end'],
				['there is one too many', 1, [pod(kind, 'old-0'), pod(kind, 'old-1')], '2 living pods and is to have 1'],
				['there are to be none', 0, [], '0 living pods'],
			] as const
		).map(([what, replicas, pods, seen]) => ({kind, what, replicas, pods, seen})),
	),
)('no freeze of a $kind is begun where $what', async ({kind, replicas, pods, seen}) => {
	await expect(wholeOldServers(contextOf(kind, replicas, pods))).rejects.toMatchObject({
		parts: {code: 'old-side-not-whole', retryable: true, seen: expect.stringContaining(seen) as string},
	});
});

test('a freeze of no server is none', async () => {
	const freeze = {workload: {kind: 'StatefulSet', name: 'old'}, servers: []} as const;
	expect(await frozenEvidence(contextOf('StatefulSet', 1, []), freeze)).toMatchObject([{holds: false}]);
});

test('the last round does not begin, and nobody is moved, while an old server is drained', async () => {
	const {context, reporter, did} = literalWorld({
		answers: {freeze: 'freeze'},
		objects: [
			{apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: {name: 'old'}, spec: {replicas: 2}},
			pod('StatefulSet', 'old-0'),
			pod('StatefulSet', 'old-1', ending),
			podObject('new-0', 'new'),
		],
		pods: {
			'old-0': {counts: {userRoot: '2'}, files: new Map()},
			'new-0': {counts: {userRoot: '2'}, files: new Map()},
		},
	});
	const moved: string[] = [];
	const gate = throughGate(context(), reporter, async () => {
		moved.push('moved');
	});
	await expect(gate).rejects.toMatchObject({parts: {code: 'old-side-not-whole'}});
	expect(moved).toEqual([]);
	expect(did.patches).toEqual([]);
	expect(did.asked.filter(asked => asked.startsWith('old-'))).toEqual([]);
});
