import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {makeRig, stdoutOf, type Rig} from './kubectl.js';
import {newWorkload, profileMap, profileVolume} from './new-workload.js';

type Status = {
	containerStatuses?: Array<{
		ready?: boolean;
		state?: {waiting?: {reason?: string; message?: string}};
		lastState?: {terminated?: {exitCode?: number}};
	}>;
};

describe('Booting PingDirectory in the sandbox', () => {
	let rig: Rig;
	beforeAll(async () => {
		rig = await makeRig();
	});
	afterAll(async () => {
		await rig.close();
	});

	const containerOf = (pod: string) => {
		const found = rig.sandbox.objects('Pod').find(({metadata}) => metadata.name === pod);
		return (found?.status as Status | undefined)?.containerStatuses?.[0];
	};

	const untilReady = async (name: string) => {
		await expect.poll(() => containerOf(`${name}-0`)?.ready, {timeout: 20_000}).toBe(true);
	};

	const untilCrashed = async (name: string) => {
		await expect
			.poll(() => containerOf(`${name}-0`)?.state?.waiting?.reason, {timeout: 20_000})
			.toBe('CrashLoopBackOff');
	};

	const previousLog = async (pod: string): Promise<string> => stdoutOf(rig.kubectl(['logs', pod, '--previous']));

	it.each([
		['pingidentity/pingdirectory:2103-8.2.0.3', 9999, 9999],
		['pingidentity/pingdirectory:2109-8.3.0.0', 0, 0],
	])('starts %s as its own user on a fresh volume with fsGroup %i', async (image, fsGroup, gid) => {
		const name = `fresh-${fsGroup}`;
		const files = {'pd.profile/ldif/userRoot/11-users.template': 'template: user\n'};
		await rig.apply(profileMap(name, files));
		await rig.apply(
			newWorkload(name, {
				image,
				podSecurity: {fsGroup},
				environment: {MAKELDIF_USERS: '3'},
				...profileVolume(name, files),
			}),
		);
		await untilReady(name);
		const {stdout: log} = await rig.kubectl(['logs', `${name}-0`]);
		expect(log).toContain('### Using the default container user and group');
		expect(log).toContain('GENESIS STATE FOUND');
		expect(log).toContain('#                      RUN_PLAN: START');
		expect(
			await stdoutOf(
				rig.inPod('id -u; id -g; cat /opt/out/instance/config/.manage-profile-setup-arguments.txt', [], `${name}-0`),
			),
		).toMatch(new RegExp(String.raw`^9031\n${gid}\n.*--ldapPort 1389 --ldapsPort 1636 --httpsPort 1443`, 'v'));
		expect(rig.sandbox.pod(`${name}-0`)?.entries()).toHaveLength(5);
		expect(rig.sandbox.pod(`${name}-0`)?.stat('/opt/out/instance/config/server.uuid')).toMatchObject({uid: 9031});
	});

	it('cannot write to a fresh volume without fsGroup', async () => {
		await rig.apply(newWorkload('denied', {podSecurity: {}}));
		await untilCrashed('denied');
		expect(await previousLog('denied-0')).toContain(
			"mkdir: can't create directory '/opt/out/container-state/': Permission denied\n/opt/entrypoint.sh: line " +
				"35: can't create /opt/out/container-state/current/environment_variables: nonexistent directory\n",
		);
		expect(containerOf('denied-0')?.lastState?.terminated?.exitCode).toBe(1);
		expect(
			await stdoutOf(rig.kubectl(['get', 'events', '--field-selector', 'involvedObject.name=denied-0'])),
		).toContain('Back-off restarting failed container');
	});

	it('refuses other ports on an old volume, and keeps them as root', async () => {
		await rig.kubectl(['scale', 'sts', 'pingdirectory', '--replicas=0']);
		await rig.kubectl(['wait', '--for=delete', 'pod/pingdirectory-0', '--timeout=30s']);
		const onOldVolume = (name: string, change: Parameters<typeof newWorkload>[1]) =>
			newWorkload(name, {
				...change,
				claims: false,
				volumes: [{name: 'out-dir', persistentVolumeClaim: {claimName: 'out-dir-pingdirectory-0'}}],
			});

		await rig.apply(onOldVolume('nogroup', {podSecurity: {}}));
		await untilCrashed('nogroup');
		expect(await previousLog('nogroup-0')).toContain('environment_variables: Permission denied');
		await rig.kubectl(['delete', 'sts', 'nogroup']);

		const asRoot = {
			LDAP_PORT: '389',
			LDAPS_PORT: '636',
			HTTPS_PORT: '443',
			JMX_PORT: '689',
		};
		await rig.apply(onOldVolume('asroot', {podSecurity: {runAsUser: 0, runAsGroup: 0}, environment: asRoot}));
		await untilReady('asroot');
		const {stdout: log} = await rig.kubectl(['logs', 'asroot-0']);
		expect(log).toContain('### Warning: running container as root user');
		expect(log).toContain('RUN_PLAN: RESTART');
		expect(rig.sandbox.pod('asroot-0')?.ports).toEqual([389, 636, 443]);
		await rig.kubectl(['delete', 'sts', 'asroot']);

		await rig.apply(onOldVolume('ports', {podSecurity: {fsGroup: 9999}}));
		await untilCrashed('ports');
		expect(await previousLog('ports-0')).toContain(`*****
LDAP/LDAPS/HTTPS ports from original settings may not be changed on restart.
   Service         Original Setting     Attempt
   LDAP_PORT       389                  1389
   LDAPS_PORT      636                  1636
   HTTPS_PORT      443                  1443
Please make any adjustments in dsconfig commands.
*****
CONTAINER FAILURE: Resolve the issues with your orchestration environment variables
CONTAINER FAILURE: Error running 20-restart-sequence.sh
`);
		expect(containerOf('ports-0')?.lastState?.terminated?.exitCode).toBe(20);
		await rig.kubectl(['delete', 'sts', 'ports']);

		await rig.apply(onOldVolume('lowports', {podSecurity: {fsGroup: 9999}, environment: asRoot}));
		await untilCrashed('lowports');
		expect(await previousLog('lowports-0')).toContain('Unable to bind to the configured port 0.0.0.0:389');
	});

	it('is not started where it must not be root, and cannot bind where capabilities are dropped', async () => {
		await rig.apply(newWorkload('norootallowed', {podSecurity: {runAsUser: 0, runAsNonRoot: true}}));
		await expect
			.poll(() => containerOf('norootallowed-0')?.state?.waiting?.message, {timeout: 20_000})
			.toContain('container has runAsNonRoot and image will run as root');
		await rig.apply(
			newWorkload('dropped', {
				podSecurity: {runAsUser: 0},
				containerSecurity: {capabilities: {drop: ['ALL']}},
				environment: {LDAP_PORT: '389', LDAPS_PORT: '636', HTTPS_PORT: '443'},
			}),
		);
		await untilCrashed('dropped');
		expect(await previousLog('dropped-0')).toContain('Permission denied');
	});

	it('joins a topology that its domain still has, instead of starting one', async () => {
		const label = {
			K8S_STATEFUL_SET_NAME: 'joiner',
			K8S_STATEFUL_SET_SERVICE_NAME: 'joiner',
			ORCHESTRATION_TYPE: 'KUBERNETES',
		};
		await rig.apply({
			apiVersion: 'v1',
			kind: 'Service',
			metadata: {name: 'joiner', namespace: 'identity'},
			spec: {
				clusterIP: 'None',
				publishNotReadyAddresses: true,
				selector: {app: 'joiner'},
				ports: [{name: 'ldaps', port: 1636}],
			},
		});
		const files = {'pd.profile/ldif/userRoot/11-users.template': 'template: user\n'};
		await rig.apply(profileMap('joiner', files));
		const set = newWorkload('joiner', {
			environment: {...label, MAKELDIF_USERS: '2'},
			...profileVolume('joiner', files),
		});
		await rig.apply({...set, spec: {...set.spec, replicas: 2}});
		await expect.poll(() => containerOf('joiner-1')?.ready, {timeout: 20_000}).toBe(true);
		expect(await stdoutOf(rig.kubectl(['logs', 'joiner-0']))).toContain(
			"Verified that this host/ip is the only pod found in domain 'joiner'",
		);
		const {stdout: log} = await rig.kubectl(['logs', 'joiner-1']);
		expect(log).toContain('PD_STATE: SETUP');
		expect(log).toContain('Replication initialize result=0');
		expect(rig.sandbox.pod('joiner-1')?.entries()).toHaveLength(4);
	});
});
