import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {temporaryDesk, projectFolder} from './desk.js';

const desk = await temporaryDesk();

test.each(['--version', '-v'])('%s prints the version, the commit it was built from, and nothing else', async flag => {
	const {version} = JSON.parse(await readFile(join(projectFolder, 'package.json'), 'utf8')) as {
		readonly version: string;
	};
	const {status, stdout, stderr} = await desk.unroot([flag]);
	expect({status, stderr}).toEqual({status: 0, stderr: ''});
	expect(stdout.replace(/ \(commit [\da-f]{12}\)/v, '')).toBe(`${version}\n`);
});

test('--help names every command and the exit statuses, on stdout', async () => {
	const {status, stdout, stderr} = await desk.unroot(['--help']);
	expect({status, stderr}).toEqual({status: 0, stderr: ''});
	for (const name of [
		'migrate',
		'resume',
		'rehearse',
		'inspect',
		'plan',
		'status',
		'verify',
		'rollback',
		'report',
		'ldif',
		'runs',
		'workloads',
		'completion',
		'sandbox',
	]) {
		expect(stdout).toContain(`unroot ${name}`);
	}

	expect(stdout).toContain('130 interrupted and resumable');
});

test('inspect of the cluster ends with 3 for an image before 2103, and JSON is alone on stdout', async () => {
	const {status, stdout} = await desk.unroot(['inspect', '-o', 'json']);
	expect(status).toBe(3);
	expect(JSON.parse(stdout)).toMatchObject({
		blocked: true,
		inventory: {workloads: [{name: 'pingdirectory', side: 'old'}]},
	});
});

test.each(['migrate', 'resume', 'inspect', 'plan', 'status', 'runs', 'rollback'])(
	'%s --help shows two examples',
	async name => {
		const [asked, named] = [await desk.unroot([name, '--help']), await desk.unroot(['help', name])];
		expect(asked).toEqual(named);
		expect(asked.status).toBe(0);
		expect(asked.stdout.split('\n').filter(line => /^ {2}.*unroot/v.test(line))).toHaveLength(2);
	},
);

test.each([
	[['stauts'], 'There is no command «stauts». Did you mean «status»?'],
	[['status', '--contxt', 'x'], 'There is no flag --contxt. Did you mean «--context»?'],
	[['teleport'], 'There is no command «teleport».\n'],
	[['migrate', 'b'], 'Unexpected argument after «migrate»: «b».'],
	[['migrate', '-o', 'yaml'], '--output yaml is for the commands that print one result'],
])('%j is a usage error that says what was probably meant', async (words, says) => {
	const {status, stderr} = await desk.unroot(words);
	expect(status).toBe(2);
	expect(stderr).toContain(says);
});

test('with --output json an error is one line of JSON on stderr', async () => {
	const {status, stdout, stderr} = await desk.unroot(['status', 'no-such-run', '--output', 'json']);
	expect({status, stdout}).toEqual({status: 2, stdout: ''});
	expect(JSON.parse(stderr)).toMatchObject({type: 'failed', exit: 'usage', failure: {code: 'run-unknown'}});
});

test('workloads lists a namespace as kubectl would, all of them with -A, and more columns with -o wide', async () => {
	const [own, all, json] = await Promise.all([
		desk.unroot(['workloads', '-n', 'identity']),
		desk.unroot(['workloads', '-A', '-o', 'wide']),
		desk.unroot(['workloads', '-n', 'identity', '-o', 'json']),
	]);
	expect([own.status, all.status, json.status]).toEqual([0, 0, 0]);
	expect(own.stdout).toMatch(/^NAME +PRODUCT .*\nstatefulset\/pingdirectory .* before 2103 .* not begun /v);
	expect(all.stdout).toMatch(/^NAMESPACE +NAME .* IMAGE .*\nidentity +statefulset\/pingdirectory .*:2102-8\.2\.0\.1/v);
	expect(JSON.parse(json.stdout)).toMatchObject([{name: 'pingdirectory', side: 'old', move: {kind: 'not-begun'}}]);
	const empty = await desk.unroot(['workloads', '-n', 'empty']);
	expect(empty).toMatchObject({status: 0, stdout: '', stderr: 'No Ping workloads found in namespace empty.\n'});
	expect(await desk.unroot(['status', '-o', 'wide'])).toMatchObject({status: 2});
});

test('runs says that there are none, and lists nothing', async () => {
	expect(await desk.unroot(['runs'])).toMatchObject({status: 0, stdout: '', stderr: 'No runs found.\n'});
	expect(await desk.unroot(['runs', '-o', 'yaml'])).toMatchObject({status: 0, stdout: '[]\n'});
});

test('bash asks for completions as it goes', async () => {
	const {stdout} = await desk.unroot(['completion', 'bash']);
	expect(stdout).toContain('complete -o default -F _unroot unroot');
	const asked = await desk.unroot(['completion', 'words', '--', 'inspect', '--name']);
	expect(asked.stdout).toBe('--namespace\n');
});
