import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';
import {readConnection} from '../../source/cluster/api/kubeconfig.js';
import {acquireLease} from '../../source/cluster/lease/lease.js';
import {createWorld} from '../../source/commands/world.js';
import {drive} from '../../source/headless/drive.js';
import {createClock} from '../../source/machine/clock.js';
import {openJournal, readJournal} from '../../source/machine/journal.js';
import {createEngine, type Engine} from '../../source/migration/engine/engine.js';
import type {Ending} from '../../source/migration/engine/session.js';
import {journalFormat, type RunEvent} from '../../source/migration/event.js';
import type {RunState} from '../../source/migration/state.js';
import type {Clock} from '../../source/migration/world.js';
import {startSandbox, type Sandbox, type SandboxOptions} from '../../source/sandbox/sandbox.js';
import {checklist} from '../../source/steps/index.js';
import {inherited} from '../program/inherited.js';

/** What a run in this process is driven with. */
export type Go = {
	readonly answers?: Readonly<Record<string, string>>;
	readonly isRollback?: boolean;
	/** Sees each event as it happens. */
	readonly onEvent?: (event: RunEvent, engine: Engine) => void;
};

/** How a run in this process ended. */
export type Gone = {readonly ending: Ending; readonly state: RunState; readonly log: readonly string[]};

/** A run on a sandbox, both in this process: the real engine, steps, kubectl, git and files. */
export type Rig = {
	readonly sandbox: Sandbox;
	readonly folder: string;
	/** Begins the run, or goes on with it, until it ends or stops for want of an answer. */
	readonly go: (go?: Go) => Promise<Gone>;
	/** Sets the program's clock forward, as on a machine that was asleep. */
	readonly sleepFor: (seconds: number) => void;
	readonly close: () => Promise<void>;
};

/** Answers to all that a fresh deployment asks before the cut-over. */
export const answers = {
	strategy: 'fresh',
	image: '2103-8.2.0.3',
	'profile-path': 'pingdirectory',
	encryption: 'none',
	freeze: 'catch-up',
	'catch-up-until': 'now',
	'manifests-commit': 'keep',
	copies: 'keep',
} as const;

/** Starts a sandbox, with a folder for a run on it. */
export const makeRig = async (options: SandboxOptions = {}): Promise<Rig> => {
	const home = await mkdtemp(join(tmpdir(), 'unroot-writes-'));
	const sandbox = await startSandbox({entries: 60, ...options});
	const kubeconfig = join(home, 'kubeconfig');
	const folder = join(home, 'run');
	await writeFile(kubeconfig, sandbox.kubeconfig, {mode: 0o600});
	await writeFile(join(home, '.gitconfig'), '[user]\n\tname = Ada Operator\n\temail = ada@example.com\n');
	await mkdir(folder, {mode: 0o700});
	const environment = {...inherited, HOME: home, KUBECONFIG: kubeconfig, GIT_CONFIG_NOSYSTEM: '1'};
	Object.assign(process.env, {HOME: home, GIT_CONFIG_GLOBAL: join(home, '.gitconfig')});
	const connection = await readConnection({environment, home, cacheFolder: join(home, 'cache')});
	const run = {
		id: 'run-1',
		mode: 'migrate' as const,
		context: connection.context,
		namespace: connection.namespace,
		sandbox: false,
	};
	let isBegun = false;
	let slept = 0;
	const clock = createClock();
	const late: Clock = {...clock, now: () => new Date(clock.now().getTime() + slept)};
	return {
		sandbox,
		folder,
		async go({answers: given = {}, isRollback = false, onEvent} = {}) {
			const now = new Date().toISOString();
			const held = await acquireLease(connection, {
				holder: {
					run: run.id,
					by: 'ada@host',
					host: 'host',
					machine: 'machine',
					pid: process.pid,
					start: '0',
					since: now,
				},
				clock: createClock(),
				takeOver: true,
				isRunning: async () => false,
			});
			const journal = await openJournal(folder);
			const steps = checklist.map(({id}) => id);
			await journal.append(
				isBegun
					? {type: 'run-resumed', at: now, program: '0', by: 'ada@host', steps}
					: {
							type: 'run-opened',
							at: now,
							format: journalFormat,
							run: run.id,
							mode: run.mode,
							context: run.context,
							namespace: run.namespace,
							sandbox: run.sandbox,
							program: '0',
							steps,
							by: 'ada@host',
						},
			);
			isBegun = true;
			const engine = createEngine({
				steps: checklist,
				world: {...createWorld(connection, home, held), clock: late},
				journal,
				run: {...run, folder},
				history: await readJournal(folder),
				given: {...answers, 'profile-repository': join(home, 'profiles'), ...given},
			});
			const log: string[] = [];
			engine.onEvent(event => {
				if (event.type === 'logged') {
					log.push(event.line);
				}

				onEvent?.(event, engine);
			});
			const driven = drive(engine, true);
			const ending = await (isRollback ? engine.rollback() : engine.run());
			driven.release();
			const failure = driven.failure();
			await journal.close();
			await held.release();
			return {
				ending: failure && ending.exit === 'interrupted' ? {exit: failure.exit ?? 'failed', failure} : ending,
				state: engine.view().state,
				log,
			};
		},
		sleepFor(seconds) {
			slept += seconds * 1000;
		},
		async close() {
			await sandbox.close();
			await rm(home, {recursive: true, force: true, maxRetries: 3});
		},
	};
};
