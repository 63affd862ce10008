import {readFile, writeFile} from 'node:fs/promises';
import {delimiter, join} from 'node:path';
import {env} from 'node:process';
import {expect, onTestFinished, test, vi} from 'vitest';
import type {Connection} from '../../../source/cluster/connection.js';
import {createHelm} from '../../../source/cluster/kubectl/helm.js';
import type {Helm} from '../../../source/migration/world.js';
import {temporaryFolder} from '../temporary-folder.js';

type Fake = {
	readonly helm: Helm;
	readonly connection: Connection;
	/** What it was called with, one word a line. */ readonly words: () => Promise<readonly string[]>;
};

/** Puts a script in helm's place that writes its words down first. */
const withFakeHelm = async (script: string): Promise<Fake> => {
	const folder = await temporaryFolder();
	const log = join(folder, 'words');
	await writeFile(join(folder, 'helm'), `#!/bin/sh\nprintf '%s\\n' "$@" >>'${log}'\n${script}\n`, {mode: 0o755});
	vi.stubEnv('PATH', `${folder}${delimiter}${env.PATH ?? ''}`);
	onTestFinished(() => {
		vi.unstubAllEnvs();
	});
	const connection = {
		kubeconfig: join(folder, 'kubeconfig'),
		context: 'test',
		namespace: 'identity',
		cacheFolder: join(folder, 'cache'),
	};
	return {
		helm: createHelm(connection),
		connection,
		async words() {
			const text = await readFile(log, 'utf8').catch(() => '');
			return text.split('\n').slice(0, -1);
		},
	};
};

const order = {release: 'users', chart: 'pingidentity/ping-devops', version: '0.9.10'};
const where = ['--kube-context', 'test', '--namespace', 'identity'];

test('an upgrade names its context, its namespace and the version in use, and takes its values from a file', async () => {
	const {helm, words} = await withFakeHelm('');
	await helm.upgrade(order, '/runs/a b/values.yaml');
	expect(await words()).toEqual([
		...where,
		'upgrade',
		'users',
		'pingidentity/ping-devops',
		'--version',
		'0.9.10',
		'--reuse-values',
		'--values',
		'/runs/a b/values.yaml',
	]);
});

test('a dry run is given the values on standard input, and tells chart and objects apart from what else Helm prints', async () => {
	const {helm, words} = await withFakeHelm(
		String.raw`test "$(cat)" = 'a: 1' && printf '%s' '{"config":{"password":"secret"},"chart":{"metadata":{"name":"ping-devops","version":"0.9.10"}},"manifest":"---\nkind: Service\nmetadata: {name: one}\n---\n# nothing\n---\nkind: StatefulSet\nmetadata: {name: two}\n"}'`,
	);
	expect(await helm.dryRun(order, 'a: 1')).toEqual({
		chart: 'ping-devops',
		version: '0.9.10',
		objects: [
			{kind: 'Service', metadata: {name: 'one'}},
			{kind: 'StatefulSet', metadata: {name: 'two'}},
		],
	});
	expect(await words()).toEqual(expect.arrayContaining(['--dry-run=server', '--values', '-']));
});

test("variables of Helm's lead it nowhere else", async () => {
	vi.stubEnv('HELM_KUBEAPISERVER', 'https://elsewhere.example.com');
	vi.stubEnv('HELM_KUBETOKEN', 'token');
	vi.stubEnv('KUBECONFIG', '/elsewhere');
	const {helm, connection} = await withFakeHelm(
		'printf \'{"revision":3,"status":"deployed","chart":"%s","version":"%s","namespace":"identity"}\' ' +
			'"$HELM_KUBEAPISERVER$HELM_KUBETOKEN" "$KUBECONFIG"',
	);
	expect(await helm.release('users')).toEqual({
		revision: 3,
		status: 'deployed',
		chart: '',
		version: connection.kubeconfig,
	});
});

test('what is no name of a release is not handed to Helm, which could read it as a flag', async () => {
	const {helm, words} = await withFakeHelm('');
	for (const name of ['--kubeconfig=/elsewhere', '', 'Users', 'a'.repeat(54)]) {
		expect(await helm.release(name)).toHaveProperty('missing');
	}

	expect(await words()).toEqual([]);
});

test('a machine without helm, and a release that is not there, are told as what is missing', async () => {
	const {helm} = await withFakeHelm('echo "Error: release: not found" >&2; exit 1');
	expect(await helm.release('users')).toEqual({
		missing: 'helm get ended with exit status 1: Error: release: not found',
	});
	vi.stubEnv('PATH', await temporaryFolder());
	expect(await helm.release('users')).toEqual({missing: 'There is no helm on the PATH.'});
	await expect(helm.upgrade(order, 'values.yaml')).rejects.toMatchObject({parts: {code: 'helm-missing'}});
});

test("a refusal of Helm's is a failure with what it said and the command, quoted", async () => {
	const {helm, connection} = await withFakeHelm(
		'echo "Error: UPGRADE FAILED: another operation is in progress" >&2; exit 1',
	);
	await expect(helm.rollback('users', 2)).rejects.toMatchObject({
		parts: {
			code: 'helm-failed',
			seen: expect.stringContaining('another operation is in progress') as string,
			byHand: `helm rollback users 2 --kubeconfig ${connection.kubeconfig} --kube-context test --namespace identity`,
		},
	});
});
