import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdir, mkdtemp, readdir, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {afterAll} from 'vitest';
import {startSandbox, type Sandbox} from '../../source/sandbox/sandbox.js';
import {inherited} from './inherited.js';

/** What a call of the program gave. */
export type Result = {readonly status: number | null; readonly stdout: string; readonly stderr: string};

/** The built program. */
export const programPath = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** The folder of the project. */
export const projectFolder = fileURLToPath(new URL('../../', import.meta.url));

/** How a call differs from the usual. */
export type Call = {
	readonly environment?: Readonly<Record<string, string | undefined>>;
	readonly folder?: string;
};

/** Runs something to its end, with nothing on standard input. */
export const runToEnd = async (
	[command = '', ...rest]: readonly string[],
	{environment = {}, folder = tmpdir()}: Call,
): Promise<Result> => {
	const child = spawn(command, rest, {cwd: folder, env: {...environment}, stdio: ['ignore', 'pipe', 'pipe']});
	const output = {stdout: '', stderr: ''};
	for (const name of ['stdout', 'stderr'] as const) {
		child[name].setEncoding('utf8').on('data', (text: string) => {
			output[name] += text;
		});
	}

	const [status] = (await once(child, 'close')) as [number | null];
	return {status, ...output};
};

/** A place to call the program from: a sandbox to call it on, and folders of its own. */
export type Desk = {
	readonly sandbox: Sandbox;
	readonly folder: string;
	readonly environment: Readonly<Record<string, string>>;
	/** The program with these words. */
	readonly unroot: (words: readonly string[], call?: Call) => Promise<Result>;
	/** The ids of the runs that were kept. */
	readonly runs: () => Promise<readonly string[]>;
	readonly runFolder: (id: string) => string;
	/** Writes a file into the folder and gives its path. */
	readonly file: (name: string, text: string) => Promise<string>;
	readonly close: () => Promise<void>;
};

/** Starts a sandbox in this process and lays out the folders. */
const openDesk = async (): Promise<Desk> => {
	const folder = await mkdtemp(join(tmpdir(), 'unroot-program-'));
	const sandbox = await startSandbox({entries: 50});
	const kubeconfig = join(folder, 'kubeconfig');
	await writeFile(kubeconfig, sandbox.kubeconfig, {mode: 0o600});
	const home = join(folder, 'home');
	await mkdir(home);
	await writeFile(join(home, '.gitconfig'), '[user]\n\tname = Operator\n\temail = operator@example.com\n');
	const environment = {
		...inherited,
		HOME: home,
		KUBECONFIG: kubeconfig,
		XDG_STATE_HOME: join(folder, 'state'),
	};
	const runsFolder = join(folder, 'state', 'unroot', 'runs');
	return {
		sandbox,
		folder,
		environment,
		unroot: async (words, call = {}) =>
			runToEnd([process.execPath, programPath, ...words], {
				folder,
				...call,
				environment: {...environment, ...call.environment},
			}),
		async runs() {
			return readdir(runsFolder).catch(() => []);
		},
		runFolder: id => join(runsFolder, id),
		async file(name, text) {
			const path = join(folder, name);
			await writeFile(path, text, {mode: 0o600});
			return path;
		},
		async close() {
			await sandbox.close();
			await rm(folder, {recursive: true, force: true});
		},
	};
};

/** A desk for the tests of one file, cleared away after the last of them. */
export const temporaryDesk = async (): Promise<Desk> => {
	const desk = await openDesk();
	afterAll(desk.close);
	return desk;
};
