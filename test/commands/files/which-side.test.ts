import {describe, expect, test} from 'vitest';
import {codesOf, folderWith} from './folder.js';

const workload = (
	image: string,
	{pod = '', env = '', kind = 'StatefulSet', more = ''} = {},
): string => `apiVersion: apps/v1
kind: ${kind}
metadata: {name: users}
spec:
  ${kind === 'StatefulSet' ? 'serviceName: users' : 'replicas: 1'}
  selector: {matchLabels: {app: users}}
  template:
    metadata: {labels: {app: users}}
    spec:
${pod}      containers:
        - name: server
          image: ${image}
          env: [${env}]
${more}          volumeMounts: [{name: out-dir, mountPath: /opt/out}]
${kind === 'StatefulSet' ? '  volumeClaimTemplates: [{metadata: {name: out-dir}, spec: {resources: {requests: {storage: 8Gi}}}}]\n' : ''}`;

const unprivileged = '      securityContext: {runAsUser: 9031, runAsGroup: 9999, fsGroup: 9999}\n';
const highPorts =
	'{name: LDAP_PORT, value: "1389"}, {name: LDAPS_PORT, value: "1636"}, {name: HTTPS_PORT, value: "1443"}';

describe('which side of sprint 2103 a manifest is on', () => {
	test.each([
		['a version above the newest before 2103', workload('pingidentity/pingdirectory:9.3.0.1-latest'), 'new'],
		['the newest version before 2103', workload('pingidentity/pingdirectory:8.2.0.2'), 'unknown'],
		['an early access version of a later release', workload('pingidentity/pingfederate:10.3.0-edge'), 'new'],
		['a version of PingFederate that both sides had', workload('pingidentity/pingfederate:10.2.2'), 'unknown'],
		['a product that began with 2103', workload('registry.example.com/pingauthorize:stable'), 'new'],
		['a user that is not root', workload('registry.example.com/pingdirectory:v1', {pod: unprivileged}), 'new'],
		[
			'a variable that only old images read',
			workload('registry.example.com/pingdirectory:v1', {
				pod: unprivileged,
				env: '{name: PING_CONTAINER_PRIVILEGED, value: "false"}',
			}),
			'old',
		],
		[
			'the sprint goes before the user',
			workload('pingidentity/pingdirectory:2102-8.2.0.1', {pod: unprivileged}),
			'old',
		],
		['nothing', workload('registry.example.com/pingdirectory:v1'), 'unknown'],
	])('%s', async (_name, yaml, side) => {
		await using folder = await folderWith({'users.yaml': yaml});
		const {inventory} = await folder.inspect();
		expect(inventory.workloads.map(found => found.side)).toEqual([side]);
	});

	test('what is on the new side is not planned, and the refusal says what told', async () => {
		await using folder = await folderWith({'users.yaml': workload('pingidentity/pingdirectory:9.3.0.1-latest')});
		await expect(folder.plan('root')).rejects.toMatchObject({
			parts: {code: 'nothing-to-plan', exit: 'blocked', details: [expect.stringContaining('PingDirectory 9.3.0.1')]},
		});
	});
});

describe('a target of a lower version', () => {
	test('blocks, in inspect and in plan', async () => {
		await using folder = await folderWith({'users.yaml': workload('pingidentity/pingdirectory:2102-8.2.0.1')});
		const {findings, status} = await folder.inspect('', {image: '2103-8.1.0.3'});
		expect(findings).toContainEqual(expect.objectContaining({code: 'target-downgrade', severity: 'blocks'}));
		expect(status).toBe(3);
		await expect(folder.plan('fresh', {tag: '2103-8.1.0.3'})).rejects.toMatchObject({
			parts: {code: 'image-downgrade', exit: 'blocked'},
		});
	});

	test('of the same version does not, and neither does a version of another product', async () => {
		await using folder = await folderWith({
			'users.yaml': workload('pingidentity/pingdirectory:2102-8.2.0.1'),
			'sso.yaml': workload('pingidentity/pingfederate:2102-10.2.2', {kind: 'Deployment'}).replaceAll('users', 'sso'),
		});
		const {findings} = await folder.inspect('', {image: '2104-8.2.0.1'});
		expect(codesOf(findings)).not.toContain('target-downgrade');
	});
});

describe('what does without root already', () => {
	test.each([
		[
			'a user of OpenShift, and the variable',
			workload('pingidentity/pingdirectory:2102-8.2.0.1', {
				pod: '      securityContext: {runAsUser: 1000650000, fsGroup: 1000650000}\n',
				env: `{name: PING_CONTAINER_PRIVILEGED, value: "false"}, ${highPorts}`,
			}),
		],
		[
			'the variable alone, for any value that is not exactly «true»',
			workload('pingidentity/pingdirectory:2102-8.2.0.1', {
				env: `{name: PING_CONTAINER_PRIVILEGED, value: "TRUE"}, ${highPorts}`,
			}),
		],
		['PingDelegator, which never was', workload('pingidentity/pingdelegator:2102', {kind: 'Deployment'})],
	])('%s is not made root', async (_name, yaml) => {
		await using folder = await folderWith({'users.yaml': yaml});
		const {summary, written} = await folder.plan('root', {tag: '2109'});
		expect(Object.values(written).join('')).toContain(':2109');
		expect(Object.values(written).join('')).not.toMatch(/runAsUser: 0|runAsNonRoot: false/v);
		expect(summary.notes.join('\n')).toContain('does not run as root');
		expect(summary.notes.join('\n')).not.toContain('is a debt');
	});

	test('ports that only root may bind, beside a user that is not: that is root, contradicted', async () => {
		await using folder = await folderWith({
			'users.yaml': workload('pingidentity/pingdirectory:2102', {
				pod: unprivileged,
				env: '{name: LDAPS_PORT, value: "636"}',
			}),
		});
		const {written} = await folder.plan('root');
		expect(Object.values(written).join('')).toContain('runAsUser: 0');
	});
});

describe('jobs', () => {
	const job = workload('pingidentity/pingdirectory:2102', {kind: 'Job'})
		.replace('apps/v1', 'batch/v1')
		.replace('  replicas: 1\n', '')
		.replace('    spec:\n', '    spec:\n      restartPolicy: Never\n');

	test.each(['fresh', 'root'] as const)(
		'%s: a Job does not begin by being applied, and restarts nothing',
		async strategy => {
			await using folder = await folderWith({'restore.yaml': job});
			const {summary, written} = await folder.plan(strategy);
			expect(Object.values(written).join('')).toContain('suspend: true');
			expect(summary.notes.join('\n')).toContain('begins when you say so');
			expect(summary.notes.join('\n')).not.toMatch(/restarts the pods|goes on serving|No Service moves/v);
		},
	);
});

describe('words', () => {
	test('a volume of the host is named, and a Deployment hears nothing of claim templates', async () => {
		await using folder = await folderWith({
			'users.yaml': `${workload('pingidentity/pingdirectory:latest', {kind: 'Deployment', more: '          imagePullPolicy: ""\n'})}      volumes: [{name: out-dir, hostPath: {path: /srv/pd}}]\n`,
			'none.yaml': workload('pingidentity/pingdirectory:2102', {kind: 'Deployment'})
				.replaceAll('users', 'none')
				.replace(/^ *volumeMounts.*\n/mv, ''),
		});
		const {findings} = await folder.inspect();
		expect(findings.find(({code}) => code === 'fsgroup-missing')?.seen).toBe(
			'out-dir is mounted and no fsGroup is set',
		);
		expect(findings.find(({code}) => code === 'data-dies-with-pod')?.todo).not.toContain('emplate');
		expect(codesOf(findings)).toContain('image-sliding-always');
	});

	test('a claim template bound to the old volume lets go of it', async () => {
		await using folder = await folderWith({
			'users.yaml': workload('pingidentity/pingdirectory:2102').replace(
				'{resources: {requests: {storage: 8Gi}}}',
				'{storageClassName: "", volumeName: pd-pv, selector: {matchLabels: {use: pd}}, resources: {requests: {storage: 8Gi}}}',
			),
		});
		const {summary, written} = await folder.plan('fresh');
		expect(summary.notes.join('\n')).toContain('default storage class');
		expect(summary.notes.join('\n')).not.toContain('storage class ;');
		expect(written['kubernetes/users-2109/02-statefulset-users-2109.yaml']).not.toMatch(
			/pd-pv|use: pd|storageClassName/v,
		);
	});
});
