import {expect, test} from 'vitest';
import {Failure} from '../../../source/failure/failure.js';
import type {Reporter, StepContext} from '../../../source/migration/step.js';
import {watchRollout} from '../../../source/steps/servers/rollout.js';

const reporter: Reporter = {
	progress: () => undefined,
	log: () => undefined,
	note: async () => undefined,
	frozen: async () => undefined,
	thawed: async () => undefined,
	settle: async () => undefined,
};

/** A workload of a product that has rolled out, whose pod logged this. */
const contextWith = (product: string, log: string): StepContext =>
	({
		run: {id: 'r', folder: '/r', mode: 'migrate', context: 'c', namespace: 'n', sandbox: false},
		answers: {},
		notes: [],
		secrets: new Map(),
		signal: new AbortController().signal,
		outcomes: {inventory: {workload: {name: 'old', product, container: product}}},
		world: {
			clock: {now: () => new Date(0), sleep: async () => undefined},
			kubectl: {byHand: (...words: readonly string[]) => words.join(' ')},
			cluster: {
				get: async () => ({
					kind: 'StatefulSet',
					metadata: {name: 'new', generation: 1},
					spec: {replicas: 1},
					status: {observedGeneration: 1, replicas: 1, readyReplicas: 1, updatedReplicas: 1},
				}),
				list: async () => [
					{
						kind: 'Pod',
						metadata: {name: 'new-0', ownerReferences: [{kind: 'StatefulSet', name: 'new'}]},
						status: {phase: 'Running'},
					},
				],
				logs: async () => log,
				events: async () => [],
			},
		},
	}) as unknown as StepContext;

const codeOf = async (product: string, log: string, isFresh: boolean): Promise<string | undefined> => {
	try {
		await watchRollout(
			contextWith(product, log),
			{kind: 'StatefulSet', name: 'new', container: product, isFresh},
			reporter,
		);
		return undefined;
	} catch (error) {
		return error instanceof Failure ? error.parts.code : String(error);
	}
};

test.each([
	['pingdirectory', 'PD_STATE: GENESIS\nRUN_PLAN: START', true, undefined],
	['pingdirectory', 'RUN_PLAN: START', true, undefined],
	['pingdirectory', 'PD_STATE: SETUP\nRUN_PLAN: START', true, 'start-joined'],
	['pingdatasync', 'PD_STATE: SETUP\nRUN_PLAN: START', true, undefined],
	['pingdirectory', 'PD_STATE: UPDATE\nRUN_PLAN: RESTART', true, 'start-old-volume-attached'],
	['pingfederate', 'RUN_PLAN : RESTART', true, 'start-old-volume-attached'],
	['pingfederate', 'RUN_PLAN : START', true, undefined],
	['pingdirectory', 'RUN_PLAN: RESTART\n  manage-profile replace-profile returned 0', false, undefined],
	[
		'pingdirectory',
		'RUN_PLAN: RESTART\n  manage-profile replace-profile returned 1',
		false,
		'start-profile-not-replaced',
	],
])('a %s that is ready and has logged «%s», fresh %s, is judged by its log', async (product, log, isFresh, code) => {
	expect(await codeOf(product, log, isFresh)).toBe(code);
});
