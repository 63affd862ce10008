import {Buffer} from 'node:buffer';
import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {execa} from 'execa';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {toolCall} from '../../source/directory/server.js';
import {customSchema} from '../../source/sandbox/scenario/configuration.js';
import {makeRig, stdoutOf, type Rig} from './kubectl.js';
import {newWorkload, profileMap, profileVolume} from './new-workload.js';

type Change = Parameters<typeof newWorkload>[1];

const schemaPath = 'pd.profile/server-root/pre-setup/config/schema/77-custom.ldif';

const dsconfig = `dsconfig set-password-policy-prop \\
    --policy-name "Default Password Policy" \\
    --set lockout-failure-count:5

dsconfig set-connection-handler-prop --handler-name "LDAPS Connection Handler" --set listen-port:\${LDAPS_PORT}
`;

describe('Images in the sandbox', () => {
	let rig: Rig;
	beforeAll(async () => {
		rig = await makeRig({entries: 20});
	});
	afterAll(async () => {
		await rig.close();
	});

	const statusOf = (name: string) => {
		const found = rig.sandbox.objects('Pod').find(({metadata}) => metadata.name === `${name}-0`);
		return (
			found?.status as
				| {
						containerStatuses?: Array<{
							ready?: boolean;
							lastState?: {terminated?: {exitCode?: number}};
						}>;
				  }
				| undefined
		)?.containerStatuses?.[0];
	};

	const logOf = async (name: string): Promise<string> => stdoutOf(rig.kubectl(['logs', `${name}-0`]));

	/** Starts a server and gives the log of a start that ended well. */
	const started = async (name: string, change: Change): Promise<string> => {
		await rig.apply(newWorkload(name, change));
		await expect.poll(() => statusOf(name)?.ready, {timeout: 20_000}).toBe(true);
		return logOf(name);
	};

	/** Starts a server, and gives the exit status and the log of a start that failed. */
	const crashed = async (name: string, change: Change): Promise<{readonly exit: number; readonly log: string}> => {
		await rig.apply(newWorkload(name, change));
		await expect
			.poll(() => statusOf(name)?.lastState?.terminated?.exitCode, {timeout: 20_000})
			.toEqual(expect.any(Number));
		const exit = statusOf(name)?.lastState?.terminated?.exitCode ?? -1;
		const log = await stdoutOf(rig.kubectl(['logs', `${name}-0`, '--previous']));
		await rig.kubectl(['delete', 'sts', name, '--wait=false']);
		return {exit, log};
	};

	const failures = (log: string): readonly string[] =>
		log.split('\n').filter(line => line.startsWith('CONTAINER FAIL'));

	const generated = async (name: string): Promise<string> =>
		stdoutOf(
			rig.inPod(
				'manage-profile generate-profile --profileRoot /tmp/p >/dev/null; cat ' +
					'/tmp/p/dsconfig/00-config.dsconfig; ls /tmp/p/server-root/pre-setup/config/schema',
				[],
				`${name}-0`,
			),
		);

	/** Whether the program's own connection opens the server. */
	const isConnected = async (name: string): Promise<boolean> => {
		const {script, parameters} = toolCall({ldapsPort: 1636}, 'ldapsearch', ['--baseDN', '', '--scope', 'base', '(&)']);
		const {status} = await rig.inPod(script, parameters, `${name}-0`);
		return status === 0;
	};

	it('gives a server without a profile no schema and no setting of the old one', async () => {
		await started('bare', {});
		const profile = await generated('bare');
		expect(profile).not.toContain('lockout-failure-count');
		expect(profile).not.toContain('77-custom.ldif');
		expect(await stdoutOf(rig.exec('cat', '/opt/out/instance/config/settings.dsconfig'))).toContain(
			'lockout-failure-count',
		);
	});

	it('takes a profile that is mounted by sub-path, and nothing of a ConfigMap that is mounted as a whole', async () => {
		const files = {[schemaPath]: customSchema, 'pd.profile/dsconfig/00.dsconfig': dsconfig};
		await rig.apply(profileMap('mounted', files));
		await started('mounted', profileVolume('mounted', files));
		const profile = await generated('mounted');
		expect(profile).toContain('lockout-failure-count:5');
		expect(profile).toContain('listen-port:1636');
		expect(profile).toContain('77-custom.ldif');

		const {volumes} = profileVolume('mounted', files);
		const log = await started('whole', {volumes, mounts: [{name: 'profile', mountPath: '/opt/in'}]});
		expect(log).toContain('copying local IN_DIR files');
		expect(await generated('whole')).not.toContain('lockout-failure-count');
	});

	it('clones the branch and folder of a remote, and ends where it cannot, or finds keys in it', async () => {
		const remote = join(rig.folder, 'profiles.git');
		const work = join(rig.folder, 'work');
		await mkdir(join(work, 'site', 'pd.profile', 'dsconfig'), {recursive: true});
		await writeFile(join(work, 'site', 'pd.profile', 'dsconfig', '00.dsconfig'), dsconfig);
		await writeFile(join(work, 'site', 'env_vars'), 'ROOT_USER_DN=cn=other\n');
		await writeFile(join(work, 'site', 'pf.jwk'), '{}');
		const git = async (...argv: readonly string[]) =>
			execa('git', ['-C', work, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...argv]);
		await execa('git', ['init', '--quiet', '--bare', remote]);
		await git('init', '--quiet', '--initial-branch', 'main');
		await git('add', '--all');
		await git('commit', '--quiet', '--message', 'One');
		await git('push', '--quiet', remote, 'main:moved');

		const source = {SERVER_PROFILE_URL: remote, SERVER_PROFILE_BRANCH: 'moved', SERVER_PROFILE_PATH: 'site'};
		const log = await started('cloned', {environment: source});
		expect(log).toContain('Getting SERVER_PROFILE\n  git url: *** REDACTED ***\n   branch: moved\n     path: site\n');
		expect(
			await stdoutOf(rig.inPod('cat /opt/staging/pd.profile/dsconfig/00.dsconfig "$CONTAINER_ENV"', [], 'cloned-0')),
		).toContain('ROOT_USER_DN=cn=other\n');
		expect(await stdoutOf(rig.inPod('cat /opt/out/instance/config/tools.properties', [], 'cloned-0'))).toContain(
			'bindDN=cn=other\n',
		);
		expect(await isConnected('cloned')).toBe(true);

		const [absent, strict, later] = await Promise.all([
			crashed('absent', {environment: {...source, SERVER_PROFILE_BRANCH: 'never'}}),
			crashed('strict', {environment: {...source, SECURITY_CHECKS_STRICT: 'true'}}),
			crashed('later', {
				image: 'pingidentity/pingdirectory:2111-8.3.0.0',
				podSecurity: {fsGroup: 0},
				environment: {...source, SERVER_PROFILE_BRANCH: 'never'},
			}),
		]);
		expect([absent.exit, failures(absent.log)]).toEqual([
			1,
			[
				'CONTAINER FAILURE: Git clone failure',
				'CONTAINER FAILURE: Error running 02-get-remote-server-profile.sh',
				'CONTAINER FAILURE: Error running 01-start-server.sh',
			],
		]);
		expect([strict.exit, failures(strict.log)[0]]).toEqual([
			1,
			'CONTAINER FAILURE: Security Violations Found! (total=1)',
		]);
		expect([later.exit, failures(later.log)]).toEqual([143, ['CONTAINER FAILURE: Git clone failure']]);
	});

	it.each([
		['2108', 9999, 1],
		['2109', 0, 127],
		['2111', 0, 143],
	])('ends on a volume that %s may not write after it has said GENESIS and START', async (sprint, _gid, exit) => {
		const {log, ...ended} = await crashed(`unwritable${sprint}`, {
			image: `pingidentity/pingdirectory:${sprint}-8.3.0.0`,
			podSecurity: {},
		});
		expect(ended.exit).toBe(exit);
		expect(log).toContain("mkdir: can't create directory '/opt/out/container-state/': Permission denied\n");
		expect(log.indexOf('GENESIS STATE FOUND')).toBeGreaterThan(0);
		expect(log.indexOf('GENESIS STATE FOUND')).toBeLessThan(log.indexOf("cp: can't create directory"));
	});

	it.each([
		['2108', 9999, 10],
		['2206', 0, undefined],
	])('asks of %s for itself in a headless Service that hides pods which are not ready', async (sprint, gid, exit) => {
		const name = `hidden${sprint}`;
		await rig.apply({
			apiVersion: 'v1',
			kind: 'Service',
			metadata: {name, namespace: 'identity'},
			spec: {clusterIP: 'None', selector: {app: name}, ports: [{name: 'ldaps', port: 1636}]},
		});
		const change = {
			image: `pingidentity/pingdirectory:${sprint}-9.1.0.0`,
			podSecurity: {fsGroup: gid},
			environment: {
				ORCHESTRATION_TYPE: 'KUBERNETES',
				K8S_STATEFUL_SET_NAME: name,
				K8S_STATEFUL_SET_SERVICE_NAME: name,
			},
		};
		if (exit === undefined) {
			expect(await started(name, change)).toContain('GENESIS STATE FOUND');
			return;
		}

		const ended = await crashed(name, change);
		expect([ended.exit, failures(ended.log).at(-1)]).toEqual([
			exit,
			'CONTAINER FAILURE: Error running 10-start-sequence.sh',
		]);
	});

	it('asks for the licence agreement only where no licence is in the profile', async () => {
		const files = {'pd.profile/server-root/pre-setup/PingDirectory.lic': 'Product=PingDirectory\n'};
		await rig.apply(profileMap('licensed', files));
		await started('licensed', {environment: {PING_IDENTITY_ACCEPT_EULA: 'NO'}, ...profileVolume('licensed', files)});
		const {exit, log} = await crashed('unlicensed', {environment: {PING_IDENTITY_ACCEPT_EULA: 'NO'}});
		expect(exit).toBe(10);
		expect(log).toContain('You must accept the EULA');
	});

	it('reads mounted passwords up to 2110, and sets up the public default from 2111 on', async () => {
		await rig.apply({
			apiVersion: 'v1',
			kind: 'Secret',
			metadata: {name: 'passwords', namespace: 'identity'},
			data: {'root-user-password': Buffer.from('mounted-password\n').toString('base64')},
		});
		const secrets = {
			environment: {PING_IDENTITY_PASSWORD: ''},
			volumes: [{name: 'secrets', secret: {secretName: 'passwords'}}],
			mounts: [{name: 'secrets', mountPath: '/run/secrets'}],
		};
		const search = 'ldapsearch --hostname localhost --port 1636 --useSSL --trustAll --bindDN cn=administrator';
		const answered = async (name: string, password: string): Promise<boolean> => {
			const {status} = await rig.inPod(
				`${search} --bindPassword "$1" --baseDN "" --scope base "(&)"`,
				[password],
				`${name}-0`,
			);
			return status === 0;
		};

		await started('mounted2110', {
			...secrets,
			image: 'pingidentity/pingdirectory:2110-8.3.0.0',
			podSecurity: {fsGroup: 0},
		});
		expect(await answered('mounted2110', 'mounted-password')).toBe(true);
		const log = await started('mounted2111', {
			...secrets,
			image: 'pingidentity/pingdirectory:2111-8.3.0.0',
			podSecurity: {fsGroup: 0},
		});
		expect(log).toContain("WARNING: Unable to write password files to '/run/secrets'");
		expect(await answered('mounted2111', 'mounted-password')).toBe(false);
		expect(await answered('mounted2111', '2FederateM0re')).toBe(true);
		expect(await isConnected('mounted2111')).toBe(true);
	});

	it('keeps all variables with their values on the volume, for all to read', async () => {
		await started('state', {environment: {PING_IDENTITY_PASSWORD: 'told-to-all'}});
		const pod = rig.sandbox.pod('state-0');
		const path = '/opt/out/container-state/current/environment_variables';
		expect(pod?.read(path)?.toString()).toContain('PING_IDENTITY_PASSWORD=told-to-all\n');
		expect((pod?.stat(path)?.mode ?? 0) % 0o10).toBe(4);
	});

	it('makes the same definition of the same passphrase, so that an encrypted export can be read', async () => {
		await started('same', {environment: {PING_IDENTITY_PASSWORD: 'sandbox-root-password'}});
		await started('other', {});
		const definition = async (pod: string): Promise<string> => stdoutOf(rig.inPod('encryption-settings list', [], pod));
		const [old, same, other] = await Promise.all(['pingdirectory-0', 'same-0', 'other-0'].map(definition));
		expect(same).toBe(old);
		expect(other).not.toBe(old);
	});

	it.each(['TRUE', 'no', ''])('steps down where PING_CONTAINER_PRIVILEGED is «%s»', async privileged => {
		const name = `down-${privileged.toLowerCase() || 'empty'}`;
		const log = await started(name, {
			image: 'pingidentity/pingdirectory:2102-8.2.0.1',
			podSecurity: {},
			environment: {
				PING_CONTAINER_PRIVILEGED: privileged,
				LDAP_PORT: '1389',
				LDAPS_PORT: '1636',
				HTTPS_PORT: '1443',
			},
		});
		expect(log).toContain('### Pattern: inside-out\n### Stepdown requested to :\n###     user : ping (id:9031)\n');
		expect(rig.sandbox.pod(`${name}-0`)?.stat('/opt/out/instance/config/server.uuid')).toMatchObject({
			uid: 9031,
			gid: 9999,
		});
	});

	it('guards the ports of an old volume as each sprint does', async () => {
		await rig.kubectl(['scale', 'sts', 'pingdirectory', '--replicas=0']);
		await rig.kubectl(['wait', '--for=delete', 'pod/pingdirectory-0', '--timeout=30s']);
		const onOldVolume = (sprint: string): Change => ({
			image: `pingidentity/pingdirectory:${sprint}-8.3.0.0`,
			podSecurity: {runAsUser: 0, runAsGroup: 0},
			claims: false,
			volumes: [{name: 'out-dir', persistentVolumeClaim: {claimName: 'out-dir-pingdirectory-0'}}],
		});
		const guarded = async (sprint: string): Promise<unknown> => {
			const {exit, log} = await crashed(`guard${sprint}`, onOldVolume(sprint));
			return [exit, failures(log).length, log.includes('replace-profile returned 0')];
		};

		expect(await guarded('2108')).toEqual([20, 2, false]);
		expect(await guarded('2111')).toEqual([143, 1, false]);
		for (const [sprint, isReplaced] of [
			['2110', false],
			['2109', true],
		] as const) {
			await rig.apply(newWorkload(`guard${sprint}`, onOldVolume(sprint)));
			await expect.poll(async () => logOf(`guard${sprint}`), {timeout: 20_000}).toContain('CONTAINER FAILURE');
			const log = await logOf(`guard${sprint}`);
			expect([failures(log).length, log.includes('replace-profile returned 0')]).toEqual([1, isReplaced]);
			expect(statusOf(`guard${sprint}`)).toMatchObject({ready: false, restartCount: 0});
			await rig.kubectl(['delete', 'sts', `guard${sprint}`]);
		}
	});
});
