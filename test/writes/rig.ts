import {mkdtempSync, rmSync} from 'node:fs';
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
import type {Clock, World} from '../../source/migration/world.js';
import {startSandbox, type Sandbox, type SandboxOptions} from '../../source/sandbox/sandbox.js';
import {checklist} from '../../source/steps/index.js';
import {inherited} from '../program/inherited.js';

/** What a run in this process is driven with. */
export type Go = {
	readonly answers?: Readonly<Record<string, string>>;
	readonly isRollback?: boolean;
	/** Sees each event as it happens. `kill` ends the program as SIGKILL does: nothing it was about to do is done. */
	readonly onEvent?: (event: RunEvent, engine: Engine, kill: () => void) => void;
};

/** How a run in this process ended. */
export type Gone = {
	readonly ending: Ending;
	readonly state: RunState;
	readonly log: readonly string[];
	readonly isKilled: boolean;
};

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

/** What never comes to its end. */
const never = new Promise<never>(() => {
	/* a program that was killed does nothing more */
});

type Part = (...words: readonly unknown[]) => unknown;

/** A part of the world that does nothing more once the program is dead. */
const mortal = <T extends object>(part: T, isDead: () => boolean): T =>
	new Proxy(part, {
		get(target, name, receiver) {
			const value: unknown = Reflect.get(target, name, receiver);
			return typeof value === 'function'
				? (...words: readonly unknown[]) => (isDead() ? never : Reflect.apply(value as Part, target, words))
				: value;
		},
	});

/** The world of a program that can be killed. */
const mortalWorld = (world: World, isDead: () => boolean): World => {
	const {clock, ...others} = world;
	const parts = Object.entries(others).map(([name, part]) => [name, mortal(part, isDead)] as const);
	return {
		...world,
		...Object.fromEntries(parts),
		clock: {
			now: clock.now,
			sleep: async (milliseconds, signal) => (isDead() ? never : clock.sleep(milliseconds, signal)),
		},
	};
};

/** The operator's home in all runs of this process, once there is one: what git is called by. */
let knownHome: string | undefined;

const sharedHome = (): string => {
	if (knownHome === undefined) {
		const home = mkdtempSync(join(tmpdir(), 'unroot-writes-home-'));
		process.once('exit', () => {
			rmSync(home, {recursive: true, force: true});
		});
		knownHome = home;
	}

	return knownHome;
};

/** Starts a sandbox, with a folder for a run on it. `through` gives the address at which the run finds it. */
export const makeRig = async (
	options: SandboxOptions = {},
	through: (url: string) => Promise<string> = async url => url,
): Promise<Rig> => {
	const operator = sharedHome();
	const home = await mkdtemp(join(tmpdir(), 'unroot-writes-'));
	const sandbox = await startSandbox({entries: 60, ...options});
	const kubeconfig = join(home, 'kubeconfig');
	const folder = join(home, 'run');
	const text = sandbox.kubeconfig.split(sandbox.url).join(await through(sandbox.url));
	await writeFile(kubeconfig, text, {mode: 0o600});
	await writeFile(join(operator, '.gitconfig'), '[user]\n\tname = Ada Operator\n\temail = ada@example.com\n');
	await mkdir(folder, {mode: 0o700});
	const environment = {...inherited, HOME: operator, KUBECONFIG: kubeconfig, GIT_CONFIG_NOSYSTEM: '1'};
	Object.assign(process.env, {HOME: operator, GIT_CONFIG_GLOBAL: join(operator, '.gitconfig')});
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
			let isDead = false;
			const killed = Promise.withResolvers<Ending>();
			const engine = createEngine({
				steps: checklist,
				world: mortalWorld({...createWorld(connection, home, held), clock: late}, () => isDead),
				journal: mortal(journal, () => isDead),
				run: {...run, folder},
				history: await readJournal(folder),
				given: {...answers, 'profile-repository': join(home, 'profiles'), ...given},
			});
			const log: string[] = [];
			const kill = (): void => {
				isDead = true;
				// What is under way ends with the program; nothing that would come after it does.
				engine.send({type: 'stop'});
				killed.resolve({exit: 'interrupted'});
			};

			engine.onEvent(event => {
				if (event.type === 'logged') {
					log.push(event.line);
				}

				if (!isDead) {
					onEvent?.(event, engine, kill);
				}
			});
			const driven = drive(engine, true);
			const ending = await Promise.race([isRollback ? engine.rollback() : engine.run(), killed.promise]);
			driven.release();
			const failure = driven.failure();
			await journal.close();
			await held.release();
			return {
				ending: failure && ending.exit === 'interrupted' ? {exit: failure.exit ?? 'failed', failure} : ending,
				state: engine.view().state,
				log,
				isKilled: isDead,
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
