import {existsSync} from 'node:fs';
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {temporaryDesk, type Call} from './desk.js';

const desk = await temporaryDesk();

/** The run that a command speaks of, and its folder. */
const statusOf = async (...words: readonly string[]): Promise<{readonly run: string; readonly folder: string}> => {
	const {status, stdout, stderr} = await desk.unroot(['status', ...words, '-o', 'json']);
	expect(status, stderr).toBe(0);
	return JSON.parse(stdout) as {readonly run: string; readonly folder: string};
};

describe('the name of a run means the same to every command', {timeout: 180_000}, () => {
	test('without a path separator it is a run among those that are kept', async () => {
		expect(await desk.unroot(['migrate', '--run', 'spring'])).toMatchObject({status: 4});
		expect(existsSync(join(desk.folder, 'spring'))).toBe(false);
		const {run, folder} = await statusOf('spring');
		expect(folder).toBe(desk.runFolder('spring'));
		for (const words of [['--run', 'spring'], [run], ['--run', run]]) {
			expect(await statusOf(...words)).toMatchObject({run, folder});
		}

		for (const words of [['resume', '--run', 'spring'], ['resume', run], ['resume']]) {
			const {status, stderr} = await desk.unroot(words);
			expect(status, stderr).toBe(4);
		}

		expect(await readFile(join(folder, 'journal.jsonl'), 'utf8')).toMatch(/(?:"type":"run-resumed"[\s\S]*){3}/v);
	});

	test.each([
		['./here', 'here'],
		['a/b', 'a/b'],
		['../up', '../up'],
		['.', '.'],
	])('with one it is a folder: %s', async (name, path) => {
		const folder = join(desk.folder, 'cwd', path);
		const call = {folder: join(desk.folder, 'cwd')};
		await mkdir(call.folder, {recursive: true});
		expect(await desk.unroot(['migrate', '--run', name], call)).toMatchObject({status: 4});
		expect(existsSync(join(folder, 'journal.jsonl'))).toBe(true);
		for (const words of [['--run', name], [name], [folder]]) {
			const {status, stdout, stderr} = await desk.unroot(['status', ...words, '-o', 'json'], call);
			expect(status, stderr).toBe(0);
			expect(JSON.parse(stdout)).toMatchObject({folder});
		}

		const {status, stderr} = await desk.unroot(['resume', name], call);
		expect(status, stderr).toBe(4);
	});

	test('the run that resume is advised for is the one it finds', async () => {
		const {status, stderr} = await desk.unroot(['migrate', '--run', 'autumn']);
		expect(status).toBe(4);
		const advice = /unroot resume (?<name>\S+) --answers FILE/v.exec(stderr);
		const {folder} = await statusOf(advice?.groups?.name ?? '');
		expect(folder).toBe(desk.runFolder('autumn'));
	});

	test.each(['winter', './winter'])('a new run does not begin in the journal of another: %s', async name => {
		expect(await desk.unroot(['migrate', '--run', name])).toMatchObject({status: 4});
		const {folder} = await statusOf(name);
		const journal = await readFile(join(folder, 'journal.jsonl'), 'utf8');
		for (const command of ['migrate', 'rehearse']) {
			for (const more of command === 'rehearse' ? [[], ['--sandbox']] : [[]]) {
				const {status, stderr} = await desk.unroot([command, ...more, '--run', name]);
				expect(status).toBe(2);
				expect(stderr).toContain(`There is a run ${name} already`);
				expect(stderr).toContain(`unroot resume ${name}`);
			}
		}

		expect(await readFile(join(folder, 'journal.jsonl'), 'utf8')).toBe(journal);
	});

	test('an empty name is refused', async () => {
		expect(await desk.unroot(['migrate', '--run', ''])).toMatchObject({status: 2});
	});

	test('--help says so', async () => {
		const {stdout} = await desk.unroot(['--help']);
		expect(stdout).toContain('--run RUN');
		expect(stdout).toMatch(/^RUN is .*with a \/ in it.*a folder/mv);
	});
});

describe('a run stays where it began', {timeout: 180_000}, () => {
	const call = {environment: {XDG_STATE_HOME: join(desk.folder, 'places')}};

	test('a flag that names another place is refused by every command, and several runs are listed', async () => {
		const begun = await desk.unroot(['migrate', '-o', 'json'], call);
		const {run} = JSON.parse(begun.stdout.trim().split('\n').at(-1) ?? '') as {readonly run: string};
		const path = join(desk.folder, 'places', 'unroot', 'runs', run, 'journal.jsonl');
		const journal = await readFile(path, 'utf8');
		for (const command of ['resume', 'verify', 'status', 'report', 'rollback', 'unfreeze']) {
			for (const [flag, value] of [
				['--namespace', 'elsewhere'],
				['--context', 'production'],
			] as const) {
				const {status, stdout, stderr} = await desk.unroot([command, run, flag, value], call);
				expect({command, flag, status, stdout}).toEqual({command, flag, status: 2, stdout: ''});
				expect(stderr).toContain(`${flag} says «${value}»`);
			}
		}

		expect(await readFile(path, 'utf8')).toBe(journal);
		expect(await desk.unroot(['status', run, '-n', 'identity'], call)).toMatchObject({status: 0});
		const elsewhere = await desk.unroot(['status', '-n', 'elsewhere'], call);
		expect(elsewhere).toMatchObject({status: 2, stdout: ''});
		expect(elsewhere.stderr).toContain('There is no run in the namespace «elsewhere»');

		const second = await desk.unroot(['migrate', '--run', 'second'], call);
		expect(second.status).toBe(4);
		for (const command of ['resume', 'status', 'rollback']) {
			const {status, stderr} = await desk.unroot([command, '-n', 'identity', '--yes'], call);
			expect(status).toBe(2);
			expect(stderr).toContain('2 runs could be meant');
			expect(stderr).toContain(`${run}: stopped, context sandbox, namespace identity`);
		}

		expect(await desk.unroot(['rollback', 'second', '--yes'], call)).toMatchObject({status: 0});
		const {stdout} = await desk.unroot(['status'], call);
		expect(stdout).toContain(run);
	});
});

describe('resume without a name, where no run is open', {timeout: 180_000}, () => {
	/** Folders of the program's own, so that the runs of other tests are not there. */
	const apart = (name: string): {readonly environment: Readonly<Record<string, string>>} => ({
		environment: {XDG_STATE_HOME: join(desk.folder, name)},
	});

	/** Begins a run that stops at its first question. Gives its id. */
	const begin = async (call: Call): Promise<string> => {
		const {status, stdout, stderr} = await desk.unroot(['migrate', '-o', 'json'], call);
		expect(status, stderr).toBe(4);
		const {run} = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as {readonly run: string};
		return run;
	};

	const refused = async (call: Call): Promise<string> => {
		const {status, stdout, stderr} = await desk.unroot(['resume', '--yes'], call);
		expect({status, stdout}).toEqual({status: 2, stdout: ''});
		return stderr;
	};

	test('says so where none was begun', async () => {
		expect(await refused(apart('untouched'))).toContain('none was begun here');
	});

	test('names the run that ended last, which need not be the newest, and how it ended', async () => {
		const call = apart('rolled-back');
		const older = await begin(call);
		const newer = await begin(call);
		for (const id of [newer, older]) {
			expect(await desk.unroot(['rollback', id, '--yes'], call)).toMatchObject({status: 0});
		}

		const stderr = await refused(call);
		expect(stderr).toMatch(
			new RegExp(
				`The last was ${older}, a migration in the context sandbox, namespace identity; it was rolled back at`,
				'v',
			),
		);
		expect(stderr).toMatch(new RegExp(`^By hand:\n {2}unroot status ${older}\n {2}unroot report ${older}$`, 'mv'));
		expect(stderr).not.toContain('unroot rollback');
		for (const command of ['status', 'report']) {
			expect(await desk.unroot([command, older], call)).toMatchObject({status: 0});
		}
	});

	test('says which run cannot be read', async () => {
		const call = apart('damaged');
		const id = await begin(call);
		const path = join(desk.folder, 'damaged', 'unroot', 'runs', id, 'journal.jsonl');
		await writeFile(path, 'no journal\n');
		expect(await refused(call)).toMatch(new RegExp(`${id} cannot be read: Line 1`, 'v'));
	});
});
