import {expect, test} from 'vitest';
import type {StepContext} from '../../../source/migration/step.js';
import type {KubernetesObject} from '../../../source/migration/world.js';
import {copiedFiles, provedBackends, refuseEmptiedServer} from '../../../source/steps/servers/moved-data.js';

const newPod = {
	apiVersion: 'v1',
	kind: 'Pod',
	metadata: {name: 'new-0', ownerReferences: [{kind: 'StatefulSet', name: 'new'}]},
	status: {phase: 'Running'},
} satisfies KubernetesObject;

/** A run that has proved backends, and what the monitor of the new server says now. */
const contextOf = (
	proofs: ReadonlyArray<{readonly backend: string; readonly entries: number}>,
	counts: Readonly<Record<string, string>>,
	product = 'pingdirectory',
): StepContext<'cluster' | 'pods'> => ({
	run: {id: 'r', folder: '/runs/r', mode: 'migrate', context: 'c', namespace: 'identity', sandbox: false},
	answers: {},
	secrets: new Map(),
	notes: [],
	freezes: [],
	attempts: 1,
	listed: [],
	signal: new AbortController().signal,
	outcomes: {
		inventory: {workload: {kind: 'StatefulSet', name: 'old', product, container: product}},
		strategy: {newName: 'new', image: 'i', newPorts: {LDAPS_PORT: 1636}},
		prove: {proofs: proofs.map(proof => ({...proof, source: 's', copy: 's', target: 's'}))},
	},
	world: {
		cluster: {list: async () => [newPod]},
		pods: {
			script: async () => ({
				exitCode: 0,
				stderr: '',
				stdout: Object.entries({adminRoot: '12', ...counts})
					.map(
						([id, count]) =>
							`dn: cn=${id} Backend,cn=monitor\nds-backend-id: ${id}\nds-backend-entry-count: ${count}\n`,
					)
					.join('\n'),
			}),
			byHand: () => 'kubectl exec',
		},
	} as unknown as StepContext<'cluster' | 'pods'>['world'],
});

test('a new server that holds what was proved passes', async () => {
	await expect(
		refuseEmptiedServer(contextOf([{backend: 'userRoot', entries: 7}], {userRoot: '7'})),
	).resolves.toBeUndefined();
});

test.each([
	['is empty', {userRoot: '0'}, /7 were proved, 0 are there now/v],
	['lost its backend', {}, /7 were proved, none are there now/v],
	['was written to', {userRoot: '8'}, /7 were proved, 8 are there now/v],
])('a new server that %s is not switched to', async (_, counts, seen) => {
	await expect(refuseEmptiedServer(contextOf([{backend: 'userRoot', entries: 7}], counts))).rejects.toMatchObject({
		parts: {code: 'new-server-changed', seen: expect.stringMatching(seen) as string},
	});
});

test('a journal in which a directory server was moved without an entry goes no further', async () => {
	const context = contextOf([], {userRoot: '0'});
	await expect(refuseEmptiedServer(context)).rejects.toMatchObject({parts: {code: 'nothing-moved'}});
	expect(() => provedBackends(context)).toThrow(/has exported none/v);
	expect(() => copiedFiles(context)).toThrow(/has exported none/v);
	expect(provedBackends(contextOf([], {}, 'pingfederate'))).toEqual([]);
});
