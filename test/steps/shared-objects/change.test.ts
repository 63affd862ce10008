import {expect, test} from 'vitest';
import {createReader} from '../../../source/cluster/api/reader.js';
import {createKubectl} from '../../../source/cluster/kubectl/kubectl.js';
import {ownChange} from '../../../source/manifests/objects/own-change.js';
import type {StepContext} from '../../../source/migration/step.js';
import type {KubernetesObject} from '../../../source/migration/world.js';
import {
	asSeen,
	changedMeanwhile,
	changeShared,
	standingOf,
	type SharedChange,
} from '../../../source/steps/shared-objects/change.js';
import {createFastClock} from '../../cluster/hand-clock.js';
import {withSandbox} from '../../cluster/sandbox-connection.js';

type Ports = ReadonlyArray<{readonly port: number}>;

const portsOf = (service: KubernetesObject): Ports => (service.spec as {readonly ports: Ports}).ports;

const withSpec = (service: KubernetesObject, spec: Readonly<Record<string, unknown>>): KubernetesObject => ({
	...service,
	spec: {...(service.spec as object), ...spec},
});

/** The client Service of a sandbox, and a change that leads it to other pods. */
const open = async () => {
	const {connection} = await withSandbox();
	const cluster = createReader(connection, createFastClock());
	const kubectl = createKubectl(connection);
	const lines: string[] = [];
	const service = async (): Promise<KubernetesObject> => {
		const found = await cluster.get('Service', 'pingdirectory');
		if (!found) {
			throw new Error('The sandbox has no client Service.');
		}

		return found;
	};

	const before = await service();
	return {
		service,
		before,
		after: withSpec(before, {selector: {app: 'elsewhere'}}),
		lines,
		reporter: {
			log(line: string) {
				lines.push(line);
			},
		},
		context: {world: {cluster, kubectl}, signal: new AbortController().signal} as unknown as StepContext<
			'cluster' | 'kubectl'
		>,
		/** Somebody else's patch. */
		async meanwhile(spec: Readonly<Record<string, unknown>>) {
			const {
				metadata: {resourceVersion = ''},
			} = await service();
			await kubectl.mergePatch('Service', 'pingdirectory', {spec} as never, resourceVersion);
		},
	};
};

const added = {name: 'extra', port: 9443, protocol: 'TCP', targetPort: 9443};

test('a port that somebody adds stops the way there, and is kept and named on the way back', async () => {
	const {context, service, before, after, reporter, lines, meanwhile} = await open();
	const there: SharedChange = {from: before, to: after, besides: 'stop'};
	const back: SharedChange = {from: after, to: before, besides: 'keep'};
	await meanwhile({ports: [...portsOf(before), added]});
	await expect(changeShared(context, there, reporter)).rejects.toMatchObject({
		parts: {
			code: 'changed-meanwhile',
			exit: 'blocked',
			seen: 'Service/pingdirectory is not as the plan saw it: spec.ports[9443/TCP].',
			details: [expect.stringContaining('seen now {"name":"extra","port":9443') as string],
		},
	});
	expect(await service()).toMatchObject({spec: {selector: (before.spec as {readonly selector: unknown}).selector}});

	await meanwhile({ports: portsOf(before)});
	await changeShared(context, there, reporter);
	expect(await service()).toMatchObject({spec: {selector: {app: 'elsewhere'}}});
	await meanwhile({ports: [...portsOf(before), added]});
	await changeShared(context, there, reporter);
	expect(lines).toEqual([]);
	expect(await standingOf(context, there)).toMatchObject({state: 'made'});

	await changeShared(context, back, reporter);
	const {spec} = await service();
	expect(spec).toMatchObject({
		selector: (before.spec as {readonly selector: unknown}).selector,
		ports: [...portsOf(before), added],
	});
	expect(lines).toEqual([expect.stringContaining('spec.ports[9443/TCP]')]);
	expect(await standingOf(context, back)).toEqual({
		state: 'made',
		beside: 'changed by somebody else and kept: spec.ports[9443/TCP]',
	});
});

test('a selector that somebody else has set is overtaken there and back, and left alone', async () => {
	const {context, service, before, after, reporter, meanwhile} = await open();
	await meanwhile({selector: {app: 'blue'}});
	for (const change of [
		{from: before, to: after, besides: 'stop'},
		{from: after, to: before, besides: 'keep'},
	] as const) {
		await expect(changeShared(context, change, reporter)).rejects.toMatchObject({
			parts: {
				code: 'changed-meanwhile',
				details: [expect.stringMatching(/^spec\.selector\.app: planned .+, seen then .+, seen now "blue"$/v) as string],
			},
		});
		await expect(asSeen(context, [change])).rejects.toMatchObject({parts: {code: 'changed-meanwhile'}});
		expect(await standingOf(context, change)).toMatchObject({state: 'overtaken'});
	}

	expect(await service()).toMatchObject({spec: {selector: {app: 'blue'}}});
});

test('a change between the look and the patch is looked at again', async () => {
	const {context, service, before, after, reporter, meanwhile} = await open();
	const {cluster, kubectl} = context.world;
	let isFirst = true;
	const racing = {
		...context,
		world: {
			kubectl,
			cluster: {
				...cluster,
				async get(...words: Parameters<typeof cluster.get>) {
					const found = await cluster.get(...words);
					if (isFirst) {
						isFirst = false;
						await meanwhile({ports: [...portsOf(before), added]});
					}

					return found;
				},
			},
		},
	};
	await changeShared(racing, {from: before, to: after, besides: 'keep'}, reporter);
	expect(await service()).toMatchObject({spec: {selector: {app: 'elsewhere'}, ports: [...portsOf(before), added]}});
	await expect(
		changeShared(context, {from: before, to: {...after, metadata: {name: 'gone'}}, besides: 'keep'}, reporter),
	).rejects.toMatchObject({parts: {code: 'changed-meanwhile', seen: expect.stringContaining('not there') as string}});
});

test('where only the fields that change were seen, nothing is said of the others', async () => {
	const {context, service, lines, reporter} = await open();
	const {
		metadata: {name},
	} = await service();
	const part = (selector: Readonly<Record<string, string>>): KubernetesObject => ({
		apiVersion: 'v1',
		kind: 'Service',
		metadata: {name},
		spec: {selector},
	});
	const {spec: seen} = await service();
	const {selector} = seen as {readonly selector: Readonly<Record<string, string>>};
	await changeShared(context, {from: part(selector), to: part({app: 'elsewhere'}), besides: 'unseen'}, reporter);
	expect(lines).toEqual([]);
	const {spec} = await service();
	expect(spec).toMatchObject({selector: {app: 'elsewhere'}, ports: expect.anything() as unknown});
});

test.each([
	['a variable', {template: {spec: {containers: [{name: 'pd', env: [{name: 'PASSWORD', value: 'canary-1'}]}]}}}],
	['arguments', {template: {spec: {containers: [{name: 'pd', args: ['--password', 'canary-1']}]}}}],
	['a template', {template: {metadata: {annotations: {note: 'canary-1'}}}}],
])('%s that somebody changed is named, and its value is not told', (_, spec) => {
	const object = (replicas: number, more: object): KubernetesObject => ({
		apiVersion: 'apps/v1',
		kind: 'StatefulSet',
		metadata: {name: 'pd'},
		spec: {replicas, ...more},
	});
	const {beside} = ownChange(object(1, {}), object(0, {}), object(1, spec));
	const {parts} = changedMeanwhile(
		{world: {kubectl: {byHand: () => ''}}} as unknown as StepContext<'kubectl'>,
		object(1, {}),
		beside,
	);
	expect(parts.details).toHaveLength(1);
	expect(JSON.stringify(parts)).not.toContain('canary-1');
});
