import {mkdtemp, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {parseOptions} from '../../../source/commands/arguments.js';
import {plan} from '../../../source/commands/plan/index.js';
import type {PlanSummary} from '../../../source/commands/plan/summary.js';
import {Failure} from '../../../source/failure/failure.js';

const manifest = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: users}
spec:
  serviceName: users
  replicas: 1
  selector: {matchLabels: {app: users}}
  template:
    metadata: {labels: {app: users}}
    spec:
      containers:
      - {name: pingdirectory, image: 'pingidentity/pingdirectory:2102'}
`;

let folder: string;
let file: string;
/** The PATH on which plan finds tools: none, unless a test says so. */
let tools: string;

const run = async (words: readonly string[], input = ''): Promise<string> => {
	let printed = '';
	const stdin = async function* (): AsyncGenerator<string> {
		yield input;
	};

	await plan(parseOptions(['plan', ...words]), {
		stdin: stdin(),
		environment: {PATH: tools},
		stdout: {
			write(text) {
				printed += text;
			},
		},
	});
	return printed;
};

const failureOf = async (words: readonly string[], input = ''): Promise<string> => {
	try {
		await run(words, input);
	} catch (error) {
		return error instanceof Failure ? `${error.parts.code}, ${error.parts.exit ?? 'failed'}` : String(error);
	}

	return 'no failure';
};

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'unroot-plan-'));
	file = path.join(folder, 'users.yaml');
	tools = path.join(folder, 'no-tools');
	await writeFile(file, manifest);
});

afterEach(async () => {
	await rm(folder, {recursive: true});
});

describe('unroot plan', () => {
	test('writes the manifests, tells what it wrote and leaves what it read as it was', async () => {
		const out = path.join(folder, 'out');
		const printed = await run(['-f', file, '-o', out, '--strategy', 'root', '--image-tag', '2109']);
		expect(printed).toContain('StatefulSet users  pingidentity/pingdirectory:2109');
		expect(printed).toContain(`${out}/kubernetes/users.yaml  +`);
		expect(await readFile(file, 'utf8')).toBe(manifest);
		expect(await readdir(path.join(out, 'kubernetes'))).toEqual(['users.yaml']);
	});

	test('prints JSON where it is asked for', async () => {
		const out = path.join(folder, 'out');
		const summary = JSON.parse(
			await run(['-f', file, '--out', out, '--output', 'json', '--strategy', 'fresh', '--image-tag', '2109']),
		) as PlanSummary;
		expect(summary).toMatchObject({
			strategy: 'fresh',
			folder: out,
			workloads: [{name: 'users', becomes: 'users-2109', product: 'pingdirectory'}],
		});
		expect(summary.files.map(({path: place}) => path.relative(out, place))).toEqual([
			'kubernetes/users-2109/01-service-users-2109-cluster.yaml',
			'kubernetes/users-2109/02-statefulset-users-2109.yaml',
		]);
	});

	test('says so when the same plan is there already, and overwrites nothing else', async () => {
		const words = ['-f', file, '-o', path.join(folder, 'out'), '--strategy', 'root', '--image-tag'];
		await run([...words, '2109']);
		expect(await run([...words, '2109'])).toContain('was there already');
		expect(await failureOf([...words, '2110'])).toBe('plan-exists, usage');
		expect(await readFile(path.join(folder, 'out/kubernetes/users.yaml'), 'utf8')).toContain('pingdirectory:2109');
	});

	test('reads standard input', async () => {
		const out = path.join(folder, 'out');
		await run(['-f', '-', '-o', out, '--strategy', 'root', '--image-tag', '2109'], manifest);
		expect(await readdir(path.join(out, 'kubernetes'))).toEqual(['standard-input.yaml']);
	});

	test('writes a file that may hold a secret for its owner only', async () => {
		await writeFile(file, `${manifest}---\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: b}\n`);
		const out = path.join(folder, 'out');
		await run(['-f', file, '-o', out, '--strategy', 'root', '--image-tag', '2109']);
		const {mode} = await stat(path.join(out, 'kubernetes/users.yaml'));
		expect((mode % 0o1000).toString(8)).toBe('600');
	});

	test.each([
		[['-o', 'out', '--strategy', 'root', '--image-tag', '2109'], 'plan-usage, usage'],
		[['-f', 'FILE', '--strategy', 'root', '--image-tag', '2109'], 'plan-usage, usage'],
		[['-f', 'FILE', '-o', 'out', '--image-tag', '2109'], 'plan-usage, usage'],
		[['-f', 'FILE', '-o', 'out', '--strategy', 'root'], 'image-tag-missing, blocked'],
		[['-f', 'no-such-file.yaml', '-o', 'out', '--strategy', 'root', '--image-tag', '2109'], 'input-missing, usage'],
		[['-f', 'FILE', '-O', 'out', '-o', 'other', '--strategy', 'root', '--image-tag', '2109'], 'plan-usage, usage'],
	])('refuses %j', async (words, code) => {
		expect(await failureOf(words.map(word => (word === 'FILE' ? file : word)))).toBe(code);
	});

	test('refuses a key that stands twice, even with one value: an edit would change one of them', async () => {
		await writeFile(file, manifest.replace('kind:', 'apiVersion: apps/v1\nkind:'));
		expect(
			await failureOf(['-f', file, '-o', path.join(folder, 'out'), '--strategy', 'root', '--image-tag', '2109']),
		).toBe('yaml-duplicate-key, usage');
	});

	test('refuses YAML that is not valid, and writes nothing', async () => {
		await writeFile(file, 'a: [1\n');
		expect(
			await failureOf(['-f', file, '-o', path.join(folder, 'out'), '--strategy', 'root', '--image-tag', '2109']),
		).toBe('yaml-invalid, usage');
		expect(await readdir(folder)).toEqual(['users.yaml']);
	});
});
