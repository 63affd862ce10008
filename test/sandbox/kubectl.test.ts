import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {takeInventory} from '../../source/ping/inventory/index.js';
import {makeRig, statusOf, stderrOf, stdoutOf, type Rig} from './kubectl.js';
import {newWorkload} from './new-workload.js';

const configMap = (data: Record<string, string>) => ({
	apiVersion: 'v1',
	kind: 'ConfigMap',
	metadata: {name: 'settings', namespace: 'identity'},
	data,
});

describe('kubectl against the sandbox', () => {
	let rig: Rig;
	beforeAll(async () => {
		rig = await makeRig();
	});
	afterAll(async () => {
		await rig.close();
	});

	const applySettings = async (data: Record<string, string>, ...flags: readonly string[]) =>
		rig.apply(configMap(data), ...flags);

	it('shows versions, contexts and what there is', async () => {
		expect(await stdoutOf(rig.kubectl(['version']))).toContain('Server Version: v1.32.0-sandbox');
		const {stdout} = await rig.kubectl(['get', 'pods,sts,svc,pvc,deploy,cm,secrets']);
		expect(stdout).toMatch(/pod\/pingdirectory-0 +1\/1 +Running +0/v);
		expect(stdout).toMatch(/statefulset\.apps\/pingdirectory +1\/1/v);
		expect(stdout).toMatch(/service\/pingdirectory +ClusterIP .*389\/TCP,636\/TCP,443\/TCP/v);
		expect(stdout).toMatch(/persistentvolumeclaim\/out-dir-pingdirectory-0 +Bound/v);
		expect(await stdoutOf(rig.kubectl(['get', 'ns', 'kube-system', '-o', 'jsonpath={.metadata.uid}']))).toMatch(
			/^[\d\-a-f]{36}$/v,
		);
		expect(await stderrOf(rig.kubectl(['get', 'pods', '-n', 'empty']))).toContain(
			'No resources found in empty namespace.',
		);
	});

	it('has a finished pod of the old image that nobody owns, which is no workload', async () => {
		expect(await stdoutOf(rig.kubectl(['get', 'pods']))).toMatch(/ldap-tools +0\/1 +Completed +0 +90d/v);
		expect(
			await stdoutOf(
				rig.kubectl([
					'get',
					'pod',
					'ldap-tools',
					'-o',
					'jsonpath={.metadata.ownerReferences}{.status.phase} {.spec.containers[0].image}',
				]),
			),
		).toBe('Succeeded pingidentity/pingdirectory:2102-8.2.0.1');
		expect(await stderrOf(rig.kubectl(['exec', 'ldap-tools', '--', 'id']))).toContain(
			'cannot exec into a container in a completed pod; current phase is Succeeded',
		);
		const kinds = [
			'StatefulSet',
			'Deployment',
			'Pod',
			'Service',
			'ConfigMap',
			'PersistentVolumeClaim',
			'PersistentVolume',
		];
		const {workloads} = takeInventory(kinds.flatMap(kind => rig.sandbox.objects(kind)));
		expect(workloads.map(({kind, name, pods}) => ({kind, name, pods}))).toEqual([
			{kind: 'StatefulSet', name: 'pingdirectory', pods: ['pingdirectory-0']},
		]);
	});

	it('selects by labels and fields', async () => {
		expect(
			await stdoutOf(rig.kubectl(['get', 'pods', '-l', 'role in (pingdirectory),app!=portal', '-o', 'name'])),
		).toBe('pod/pingdirectory-0\n');
		expect(
			await stdoutOf(rig.kubectl(['get', 'svc', '--field-selector', 'metadata.name=pingdirectory', '-o', 'name'])),
		).toBe('service/pingdirectory\n');
		expect(await stdoutOf(rig.kubectl(['get', 'svc', '--chunk-size=1', '-o', 'name']))).toBe(
			'service/pingdirectory\nservice/pingdirectory-cluster\n',
		);
	});

	it('describes, logs and tells events', async () => {
		const {stdout} = await rig.kubectl(['describe', 'pod', 'pingdirectory-0']);
		expect(stdout).toMatch(/Image: +pingidentity\/pingdirectory:2102-8\.2\.0\.1/v);
		expect(stdout).toContain('Started container pingdirectory');
		expect(await statusOf(rig.kubectl(['describe', 'sts', 'pingdirectory']))).toBe(0);
		expect(await stdoutOf(rig.kubectl(['logs', 'pingdirectory-0', '--tail=1']))).toBe(
			'The Directory Server has started successfully\n',
		);
		expect(
			await stdoutOf(
				rig.kubectl([
					'get',
					'events',
					'--sort-by',
					'.lastTimestamp',
					'--field-selector',
					'involvedObject.name=pingdirectory-0',
				]),
			),
		).toContain('Started container pingdirectory');
	});

	it('applies on the server, names who conflicts, and lets force win', async () => {
		expect(await stdoutOf(applySettings({a: '1', b: '1'}, '--field-manager=one'))).toBe(
			'configmap/settings serverside-applied\n',
		);
		const conflict = await applySettings({a: '2'}, '--field-manager=two');
		expect(conflict.status).toBe(1);
		expect(conflict.stderr).toContain('conflict with "one" using v1: .data.a');
		expect(await statusOf(applySettings({a: '2'}, '--field-manager=two', '--force-conflicts'))).toBe(0);
		expect(await statusOf(applySettings({a: '2'}, '--field-manager=one'))).toBe(0);
		// What one manager alone had and no longer names is gone.
		expect(await stdoutOf(rig.kubectl(['get', 'cm', 'settings', '-o', 'jsonpath={.data}']))).toBe('{"a":"2"}');
	});

	it('previews without changing anything', async () => {
		const object = configMap({only: 'dry'});
		expect(
			await stdoutOf(rig.apply({...object, metadata: {...object.metadata, name: 'dry'}}, '--dry-run=server')),
		).toContain('serverside-applied (server dry run)');
		expect(await stderrOf(rig.kubectl(['get', 'cm', 'dry']))).toContain('configmaps "dry" not found');
		const diff = await rig.kubectl(
			['diff', '--server-side', '--field-manager=one', '-f', '-'],
			JSON.stringify(configMap({a: '2', new: 'line'})),
		);
		expect(diff.status).toBe(1);
		expect(diff.stdout).toContain('+  new: line');
		const same = JSON.stringify(configMap({a: '2'}));
		expect(await statusOf(rig.kubectl(['diff', '--server-side', '--field-manager=one', '-f', '-'], same))).toBe(0);
	});

	it('refuses what may not change, and what has no place', async () => {
		const {stdout} = await rig.kubectl(['get', 'sts', 'pingdirectory', '-o', 'json']);
		const set = JSON.parse(stdout) as {spec: {serviceName: string}};
		const renamed = JSON.stringify({...set, spec: {...set.spec, serviceName: 'other'}});
		expect(await stderrOf(rig.kubectl(['replace', '-f', '-'], renamed))).toContain(
			"spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', " +
				"'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' " +
				'are forbidden',
		);
		expect(await stderrOf(rig.kubectl(['create', 'configmap', 'x', '--from-literal=a=b']))).toContain('unknown format');
		const elsewhere = {...configMap({}), metadata: {name: 'settings', namespace: 'nowhere'}};
		expect(await stderrOf(rig.apply(elsewhere))).toContain('namespaces "nowhere" not found');
		const fresh = newWorkload('fresh');
		const mislabelled = {...fresh, spec: {...fresh.spec, selector: {matchLabels: {app: 'other'}}}};
		expect(await stderrOf(rig.apply(mislabelled))).toContain('`selector` does not match template `labels`');
	});

	it('keeps fields that nobody knows', async () => {
		const unheardOf = {...configMap({a: '2'}), brandNewField: {x: 1}};
		expect(await statusOf(rig.apply(unheardOf, '--field-manager=one'))).toBe(0);
		expect(await stdoutOf(rig.kubectl(['get', 'cm', 'settings', '-o', 'jsonpath={.brandNewField.x}']))).toBe('1');
	});

	it('patches in all ways and deletes', async () => {
		expect(
			await statusOf(
				rig.kubectl(['patch', 'svc', 'pingdirectory', '--type=merge', '-p', '{"spec":{"selector":{"role":"new"}}}']),
			),
		).toBe(0);
		expect(await stdoutOf(rig.kubectl(['get', 'svc', 'pingdirectory', '-o', 'jsonpath={.spec.selector}']))).toBe(
			'{"role":"new"}',
		);
		expect(
			await statusOf(
				rig.kubectl([
					'patch',
					'svc',
					'pingdirectory',
					'--type=json',
					'-p',
					'[{"op":"replace","path":"/spec/selector/role","value":"pingdirectory"}]',
				]),
			),
		).toBe(0);
		expect(
			await statusOf(
				rig.kubectl(['patch', 'svc', 'pingdirectory', '-p', '{"spec":{"ports":[{"port":636,"targetPort":1636}]}}']),
			),
		).toBe(0);
		expect(
			await stdoutOf(rig.kubectl(['get', 'svc', 'pingdirectory', '-o', 'jsonpath={.spec.ports[*].targetPort}'])),
		).toBe('389 1636 443');
		expect(
			await statusOf(
				rig.kubectl(['patch', 'svc', 'pingdirectory', '-p', '{"spec":{"ports":[{"port":636,"targetPort":636}]}}']),
			),
		).toBe(0);
		expect(await stdoutOf(rig.kubectl(['delete', 'cm', 'settings']))).toContain('configmap "settings" deleted');
		expect(await statusOf(rig.kubectl(['label', 'svc', 'pingdirectory', 'seen=yes']))).toBe(0);
	});

	it('rolls a workload out, scales it and keeps its volume', async () => {
		const fresh = newWorkload('fresh');
		expect(await statusOf(rig.apply(fresh))).toBe(0);
		const rollout = await rig.kubectl(['rollout', 'status', 'sts/fresh', '--timeout=30s']);
		expect(rollout.stdout).toContain('Waiting for');
		expect(rollout.stdout).toContain('partitioned roll out complete');
		expect(await statusOf(rig.inPod('echo kept > /opt/out/kept', [], 'fresh-0'))).toBe(0);
		expect(await stdoutOf(rig.kubectl(['scale', 'sts', 'fresh', '--replicas=0']))).toContain('scaled');
		expect(await statusOf(rig.kubectl(['wait', '--for=delete', 'pod/fresh-0', '--timeout=30s']))).toBe(0);
		expect(await stdoutOf(rig.kubectl(['get', 'pvc', 'out-dir-fresh-0', '-o', 'jsonpath={.status.phase}']))).toBe(
			'Bound',
		);
		await rig.kubectl(['scale', 'sts', 'fresh', '--replicas=1']);
		expect(await statusOf(rig.kubectl(['rollout', 'status', 'sts/fresh', '--timeout=30s']))).toBe(0);
		expect(await stdoutOf(rig.inPod('cat /opt/out/kept', [], 'fresh-0'))).toBe('kept\n');
		expect(await statusOf(rig.kubectl(['wait', '--for=condition=Ready', 'pod/fresh-0', '--timeout=30s']))).toBe(0);
		expect(
			await stdoutOf(rig.kubectl(['get', 'endpoints', 'pingdirectory', '-o', 'jsonpath={.subsets[0].ports[*].port}'])),
		).toBe('389 636 443');
		// The volume and its data go with the claim.
		await rig.kubectl(['delete', 'sts', 'fresh']);
		await rig.kubectl(['wait', '--for=delete', 'pod/fresh-0', '--timeout=30s']);
		const {stdout: volume} = await rig.kubectl(['get', 'pvc', 'out-dir-fresh-0', '-o', 'jsonpath={.spec.volumeName}']);
		await rig.kubectl(['delete', 'pvc', 'out-dir-fresh-0']);
		expect(await statusOf(rig.kubectl(['wait', '--for=delete', `pv/${volume}`, '--timeout=30s']))).toBe(0);
	});
});
