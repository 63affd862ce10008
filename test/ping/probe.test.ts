import {mkdir, mkdtemp, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {execa} from 'execa';
import {describe, expect, test} from 'vitest';
import {probeScript, readProbe} from '../../source/ping/probe.js';

const pretendServer = async (): Promise<string> => {
	const folder = await mkdtemp(path.join(tmpdir(), 'probe-'));
	await mkdir(path.join(folder, 'instance/config'), {recursive: true});
	await writeFile(
		path.join(folder, 'instance/config/.manage-profile-setup-arguments.txt'),
		'--ldapPort 2389 \\\n--ldapsPort 2636 --httpsPort 2443 --rootUserPasswordFile /run/secrets/x\n',
	);
	await writeFile(path.join(folder, 'a file with  spaces'), '');
	await mkdir(path.join(folder, 'lost+found'));
	return folder;
};

describe('the look into a pod', () => {
	test('reports user, ports of setup, owners and harmless variables when a real shell runs it', async () => {
		const folder = await pretendServer();
		const {stdout} = await execa('sh', ['-c', probeScript, 'sh', folder, '/nowhere'], {
			extendEnv: false,
			env: {
				PATH: process.env.PATH,
				SERVER_ROOT_DIR: path.join(folder, 'instance'),
				LDAPS_PORT: '636',
				PING_CONTAINER_PRIVILEGED: 'true',
				PING_IDENTITY_PASSWORD: 'secret-one',
				SERVER_PROFILE_URL: 'https://me:secret-two@git.example.com/profiles.git?key=secret-three',
			},
		});
		const probe = readProbe('pingdirectory-0', 'pingdirectory', stdout);
		expect(probe).toMatchObject({
			pod: 'pingdirectory-0',
			container: 'pingdirectory',
			uid: process.getuid?.(),
			gid: process.getgid?.(),
			setupPorts: {LDAP_PORT: 2389, LDAPS_PORT: 2636, HTTPS_PORT: 2443},
			owners: {[folder]: [{uid: process.getuid?.(), gid: process.getgid?.(), files: 4}]},
		});
		expect(probe.environment).toEqual({
			LDAPS_PORT: '636',
			PING_CONTAINER_PRIVILEGED: 'true',
			SERVER_PROFILE_URL: 'https://git.example.com/profiles.git',
			SERVER_ROOT_DIR: path.join(folder, 'instance'),
		});
		expect(stdout.trimEnd().endsWith('\nend')).toBe(true);
		expect(stdout).not.toContain('secret-one');
	});

	test('takes a path with a quote and a dollar as data', async () => {
		const folder = await mkdtemp(path.join(tmpdir(), 'probe-'));
		const odd = path.join(folder, '$(touch owned)";\'x');
		await mkdir(odd);
		await writeFile(path.join(odd, 'file'), '');
		const {stdout} = await execa('sh', ['-c', probeScript, 'sh', odd], {cwd: folder});
		expect(readProbe('p', 'c', stdout).owners[odd]?.[0]?.files).toBe(1);
		const {stdout: listing} = await execa('ls', [folder]);
		expect(listing.trim()).toBe(path.basename(odd));
	});
});

describe('what a hostile pod prints', () => {
	test('neither secrets, odd names nor numbers out of range are believed', () => {
		const probe = readProbe(
			'p',
			'c',
			[
				'uid 99999999999',
				'uid 0',
				'uid 9031',
				'gid x',
				'env PING_IDENTITY_PASSWORD=hush',
				'env __proto__=x',
				'env LDAPS_PORT=636',
				'env LDAPS_PORT=1',
				'setup LDAPS_PORT 70000',
				'setup LDAP_PORT 389',
				'setup OTHER 1',
				'path __proto__',
				'own 0 0',
				'path /opt/out',
				'own 0 0',
				'own 0',
				'own -1 0',
				'own 9031 0',
				'own 0 0',
				`env IMAGE_VERSION=\u{1B}[31mpingdirectory-x\u{1B}[0m\u{7}${'y'.repeat(10_000)}`,
				'end',
				'env LDAP_PORT=1',
			].join('\n'),
		);
		expect(probe.uid).toBe(0);
		expect(probe.gid).toBeUndefined();
		expect(probe.environment.LDAPS_PORT).toBe('636');
		expect(probe.environment.IMAGE_VERSION).toMatch(/^pingdirectory-xy+$/v);
		expect(probe.environment.IMAGE_VERSION?.length).toBe(500);
		expect(Object.keys(probe.environment)).toEqual(['LDAPS_PORT', 'IMAGE_VERSION']);
		expect(probe.setupPorts).toEqual({LDAP_PORT: 389});
		expect(probe.owners).toEqual({
			'/opt/out': [
				{uid: 0, gid: 0, files: 2},
				{uid: 9031, gid: 0, files: 1},
			],
		});
	});

	test('an endless output is read in bounded time and nothing is made of it', () => {
		expect(readProbe('p', 'c', 'own 1 1\n'.repeat(500_000))).toEqual({
			pod: 'p',
			container: 'c',
			environment: {},
			owners: {},
			logSigns: [],
		});
	});

	test('an SSH address keeps its user', () => {
		expect(
			readProbe('p', 'c', 'env SERVER_PROFILE_URL=git@git.example.com:team/profiles.git\nend').environment
				.SERVER_PROFILE_URL,
		).toBe('git@git.example.com:team/profiles.git');
	});
});
