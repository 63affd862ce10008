import {expect, test} from 'vitest';
import type {StepContext} from '../../../source/migration/step.js';
import type {KubernetesObject} from '../../../source/migration/world.js';
import {movedServices, whileClientsOnNew, whileClientsOnOld} from '../../../source/steps/last-round/clients.js';
import {fingerprintOf} from '../literal/here.js';
import {literalWorld} from '../literal/world.js';

const service = (selector: Readonly<Record<string, string>>, targetPort: number | string): KubernetesObject => ({
	apiVersion: 'v1',
	kind: 'Service',
	metadata: {name: 'directory'},
	spec: {selector, ports: [{port: 636, targetPort}]},
});

const before = service({app: 'old'}, 636);
const after = service({app: 'new'}, 1636);

const standWith = (live: KubernetesObject, to = after): StepContext<'cluster' | 'files'> => {
	const plan = JSON.stringify({
		apply: [],
		before: [],
		files: [],
		notes: [],
		switches: [{kind: 'Service', name: 'directory', before, after: to}],
	});
	return literalWorld({
		objects: [live],
		here: new Map([['/runs/r/plan.json', plan]]),
		outcomes: {preview: {folder: '/runs/r/manifests', files: [], plan: fingerprintOf(plan)}},
	}).context();
};

test.each([
	['as the plan leads it', after],
	['with a port by its name', service({app: 'new'}, 'ldaps')],
	['with its old port', service({app: 'new'}, 636)],
	['with a label more', service({app: 'new', slot: 'green'}, 1636)],
])('a Service that somebody led to the new pods, %s, has its clients there', async (_, live) => {
	const context = standWith(live);
	const made: string[] = [];
	const change = whileClientsOnOld(context)(async () => {
		made.push('overwritten');
	});
	await expect(change).rejects.toMatchObject({parts: {code: 'clients-moved', retryable: true}});
	expect(made).toEqual([]);
	await whileClientsOnNew(context)(async () => {
		made.push('carried back');
	});
	expect(made).toEqual(['carried back']);
});

test.each([
	['as it was', before],
	['with another port', service({app: 'old'}, 'ldaps')],
	['with the new port', service({app: 'old'}, 1636)],
	['that selects nothing', service({}, 1636)],
])('a Service %s has its clients on the old side', async (_, live) => {
	const context = standWith(live);
	const made: string[] = [];
	await whileClientsOnOld(context)(async () => {
		made.push('carried');
	});
	const back = whileClientsOnNew(context)(async () => {
		made.push('overwritten');
	});
	await expect(back).rejects.toMatchObject({parts: {code: 'clients-back'}});
	expect(made).toEqual(['carried']);
});

test('a switch that changes no more than ports is known by them', async () => {
	const to = service({app: 'old'}, 1636);
	expect(await movedServices(standWith(before, to))).toEqual([]);
	expect(await movedServices(standWith(to, to))).toEqual(['directory']);
});
