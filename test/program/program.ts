import {execFile, spawn, type ChildProcess} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {onTestFinished} from 'vitest';
import {startSandbox, type Sandbox, type SandboxOptions} from '../../source/sandbox/sandbox.js';
import {inherited} from './inherited.js';

/** The program as it is installed. `npm test` builds it first. */
export const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/**
An operator's home: a folder with a `.gitconfig`, a state folder and whatever else a test puts there. It is removed when
the test is over.
*/
export const temporaryHome = async (): Promise<string> => {
	const home = await mkdtemp(join(tmpdir(), 'unroot-program-'));
	onTestFinished(async () => rm(home, {recursive: true, force: true, maxRetries: 3}));
	await writeFile(join(home, '.gitconfig'), '[user]\n\tname = Ada Operator\n\temail = ada@example.com\n');
	return home;
};

/** A sandbox in the test's process, closed when the test is over. */
export const temporarySandbox = async (options: SandboxOptions = {}): Promise<Sandbox> => {
	const sandbox = await startSandbox({entries: 150, ...options});
	onTestFinished(sandbox.close);
	return sandbox;
};

/** Where the runs of an operator lie. */
export const runsOf = (home: string): string => join(home, 'state', 'unroot', 'runs');

/**
The variables the program is started with: the operator's home, state and kubeconfig, and nothing of the test's own that
changes what it prints.
*/
export const environmentOf = async (
	home: string,
	sandbox: Sandbox | undefined,
	more: Readonly<Record<string, string>> = {},
): Promise<NodeJS.ProcessEnv> => {
	const kubeconfig = join(home, 'kubeconfig');
	if (sandbox) {
		await writeFile(kubeconfig, sandbox.kubeconfig, {mode: 0o600});
	}

	return {
		...inherited,
		HOME: home,
		XDG_STATE_HOME: join(home, 'state'),
		KUBECONFIG: kubeconfig,
		GIT_CONFIG_NOSYSTEM: '1',
		...more,
	};
};

/** How a process ended and what it said. */
export type Ended = {
	readonly status: number | undefined;
	readonly signal: NodeJS.Signals | undefined;
	readonly stdout: string;
	readonly stderr: string;
};

/** The program while it runs. */
export type Program = {
	readonly child: ChildProcess;
	/** What it has printed so far. */
	readonly stdout: () => string;
	readonly stderr: () => string;
	readonly ended: Promise<Ended>;
	/** Signals the program and everything it started, as a terminal does. */
	readonly signal: (signal: NodeJS.Signals) => void;
};

/** What the program is started with. */
export type ProgramOrder = {
	readonly home: string;
	readonly args: readonly string[];
	/** The cluster its KUBECONFIG leads to; left out, that file is what a test wrote there, or missing. */
	readonly sandbox?: Sandbox;
	readonly env?: Readonly<Record<string, string>>;
	/** What it reads from stdin. Default: nothing. */
	readonly input?: string;
};

/**
Starts `dist/cli.js` without a terminal, in a process group of its own; what is left of it is killed when the test is
over.
*/
export const startProgram = async ({home, args, sandbox, env, input = ''}: ProgramOrder): Promise<Program> => {
	if (!existsSync(cli)) {
		throw new Error(`${cli} is missing: npm run build`);
	}

	await mkdir(join(home, 'cwd'), {recursive: true});
	const child = spawn(process.execPath, [cli, ...args], {
		cwd: join(home, 'cwd'),
		env: await environmentOf(home, sandbox, env),
		detached: true,
		stdio: ['pipe', 'pipe', 'pipe'],
	});
	let stdout = '';
	let stderr = '';
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		stdout += text;
	});
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		stderr += text;
	});
	child.stdin.on('error', () => {
		/* it ended before it had read all */
	});
	child.stdin.end(input);
	const signal = (name: NodeJS.Signals): void => {
		try {
			process.kill(-(child.pid ?? NaN), name);
		} catch {
			// Nothing of it is left.
		}
	};

	const ended = new Promise<Ended>((resolve, reject) => {
		child.on('error', reject);
		child.on('close', (code, by) => {
			resolve({
				status: code ?? undefined,
				signal: by ?? undefined,
				stdout,
				stderr,
			});
		});
	});
	onTestFinished(async () => {
		signal('SIGKILL');
		await ended;
	});
	return {
		child,
		stdout: () => stdout,
		stderr: () => stderr,
		ended,
		signal,
	};
};

/** Starts the program and waits until it has ended. */
export const runProgram = async (order: ProgramOrder): Promise<Ended> => {
	const {ended} = await startProgram(order);
	return ended;
};

/** An answers file with what is given, as JSON. Gives its path. */
export const answersFile = async (home: string, answers: Readonly<Record<string, string>>): Promise<string> => {
	const path = join(home, 'answers.json');
	await writeFile(path, JSON.stringify({answers}));
	return path;
};

/** An answer to every question of a fresh deployment on the sandbox, but for the repository. */
export const freshAnswers = {
	strategy: 'fresh',
	image: '2103-8.2.0.3',
	'profile-path': 'pingdirectory',
	encryption: 'none',
	freeze: 'freeze',
	'freeze-budget': '30m',
	'profile-delivery': 'config-map',
	'manifests-commit': 'commit',
	copies: 'keep',
	'cut-over': 'identity',
	'carry-back': 'apply',
	'roll-back': 'identity',
};

/** The folder of the only run of an operator. */
export const onlyRun = async (home: string): Promise<string> => {
	const names = await readdir(runsOf(home));
	if (names.length !== 1) {
		throw new Error(`${names.length} runs in ${runsOf(home)}`);
	}

	return join(runsOf(home), names[0] ?? '');
};

/** An event as it stands in the journal. */
export type JournalLine = {
	readonly type: string;
	readonly step?: string;
	readonly outcome?: Readonly<Record<string, unknown>>;
	readonly [field: string]: unknown;
};

/** The whole lines of a journal; none where there is no journal yet. */
export const journalLines = async (folder: string): Promise<readonly JournalLine[]> => {
	const text = await readFile(join(folder, 'journal.jsonl'), 'utf8').catch(() => '');
	return text
		.split('\n')
		.slice(0, -1)
		.map(line => JSON.parse(line) as JournalLine);
};

/** The outcome of the last time a step was performed. */
export const outcomeOf = (lines: readonly JournalLine[], step: string): Readonly<Record<string, unknown>> => {
	const performed = lines.findLast(line => line.type === 'step-performed' && line.step === step);
	if (!performed?.outcome) {
		throw new Error(`The journal holds no outcome of ${step}.`);
	}

	return performed.outcome;
};

/** What git prints. */
export const git = async (repository: string, ...words: readonly string[]): Promise<string> =>
	new Promise((resolve, reject) => {
		execFile('git', ['-C', repository, ...words], {maxBuffer: 64 * 1024 * 1024}, (error, stdout) => {
			if (error) {
				reject(new Error(error.message, {cause: error}));
			} else {
				resolve(stdout);
			}
		});
	});
