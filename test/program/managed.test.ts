import {symlink, mkdir} from 'node:fs/promises';
import {basename, delimiter, join} from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {execa} from 'execa';
import {expect, test} from 'vitest';
import {parse} from 'yaml';
import {dayAfter} from '../../source/ping/debt.js';
import type {Sandbox} from '../../source/sandbox/sandbox.js';
import {canRunTools, realTools} from '../manifests/real-tools.js';
import {
	answersFile,
	environmentOf,
	freshAnswers,
	git,
	journalLines,
	onlyRun,
	outcomeOf,
	runProgram,
	startProgram,
	temporaryHome,
	temporarySandbox,
	type Program,
} from './program.js';

const chart = fileURLToPath(new URL('chart', import.meta.url));

const find = (sandbox: Sandbox, kind: string, name = 'pingdirectory') => {
	const object = sandbox.objects(kind, 'identity').find(({metadata}) => metadata.name === name);
	if (!object) {
		throw new Error(`There is no ${kind} ${name}.`);
	}

	return object;
};

type Template = {readonly spec: {readonly containers: ReadonlyArray<{readonly image: string}>}};

const imageOf = (sandbox: Sandbox): string | undefined =>
	(find(sandbox, 'StatefulSet').spec as {readonly template: Template}).template.spec.containers[0]?.image;

/** The fields of an object that the program itself has written, by each way of writing. */
const written = (sandbox: Sandbox, kind: string): readonly unknown[] =>
	(find(sandbox, kind).metadata.managedFields ?? [])
		.filter(({manager}) => manager === 'unroot')
		.map(({fieldsV1}) => fieldsV1);

/** All that the program writes on a workload whose owner changes it: that its servers refuse writes. */
const frozenOnly = [{'f:metadata': {'f:annotations': {'f:unroot/freeze': {}}}}];

/** The same as root: until when it is to stay so. */
const debtOnly = [{'f:metadata': {'f:annotations': {'f:unroot/runs-as-root': {}}}}];

/** Waits until the program has looked at the cluster and said what its owner has not done yet. */
const waits = async (program: Program): Promise<void> => {
	await expect.poll(program.stderr, {timeout: 60_000}).toContain(', wanted is ');
};

/** What the last hand-over of a run says. */
const handedOver = async (
	home: string,
): Promise<{
	readonly repository: string;
	readonly branch: string;
	readonly commit: string;
	readonly files: readonly string[];
}> => {
	const lines = await journalLines(await onlyRun(home));
	const line = lines.findLast(({note}) => (note as {readonly kind?: string} | undefined)?.kind === 'handed-over');
	return line?.note as Awaited<ReturnType<typeof handedOver>>;
};

/** The owner takes what was committed for him, and changes his objects in his own name. */
const ownerPatches = async (home: string, sandbox: Sandbox): Promise<void> => {
	const {repository, branch, commit} = await handedOver(home);
	expect(await git(repository, 'branch', '--contains', commit)).toContain(branch);
	const paths = await git(repository, 'show', '--pretty=', '--name-only', commit);
	for (const path of paths.trim().split('\n')) {
		const patch = await git(repository, 'show', `${commit}:${path}`);
		const {
			kind,
			metadata: {name},
		} = parse(patch) as {readonly kind: string; readonly metadata: {readonly name: string}};
		await execa(
			'kubectl',
			[
				'--namespace',
				'identity',
				'patch',
				kind,
				name,
				'--type',
				'strategic',
				'--field-manager',
				'owner',
				'--patch',
				patch,
			],
			{env: await environmentOf(home, sandbox)},
		);
	}
};

/** Lets the real helm own the directory, by what is set: it adopts the objects that bear its marks. Gives the helm. */
const installed = async (
	home: string,
	sandbox: Sandbox,
	...set: readonly string[]
): Promise<(...words: readonly string[]) => Promise<string>> => {
	const tools = await realTools();
	await mkdir(join(home, 'bin'));
	await symlink(tools.helm, join(home, 'bin', 'helm'));
	const helm = async (...words: readonly string[]): Promise<string> => {
		const {stdout} = await execa(tools.helm, [...words, '--namespace', 'identity'], {
			env: await environmentOf(home, sandbox),
		});
		return stdout;
	};

	// As Helm 3 did: not applied by the server.
	await helm('install', 'directory', chart, '--server-side=false', ...set.flatMap(value => ['--set', value]));
	// The chart's template is not to the letter what was there: the pod starts anew.
	await execa('kubectl', ['--namespace', 'identity', 'rollout', 'status', 'statefulset/pingdirectory'], {
		env: await environmentOf(home, sandbox),
	});
	return helm;
};

const rootAnswers = {
	strategy: 'root',
	'root-why': 'The chart is not ready yet.',
	'root-until': dayAfter(new Date().toISOString().slice(0, 10), 30),
	restart: 'identity',
	image: '2103-8.2.0.3',
	'profile-path': 'pingdirectory',
	encryption: 'none',
	'manifests-commit': 'commit',
	copies: 'keep',
};

test(
	'Argo CD moves the clients of a fresh deployment: the program commits the patches, waits, is killed, waits on, ' +
		'and patches nothing itself, there and back',
	async () => {
		const home = await temporaryHome();
		const sandbox = await temporarySandbox({owner: 'argocd'});
		const before = find(sandbox, 'Service').spec;
		const file = await answersFile(home, {
			...freshAnswers,
			'profile-repository': join(home, 'profiles'),
			'cut-over-owner': 'wait',
			'owner-repository': join(home, 'deployments'),
		});
		const first = await startProgram({home, sandbox, args: ['migrate', '--answers', file]});
		await waits(first);
		first.signal('SIGKILL');
		await first.ended;
		expect(find(sandbox, 'Service').spec).toEqual(before);
		expect(find(sandbox, 'StatefulSet').spec).toMatchObject({replicas: 1});

		const folder = await onlyRun(home);
		const resume = async (): Promise<Program> => {
			const program = await startProgram({home, sandbox, args: ['resume', folder, '--answers', file]});
			await waits(program);
			return program;
		};

		const interrupted = await resume();
		interrupted.signal('SIGINT');
		const {status, signal} = await interrupted.ended;
		expect({status, signal}).toEqual({status: 130, signal: undefined});
		// Whoever reviews the branch has it checked out, and the program goes on nevertheless.
		await git(join(home, 'deployments'), 'checkout', '--quiet', `unroot/${basename(folder)}`);
		const second = await resume();
		expect(second.stdout()).toContain('argocd app sync directory');
		expect(find(sandbox, 'Service').spec).toEqual(before);
		await ownerPatches(home, sandbox);
		const ended = await second.ended;
		expect(ended.status, ended.stdout + ended.stderr).toBe(0);
		const {newName} = outcomeOf(await journalLines(folder), 'strategy') as {readonly newName: string};
		expect(find(sandbox, 'Service').spec).toMatchObject({selector: {role: newName}});
		expect(find(sandbox, 'StatefulSet').spec).toMatchObject({replicas: 0});
		expect([written(sandbox, 'Service'), written(sandbox, 'StatefulSet')]).toEqual([[], frozenOnly]);
		const commits = await git(join(home, 'deployments'), 'log', '--all', '--format=%s');
		expect(commits.split('\n').filter(line => line.startsWith('Ask '))).toHaveLength(1);

		const back = await startProgram({home, sandbox, args: ['rollback', '--yes', '--answers', file]});
		await waits(back);
		expect(find(sandbox, 'StatefulSet').spec).toMatchObject({replicas: 0});
		await ownerPatches(home, sandbox);
		const undone = await back.ended;
		expect(undone.status, undone.stdout + undone.stderr).toBe(0);
		expect(find(sandbox, 'Service').spec).toMatchObject({selector: {role: 'pingdirectory'}});
		expect(find(sandbox, 'StatefulSet').spec).toMatchObject({replicas: 1});
		expect([written(sandbox, 'Service'), written(sandbox, 'StatefulSet')]).toEqual([[], []]);
	},
	180_000,
);

test.runIf(canRunTools)(
	'a Helm release that nobody decided about is not touched; left to its owner it is waited for, on the way ' +
		'there and on the way back',
	async () => {
		const home = await temporaryHome();
		const sandbox = await temporarySandbox({owner: 'helm'});
		const helm = await installed(home, sandbox);
		const before = find(sandbox, 'StatefulSet').spec;
		const repository = join(home, 'profiles');
		// The program itself finds no helm: it cannot offer to run it.
		const undecided = await runProgram({
			home,
			sandbox,
			args: ['migrate', '--answers', await answersFile(home, {...rootAnswers, 'profile-repository': repository})],
		});
		expect(undecided.status, undecided.stdout + undecided.stderr).toBe(4);
		expect(undecided.stderr).toContain('The question apply-owner has no answer');
		expect(undecided.stderr).toContain('wait (recommended)');
		expect(undecided.stderr).not.toMatch(/^ *upgrade[ :]/mv);
		expect(undecided.stderr).toContain('unroot cannot run helm upgrade: There is no helm on the PATH.');
		expect(find(sandbox, 'StatefulSet').spec).toEqual(before);

		const file = await answersFile(home, {
			'apply-owner': 'wait',
			'owner-repository': repository,
			restart: 'identity',
			copies: 'keep',
		});
		const there = await startProgram({home, sandbox, args: ['resume', await onlyRun(home), '--answers', file]});
		await waits(there);
		expect(find(sandbox, 'StatefulSet').spec).toEqual(before);
		expect(there.stdout()).toContain(
			'helm upgrade directory pingidentity/ping-devops --version 0.9.10 --reuse-values --values',
		);
		const {files} = await handedOver(home);
		await helm('upgrade', 'directory', chart, '--version', '0.9.10', '--reuse-values', '--values', files[0] ?? '');
		const migrated = await there.ended;
		expect(migrated.status, migrated.stdout + migrated.stderr).toBe(0);
		expect(imageOf(sandbox)).toBe('pingidentity/pingdirectory:2103-8.2.0.3');

		const back = await startProgram({home, sandbox, args: ['rollback', '--yes']});
		await expect.poll(back.stderr, {timeout: 60_000}).toContain(', wanted is pingidentity/pingdirectory:2102');
		expect(imageOf(sandbox)).toBe('pingidentity/pingdirectory:2103-8.2.0.3');
		await helm('rollback', 'directory');
		const ended = await back.ended;
		expect(ended.status, ended.stdout + ended.stderr).toBe(0);
		expect(imageOf(sandbox)).toBe('pingidentity/pingdirectory:2102-8.2.0.1');
		expect(written(sandbox, 'StatefulSet')).toEqual([]);
	},
	180_000,
);

test.runIf(canRunTools)(
	'the real helm upgrades the release that owns the directory, and rolls it back',
	async () => {
		const home = await temporaryHome();
		const sandbox = await temporarySandbox({owner: 'helm'});
		const helm = await installed(home, sandbox);
		const env = {PATH: [join(home, 'bin'), process.env.PATH ?? ''].join(delimiter)};
		const file = await answersFile(home, {
			...rootAnswers,
			'profile-repository': join(home, 'profiles'),
			'apply-owner': 'upgrade',
			'helm-chart': chart,
			'owner-repository': join(home, 'profiles'),
		});
		const migrated = await runProgram({
			home,
			sandbox,
			env,
			args: ['migrate', '--answers', file],
		});
		expect(migrated.status, migrated.stdout + migrated.stderr).toBe(0);
		expect(imageOf(sandbox)).toBe('pingidentity/pingdirectory:2103-8.2.0.3');
		expect(written(sandbox, 'StatefulSet')).toEqual(debtOnly);
		expect(JSON.parse(await helm('get', 'metadata', 'directory', '--output', 'json'))).toMatchObject({
			revision: 2,
			status: 'deployed',
		});
		expect(await git(join(home, 'profiles'), 'log', '--all', '--format=%s')).toContain(
			'Ask Helm release directory for the change of StatefulSet/pingdirectory',
		);

		const back = await runProgram({
			home,
			sandbox,
			env,
			args: ['rollback', '--yes'],
		});
		expect(back.status, back.stdout + back.stderr).toBe(0);
		expect(imageOf(sandbox)).toBe('pingidentity/pingdirectory:2102-8.2.0.1');
		expect(JSON.parse(await helm('get', 'metadata', 'directory', '--output', 'json'))).toMatchObject({
			revision: 3,
			status: 'deployed',
		});
	},
	180_000,
);

test('a Service that its Helm release cannot lead elsewhere is patched where the operator says so, there and back', async () => {
	const home = await temporaryHome();
	const sandbox = await temporarySandbox({owner: 'helm'});
	const file = await answersFile(home, {
		...freshAnswers,
		'profile-repository': join(home, 'profiles'),
		'cut-over-owner': 'patch',
	});
	const migrated = await runProgram({home, sandbox, args: ['migrate', '--answers', file]});
	expect(migrated.status, migrated.stdout + migrated.stderr).toBe(0);
	expect(migrated.stdout).toContain('The next sync or upgrade of Helm release directory may undo it');
	const {newName} = outcomeOf(await journalLines(await onlyRun(home)), 'strategy') as {readonly newName: string};
	expect(find(sandbox, 'Service').spec).toMatchObject({selector: {role: newName}});
	expect(find(sandbox, 'StatefulSet').spec).toMatchObject({replicas: 0});

	const back = await runProgram({home, sandbox, args: ['rollback', '--yes', '--answers', file]});
	expect(back.status, back.stdout + back.stderr).toBe(0);
	expect(find(sandbox, 'Service').spec).toMatchObject({selector: {role: 'pingdirectory'}});
	expect(find(sandbox, 'StatefulSet').spec).toMatchObject({replicas: 1});
}, 180_000);

test.runIf(canRunTools)(
	"the real helm scales the old server of a fresh deployment down, and up again, where the Service is nobody's",
	async () => {
		const home = await temporaryHome();
		const sandbox = await temporarySandbox({owner: 'helm'});
		await execa(
			'kubectl',
			[
				'--namespace',
				'identity',
				'patch',
				'service',
				'pingdirectory',
				'--type',
				'merge',
				'--patch',
				JSON.stringify({metadata: {labels: null, annotations: null}}),
			],
			{env: await environmentOf(home, sandbox)},
		);
		const helm = await installed(home, sandbox, 'hasService=false');
		const env = {PATH: [join(home, 'bin'), process.env.PATH ?? ''].join(delimiter)};
		const repository = join(home, 'profiles');
		const file = await answersFile(home, {
			...freshAnswers,
			'profile-repository': repository,
			'cut-over-owner': 'upgrade',
			'helm-chart': chart,
			'owner-repository': repository,
		});
		const migrated = await runProgram({
			home,
			sandbox,
			env,
			args: ['migrate', '--answers', file],
		});
		expect(migrated.status, migrated.stdout + migrated.stderr).toBe(0);
		const {newName} = outcomeOf(await journalLines(await onlyRun(home)), 'strategy') as {readonly newName: string};
		expect(find(sandbox, 'Service').spec).toMatchObject({selector: {role: newName}});
		expect(find(sandbox, 'StatefulSet').spec).toMatchObject({replicas: 0});
		expect(written(sandbox, 'StatefulSet')).toEqual(frozenOnly);
		expect(JSON.parse(await helm('get', 'values', 'directory', '--output', 'json'))).toMatchObject({
			pingdirectory: {container: {replicaCount: 0}},
		});

		const back = await runProgram({
			home,
			sandbox,
			env,
			args: ['rollback', '--yes', '--answers', file],
		});
		expect(back.status, back.stdout + back.stderr).toBe(0);
		expect(find(sandbox, 'Service').spec).toMatchObject({selector: {role: 'pingdirectory'}});
		expect(find(sandbox, 'StatefulSet').spec).toMatchObject({replicas: 1});
		expect(written(sandbox, 'StatefulSet')).toEqual([]);
		expect(JSON.parse(await helm('get', 'metadata', 'directory', '--output', 'json'))).toMatchObject({
			revision: 3,
			status: 'deployed',
		});
	},
	180_000,
);
