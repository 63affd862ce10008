import {
	afterAll, beforeAll, describe, expect, it,
} from 'vitest';
import {newWorkload} from './new-workload.js';
import {makeRig, type Rig} from './kubectl.js';

const configMap = (data: Record<string, string>) => ({
	apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'settings', namespace: 'identity'}, data,
});

describe('kubectl against the sandbox', () => {
	let rig: Rig;
	beforeAll(async () => {
		rig = await makeRig();
	});
	afterAll(async () => {
		await rig.close();
	});

	it('shows versions, contexts and what there is', async () => {
		expect((await rig.kubectl(['version'])).stdout).toContain('Server Version: v1.32.0-sandbox');
		const {stdout} = await rig.kubectl(['get', 'pods,sts,svc,pvc,deploy,cm,secrets']);
		expect(stdout).toMatch(/pod\/pingdirectory-0 +1\/1 +Running +0/v);
		expect(stdout).toMatch(/statefulset\.apps\/pingdirectory +1\/1/v);
		expect(stdout).toMatch(/service\/pingdirectory +ClusterIP .*389\/TCP,636\/TCP,443\/TCP/v);
		expect(stdout).toMatch(/persistentvolumeclaim\/out-dir-pingdirectory-0 +Bound/v);
		expect((await rig.kubectl(['get', 'ns', 'kube-system', '-o', 'jsonpath={.metadata.uid}'])).stdout).toMatch(/^[\da-f\-]{36}$/v);
		expect((await rig.kubectl(['get', 'pods', '-n', 'empty'])).stderr).toContain('No resources found in empty namespace.');
	});

	it('selects by labels and fields', async () => {
		expect((await rig.kubectl(['get', 'pods', '-l', 'role in (pingdirectory),app!=portal', '-o', 'name'])).stdout).toBe('pod/pingdirectory-0\n');
		expect((await rig.kubectl(['get', 'svc', '--field-selector', 'metadata.name=pingdirectory', '-o', 'name'])).stdout).toBe('service/pingdirectory\n');
		expect((await rig.kubectl(['get', 'svc', '--chunk-size=1', '-o', 'name'])).stdout.split('\n')).toHaveLength(3);
	});

	it('describes, logs and tells events', async () => {
		const {stdout} = await rig.kubectl(['describe', 'pod', 'pingdirectory-0']);
		expect(stdout).toMatch(/Image: +pingidentity\/pingdirectory:2102-8\.2\.0\.1/v);
		expect(stdout).toContain('Started container pingdirectory');
		expect((await rig.kubectl(['describe', 'sts', 'pingdirectory'])).status).toBe(0);
		expect((await rig.kubectl(['logs', 'pingdirectory-0', '--tail=1'])).stdout).toBe('The Directory Server has started successfully\n');
		expect((await rig.kubectl(['get', 'events', '--field-selector', 'involvedObject.name=pingdirectory-0'])).stdout).toContain('Started container pingdirectory');
	});

	it('applies on the server, names who conflicts, and lets force win', async () => {
		expect((await rig.apply(configMap({a: '1', b: '1'}), '--field-manager=one')).stdout).toBe('configmap/settings serverside-applied\n');
		const conflict = await rig.apply(configMap({a: '2'}), '--field-manager=two');
		expect(conflict.status).toBe(1);
		expect(conflict.stderr).toContain('conflict with "one" using v1: .data.a');
		expect((await rig.apply(configMap({a: '2'}), '--field-manager=two', '--force-conflicts')).status).toBe(0);
		expect((await rig.apply(configMap({a: '2'}), '--field-manager=one')).status).toBe(0);
		// What one manager alone had and no longer names is gone.
		expect((await rig.kubectl(['get', 'cm', 'settings', '-o', 'jsonpath={.data}'])).stdout).toBe('{"a":"2"}');
	});

	it('previews without changing anything', async () => {
		const object = configMap({only: 'dry'});
		expect((await rig.apply({...object, metadata: {...object.metadata, name: 'dry'}}, '--dry-run=server')).stdout).toContain('serverside-applied (server dry run)');
		expect((await rig.kubectl(['get', 'cm', 'dry'])).stderr).toContain('configmaps "dry" not found');
		const diff = await rig.kubectl(['diff', '--server-side', '--field-manager=one', '-f', '-'], JSON.stringify(configMap({a: '2', new: 'line'})));
		expect(diff.status).toBe(1);
		expect(diff.stdout).toContain('+  new: line');
		expect((await rig.kubectl(['diff', '--server-side', '--field-manager=one', '-f', '-'], JSON.stringify(configMap({a: '2'})))).status).toBe(0);
	});

	it('refuses what may not change, and what has no place', async () => {
		const {stdout} = await rig.kubectl(['get', 'sts', 'pingdirectory', '-o', 'json']);
		const set = JSON.parse(stdout) as {spec: {serviceName: string}};
		set.spec.serviceName = 'other';
		expect((await rig.kubectl(['replace', '-f', '-'], JSON.stringify(set))).stderr).toContain('spec: Forbidden: updates to statefulset spec for fields other than \'replicas\', \'ordinals\', \'template\', \'updateStrategy\', \'revisionHistoryLimit\', \'persistentVolumeClaimRetentionPolicy\' and \'minReadySeconds\' are forbidden');
		expect((await rig.kubectl(['create', 'configmap', 'x', '--from-literal=a=b'])).stderr).toContain('unknown format');
		const elsewhere = {...configMap({}), metadata: {name: 'settings', namespace: 'nowhere'}};
		expect((await rig.apply(elsewhere)).stderr).toContain('namespaces "nowhere" not found');
		expect((await rig.apply({...newWorkload('fresh'), spec: {...newWorkload('fresh').spec, template: {...newWorkload('fresh').spec.template, metadata: {labels: {app: 'other'}}}}})).stderr).toContain('`selector` does not match template `labels`');
	});

	it('keeps fields that nobody knows', async () => {
		expect((await rig.apply({...configMap({a: '2'}), brandNewField: {x: 1}}, '--field-manager=one')).status).toBe(0);
		expect((await rig.kubectl(['get', 'cm', 'settings', '-o', 'jsonpath={.brandNewField.x}'])).stdout).toBe('1');
	});

	it('patches in all ways and deletes', async () => {
		expect((await rig.kubectl(['patch', 'svc', 'pingdirectory', '--type=merge', '-p', '{"spec":{"selector":{"role":"new"}}}'])).status).toBe(0);
		expect((await rig.kubectl(['get', 'svc', 'pingdirectory', '-o', 'jsonpath={.spec.selector}'])).stdout).toBe('{"role":"new"}');
		expect((await rig.kubectl(['patch', 'svc', 'pingdirectory', '--type=json', '-p', '[{"op":"replace","path":"/spec/selector/role","value":"pingdirectory"}]'])).status).toBe(0);
		expect((await rig.kubectl(['patch', 'svc', 'pingdirectory', '-p', '{"spec":{"ports":[{"port":636,"targetPort":1636}]}}'])).status).toBe(0);
		expect((await rig.kubectl(['get', 'svc', 'pingdirectory', '-o', 'jsonpath={.spec.ports[*].targetPort}'])).stdout).toBe('389 1636 443');
		expect((await rig.kubectl(['patch', 'svc', 'pingdirectory', '-p', '{"spec":{"ports":[{"port":636,"targetPort":636}]}}'])).status).toBe(0);
		expect((await rig.kubectl(['delete', 'cm', 'settings'])).stdout).toContain('configmap "settings" deleted');
		expect((await rig.kubectl(['label', 'svc', 'pingdirectory', 'seen=yes'])).status).toBe(0);
	});

	it('rolls a workload out, scales it and keeps its volume', async () => {
		expect((await rig.apply(newWorkload('fresh'))).status).toBe(0);
		const rollout = await rig.kubectl(['rollout', 'status', 'sts/fresh', '--timeout=30s']);
		expect(rollout.stdout).toContain('Waiting for');
		expect(rollout.stdout).toContain('partitioned roll out complete');
		expect((await rig.inPod('echo kept > /opt/out/kept', [], 'fresh-0')).status).toBe(0);
		expect((await rig.kubectl(['scale', 'sts', 'fresh', '--replicas=0'])).stdout).toContain('scaled');
		expect((await rig.kubectl(['wait', '--for=delete', 'pod/fresh-0', '--timeout=30s'])).status).toBe(0);
		expect((await rig.kubectl(['get', 'pvc', 'out-dir-fresh-0', '-o', 'jsonpath={.status.phase}'])).stdout).toBe('Bound');
		await rig.kubectl(['scale', 'sts', 'fresh', '--replicas=1']);
		expect((await rig.kubectl(['rollout', 'status', 'sts/fresh', '--timeout=30s'])).status).toBe(0);
		expect((await rig.inPod('cat /opt/out/kept', [], 'fresh-0')).stdout).toBe('kept\n');
		expect((await rig.kubectl(['wait', '--for=condition=Ready', 'pod/fresh-0', '--timeout=30s'])).status).toBe(0);
		expect((await rig.kubectl(['get', 'endpoints', 'pingdirectory', '-o', 'jsonpath={.subsets[0].ports[*].port}'])).stdout).toBe('389 636 443');
		// The volume and its data go with the claim.
		await rig.kubectl(['delete', 'sts', 'fresh']);
		await rig.kubectl(['wait', '--for=delete', 'pod/fresh-0', '--timeout=30s']);
		const {stdout: volume} = await rig.kubectl(['get', 'pvc', 'out-dir-fresh-0', '-o', 'jsonpath={.spec.volumeName}']);
		await rig.kubectl(['delete', 'pvc', 'out-dir-fresh-0']);
		expect((await rig.kubectl(['wait', '--for=delete', `pv/${volume}`, '--timeout=30s'])).status).toBe(0);
	});
});
