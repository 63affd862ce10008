import {readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {administration, filesBelow, git} from './administration.js';
import {journalLines, outcomeOf} from './program.js';

/** What envsubst does. */
const expand = (text: string, values: ReadonlyMap<string, string>): string => text.replaceAll(/\$\{(?<name>[A-Z_a-z]\w*)\}/gv, (_whole, name: string) => name === 'DOLLAR' ? '$' : values.get(name) ?? 'missing');

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
	expect(committed.trim().split('\n')).toEqual(['pingaccess/instance/data/start-up-deployer/data.json.subst', 'pingaccess/variables.txt']);
	const [subst, names, history] = await Promise.all([
		git(repository, 'show', `${commit}:pingaccess/instance/data/start-up-deployer/data.json.subst`), git(repository, 'show', `${commit}:pingaccess/variables.txt`), git(repository, 'log', '--all', '--patch'),
	]);
	const environment = await readFile(join(run, 'secrets', 'profile.env'), 'utf8');
	const values = new Map(environment.split('\n').filter(Boolean).map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const));
	expect(values.keys().toArray()).toEqual(['PA_EXPORT_KEYPAIRS_1_FILEDATA', 'PA_EXPORT_KEYPAIRS_1_PASSWORD_ENCRYPTEDVALUE', 'PA_EXPORT_TOKENPROVIDERSETTINGS_CLIENTSECRET_ENCRYPTEDVALUE']);
	expect(names.trim().split('\n').slice(1)).toEqual(values.keys().toArray());
	expect(JSON.parse(expand(subst, values))).toEqual(exported);
	expect(await readFile(join(run, 'secrets', 'pa.jwk'), 'utf8')).toBe(key);
	for (const name of ['profile.env', 'pa.jwk']) {
		const {mode} = await stat(join(run, 'secrets', name));
		expect(mode & 0o777, name).toBe(0o600);
	}

	const files = await filesBelow(run);
	const readable = [...files].filter(([path]) => !path.startsWith(join(run, 'secrets'))).map(([, text]) => text);
	const told = [ended.stdout, ended.stderr, history, await argv(), ...readable];
	for (const text of told) {
		for (const secret of ['OBF:JWE:', 'c2FuZGJveC1hZG1pbi1rZXk=', key.slice(20, 60)]) {
			expect(text).not.toContain(secret);
		}
	}

	for (const text of [...told, ...files.values()]) {
		expect(text).not.toMatch(/admin\\*" pass/v);
	}

	expect(ended.stdout).toContain('mount pa.jwk at /opt/in/instance/conf/pa.jwk');
	expect(ended.stdout).toContain('the import is skipped with no more than a line in the log');
}, 120_000);

test('no client is led to a new server whose configuration nobody has seen', async () => {
	const {sandbox, migrate} = await administration('pingaccess', '2103-6.2.1', false);
	const selectors = (): readonly unknown[] => sandbox.objects('Service', 'identity').map(({metadata, spec}) => [metadata.name, (spec as {readonly selector?: unknown}).selector]);
	const before = selectors();
	const {status, stderr} = await migrate();
	expect(status, stderr).toBe(4);
	expect(stderr).toContain('configuration-seen');
	expect(selectors()).toEqual(expect.arrayContaining([...before]));
	expect(sandbox.pod('pingaccess-admin-0')).toBeDefined();
});
