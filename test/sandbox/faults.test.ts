import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest';
import {makeRig, statusOf, stderrOf, stdoutOf, type Rig} from './kubectl.js';

describe('A sandbox that was told to misbehave', () => {
	let rig: Rig;
	beforeAll(async () => {
		rig = await makeRig();
		rig.sandbox.pod('pingdirectory-0')!.write('/opt/out/blob', 'x'.repeat(300_000));
	});
	afterEach(() => {
		rig.sandbox.faults.clear();
	});
	afterAll(async () => {
		await rig.close();
	});

	it('cuts the output of an exec and still says that all is well', async () => {
		rig.sandbox.faults.tell({kind: 'cut', command: '/opt/out/blob', after: 100_000});
		expect(await rig.exec('cat', '/opt/out/blob')).toMatchObject({status: 0, stderr: '', stdout: 'x'.repeat(100_000)});
		expect(await stdoutOf(rig.exec('cat', '/opt/out/blob'))).toHaveLength(300_000);
	});

	it('drops the connection on the way out and on the way in', async () => {
		rig.sandbox.faults.tell({kind: 'drop', command: 'cat', after: 150_000});
		const out = await rig.exec('cat', '/opt/out/blob');
		expect(out.status).not.toBe(0);
		expect(out.stdout).toHaveLength(150_000);
		const large = 'y'.repeat(3_000_000);
		rig.sandbox.faults.tell({
			kind: 'drop',
			command: 'cat >',
			after: 50_000,
			direction: 'in',
		});
		expect(
			await statusOf(
				rig.kubectl(
					['exec', '-i', 'pingdirectory-0', '--', 'sh', '-c', 'cat > /opt/out/part && echo done > /opt/out/marker'],
					large,
				),
			),
		).not.toBe(0);
		// As on a real cluster: the reader sees an end of its input, and goes on as if it had it all.
		await expect.poll(() => rig.sandbox.pod('pingdirectory-0')!.read('/opt/out/marker')?.toString()).toBe('done\n');
		expect(rig.sandbox.pod('pingdirectory-0')!.read('/opt/out/part')!.length).toBeLessThan(3_000_000);
	});

	it('answers with errors of the server', async () => {
		rig.sandbox.faults.tell({
			kind: 'refuse',
			status: 500,
			verb: 'list',
			path: '/services',
		});
		expect(await stderrOf(rig.kubectl(['get', 'svc']))).toContain('the sandbox was told to refuse this');
		expect(await statusOf(rig.kubectl(['get', 'svc']))).toBe(0);
		rig.sandbox.faults.tell({
			kind: 'refuse',
			status: 429,
			verb: 'get',
			retryAfterSeconds: 1,
		});
		const response = await fetch(`${rig.sandbox.url}/api/v1/namespaces/identity/pods/pingdirectory-0`);
		expect(response.status).toBe(429);
		expect(response.headers.get('retry-after')).toBe('1');
		expect(rig.sandbox.faults.pending()).toEqual([]);
	});

	it('forbids a right, in reviews and in deed', async () => {
		rig.sandbox.faults.tell({
			kind: 'forbid',
			verb: '*',
			resource: 'pods',
			subresource: 'exec',
		});
		expect(await stderrOf(rig.exec('id'))).toContain('forbidden');
		rig.sandbox.faults.tell({kind: 'forbid', verb: 'list', resource: 'secrets'});
		expect(await stderrOf(rig.kubectl(['get', 'secrets']))).toContain(
			'secrets is forbidden: User "sandbox" cannot list resource "secrets" in API group "" in the namespace "identity"',
		);
		const review = async (resourceAttributes: unknown) => {
			const response = await fetch(`${rig.sandbox.url}/apis/authorization.k8s.io/v1/selfsubjectaccessreviews`, {
				method: 'POST',
				headers: {'content-type': 'application/json'},
				body: JSON.stringify({
					apiVersion: 'authorization.k8s.io/v1',
					kind: 'SelfSubjectAccessReview',
					spec: {resourceAttributes},
				}),
			});
			const {status} = (await response.json()) as {status: {allowed: boolean}};
			return status.allowed;
		};

		expect(
			await review({
				verb: 'create',
				resource: 'pods',
				subresource: 'exec',
				namespace: 'identity',
			}),
		).toBe(false);
		expect(await review({verb: 'get', resource: 'pods', namespace: 'identity'})).toBe(true);
	});

	it('fills a disk', async () => {
		rig.sandbox.faults.tell({kind: 'disk-full', pod: 'pingdirectory-0', after: 100_000});
		const full = await rig.inPod('cat /opt/out/blob > /opt/out/copy; echo $?; wc -c < /opt/out/copy');
		expect(full.stdout).toBe('1\n100000\n');
		expect(full.stderr).toContain('No space left on device');
		expect(await stdoutOf(rig.inPod('df -P -k /opt/out | sed -n 2p | tr -s " " | cut -d" " -f4'))).toBe('0\n');
		expect(
			await stdoutOf(
				rig.exec('export-ldif', '--backendID', 'userRoot', '--ldifFile', '/opt/out/u.ldif', '--doNotEncrypt'),
			),
		).toContain('No space left on device');
		rig.sandbox.faults.clear();
		expect(await stdoutOf(rig.inPod('cat /opt/out/blob > /opt/out/copy && wc -c < /opt/out/copy'))).toBe('300000\n');
	});

	it('is slow when told so, and loses nothing', async () => {
		rig.sandbox.faults.tell({kind: 'slow', command: 'cat', bytesPerSecond: 400_000});
		const reading = rig.exec('cat', '/opt/out/blob');
		await expect.poll(() => rig.sandbox.pod('pingdirectory-0')?.execs()).toContain('cat /opt/out/blob');
		expect(await stdoutOf(reading)).toHaveLength(300_000);
	});

	it('can be told over HTTP', async () => {
		const tell = async (body: unknown, method = 'POST') =>
			fetch(`${rig.sandbox.url}/sandbox/faults`, {method, ...(method === 'POST' && {body: JSON.stringify(body)})});
		expect(await statusOf(tell({kind: 'unheard of'}))).toBe(400);
		expect(
			await statusOf(
				tell([
					{
						kind: 'refuse',
						status: 409,
						verb: 'patch',
						times: 2,
					},
				]),
			),
		).toBe(200);
		expect(rig.sandbox.faults.pending()).toEqual([
			{
				kind: 'refuse',
				status: 409,
				verb: 'patch',
				times: 2,
			},
		]);
		expect(await statusOf(rig.kubectl(['patch', 'svc', 'pingdirectory', '--type=merge', '-p', '{}']))).toBe(1);
		expect(await statusOf(tell(undefined, 'DELETE'))).toBe(200);
		expect(rig.sandbox.faults.pending()).toEqual([]);
	});
});
