import {mkdtemp, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {execa} from 'execa';
import {images} from './cluster.js';
import {cli, makeOperator} from './operator.js';
import type {World} from './world.js';

/** What the built program said and how it ended. */
export type Ended = {readonly exitCode: number | undefined; readonly stdout: string; readonly stderr: string};

/** What is to be done when a line of the program's talk contains the text. */
export type Act = {readonly text: string; readonly act: () => Promise<void>};

/** A run of the built program, as an operator starts it, in a folder of its own. */
export type ProgramRun = {
	readonly folder: string;
	/** Answers more questions, from the next command on. */
	readonly answer: (more: Readonly<Record<string, string>>) => Promise<void>;
	/** Starts the run, or goes on with it, and gives how it ended. */
	readonly migrate: () => Promise<Ended>;
	/** The same run, as a rehearsal. */
	readonly rehearse: () => Promise<Ended>;
	readonly resume: () => Promise<Ended>;
	readonly rollback: () => Promise<Ended>;
	/** Starts the run or goes on with it, waits until a line of its talk contains the text, and kills the program. */
	readonly killAt: (command: 'migrate' | 'resume', text: string) => Promise<void>;
	/**
	Starts the run or goes on with it, does what is to be done while it runs, one after the other, and gives how it
	ended.
	*/
	readonly during: (command: 'migrate' | 'resume', acts: readonly Act[]) => Promise<Ended>;
};

type Command = 'migrate' | 'rehearse' | 'resume' | 'rollback';

/**
Prepares a run against the namespace of a test, by an operator with the program's own Role and with an answer to every
question that has no recommended one.
*/
export const prepareRun = async (
	world: World,
	strategy: 'fresh' | 'root',
	more: Readonly<Record<string, string>> = {},
): Promise<ProgramRun> => {
	const home = await mkdtemp(join(tmpdir(), 'unroot-e2e-'));
	const folder = join(home, 'run');
	const answers = join(home, 'answers.yaml');
	const answer = async (others: Readonly<Record<string, string>>): Promise<void> =>
		writeFile(
			answers,
			JSON.stringify({
				answers: {
					strategy,
					image: images.new,
					'cut-over': world.namespace,
					restart: world.namespace,
					rehearse: world.namespace,
					'roll-back': world.namespace,
					// The machine may be slow.
					'freeze-budget': '15m',
					'git-name': 'End to end',
					'git-email': 'e2e@example.com',
					...more,
					...others,
				},
			}),
		);
	await answer({});
	const {kubeconfig, context} = await makeOperator(world, home);
	const start = (command: Command) => ({
		program: execa(
			'node',
			[
				cli,
				command,
				...(command === 'migrate' || command === 'rehearse'
					? ['--context', context, '--namespace', world.namespace]
					: []),
				'--run',
				folder,
				'--answers',
				answers,
				'--yes',
			],
			{
				reject: false,
				stdin: 'ignore',
				all: true,
				env: {XDG_STATE_HOME: home, KUBECONFIG: kubeconfig},
			},
		),
	});
	const finish = async (command: Command): Promise<Ended> => {
		const {exitCode, stdout, stderr} = await start(command).program;
		return {exitCode, stdout, stderr};
	};

	return {
		folder,
		answer,
		migrate: async () => finish('migrate'),
		rehearse: async () => finish('rehearse'),
		resume: async () => finish('resume'),
		rollback: async () => finish('rollback'),
		async killAt(command, text) {
			const {program} = start(command);
			for await (const line of createInterface({input: program.all})) {
				if (line.includes(text)) {
					program.kill('SIGKILL');
				}
			}

			const {isTerminated, all} = await program;
			if (!isTerminated) {
				throw new Error(`the program ended before it was killed at «${text}»: ${all}`);
			}
		},
		async during(command, acts) {
			const {program} = start(command);
			const waiting = [...acts];
			for await (const line of createInterface({input: program.all})) {
				if (waiting[0] && line.includes(waiting[0].text)) {
					await waiting.shift()?.act();
				}
			}

			const {exitCode, stdout, stderr} = await program;
			return {exitCode, stdout, stderr};
		},
	};
};
