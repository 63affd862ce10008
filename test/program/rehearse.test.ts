import {readdir, readFile, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import process from 'node:process';
import {setTimeout} from 'node:timers/promises';
import {pathToFileURL} from 'node:url';
import {describe, expect, onTestFinished, test} from 'vitest';
import {parse} from 'yaml';
import {readAnswers} from '../../source/commands/answers-file.js';
import {lockRun} from '../../source/machine/run-lock.js';
import {isWhole, type Certificate} from '../../source/migration/certificate.js';
import {checklist} from '../../source/steps/index.js';
import {runToEnd} from './desk.js';
import {waitForBoundary} from './journal-watch.js';
import {
	answersFile,
	journalLines,
	onlyRun,
	runProgram,
	runsOf,
	startProgram,
	temporaryHome,
	temporarySandbox,
	type Ended,
} from './program.js';

type Kept = {readonly answers: Readonly<Record<string, string>>; readonly steps: Readonly<Record<string, number>>};

/** What a fresh deployment goes through. */
const stepIds: readonly string[] = checklist.map(({id}) => id).filter(id => id !== 'restart' && id !== 'replicas');

/**
The processes that serve a sandbox for this operator. Each names its kubeconfig, below the operator's home, in its
arguments.
*/
const sandboxesOf = async (home: string): Promise<readonly number[]> => {
	const {stdout} = await runToEnd(['ps', '-A', '-ww', '-o', 'pid=,args='], {environment: {PATH: process.env.PATH}});
	return stdout
		.split('\n')
		.filter(line => line.includes('cli.js sandbox ') && line.includes(`${home}/`))
		.map(line => Number(line.trim().split(' ', 1)[0]));
};

/** A home whose sandboxes are ended when the test is over, however it ended. */
const rehearsalHome = async (): Promise<string> => {
	const home = await temporaryHome();
	onTestFinished(async () => {
		const pids = await sandboxesOf(home);
		for (const pid of pids) {
			process.kill(pid, 'SIGKILL');
		}
	});
	return home;
};

/** Waits until so many sandboxes run: one that was told to end may take a moment. */
const untilSandboxes = async (home: string, expected: number): Promise<void> => {
	for (;;) {
		const pids = await sandboxesOf(home);
		if (pids.length === expected) {
			return;
		}

		await setTimeout(2);
	}
};

const expectStatus = ({status, stdout, stderr}: Ended, expected: number): void => {
	expect(status, stdout + stderr).toBe(expected);
};

/** The ids of the questions that a journal holds answers to. */
const questionsIn = async (folder: string): Promise<readonly string[]> => {
	const lines = await journalLines(folder);
	return lines.flatMap(({type, question}) =>
		type === 'question-answered' && typeof question === 'string' ? [question] : [],
	);
};

/** A rehearsal on the embedded sandbox, with the answers that are recommended. */
const rehearse = ['rehearse', '--sandbox', '--entries', '100', '--yes'];

test(
	'a rehearsal leaves no sandbox behind and keeps its decisions and times, and the real run starts from them and ' +
		'asks again for the word before the cut-over',
	async () => {
		const staging = await rehearsalHome();
		expectStatus(await runProgram({home: staging, args: rehearse}), 0);
		await untilSandboxes(staging, 0);
		const rehearsed = await onlyRun(staging);
		expect(await readdir(rehearsed)).not.toContain('sandbox.json');
		const file = join(rehearsed, 'answers.yaml');
		for (const name of ['report.md', 'report.html']) {
			const {mode} = await stat(join(rehearsed, name));
			expect(mode % 0o1000).toBe(0o600);
		}

		const kept = parse(await readFile(file, 'utf8')) as Kept;
		const asked = await questionsIn(rehearsed);
		expect(asked).toContain('cut-over');
		expect(Object.keys(kept.answers).toSorted((a, b) => a.localeCompare(b))).toEqual(
			asked
				// A word that was typed, and the repository that was made in the rehearsal's own folder, are for that run
				// alone.
				.filter(id => id !== 'cut-over' && id !== 'profile-repository')
				.toSorted((a, b) => a.localeCompare(b)),
		);
		expect(kept.answers).toMatchObject({strategy: 'fresh', freeze: 'catch-up', copies: 'keep'});
		expect(Object.keys(kept.steps)).toEqual(stepIds);
		for (const seconds of Object.values(kept.steps)) {
			expect(seconds).toBeGreaterThanOrEqual(0);
		}

		expect(Object.values(kept.steps).some(seconds => seconds > 0)).toBe(true);

		const home = await temporaryHome();
		const sandbox = await temporarySandbox();
		// Production is larger: nothing is decided before each difference is accepted by its name.
		const text = await readFile(join(rehearsed, 'certificate.json'), 'utf8');
		expect(isWhole(JSON.parse(text) as Certificate)).toBe(true);
		expect(text).not.toMatch(/dc=example|uid=user|cn=|"[^"]*password"/iv);
		const refused = await runProgram({home, sandbox, args: ['migrate', '--answers', file, '--yes']});
		expectStatus(refused, 4);
		expect(refused.stderr).toContain('The question rehearsal-differences has no answer');
		expect(refused.stdout + refused.stderr).toMatch(
			/size: userRoot \d+ entries in the rehearsal, userRoot \d+ entries here/v,
		);
		expect(refused.stdout + refused.stderr).toContain("from the rehearsal's figures scaled to this size");

		const accepted = join(home, 'accepted.json');
		const answersNow = {...kept.answers, 'rehearsal-differences': 'size'};
		await writeFile(accepted, JSON.stringify({answers: answersNow, steps: kept.steps}));
		const stopped = await runProgram({home, sandbox, args: ['resume', '--answers', accepted, '--yes']});
		expectStatus(stopped, 4);
		expect(stopped.stderr).toContain('The question cut-over has no answer');
		const before = stepIds.slice(0, stepIds.indexOf('cut-over'));
		expect((refused.stdout + stopped.stdout).match(/^ {2}done in .+ \(in the rehearsal .+\)$/gmv)).toHaveLength(
			before.length,
		);
		const folder = await onlyRun(home);
		const report = await readFile(join(folder, 'report.md'), 'utf8');
		const [, timing = ''] = report.split('| In the rehearsal |', 2);
		const titles = checklist.filter(({id}) => stepIds.includes(id)).map(({title}) => title);
		for (const title of titles) {
			const row = timing.split('\n').find(line => line.startsWith(`| ${title} |`));
			expect(row).toMatch(/\| \d[^\|]*\|$/v);
		}

		const lines = await journalLines(folder);
		const given = lines
			.filter(({type}) => type === 'question-answered')
			.map(({question, answer}) => [question, answer]);
		expect(kept.answers).toMatchObject(
			Object.fromEntries(
				given.filter(([id]) => id !== 'profile-repository' && id !== 'rehearsal-differences'),
			) as Record<string, string>,
		);

		const typed = await answersFile(home, {'cut-over': 'identity'});
		expectStatus(await runProgram({home, sandbox, args: ['resume', '--answers', typed, '--yes']}), 0);
		expect(
			sandbox.objects('StatefulSet', 'identity').find(({metadata}) => metadata.name === 'pingdirectory')?.spec,
		).toMatchObject({replicas: 0});

		const known = new Set([...asked, ...(await questionsIn(folder))]);
		const all = await answersFile(home, Object.fromEntries([...known].map(id => [id, 'anything'])));
		const {answers} = await readAnswers(all);
		expect(new Set(Object.keys(answers))).toEqual(known);
	},
	180_000,
);

describe('no sandbox is left behind by rehearse --sandbox that did not end well at once', {timeout: 180_000}, () => {
	test('when it was interrupted: its sandbox waits, and ends when the run is rolled back', async () => {
		const home = await rehearsalHome();
		const program = await startProgram({home, args: rehearse});
		const early = new Set(['run-opened']);
		expect(await waitForBoundary(program, runsOf(home), early)).toBe(true);
		program.signal('SIGINT');
		expectStatus(await program.ended, 130);
		expect(await sandboxesOf(home)).toHaveLength(1);
		expectStatus(await runProgram({home, args: ['rollback', '--yes']}), 0);
		await untilSandboxes(home, 0);
	});

	test('when it failed: its sandbox waits, also for a run that is resumed and stops, and ends with the run', async () => {
		const home = await rehearsalHome();
		expectStatus(await runProgram({home, args: rehearse, env: {PATH: '/nowhere'}}), 3);
		expect(await sandboxesOf(home)).toHaveLength(1);
		const file = await answersFile(home, {'cut-over': 'elsewhere'});
		expectStatus(await runProgram({home, args: ['resume', '--yes', '--answers', file]}), 2);
		expect(await sandboxesOf(home)).toHaveLength(1);
		expectStatus(await runProgram({home, args: ['resume', '--yes']}), 0);
		await untilSandboxes(home, 0);
	});

	const refusals: ReadonlyArray<readonly [what: string, more: readonly string[], status: number, seen: RegExp]> = [
		['the namespace is not there', ['--namespace', 'nowhere'], 2, /no namespace «nowhere»/v],
		['the sandbox does not start', ['--entries', 'many'], 1, /sandbox ended before it served anything/v],
		['the folder cannot be made', ['--run', '/dev/null/run'], 1, /\/dev\/null\/run/v],
	];
	test.each(refusals)('when it could not begin because %s, and no folder', async (_what, more, status, seen) => {
		const home = await rehearsalHome();
		const ended = await runProgram({home, args: [...rehearse, ...more]});
		expectStatus(ended, status);
		expect(ended.stderr).toMatch(seen);
		await untilSandboxes(home, 0);
		expect(await readdir(runsOf(home)).catch(() => [])).toEqual([]);
	});

	test('when it could not begin because another process holds the folder, which stays as it was', async () => {
		const home = await rehearsalHome();
		const folder = join(home, 'held');
		const lock = await lockRun(folder);
		onTestFinished(lock.release);
		const ended = await runProgram({home, args: [...rehearse, '--run', folder]});
		expectStatus(ended, 3);
		expect(ended.stderr).toContain(`in use by the process ${process.pid}`);
		await untilSandboxes(home, 0);
		expect(await readdir(folder)).toEqual(['.lock', 'lock']);
	});

	test('when it was interrupted while the sandbox was starting, and no folder', async () => {
		const home = await rehearsalHome();
		const hang = join(home, 'hang.mjs');
		await writeFile(
			hang,
			"if (process.argv[2] === 'sandbox') {\n\tsetInterval(() => {}, 1000);\n\tawait new Promise(() => {});\n}\n",
		);
		const program = await startProgram({
			home,
			args: rehearse,
			env: {NODE_OPTIONS: `--import=${pathToFileURL(hang).href}`},
		});
		await untilSandboxes(home, 1);

		program.signal('SIGINT');
		const ended = await program.ended;
		expectStatus(ended, 130);
		expect(ended.stderr).toContain('SIGINT came while the sandbox was starting');
		await untilSandboxes(home, 0);
		expect(await readdir(runsOf(home))).toEqual([]);
	});
});
