import {AuthorizationV1Api, CoordinationV1Api, CoreV1Api, KubeConfig, Watch} from '@kubernetes/client-node';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {startSandbox, type Sandbox} from '../../source/sandbox/sandbox.js';

describe('client-node against the sandbox', () => {
	let sandbox: Sandbox;
	const config = new KubeConfig();
	beforeAll(async () => {
		sandbox = await startSandbox({entries: 20, replicas: 2});
		config.loadFromString(sandbox.kubeconfig);
	});
	afterAll(async () => {
		await sandbox.close();
	});

	it('reads objects, logs and events', async () => {
		const core = config.makeApiClient(CoreV1Api);
		const {items} = await core.listNamespacedPod({namespace: 'identity', labelSelector: 'role=pingdirectory'});
		expect(items.map(({metadata}) => metadata?.name)).toEqual(['pingdirectory-0', 'pingdirectory-1']);
		expect(items[0]?.spec?.containers[0]?.envFrom?.[0]?.configMapRef?.name).toBe('pingdirectory-environment-variables');
		expect(await core.readNamespacedPodLog({namespace: 'identity', name: 'pingdirectory-1'})).toContain(
			'started successfully',
		);
		const events = await core.listNamespacedEvent({
			namespace: 'identity',
			fieldSelector: 'involvedObject.name=pingdirectory-1',
		});
		expect(events.items.map(({reason}) => reason)).toContain('Started');
		await expect(core.readNamespacedPod({namespace: 'identity', name: 'nobody'})).rejects.toMatchObject({code: 404});
	});

	it('watches', async () => {
		const seen: string[] = [];
		const controller = await new Watch(config).watch(
			'/api/v1/namespaces/identity/configmaps',
			{},
			(phase, object: {metadata: {name: string}}) => {
				seen.push(`${phase} ${object.metadata.name}`);
			},
			() => {
				/* stopped below */
			},
		);
		await config
			.makeApiClient(CoreV1Api)
			.createNamespacedConfigMap({namespace: 'identity', body: {metadata: {name: 'seen'}, data: {line: '\u{2028}'}}});
		await expect.poll(() => seen).toEqual(['ADDED pingdirectory-environment-variables', 'ADDED seen']);
		controller.abort();
	});

	it('reviews access', async () => {
		const review = await config.makeApiClient(AuthorizationV1Api).createSelfSubjectAccessReview({
			body: {spec: {resourceAttributes: {verb: 'get', resource: 'pods', namespace: 'identity'}}},
		});
		expect(review.status?.allowed).toBe(true);
	});

	it('gives a lease to one holder only', async () => {
		const leases = config.makeApiClient(CoordinationV1Api);
		const lease = await leases.createNamespacedLease({
			namespace: 'identity',
			body: {metadata: {name: 'lock'}, spec: {holderIdentity: 'one'}},
		});
		await expect(
			leases.createNamespacedLease({namespace: 'identity', body: {metadata: {name: 'lock'}}}),
		).rejects.toMatchObject({code: 409});
		const renewed = await leases.replaceNamespacedLease({
			namespace: 'identity',
			name: 'lock',
			body: {...lease, spec: {holderIdentity: 'one', leaseTransitions: 1}},
		});
		expect(renewed.metadata?.resourceVersion).not.toBe(lease.metadata?.resourceVersion);
		await expect(
			leases.replaceNamespacedLease({
				namespace: 'identity',
				name: 'lock',
				body: {...lease, spec: {holderIdentity: 'two'}},
			}),
		).rejects.toMatchObject({code: 409});
	});

	it('closes itself when nobody asks for long', async () => {
		const short = await startSandbox({entries: 1, idleSeconds: 0.05});
		await expect(short.closed).resolves.toBeUndefined();
	});
});
