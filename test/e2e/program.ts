import {mkdtemp, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {execa} from 'execa';
import {images, kubectl} from './cluster.js';
import type {World} from './world.js';

/** What the built program said and how it ended. */
export type Ended = {readonly exitCode: number | undefined; readonly stdout: string; readonly stderr: string};

/** A run of the built program, as an operator starts it, in a folder of its own. */
export type ProgramRun = {
	readonly folder: string;
	/** Starts the run, or goes on with it, and gives how it ended. */
	readonly migrate: () => Promise<Ended>;
	readonly resume: () => Promise<Ended>;
	readonly rollback: () => Promise<Ended>;
	/** Starts the run or goes on with it, waits until a line of its talk contains the text, does what is to be done then, and kills the program. */
	readonly killAt: (command: 'migrate' | 'resume', text: string, before?: () => Promise<void>) => Promise<void>;
};

const cli = join(import.meta.dirname, '../../dist/cli.js');

/** Prepares a run against the namespace of a test, with an answer to every question that has no recommended one. */
export const prepareRun = async (world: World, strategy: 'fresh' | 'root'): Promise<ProgramRun> => {
	const home = await mkdtemp(join(tmpdir(), 'unroot-e2e-'));
	const folder = join(home, 'run');
	const answers = join(home, 'answers.yaml');
	await writeFile(answers, JSON.stringify({
		answers: {
			strategy, image: images.new, 'cut-over': world.namespace, 'git-name': 'End to end', 'git-email': 'e2e@example.com',
		},
	}));
	const context = await kubectl(['config', 'current-context']);
	const start = (command: 'migrate' | 'resume' | 'rollback') => ({
		program: execa('node', [
			cli, command, ...(command === 'migrate' ? ['--context', context.trim(), '--namespace', world.namespace] : []), '--run', folder, '--answers', answers, '--yes',
		], {
			reject: false, stdin: 'ignore', all: true, env: {XDG_STATE_HOME: home},
		}),
	});
	const finish = async (command: 'migrate' | 'resume' | 'rollback'): Promise<Ended> => {
		const {exitCode, stdout, stderr} = await start(command).program;
		return {exitCode, stdout, stderr};
	};

	return {
		folder,
		migrate: async () => finish('migrate'),
		resume: async () => finish('resume'),
		rollback: async () => finish('rollback'),
		async killAt(command, text, before) {
			const {program} = start(command);
			let isSeen = false;
			for await (const line of createInterface({input: program.all})) {
				if (!isSeen && line.includes(text)) {
					isSeen = true;
					await before?.();
					program.kill('SIGKILL');
				}
			}

			const {isTerminated, all} = await program;
			if (!isTerminated) {
				throw new Error(`the program ended before it was killed at «${text}»: ${all}`);
			}
		},
	};
};
