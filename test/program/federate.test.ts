import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import {readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {unzipSync} from 'fflate';
import {expect, onTestFinished, test} from 'vitest';
import {
	adminPod,
	administration,
	expand,
	expectPrivate,
	expectUntold,
	filesBelow,
	password,
	variablesOf,
} from './administration.js';
import {git, journalLines, outcomeOf} from './program.js';

const configuration = '/opt/out/instance/server/default/data/configuration.json';
const key = '/opt/out/instance/server/default/data/pf.jwk';

/** What the old server holds that must not leave it but in files of mode 0600. */
const secrets = ['OBF:JWE:', 'c2FuZGJveC1zaWduaW5nLWtleQ==', 'sandbox-key-of-pingfederate'];

test('the bulk export of PingFederate reaches git without its secrets, and the run its end', async () => {
	const {sandbox, repository, migrate, folder, argv} = await administration('pingfederate', '2103-10.2.2');
	const exported: unknown = JSON.parse(
		sandbox.pod(adminPod(sandbox, 'pingfederate'))?.read(configuration)?.toString() ?? '',
	);
	const keyText = sandbox.pod(adminPod(sandbox, 'pingfederate'))?.read(key)?.toString() ?? '';
	const ended = await migrate();
	expect(ended.status, ended.stdout + ended.stderr).toBe(0);

	expect(adminPod(sandbox, 'pingfederate')).toBe('none');
	const run = await folder();
	const lines = await journalLines(run);
	const {workload, pod} = outcomeOf(lines, 'apply') as {readonly workload: string; readonly pod: string};
	expect(sandbox.objects('Pod', 'identity').map(({metadata}) => metadata.name)).toContain(pod);
	expect(sandbox.objects('Deployment', 'identity').map(({metadata}) => metadata.name)).toContain(workload);
	expect(pod).toMatch(new RegExp(String.raw`^${workload}-[^\-]+-[^\-]+$`, 'v'));

	const {commit, branch} = outcomeOf(lines, 'profile') as {readonly commit: string; readonly branch: string};
	const committed = await git(repository, 'ls-tree', '-r', '--name-only', commit);
	expect(committed.trim().split('\n')).toEqual([
		'pingfederate/instance/bulk-config/data.json.subst',
		'pingfederate/variables.txt',
	]);
	const [subst, names, history] = await Promise.all([
		git(repository, 'show', `${commit}:pingfederate/instance/bulk-config/data.json.subst`),
		git(repository, 'show', `${commit}:pingfederate/variables.txt`),
		git(repository, 'log', '--all', '--patch', branch),
	]);

	const values = await variablesOf(run);
	expect(names.trim().split('\n').slice(1)).toEqual(values.keys().toArray());
	expect(values.size).toBe(5);
	expect(JSON.parse(expand(subst, values))).toEqual(exported);
	expect(await readFile(join(run, 'secrets', 'pf.jwk'), 'utf8')).toBe(keyText);
	await expectPrivate(run, 'profile.env', 'pf.jwk');
	await expectUntold(run, [ended.stdout, ended.stderr, history, await argv()], [...secrets, keyText.slice(20, 60)]);

	expect(await argv()).toContain('unroot-session');
	expect(ended.stdout).toContain('left to decide');
	expect(ended.stdout).toContain('data.json.subst:15: the LDAP host pingdirectory without a port');
	expect(ended.stdout).toContain('mount pf.jwk at /opt/in/instance/server/default/data/pf.jwk');
	const files = await filesBelow(run);
	expect(
		files
			.keys()
			.filter(path => path.includes('export.json'))
			.toArray(),
	).toEqual([]);
}, 120_000);

test(
	'a wrong password ends the run, nothing of it is kept; with the right one the archive is kept out of git, and ' +
		'the run goes on to its end',
	async () => {
		const {sandbox, repository, migrate, resume, folder, argv} = await administration('pingfederate', '2103-10.2.2');
		const pod = sandbox.pod(adminPod(sandbox, 'pingfederate'));
		const keyText = pod?.read(key)?.toString() ?? '';
		const configurationText = pod?.read(configuration)?.toString() ?? '';
		const method = {'profile-method': 'archive'};
		const refused = await migrate('wrong-password-of-the-operator', method);
		expect(refused.status, refused.stdout + refused.stderr).toBe(1);
		expect(refused.stderr).toContain('refuses the password of administrator (401)');
		const files = await filesBelow(await folder());
		for (const text of [refused.stdout, refused.stderr, ...files.values()]) {
			expect(text).not.toContain('wrong-password-of-the-operator');
		}

		expect(pod?.list('/tmp')).toEqual([]);
		const ended = await resume(password, method);
		expect(ended.status, ended.stdout + ended.stderr).toBe(0);

		const run = await folder();
		const path = join(run, 'data', 'data.zip');
		const [bytes, {mode}] = await Promise.all([readFile(path), stat(path)]);
		const members = Object.entries(unzipSync(bytes)).map(([name, content]) => [name, Buffer.from(content).toString()]);
		expect(Object.fromEntries(members)).toEqual({'configuration.json': configurationText, 'pf.jwk': keyText});
		expect(mode & 0o777).toBe(0o600);
		await expectPrivate(run, 'pf.jwk');

		const {commit} = outcomeOf(await journalLines(run), 'profile') as {readonly commit: string};
		const [committed, note, history] = await Promise.all([
			git(repository, 'ls-tree', '-r', '--name-only', commit),
			git(repository, 'show', `${commit}:pingfederate/configuration-archive.txt`),
			git(repository, 'log', '--all', '--patch', '--binary'),
		]);
		expect(committed.trim().split('\n')).toEqual(['pingfederate/configuration-archive.txt']);
		expect(note).toContain(`bytes: ${bytes.length}\nsha256: ${createHash('sha256').update(bytes).digest('hex')}\n`);
		expect(history).toContain('Save the server profile of pingfederate-admin');
		await expectUntold(
			run,
			[ended.stdout, ended.stderr, history, await argv()],
			[...secrets, keyText.slice(20, 60), 'wrong-password'],
		);
		for (const said of [
			'mount it at /opt/in/instance/server/default/data/drop-in-deployer/data.zip',
			'/pf-admin-api/v1/configArchive/import',
			'the old server is of 10.1.5, the new one of 10.2.2',
			'mount pf.jwk at',
		]) {
			expect(ended.stdout).toContain(said);
		}
	},
	120_000,
);

test('a secret that is in no field of secrets is refused by file and line, and nothing is committed', async () => {
	const {sandbox, repository, migrate} = await administration('pingfederate', '2103-10.2.2');
	const planted = '-----BEGIN PRIVATE KEY-----MIIEvQIBADANBgkqhkiG9w0BAQEFAASC';
	sandbox.pod(adminPod(sandbox, 'pingfederate'))?.write(
		configuration,
		JSON.stringify({
			metadata: {pfVersion: '10.1.5.0'},
			operations: [{resourceType: '/notes', items: [{id: 'note', description: planted}]}],
		}),
	);
	const ended = await migrate();
	expect(ended.status, ended.stdout + ended.stderr).toBe(3);
	expect(ended.stderr).toContain('instance/bulk-config/data.json.subst:11 (a private key)');
	expect(ended.stdout + ended.stderr).not.toContain(planted);
	await expect(git(repository, 'log', '--all')).rejects.toThrow();
}, 120_000);

test('what is no export is not kept', async () => {
	const {sandbox, migrate, folder} = await administration('pingfederate', '2103-10.2.2');
	sandbox
		.pod(adminPod(sandbox, 'pingfederate'))
		?.write(configuration, '{"operations": [{"password": "half-of-a-secret"');
	const ended = await migrate();
	expect(ended.status).toBe(1);
	expect(ended.stderr).toContain('is no bulk export of PingFederate: it is not whole JSON.');
	const files = await filesBelow(await folder());
	for (const text of [ended.stdout, ended.stderr, ...files.values()]) {
		expect(text).not.toContain('half-of-a-secret');
	}
}, 120_000);

test('an engine, a Deployment without a volume, has no profile of its own and moves to its end', async () => {
	const {sandbox, migrate, folder} = await administration('pingfederate', '2103-10.2.2');
	const ended = await migrate(`${password}\n`, {workload: 'Deployment/pingfederate-engine'});
	expect(ended.status, ended.stdout + ended.stderr).toBe(0);
	expect(ended.stdout).toContain(
		'pingfederate-engine is an engine: it takes its configuration from the administration node.',
	);
	const {pod} = outcomeOf(await journalLines(await folder()), 'apply') as {readonly pod: string};
	const pods = sandbox
		.objects('Pod', 'identity')
		.map(({metadata}) => metadata.name)
		.filter(name => name.startsWith('pingfederate-engine'));
	expect(pods).toEqual([pod]);
	expect(sandbox.pod(adminPod(sandbox, 'pingfederate'))).toBeDefined();
}, 120_000);

test('a setting that is not on the new PingFederate stops the switch by its name until exactly that is accepted', async () => {
	const {sandbox, migrate, resume, folder} = await administration('pingfederate', '2103-10.2.2');
	const old = adminPod(sandbox, 'pingfederate');
	// The new server has one client less, as an import that skips it would leave it.
	const newAdmin = () =>
		sandbox
			.objects('Pod', 'identity')
			.map(({metadata}) => metadata.name)
			.find(pod => pod !== old && pod.startsWith('pingfederate-admin-') && sandbox.pod(pod)?.read(configuration));
	const tampering = setInterval(() => {
		const pod = sandbox.pod(newAdmin() ?? '');
		const text = pod?.read(configuration)?.toString();
		if (pod && text?.includes('"clientId"')) {
			const document = JSON.parse(text) as {operations: Array<{resourceType: string}>};
			document.operations = document.operations.filter(({resourceType}) => resourceType !== '/oauth/clients');
			pod.write(configuration, JSON.stringify(document));
		}
	}, 20);
	onTestFinished(() => {
		clearInterval(tampering);
	});
	const stopped = await migrate();
	expect(stopped.status, stopped.stdout + stopped.stderr).toBe(3);
	expect(stopped.stderr).toContain('/oauth/clients: portal: clientId is not on the new server');
	expect(stopped.stderr).toContain('differ from the committed profile');
	const lines = await journalLines(await folder());
	expect(JSON.stringify(lines)).not.toContain('OBF:JWE');

	const asked = await resume(`${password}\n`);
	expect(asked.status).toBe(4);
	const accept = /accept-[0-9a-f]{8}/v.exec(asked.stdout + asked.stderr)?.[0] ?? '';
	const ended = await resume(`${password}\n`, {'configuration-differences': accept});
	expect(ended.status, ended.stdout + ended.stderr).toBe(0);
	expect(ended.stdout).toContain('which you accepted');
}, 120_000);
