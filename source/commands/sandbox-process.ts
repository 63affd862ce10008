import {spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {readFile, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import process from 'node:process';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {Failure} from '../failure/failure.js';
import {isRunning, startMarkOf} from '../machine/processes.js';
import {onSignals} from './signals.js';

/**
A sandbox that nobody has asked anything for this long ends by itself: an abandoned rehearsal leaves no process behind.
*/
const idleSeconds = 1800;

/** The sandbox of a rehearsal: a process of its own, so that a rehearsal that is killed can be resumed on it. */
export type SandboxProcess = {
	readonly kubeconfig: string;
	/** Ends it, and takes away what its folder says of it. */
	readonly stop: () => Promise<void>;
};

const recordOf = (folder: string): string => join(folder, 'sandbox.json');

const kubeconfigOf = (folder: string): string => join(folder, 'sandbox.kubeconfig');

const handleOn = (folder: string, pid: number): SandboxProcess => ({
	kubeconfig: kubeconfigOf(folder),
	async stop() {
		try {
			process.kill(pid, 'SIGTERM');
		} catch {
			// It has ended by itself.
		}

		await Promise.all([recordOf(folder), kubeconfigOf(folder)].map(async path => rm(path, {force: true})));
	},
});

const startFailure = (signal: NodeJS.Signals | undefined): Failure =>
	new Failure(
		signal
			? {
					code: 'interrupted',
					seen: `${signal} came while the sandbox was starting.`,
					means: 'The rehearsal had not begun. Nothing is left of it.',
					todo: 'Begin it again when you want to.',
					byHand: 'unroot rehearse --sandbox',
					exit: 'interrupted',
				}
			: {
					code: 'sandbox-not-started',
					seen: 'The sandbox ended before it served anything.',
					means: 'There is no cluster to rehearse on.',
					todo: 'Start it by itself to see what it says.',
					byHand: 'unroot sandbox',
					retryable: true,
				},
	);

/** How large the sandbox is to be: values of flags, as they were given. */
export type SandboxSize = {
	readonly entries?: string | undefined;
	readonly replicas?: string | undefined;
	readonly backends?: string | undefined;
};

/**
Starts the sandbox of a new rehearsal. A signal that comes before it serves ends it: otherwise it would outlive a
rehearsal that never was.
*/
export const startSandboxProcess = async (folder: string, size: SandboxSize): Promise<SandboxProcess> => {
	let interruption: NodeJS.Signals | undefined;
	const started: {child?: ChildProcess} = {};
	// Before the start: a signal may come as soon as there is a process.
	const stopListening = onSignals(signal => {
		interruption = signal;
		started.child?.kill('SIGKILL');
	});
	const child = spawn(
		process.execPath,
		[
			// All that is built lies in one folder.
			fileURLToPath(new URL('cli.js', import.meta.url)),
			'sandbox',
			'--output',
			'json',
			'--idle',
			String(idleSeconds),
			'--kubeconfig',
			kubeconfigOf(folder),
			...(['entries', 'replicas', 'backends'] as const).flatMap(name =>
				size[name] === undefined ? [] : [`--${name}`, size[name]],
			),
		],
		{detached: true, stdio: ['ignore', 'pipe', 'ignore']},
	);
	started.child = child;

	try {
		const exited = once(child, 'exit');
		const lines = createInterface({input: child.stdout});
		const [line] = (await Promise.race([once(lines, 'line'), exited])) as readonly unknown[];
		const {pid} = child;
		if (typeof line !== 'string' || pid === undefined) {
			throw startFailure(interruption);
		}

		lines.close();
		child.stdout.destroy();
		await writeFile(recordOf(folder), `${JSON.stringify({pid, start: await startMarkOf(pid)})}\n`, {mode: 0o600});
		if (interruption) {
			await exited;
			throw startFailure(interruption);
		}

		child.unref();
		return handleOn(folder, pid);
	} catch (error) {
		child.kill('SIGKILL');
		throw error;
	} finally {
		stopListening();
	}
};

/**
The sandbox that an interrupted rehearsal left running. Rejects where it has ended: what was done on it went with it.
*/
export const findSandboxProcess = async (folder: string): Promise<SandboxProcess> => {
	const text = await readFile(recordOf(folder), 'utf8').catch(() => '{}');
	const {pid, start} = JSON.parse(text) as {readonly pid?: number; readonly start?: string};
	// The number may belong to another process by now, which must not be ended in its place.
	if (pid === undefined || !(await isRunning(pid, start))) {
		throw new Failure({
			code: 'sandbox-gone',
			seen: `The sandbox that this rehearsal ran on has ended${pid === undefined ? '' : ` (process ${pid})`}.`,
			means: 'It lived in memory: what was done on it is gone, and the rehearsal cannot go on.',
			todo: 'Begin a new rehearsal.',
			byHand: 'unroot rehearse --sandbox',
			exit: 'blocked',
		});
	}

	return handleOn(folder, pid);
};
