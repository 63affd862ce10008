import {execFile} from 'node:child_process';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {lookAtJob, startJob, type Job, type JobState} from '../../source/directory/detached.js';
import type {PodShell} from '../../source/migration/world.js';
import {scriptWords, shells} from '../shells.js';

/** Runs scripts on this machine, each as often as is said: a shell runs one again whose end it did not see. */
const shellOf = (program: string, times = 1): PodShell => {
	const once = async (script: string, parameters: readonly string[]) => {
		const {promise, resolve} = Promise.withResolvers<{
			readonly exitCode: number;
			readonly stdout: string;
			readonly stderr: string;
		}>();
		execFile(program, [...scriptWords(program, script), 'unroot', ...parameters], (error, stdout, stderr) => {
			resolve({exitCode: Number(error?.code ?? 0), stdout, stderr});
		});
		return promise;
	};

	return {
		async script(_target, script, parameters = []) {
			for (let time = 1; time < times; time += 1) {
				await once(script, parameters);
			}

			return once(script, parameters);
		},
		run: async () => expect.unreachable(),
		byHand: () => expect.unreachable(),
	};
};

let folder = '';

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'detached-'));
});

afterEach(async () => {
	await rm(folder, {recursive: true});
	await rm(`/tmp/unroot${folder.replaceAll('/', '.')}.new.tool.log.pid`, {force: true});
});

const jobOf = (pods: PodShell): Job => ({
	server: {pods, target: {pod: 'p', container: 'c'}, ldapsPort: 1636},
	log: join(folder, 'new', 'tool.log'),
});

/** A tool that notes its start, speaks, and goes on until there is a file that lets it end. */
const call = () => ({
	script:
		'echo begun >>"$1/starts"; echo "word of $2"; while [ ! -e "$1/may-end" ]; do sleep 0.02; done; echo last; exit 3',
	parameters: [folder, 'a "tool"'],
});

const starts = async (): Promise<number> => {
	const text = await readFile(join(folder, 'starts'), 'utf8');
	return text.split('\n').length - 1;
};

const mayEnd = async (): Promise<void> => writeFile(join(folder, 'may-end'), '');

const seen = async (job: Job, state: JobState['state']): Promise<JobState> => {
	await expect.poll(async () => lookAtJob(job)).toMatchObject({state});
	return lookAtJob(job);
};

test.each(shells)('in %s, a job is started once, watched while it runs, and its end is told', async program => {
	const job = jobOf(shellOf(program));
	expect(await lookAtJob(job)).toEqual({state: 'none', lines: []});
	expect(await startJob(job, call(), false)).toMatchObject({state: 'running'});
	await expect.poll(async () => lookAtJob(job)).toEqual({state: 'running', lines: ['word of a "tool"']});
	for (const isAnew of [false, true]) {
		expect(await startJob(job, call(), isAnew)).toMatchObject({state: 'running'});
	}

	await mayEnd();
	expect(await seen(job, 'ended')).toEqual({state: 'ended', exitCode: 3, lines: ['word of a "tool"', 'last']});
	expect(await startJob(job, call(), false)).toMatchObject({state: 'ended', exitCode: 3});
	expect(await starts()).toBe(1);
});

test.each(shells)(
	'in %s, a start whose answer was not seen is not made twice, whether its job still runs or has ended',
	async program => {
		const job = jobOf(shellOf(program, 3));
		expect(await startJob(job, call(), true)).toMatchObject({state: 'running'});
		await mayEnd();
		await seen(job, 'ended');
		expect(await starts()).toBe(1);

		await startJob(job, call(), true);
		await seen(job, 'ended');
		expect(await starts()).toBe(2);
	},
);

test('a job whose process is gone is lost, and begins anew where that is asked', async () => {
	const job = jobOf(shellOf('sh'));
	await startJob(job, call(), false);
	await mayEnd();
	await seen(job, 'ended');
	await rm(`${job.log}.exit`);
	expect(await seen(job, 'lost')).toEqual({state: 'lost', lines: ['word of a "tool"', 'last']});
	expect(await startJob(job, call(), false)).toMatchObject({state: 'lost'});
	await startJob(job, call(), true);
	await seen(job, 'ended');
	expect(await starts()).toBe(2);
});

test('a job whose status cannot be read has not ended well', async () => {
	const job = jobOf(shellOf('sh'));
	await startJob(job, call(), false);
	await mayEnd();
	await seen(job, 'ended');
	for (const text of ['', '\n', ' ', 'x']) {
		await writeFile(`${job.log}.exit`, text);
		expect(await lookAtJob(job)).toMatchObject({state: 'lost'});
	}
});

test.each(shells)('in %s, a job that cannot be started says why', async program => {
	await writeFile(join(folder, 'new'), 'a file where the folder should be');
	const state = await startJob(jobOf(shellOf(program)), call(), true);
	expect(state.state).toBe('none');
	expect(state.lines.join('\n')).toContain(join(folder, 'new'));
});
