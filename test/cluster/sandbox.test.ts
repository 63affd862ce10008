import {readdir} from 'node:fs/promises';
import {expect, test} from 'vitest';
import {createReader} from '../../source/cluster/api/reader.js';
import {kinds} from '../../source/cluster/kinds.js';
import {createKubectl} from '../../source/cluster/kubectl/kubectl.js';
import {createPodShell} from '../../source/cluster/kubectl/pod-shell.js';
import {acquireLease, readLease} from '../../source/cluster/lease/lease.js';
import type {Kind, KubernetesObject} from '../../source/migration/world.js';
import {createFastClock, createHandClock} from './hand-clock.js';
import {withSandbox} from './sandbox-connection.js';

const target = {pod: 'pingdirectory-0', container: 'pingdirectory'};

const configMap = (data: Readonly<Record<string, string>>): KubernetesObject => ({
	apiVersion: 'v1',
	kind: 'ConfigMap',
	metadata: {name: 'unroot-test', namespace: 'identity'},
	data,
});

test('a connection to the sandbox is read from its kubeconfig', async () => {
	const {connection} = await withSandbox();
	expect(connection).toMatchObject({context: 'sandbox', namespace: 'identity'});
});

test('the reader sees what runs', async () => {
	const {connection, sandbox} = await withSandbox();
	const reader = createReader(connection, createFastClock());
	expect(await reader.identity()).toMatchObject({
		server: sandbox.url,
		version: expect.stringMatching(/^v1\./v) as string,
		uid: expect.stringMatching(/^[\d\-a-f]{36}$/v) as string,
	});
	const pods = await reader.list('Pod');
	expect(pods.map(({apiVersion, kind}) => `${apiVersion} ${kind}`)).toContain('v1 Pod');
	expect(pods.map(({metadata}) => metadata.name)).toContain('pingdirectory-0');
	expect(await reader.get('StatefulSet', 'pingdirectory')).toMatchObject({kind: 'StatefulSet', spec: {replicas: 1}});
	expect(await reader.get('StatefulSet', 'nothing')).toBeUndefined();
	expect(await reader.logs('pingdirectory-0', {tail: 5})).not.toBe('');
});

test('every kind can be listed', async () => {
	const {connection} = await withSandbox();
	const reader = createReader(connection, createFastClock());
	for (const kind of Object.keys(kinds) as Kind[]) {
		await expect(reader.list(kind)).resolves.toBeDefined();
	}
});

test('a right that is missing is answered no, and using it all the same is a failure', async () => {
	const {connection, sandbox} = await withSandbox();
	const reader = createReader(connection, createFastClock());
	sandbox.faults.tell({kind: 'forbid', verb: 'list', resource: 'secrets'});
	const reviews = await reader.mayI([
		{verb: 'list', group: '', resource: 'secrets'},
		{verb: 'list', group: '', resource: 'pods'},
	]);
	expect(reviews.map(({allowed}) => allowed)).toEqual([false, true]);
	await expect(reader.list('Secret')).rejects.toMatchObject({parts: {code: 'forbidden'}});
});

test('what is applied is seen before and after as a plain diff', async () => {
	const {connection} = await withSandbox();
	const kubectl = createKubectl(connection);
	expect(await kubectl.clientVersion()).toMatch(/^v1\.\d+/v);
	const created = await kubectl.diff([configMap({a: '1'})]);
	expect(created).toContain('+++ then/v1.ConfigMap.identity.unroot-test');
	expect(created).toContain('+  a: "1"');
	await kubectl.dryRun([configMap({a: '1'})]);
	const reader = createReader(connection, createFastClock());
	expect(await reader.get('ConfigMap', 'unroot-test')).toBeUndefined();
	await kubectl.apply([configMap({a: '1'})]);
	expect(await kubectl.diff([configMap({a: '1'})])).toBe('');
	const changed = await kubectl.diff([configMap({a: '2'})]);
	expect(changed).toContain('-  a: "1"\n+  a: "2"\n');
	expect(changed).not.toMatch(/LIVE|MERGED|\/tmp/v);
	await kubectl.apply([]);
	expect(await kubectl.diff([])).toBe('');
});

test('a field that somebody else manages is a conflict that names both, and is taken only when forced', async () => {
	const {connection} = await withSandbox();
	const kubectl = createKubectl(connection);
	const set = {
		apiVersion: 'apps/v1',
		kind: 'StatefulSet',
		metadata: {name: 'pingdirectory', namespace: 'identity'},
		spec: {replicas: 0},
	};
	const conflict = {
		parts: {code: 'apply-conflict', exit: 'blocked', details: [expect.stringMatching(/: \.spec\.replicas$/v)]},
	};
	await expect(kubectl.apply([set])).rejects.toMatchObject(conflict);
	await expect(kubectl.dryRun([set])).rejects.toMatchObject(conflict);
	await kubectl.apply([set], {force: true});
	const reader = createReader(connection, createFastClock());
	expect(await reader.get('StatefulSet', 'pingdirectory')).toMatchObject({spec: {replicas: 0}});
});

test('what this program patched itself is no conflict for its next apply', async () => {
	const {connection} = await withSandbox();
	const kubectl = createKubectl(connection);
	const reader = createReader(connection, createFastClock());
	await kubectl.apply([configMap({a: '1'})]);
	const seen = await reader.get('ConfigMap', 'unroot-test');
	const {resourceVersion = ''} = seen?.metadata ?? {};
	await kubectl.mergePatch('ConfigMap', 'unroot-test', {data: {a: '2', b: '3'}}, resourceVersion);
	expect(await reader.get('ConfigMap', 'unroot-test')).toMatchObject({data: {a: '2', b: '3'}});
	await kubectl.apply([configMap({a: '4'})]);
	expect(await reader.get('ConfigMap', 'unroot-test')).toMatchObject({data: {a: '4'}});
	const left = await readdir(connection.cacheFolder);
	expect(left.filter(name => name.startsWith('patch'))).toEqual([]);
});

test('a patch and an apply of what somebody changed since it was read change nothing', async () => {
	const {connection} = await withSandbox();
	const kubectl = createKubectl(connection);
	const reader = createReader(connection, createFastClock());
	await kubectl.apply([configMap({a: '1'})]);
	const seen = await reader.get('ConfigMap', 'unroot-test');
	const {resourceVersion = ''} = seen?.metadata ?? {};
	await kubectl.apply([configMap({a: '1', b: 'of somebody else'})]);
	const changed = {parts: {code: 'object-changed', retryable: true}};
	await expect(kubectl.mergePatch('ConfigMap', 'unroot-test', {data: {a: '2'}}, resourceVersion)).rejects.toMatchObject(
		changed,
	);
	const stale = configMap({a: '2'});
	await expect(
		kubectl.apply([{...stale, metadata: {...stale.metadata, resourceVersion}}], {force: true}),
	).rejects.toMatchObject(changed);
	expect(await reader.get('ConfigMap', 'unroot-test')).toMatchObject({data: {a: '1', b: 'of somebody else'}});
});

test("what the server refuses is a failure in the server's words", async () => {
	const {connection, sandbox} = await withSandbox();
	const kubectl = createKubectl(connection);
	await expect(kubectl.mergePatch('Service', 'nothing', {spec: {}}, '1')).rejects.toMatchObject({
		parts: {code: 'not-found', seen: expect.stringContaining('nothing') as string},
	});
	sandbox.faults.tell({kind: 'forbid', verb: 'patch', resource: 'configmaps'});
	await expect(kubectl.apply([configMap({a: '1'})])).rejects.toMatchObject({
		parts: {code: 'forbidden', exit: 'blocked'},
	});
});

test('commands run in a pod, with input, output, errors and status', async () => {
	const {connection} = await withSandbox();
	const shell = createPodShell(connection);
	expect(await shell.run(target, ['id', '-u'])).toEqual({exitCode: 0, stdout: '0\n', stderr: ''});
	expect(
		await shell.script(target, String.raw`printf "%s/%s\n" "$1" "$2"; echo err >&2; exit 7`, ['a b', '$(c)']),
	).toEqual({exitCode: 7, stdout: 'a b/$(c)\n', stderr: 'err\n'});
	const input = 'uid: ünïcode\n\n'.repeat(2000);
	expect(await shell.run(target, ['cat'], {input})).toEqual({exitCode: 0, stdout: input, stderr: ''});
	expect(await shell.run(target, ['no-such-command'])).toMatchObject({exitCode: 127});
});

test('a stream that is cut, or a connection that breaks, is never taken for a result', async () => {
	const {connection, sandbox} = await withSandbox();
	for (const after of [0, 1, 20, 40]) {
		const shell = createPodShell(connection, 100);
		sandbox.faults.tell({kind: 'cut', after, times: 3});
		await expect(shell.run(target, ['echo', 'a longer line than that'])).rejects.toMatchObject({
			parts: {code: 'exec-cut', retryable: true},
		});
		sandbox.faults.tell({
			kind: 'drop',
			command: 'unroot-session',
			after,
			times: 3,
		});
		await expect(shell.run(target, ['echo', 'a longer line than that'])).rejects.toMatchObject({
			parts: {retryable: true},
		});
	}

	expect(await createPodShell(connection).run(target, ['echo', 'again'])).toMatchObject({
		exitCode: 0,
		stdout: 'again\n',
	});
});

test('a command that may be repeated is run again where its end was not seen, three times at the most', async () => {
	const {connection, sandbox} = await withSandbox();
	for (const after of [0, 1, 20, 40]) {
		const shell = createPodShell(connection, 100);
		sandbox.faults.tell({kind: 'cut', after, times: 2});
		expect(await shell.run(target, ['echo', 'a longer line than that'])).toMatchObject({
			exitCode: 0,
			stdout: 'a longer line than that\n',
		});
		expect(sandbox.faults.pending()).toEqual([]);
		sandbox.faults.tell({kind: 'cut', after, times: 3});
		await expect(
			createPodShell(connection, 100).run(target, ['echo', 'a longer line than that']),
		).rejects.toMatchObject({
			parts: {code: 'exec-cut', retryable: true},
		});
		expect(sandbox.faults.pending()).toEqual([]);
	}
});

test('a pod or a container that is not there is told as such', async () => {
	const {connection} = await withSandbox();
	const shell = createPodShell(connection);
	await expect(shell.run({...target, pod: 'pingdirectory-7'}, ['id'])).rejects.toMatchObject({
		parts: {code: 'pod-missing', retryable: true},
	});
	await expect(shell.run({...target, container: 'sidecar'}, ['id'])).rejects.toMatchObject({
		parts: {code: 'container-unknown'},
	});
});

test('a command that takes too long is stopped in the pod', async () => {
	const {connection} = await withSandbox();
	await expect(createPodShell(connection).run(target, ['sleep', '1000'], {timeoutSeconds: 1})).rejects.toMatchObject({
		parts: {code: 'pod-timeout'},
	});
});

test('the namespace is held by one run at a time', async () => {
	const {connection} = await withSandbox();
	const clock = createHandClock();
	const holder = {
		run: 'run-1',
		by: 'ada',
		host: 'bastion',
		machine: 'm1',
		pid: 1,
		start: '7',
		since: '2026-11-24T10:00:00.000Z',
	};
	const lease = await acquireLease(connection, {holder, clock, isRunning: async () => true});
	expect(await readLease(connection, clock)).toMatchObject({holder});
	await expect(
		acquireLease(connection, {holder: {...holder, run: 'run-2', pid: 2}, clock, isRunning: async () => true}),
	).rejects.toMatchObject({parts: {code: 'namespace-held'}});
	await clock.untilAsleep();
	clock.advance(10_000);
	await expect.poll(async () => readLease(connection, clock)).toMatchObject({renewedAt: '2026-11-24T10:00:10.000000Z'});
	await lease.release();
	expect(await readLease(connection, clock)).toBeUndefined();
});
