import {existsSync} from 'node:fs';
import {mkdir, readFile, symlink, writeFile} from 'node:fs/promises';
import {delimiter, join} from 'node:path';
import process from 'node:process';
import {afterEach, describe, expect, onTestFinished, test} from 'vitest';
import {journalFormat} from '../../source/migration/event.js';
import {startSandbox} from '../../source/sandbox/sandbox.js';
import {temporaryDesk} from './desk.js';
import {expectReadable, expectRefusal, newRun, startedRun} from './refusal.js';

const desk = await temporaryDesk();

afterEach(() => {
	desk.sandbox.faults.clear();
});

const whereIs = (name: string): string =>
	(process.env.PATH ?? '')
		.split(delimiter)
		.map(folder => join(folder, name))
		.find(path => existsSync(path)) ?? name;

/** A PATH on which there is only this. */
const pathWith = async (...names: readonly string[]): Promise<string> => {
	const folder = join(desk.folder, `only-${names.join('-') || 'nothing'}`);
	await mkdir(folder);
	for (const name of names) {
		await symlink(whereIs(name), join(folder, name));
	}

	return folder;
};

describe('a call that is not understood ends with 2 and does nothing', () => {
	const calls: ReadonlyArray<readonly [what: string, words: readonly string[], seen: RegExp]> = [
		['an unknown flag', ['migrate', '--frobnicate'], /--frobnicate/v],
		['an unknown command', ['dance'], /«dance»/v],
		['an unknown value of --strategy', ['migrate', '--strategy', 'sideways'], /«sideways»; it can be fresh or root/v],
		['an unknown value of --output', ['status', '-o', 'toml'], /«toml»; it can be text, json or yaml\./v],
		['an unknown value of --output of a run', ['migrate', '-o', 'toml'], /«toml»; it can be text or json\./v],
		['a flag without its value', ['migrate', '--context'], /--context/v],
		['a word too many', ['migrate', 'identity'], /«identity»/v],
		['two runs where one is taken', ['resume', 'one', 'two'], /«two»/v],
		['a port that is no number', ['sandbox', '--port', 'x'], /--port is «x»/v],
		['a port that there cannot be', ['sandbox', '--port', '99999'], /--port is «99999»/v],
		['the wizard without a terminal', [], /not a terminal/v],
		['a run that there is not', ['status', 'nothing-of-the-kind'], /no run nothing-of-the-kind/v],
		['a run to go on with where there is none', ['resume', '--run', './nowhere'], /holds no journal/v],
	];
	test.each(calls)('%s', async (_what, words, seen) => {
		const before = await desk.runs();
		expectRefusal(await desk.unroot(words), 2, seen);
		expect(await desk.runs()).toEqual(before);
	});

	test('a passphrase file that is not there', async () => {
		const sealed = await desk.file('copy.ldif.sealed', 'not a sealed file');
		const result = await desk.unroot([
			'ldif',
			'unseal',
			sealed,
			'--passphrase-file',
			join(desk.folder, 'no-passphrase'),
		]);
		expect(result.status).not.toBe(0);
		expectRefusal(result, result.status ?? 0, /no-passphrase/v);
		expect(existsSync(join(desk.folder, 'copy.ldif'))).toBe(false);
		expect(await readFile(sealed, 'utf8')).toBe('not a sealed file');
	});
});

describe('where it would go', () => {
	test('an unknown context ends with 2 and names those there are', async () => {
		const before = await desk.runs();
		expectRefusal(
			await desk.unroot(['migrate', '--yes', '--context', 'elsewhere']),
			2,
			/no context «elsewhere»[\s\S]*There are: sandbox/v,
		);
		expect(await desk.runs()).toEqual(before);
	});

	test('a kubeconfig that does not parse ends with 3 and names the file', async () => {
		const broken = await desk.file('broken-kubeconfig', 'contexts: [a\nb: ]');
		expectRefusal(await desk.unroot(['migrate', '--yes', '--kubeconfig', broken]), 3, /broken-kubeconfig/v);
	});

	test('a kubeconfig that is not there ends with 3', async () => {
		expectRefusal(await desk.unroot(['inspect', '--kubeconfig', join(desk.folder, 'none')]), 3, /no kubeconfig at/v);
	});

	test('a namespace without Ping workloads ends with 3, and the run can be read', async () => {
		const before = await desk.runs();
		expectRefusal(
			await desk.unroot(['migrate', '--yes', '--namespace', 'empty']),
			3,
			/No workload in the namespace empty/v,
		);
		await expectReadable(desk, await newRun(desk, before));
	});

	test.each(['migrate', 'inspect'])('a namespace that there is not ends %s with 2', async command => {
		const before = await desk.runs();
		expectRefusal(await desk.unroot([command, '--yes', '--namespace', 'nowhere']), 2, /no namespace «nowhere»/v);
		expect(await desk.runs()).toEqual(before);
	});

	test.each(['migrate', 'inspect'])(
		'a cluster that refuses connections ends %s with 1, never with an empty result',
		async command => {
			const before = await desk.runs();
			const dead = await desk.file(
				'dead-kubeconfig',
				desk.sandbox.kubeconfig.replace(desk.sandbox.url, 'http://127.0.0.1:9'),
			);
			const result = await desk.unroot([command, '--yes', '--kubeconfig', dead]);
			expectRefusal(result, 1, /ECONNREFUSED/v);
			expect(result.stdout).toBe('');
			expect(await desk.runs()).toEqual(before);
		},
	);

	test('rights that are missing end with 3 and the Role that would grant them', async () => {
		desk.sandbox.faults.tell({
			kind: 'forbid',
			verb: 'create',
			resource: 'pods',
			subresource: 'exec',
		});
		const before = await desk.runs();
		const result = await desk.unroot(['migrate', '--yes']);
		expectRefusal(result, 3, /create pods\/exec/v);
		expect(result.stderr).toContain('kind: Role');
		expect(result.stderr).toContain('resources: ["pods/exec"], verbs: ["create"]');
		await expectReadable(desk, await newRun(desk, before));
	});

	test('inspect does not call a namespace clean that it may not look into', async () => {
		desk.sandbox.faults.tell({
			kind: 'forbid',
			verb: 'list',
			resource: 'statefulsets',
			group: 'apps',
		});
		expectRefusal(await desk.unroot(['inspect']), 3, /not everything in it could be looked at/v);
	});
});

describe('answers that do not fit', () => {
	test.each([
		['an unknown key', '{"answers": {"strategie": "fresh"}}', /no question is called strategie/v],
		[
			'a secret',
			'{"answers": {"profile-admin-password": "in-a-file"}}',
			/no answers file holds: name its file as profile-admin-password-file/v,
		],
		['a value that is no text', 'answers: {strategy: [fresh]}', /answers\.strategy/v],
		['something beside the answers', '{"answers": {}, "reply": 1}', /reply/v],
		['a file that does not parse', 'answers: {strategy: fresh', /answers-bad/v],
	])('%s ends with 2 before a run begins', async (_what, text, seen) => {
		const before = await desk.runs();
		expectRefusal(await desk.unroot(['migrate', '--answers', await desk.file('answers-bad', text)]), 2, seen);
		expect(await desk.runs()).toEqual(before);
	});

	test('a file that is not there ends with 2', async () => {
		expectRefusal(await desk.unroot(['migrate', '--answers', join(desk.folder, 'no-answers')]), 2, /no-answers/v);
	});

	test('a value that the question does not offer ends with 2, and the run goes on with another', async () => {
		const before = await desk.runs();
		expectRefusal(
			await desk.unroot(['migrate', '--answers', await desk.file('sideways', '{"answers": {"strategy": "sideways"}}')]),
			2,
			/«sideways» is not one of: fresh, root/v,
		);
		const id = await newRun(desk, before);
		await expectReadable(desk, id);
		const {status, stderr} = await desk.unroot(['resume', id, '--strategy', 'fresh']);
		expect(status).toBe(4);
		expect(stderr).not.toContain('question strategy');
	});
});

describe('a journal that cannot be gone on from is left as it is', () => {
	const withJournal = async (
		change: (text: string) => string,
	): Promise<{readonly id: string; readonly path: string; readonly text: string}> => {
		const id = await startedRun(desk);
		const path = join(desk.runFolder(id), 'journal.jsonl');
		const text = change(await readFile(path, 'utf8'));
		await writeFile(path, text);
		return {id, path, text};
	};

	test.each<readonly [string, (text: string) => string, RegExp]>([
		['a line in its middle is damaged', text => text.replace(/\n\{"at"/v, '\n{"xx'), /Line 2 of .*journal\.jsonl/v],
		[
			'it is of a newer format',
			text => text.replace(`"format":${journalFormat}`, '"format":99'),
			/the format 99; this unroot reads up to/v,
		],
		['it is empty', () => '', /holds no event/v],
	])('%s', async (_what, change, seen) => {
		const {id, path, text} = await withJournal(change);
		for (const words of [
			['resume', id, '--yes'],
			['status', id],
			['report', id],
			['verify', id],
			['rollback', id, '--yes'],
		]) {
			const result = await desk.unroot(words);
			expectRefusal(result, 3, seen);
			expect(result.stdout).toBe('');
		}

		expect(await readFile(path, 'utf8')).toBe(text);
	});

	test('but a line torn at its end is mended, and the run goes on', async () => {
		const {id, path} = await withJournal(text => `${text}{"at":"2026-`);
		expect(await desk.unroot(['resume', id])).toMatchObject({status: 4});
		expect(await readFile(path, 'utf8')).not.toContain('"at":"2026-{');
		await expectReadable(desk, id);
	});

	test('a run of another cluster is refused with 3, and goes on where it began', async () => {
		const other = await startSandbox({entries: 50});
		onTestFinished(other.close);
		const id = await startedRun(desk);
		const kubeconfig = await desk.file('other-kubeconfig', other.kubeconfig);
		for (const command of ['resume', 'verify']) {
			expectRefusal(await desk.unroot([command, id, '--kubeconfig', kubeconfig]), 3, /cluster/v);
		}

		expect(other.objects('StatefulSet')).toHaveLength(1);
		await expectReadable(desk, id);
		expect(await desk.unroot(['resume', id])).toMatchObject({status: 4});
	});
});

describe('tools that are missing', () => {
	test.each([
		['kubectl', ['git'], /no kubectl on the PATH/v],
		['git', ['kubectl'], /no git on the PATH/v],
	])('no %s ends with 3, and the run goes on once it is there', async (_what, there, seen) => {
		const before = await desk.runs();
		expectRefusal(await desk.unroot(['migrate', '--yes'], {environment: {PATH: await pathWith(...there)}}), 3, seen);
		const id = await newRun(desk, before);
		await expectReadable(desk, id);
		expect(await desk.unroot(['resume', id])).toMatchObject({status: 4});
	});
});
