import {expect, test} from 'vitest';
import type {KubernetesObject} from '../../../source/migration/world.js';
import {cutOver} from '../../../source/steps/cut-over/index.js';
import {removeOldExport} from '../../../source/steps/cut-over/old-export.js';
import {retainVolumes} from '../../../source/steps/cut-over/volumes.js';
import {fingerprintOf} from '../literal/here.js';
import {failing, literalWorld, podObject, type Literals} from '../literal/world.js';

const service = (app: string, port: number): KubernetesObject => ({
	apiVersion: 'v1',
	kind: 'Service',
	metadata: {name: 'directory'},
	spec: {selector: {app}, ports: [{port: 636, targetPort: port}]},
});

const endpoints = (...pods: readonly string[]): KubernetesObject => ({
	apiVersion: 'v1',
	kind: 'Endpoints',
	metadata: {name: 'directory'},
	subsets: [{addresses: pods.map(name => ({targetRef: {name}}))}],
});

const workload = (replicas: number): KubernetesObject => ({
	apiVersion: 'apps/v1',
	kind: 'StatefulSet',
	metadata: {name: 'old'},
	spec: {replicas},
});

const volume = (policy: string): KubernetesObject => ({
	apiVersion: 'v1',
	kind: 'PersistentVolume',
	metadata: {name: 'volume-0', resourceVersion: '1'},
	spec: {persistentVolumeReclaimPolicy: policy},
});

const plan = JSON.stringify({
	apply: [],
	before: [],
	files: [],
	notes: [],
	switches: [{kind: 'Service', name: 'directory', before: service('old', 636), after: service('new', 1636)}],
});

const moved = [service('new', 1636), endpoints('new-0'), workload(0), volume('Retain')];

const standWith = (objects: readonly KubernetesObject[], literals: Literals = {}) => {
	const world = literalWorld({
		objects,
		notes: [{kind: 'retained', volume: 'volume-0'}],
		...literals,
		here: new Map([['/runs/r/plan.json', plan]]),
		outcomes: {preview: {folder: '/runs/r/manifests', files: [], plan: fingerprintOf(plan)}, ...literals.outcomes},
	});
	return world;
};

/** All but the objects of some kinds, and others in their places. */
const instead = (...others: readonly KubernetesObject[]): readonly KubernetesObject[] => [
	...moved.filter(({kind}) => others.every(other => other.kind !== kind)),
	...others,
];

test('clients that have moved are where the plan leads them', async () => {
	expect(failing(await cutOver.verify(standWith(moved).context()))).toEqual([]);
});

test.each([
	['the Service selects the old pods', instead(service('old', 636)), ['Service/directory']],
	['the Service leads to another port', instead(service('new', 636)), ['Service/directory']],
	['the Service selects other pods', instead(service('other', 1636)), ['Service/directory']],
	['the Service is gone', moved.filter(({kind}) => kind !== 'Service'), ['Service/directory']],
	['nobody is behind the Service', instead(endpoints()), ['Endpoints/directory']],
	['an old pod is behind the Service', instead(endpoints('new-0', 'old-0')), ['Endpoints/directory']],
	['there are no Endpoints', moved.filter(({kind}) => kind !== 'Endpoints'), ['Endpoints/none']],
	['the old workload runs', instead(workload(1)), ['StatefulSet/old']],
	['the old workload is gone', moved.filter(({kind}) => kind !== 'StatefulSet'), ['StatefulSet/old']],
	['a volume goes with its claim', instead(volume('Delete')), ['PersistentVolume/volume-0']],
	['a volume cannot be read', moved.filter(({kind}) => kind !== 'PersistentVolume'), ['PersistentVolume/volume-0']],
])('where %s, that is told', async (_, objects, labels) => {
	expect(failing(await cutOver.verify(standWith(objects).context()))).toEqual(labels);
});

test('old volumes are set to Retain, once, and noted', async () => {
	const {context, reporter, did} = standWith(instead(volume('Delete')), {notes: []});
	await retainVolumes(context(), reporter);
	await retainVolumes(context(), reporter);
	expect(did.patches).toEqual([['PersistentVolume/volume-0', {spec: {persistentVolumeReclaimPolicy: 'Retain'}}]]);
	expect(did.notes).toContainEqual({kind: 'retained', volume: 'volume-0'});
	expect(cutOver.tell?.({...context(), notes: did.notes})).toEqual([]);
	expect(cutOver.tell?.({...context(), notes: []})).toMatchObject([{mark: 'warning'}]);
});

const remote = '/opt/out/unroot/r/userRoot.ldif';

const withExport = (literals: Literals = {}) => {
	const files = new Map([[remote, 'dn: dc=example,dc=com\n']]);
	const world = standWith([...moved, podObject('old-0', 'old')], {
		pods: {'old-0': {counts: {}, files}},
		outcomes: {export: {files: [{backend: 'userRoot', file: remote}]}},
		...literals,
	});
	return {...world, files};
};

test('the old export is removed from the old volume before nobody can reach it any more', async () => {
	const {context, reporter, files, did} = withExport();
	await removeOldExport(context(), reporter);
	expect(files.keys().toArray()).toEqual([]);
	expect(did.notes.at(-1)).toEqual({kind: 'removed-export', left: 0});
});

test('what rm left of it is noted, and nothing is removed that is not of the run', async () => {
	const lying = withExport({lies: {remove: `left ${remote}\nlooked\n`}});
	await removeOldExport(lying.context(), lying.reporter);
	expect(lying.did.notes.at(-1)).toEqual({kind: 'removed-export', left: 1});
	const {context, reporter, files} = withExport({
		outcomes: {export: {files: [{backend: 'userRoot', file: '/opt/out/instance/db/userRoot'}]}},
	});
	files.set('/opt/out/instance/db/userRoot', 'the database');
	await removeOldExport(context(), reporter);
	expect(files.get('/opt/out/instance/db/userRoot')).toBe('the database');
});

test('a plan that was changed since it was shown moves nobody', async () => {
	const {context, here, did, reporter} = standWith(instead(service('old', 636)));
	here.set('/runs/r/plan.json', `${plan} `);
	await expect(cutOver.perform(context(), reporter)).rejects.toMatchObject({
		parts: {code: 'plan-changed', exit: 'blocked'},
	});
	here.delete('/runs/r/plan.json');
	await expect(cutOver.verify(context())).rejects.toMatchObject({parts: {code: 'plan-changed'}});
	expect(did.patches).toEqual([]);
});
