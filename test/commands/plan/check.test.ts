import {spawnSync} from 'node:child_process';
import {chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {parseOptions} from '../../../source/commands/arguments.js';
import {checkPlan} from '../../../source/commands/plan/check.js';
import {plan} from '../../../source/commands/plan/index.js';
import {Failure} from '../../../source/failure/failure.js';
import {canRunTools, realTools} from '../../manifests/real-tools.js';

const chart = fileURLToPath(new URL('../../manifests/chart', import.meta.url));
const set = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: users}
spec:
  serviceName: users
  selector: {matchLabels: {app: users}}
  template:
    metadata: {labels: {app: users}}
    spec:
      containers:
      - {name: pingdirectory, image: 'pingidentity/pingdirectory:2102'}
`;
const values = 'pingdirectory: {enabled: true, image: {tag: "2102"}, envs: {SERVER_PROFILE_URL: u}}\n';
const compose = 'services:\n  users: {image: "pingidentity/pingdirectory:2102"}\n';

let folder: string;
/** The PATH of the tools: a folder with what a test puts there. */
let tools: string;

const write = async (name: string, text: string): Promise<string> => {
	const file = path.join(folder, name);
	await mkdir(path.dirname(file), {recursive: true});
	await writeFile(file, text);
	return file;
};

/** Puts a program on the PATH that stands in for one that is not on this machine. */
const standIn = async (name: string, script: string): Promise<void> => {
	const file = await write(path.join('tools', name), `#!/bin/sh\n${script}\n`);
	await chmod(file, 0o755);
};

/** The stand-in of docker takes every Compose file but one that says otherwise, and keeps what it was called with. */
const docker = (then: string): string => `echo "$@" >> "${folder}/calls"
case "$2" in version) echo Docker Compose version v2.30.0; exit 0;; esac
for word in "$@"; do case "$word" in *.yaml) file=$word;; esac; done
${then}`;

const run = async (
	files: readonly string[],
	more: readonly string[] = [],
): Promise<{readonly printed: string; readonly failure?: Failure}> => {
	let printed = '';
	const stdin = async function* (): AsyncGenerator<string> {
		yield '';
	};

	try {
		await plan(
			parseOptions([
				'plan',
				...files.flatMap(file => ['-f', file]),
				'-O',
				path.join(folder, 'new'),
				'--strategy',
				'root',
				'--image-tag',
				'2109',
				...more,
			]),
			{
				stdin: stdin(),
				environment: {PATH: tools, HOME: folder},
				stdout: {
					write(text) {
						printed += text;
					},
				},
			},
		);
		return {printed};
	} catch (error) {
		if (error instanceof Failure) {
			return {printed, failure: error};
		}

		throw error;
	}
};

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'unroot-plan-check-'));
	tools = path.join(folder, 'tools');
	await mkdir(tools);
});

afterEach(async () => {
	await rm(folder, {recursive: true});
});

describe.skipIf(!canRunTools)(
	'with the real kubectl and helm (skipped where this build of them does not run: it is for Linux on x64)',
	() => {
		beforeEach(async () => {
			const {helm, kubectl} = await realTools();
			await symlink(helm, path.join(tools, 'helm'));
			await symlink(kubectl, path.join(tools, 'kubectl'));
		});

		test('an overlay that builds is told with the version of Kustomize', async () => {
			const files = [
				await write('base/set.yaml', set),
				await write('base/kustomization.yaml', 'resources: [set.yaml]\n'),
			];
			const {printed, failure} = await run(files);
			expect(failure).toBeUndefined();
			expect(printed).toMatch(/new\/kustomize: checked with kubectl kustomize \(v5\./v);
		});

		test('both overlays of a fresh deployment are built', async () => {
			const files = [
				await write(
					'base/set.yaml',
					`${set}---\napiVersion: v1\nkind: Service\nmetadata: {name: all}\nspec: {selector: {app: users}, ` +
						'ports: [{port: 636}]}\n',
				),
				await write('base/kustomization.yaml', 'resources: [set.yaml]\n'),
			];
			const {printed} = await run(files, ['--strategy', 'fresh']);
			expect(printed).toMatch(/new\/kustomize\/beside: checked with kubectl kustomize/v);
			expect(printed).toMatch(/new\/kustomize\/cut-over: checked with kubectl kustomize/v);
		});

		test('a base that does not build by itself proves nothing against the plan', async () => {
			const files = [
				await write('base/set.yaml', set),
				await write('base/kustomization.yaml', 'resources: [set.yaml, gone.yaml]\n'),
			];
			const {printed, failure} = await run(files);
			expect(failure).toBeUndefined();
			expect(printed).toMatch(
				/new\/kustomize: not checked with kubectl kustomize: what it was made from does not pass either: .*gone\.yaml/v,
			);
		});

		test('values are rendered with the chart that was named', async () => {
			const {printed, failure} = await run([await write('values.yaml', values)], ['--chart', chart]);
			expect(failure).toBeUndefined();
			expect(printed).toMatch(/new\/helm\/values\.yaml: checked with helm template \(v4\./v);
		});

		test('values that the chart refuses from the plan on are a failure in four parts, and stay', async () => {
			const strict = path.join(folder, 'strict');
			await mkdir(path.join(strict, 'templates'), {recursive: true});
			await write('strict/Chart.yaml', 'apiVersion: v2\nname: ping-devops\nversion: 0.9.10\n');
			await write(
				'strict/templates/x.yaml',
				'{{- if ne .Values.pingdirectory.image.tag "2102" }}{{ fail "this chart is for 2102" }}{{ end }}\n',
			);
			const {printed, failure} = await run([await write('values.yaml', values)], ['--chart', strict]);
			expect(failure?.parts).toMatchObject({code: 'plan-check-failed'});
			expect(failure?.parts.seen).toContain('this chart is for 2102');
			expect(failure?.parts.byHand).toBe(
				`helm template unroot-check ${strict} --values ${folder}/new/helm/values.yaml`,
			);
			expect(printed).toContain('helm template does not take it');
			expect(await readFile(path.join(folder, 'new/helm/values.yaml'), 'utf8')).toContain('tag: "2109"');
		});
	},
);

describe('what cannot be checked is said, with the command that does it', () => {
	test('values without their chart', async () => {
		const {printed, failure} = await run([await write('values.yaml', values)]);
		expect(failure).toBeUndefined();
		expect(printed).toContain(
			'not checked with helm template: no chart was named with --chart; check by hand: helm template RELEASE ' +
				`CHART --version VERSION --values ${folder}/new/helm/values.yaml`,
		);
	});

	test('no docker on the PATH', async () => {
		const {printed, failure} = await run([await write('compose.yaml', compose)]);
		expect(failure).toBeUndefined();
		expect(printed).toContain(
			'not checked with docker compose config: docker is not on the PATH; check by hand: docker compose ' +
				`--project-directory ${folder} --file ${folder}/new/compose/compose.yaml config --quiet`,
		);
	});

	test('a docker without compose', async () => {
		await standIn(
			'docker',
			String.raw`printf "docker: unknown command: docker compose\n\nRun docker --help\n" >&2; exit 1`,
		);
		const {printed} = await run([await write('compose.yaml', compose)]);
		expect(printed).toContain(
			'not checked with docker compose config: docker compose version does not work here: docker: unknown ' +
				'command: docker compose;',
		);
	});

	test('a tool that does not end', async () => {
		await standIn('docker', docker('exec sleep 60'));
		const file = await write('compose.yaml', compose);
		const checks = await checkPlan({
			folder,
			files: [{name: 'compose/compose.yaml', text: compose, from: {file, text: compose}}],
			chart: undefined,
			environment: {PATH: `${tools}:/usr/bin:/bin`},
			seconds: 2,
		});
		expect(checks).toMatchObject([{state: 'unchecked', says: 'it took longer than 2 seconds'}]);
	});
});

describe('Compose files, with a stand-in for docker', () => {
	test('are given to docker compose as they were written, in the project of the old one', async () => {
		await standIn('docker', docker('exit 0'));
		const file = await write('stack/compose.yaml', compose);
		const {printed, failure} = await run([file]);
		expect(failure).toBeUndefined();
		expect(printed).toContain('new/compose/compose.yaml: checked with docker compose config (v2.30.0)');
		expect(await readFile(path.join(folder, 'calls'), 'utf8')).toBe(
			`compose version\ncompose --project-directory ${folder}/stack --file ${folder}/new/compose/compose.yaml ` +
				'config --quiet\n',
		);
	});

	test('a plan that docker does not take, made from a file that it takes, is a failure; JSON has it too', async () => {
		await standIn(
			'docker',
			docker('case "$file" in */new/*) echo "services.users.user must be a string" >&2; exit 15;; esac'),
		);
		const {printed, failure} = await run([await write('compose.yaml', compose)], ['--output', 'json']);
		expect(failure?.parts.code).toBe('plan-check-failed');
		expect(failure?.parts.seen).toContain('services.users.user must be a string');
		expect(JSON.parse(printed)).toMatchObject({checks: [{tool: 'docker compose config', state: 'failed'}]});
	});
});

/** Compose as it is installed here: a plugin of docker, or a program of its own, which older systems have. */
const realCompose = ['docker compose', 'docker-compose'].find(
	command => spawnSync('sh', ['-c', `${command} version`]).status === 0,
);

describe.skipIf(!realCompose)('Compose files, with the real Compose (skipped where there is none)', () => {
	const stack = `version: "3"
services:
  users:
    image: pingidentity/pingdirectory:2102
    ports: ["1636:636", "1443:443"]
    volumes: [data:/opt/out]
  federate:
    image: pingidentity/pingfederate:2102
    command: wait-for users:636 -t 900 -- entrypoint.sh start-server
volumes: {data: {}}
`;

	beforeEach(async () => {
		await standIn('docker', `PATH='${process.env.PATH ?? ''}'\nshift\nexec ${realCompose ?? ''} "$@"`);
	});

	test.each(['fresh', 'root'])('what is planned is taken: %s', async strategy => {
		const {printed, failure} = await run([await write('compose.yaml', stack)], ['--strategy', strategy]);
		expect(failure).toBeUndefined();
		expect(printed).toMatch(/new\/compose\/compose\.yaml: checked with docker compose config \(/v);
	});

	test('what it does not take, before or after, proves nothing', async () => {
		const {printed} = await run([await write('compose.yaml', stack.replace('ports: [', 'ports: [{no: port}, '))]);
		expect(printed).toContain('not checked with docker compose config: what it was made from does not pass either');
	});
});
