import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import process from 'node:process';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {Failure} from '../failure/failure.js';
import {isAlive} from '../machine/processes.js';

/** A sandbox that nobody has asked anything for this long ends by itself: an abandoned rehearsal leaves no process behind. */
const idleSeconds = 1800;

/** The sandbox of a rehearsal: a process of its own, so that a rehearsal that is killed can be resumed on it. */
export type SandboxProcess = {readonly kubeconfig: string; readonly stop: () => void};

const recordOf = (folder: string): string => join(folder, 'sandbox.json');

const kubeconfigOf = (folder: string): string => join(folder, 'sandbox.kubeconfig');

const stopper = (pid: number) => (): void => {
	try {
		process.kill(pid, 'SIGTERM');
	} catch {
		// It has ended by itself.
	}
};

/** Starts the sandbox of a new rehearsal. */
export const startSandboxProcess = async (folder: string, entries: string | undefined): Promise<SandboxProcess> => {
	const child = spawn(process.execPath, [
		fileURLToPath(new URL('../cli.js', import.meta.url)), 'sandbox', '--output', 'json', '--idle', String(idleSeconds), '--kubeconfig', kubeconfigOf(folder), ...(entries === undefined ? [] : ['--entries', entries]),
	], {detached: true, stdio: ['ignore', 'pipe', 'ignore']});
	const lines = createInterface({input: child.stdout});
	const first = await Promise.race([once(lines, 'line'), once(child, 'exit')]);
	if (typeof first[0] !== 'string' || child.pid === undefined) {
		throw new Failure({
			code: 'sandbox-not-started',
			seen: 'The sandbox ended before it served anything.',
			means: 'There is no cluster to rehearse on.',
			todo: 'Start it by itself to see what it says.',
			byHand: 'unroot sandbox',
			retryable: true,
		});
	}

	lines.close();
	child.stdout.destroy();
	child.unref();
	await writeFile(recordOf(folder), `${JSON.stringify({pid: child.pid})}\n`, {mode: 0o600});
	return {kubeconfig: kubeconfigOf(folder), stop: stopper(child.pid)};
};

/** The sandbox that an interrupted rehearsal left running. Rejects where it has ended: what was done on it went with it. */
export const findSandboxProcess = async (folder: string): Promise<SandboxProcess> => {
	const text = await readFile(recordOf(folder), 'utf8').catch(() => '{}');
	const {pid} = JSON.parse(text) as {readonly pid?: number};
	if (pid === undefined || !isAlive(pid)) {
		throw new Failure({
			code: 'sandbox-gone',
			seen: `The sandbox that this rehearsal ran on has ended${pid === undefined ? '' : ` (process ${pid})`}.`,
			means: 'It lived in memory: what was done on it is gone, and the rehearsal cannot go on.',
			todo: 'Begin a new rehearsal.',
			byHand: 'unroot rehearse --sandbox',
			exit: 'blocked',
		});
	}

	return {kubeconfig: kubeconfigOf(folder), stop: stopper(pid)};
};
