import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {administration, expand, expectPrivate, expectUntold, password, variablesOf} from './administration.js';
import {git, journalLines, outcomeOf} from './program.js';

test('the configuration export of PingAccess reaches git without its secrets, its key beside it, and the run its end', async () => {
	const {sandbox, repository, migrate, folder, argv} = await administration('pingaccess', '2103-6.2.1');
	const pod = sandbox.pod('pingaccess-admin-0');
	const exported: unknown = JSON.parse(pod?.read('/opt/out/instance/data/configuration.json')?.toString() ?? '');
	const key = pod?.read('/opt/out/instance/conf/pa.jwk')?.toString() ?? '';
	const ended = await migrate();
	expect(ended.status, ended.stdout + ended.stderr).toBe(0);

	const run = await folder();
	const {commit} = outcomeOf(await journalLines(run), 'profile') as {readonly commit: string};
	const committed = await git(repository, 'ls-tree', '-r', '--name-only', commit);
	expect(committed.trim().split('\n')).toEqual([
		'pingaccess/instance/data/start-up-deployer/data.json.subst',
		'pingaccess/variables.txt',
	]);
	const [subst, names, history] = await Promise.all([
		git(repository, 'show', `${commit}:pingaccess/instance/data/start-up-deployer/data.json.subst`),
		git(repository, 'show', `${commit}:pingaccess/variables.txt`),
		git(repository, 'log', '--all', '--patch'),
	]);
	const values = await variablesOf(run);
	expect(values.keys().toArray()).toEqual([
		'PA_EXPORT_KEYPAIRS_1_FILEDATA',
		'PA_EXPORT_KEYPAIRS_1_PASSWORD_ENCRYPTEDVALUE',
		'PA_EXPORT_TOKENPROVIDERSETTINGS_CLIENTSECRET_ENCRYPTEDVALUE',
	]);
	expect(names.trim().split('\n').slice(1)).toEqual(values.keys().toArray());
	expect(JSON.parse(expand(subst, values))).toEqual(exported);
	expect(await readFile(join(run, 'secrets', 'pa.jwk'), 'utf8')).toBe(key);
	await expectPrivate(run, 'profile.env', 'pa.jwk');
	await expectUntold(
		run,
		[ended.stdout, ended.stderr, history, await argv()],
		['OBF:JWE:', 'c2FuZGJveC1hZG1pbi1rZXk=', key.slice(20, 60)],
	);

	expect(ended.stdout).toContain('mount pa.jwk at /opt/in/instance/conf/pa.jwk');
	expect(ended.stdout).toContain('the import is skipped with no more than a line in the log');
}, 120_000);

test(
	'an export from before 6.1 goes where its hook looks, and no client is led to a new server that was given no ' +
		'configuration',
	async () => {
		const {sandbox, repository, migrate, resume, folder} = await administration('pingaccess', '2103-6.2.1', false);
		sandbox
			.pod('pingaccess-admin-0')
			?.write('/opt/out/instance/data/configuration.json', '{"version": "6.0.4.0", "data": {"sites": []}}');
		const selectors = (): readonly unknown[] =>
			sandbox
				.objects('Service', 'identity')
				.map(({metadata, spec}) => [metadata.name, (spec as {readonly selector?: unknown}).selector]);
		const before = selectors();
		const {status, stdout, stderr} = await migrate(undefined, {'profile-delivery': 'none'});
		expect(status, stderr).toBe(3);
		expect(stderr).toContain('sites is not on the new server');
		expect(selectors()).toEqual(expect.arrayContaining([...before]));
		expect(sandbox.pod('pingaccess-admin-0')).toBeDefined();

		const {commit} = outcomeOf(await journalLines(await folder()), 'profile') as {readonly commit: string};
		const committed = await git(repository, 'ls-tree', '-r', '--name-only', commit);
		expect(committed.trim().split('\n')).toEqual([
			'pingaccess/instance/data/data.json.subst',
			'pingaccess/variables.txt',
		]);
		expect(stdout).toContain('the image imports that through the administration API once the server is up');

		const asked = await resume(`${password}\n`);
		const accept = /accept-[0-9a-f]{8}/v.exec(asked.stdout + asked.stderr)?.[0] ?? '';
		expect(asked.status, asked.stderr).toBe(4);
		await expectPrivate(await folder(), 'profile.env', 'pa.jwk');
		const ended = await resume(`${password}\n`, {'configuration-differences': accept, copies: 'shred'});
		expect(ended.status, ended.stdout + ended.stderr).toBe(0);
		expect(await readdir(join(await folder(), 'secrets'))).toEqual([]);
	},
	120_000,
);
