import {Buffer} from 'node:buffer';
import {spawn} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';
import {startSandbox, type Sandbox, type SandboxOptions} from '../../source/sandbox/sandbox.js';

export type KubectlResult = {
	readonly status: number | undefined;
	readonly stdout: string;
	readonly bytes: Buffer;
	readonly stderr: string;
};

/** A sandbox with the real kubectl in front of it, in a folder of its own. */
export type Rig = {
	readonly sandbox: Sandbox;
	readonly folder: string;
	readonly kubectl: (argv: readonly string[], input?: Buffer | string) => Promise<KubectlResult>;
	/** Runs a constant script in the old server's pod. */
	readonly inPod: (script: string, parameters?: readonly string[], pod?: string) => Promise<KubectlResult>;
	/** Runs a command in the old server's pod. */
	readonly exec: (...command: readonly string[]) => Promise<KubectlResult>;
	readonly apply: (object: unknown, ...flags: readonly string[]) => Promise<KubectlResult>;
	readonly close: () => Promise<void>;
};

/** What a call printed. */
export const stdoutOf = async (call: Promise<KubectlResult>): Promise<string> => {
	const {stdout} = await call;
	return stdout;
};

/** What a call complained of. */
export const stderrOf = async (call: Promise<KubectlResult>): Promise<string> => {
	const {stderr} = await call;
	return stderr;
};

/** How a call ended. */
export const statusOf = async (call: Promise<{readonly status: number | undefined}>): Promise<number | undefined> => {
	const {status} = await call;
	return status;
};

export const makeRig = async (options: SandboxOptions = {}): Promise<Rig> => {
	const folder = await mkdtemp(join(tmpdir(), 'sandbox-test-'));
	const sandbox = await startSandbox({entries: 100, ...options});
	await writeFile(join(folder, 'kubeconfig'), sandbox.kubeconfig, {mode: 0o600});
	const kubectl: Rig['kubectl'] = async (argv, input) =>
		new Promise((resolve, reject) => {
			const child = spawn(
				'kubectl',
				['--kubeconfig', join(folder, 'kubeconfig'), '--cache-dir', join(folder, 'cache'), ...argv],
				{env: {...process.env, KUBECONFIG: ''}},
			);
			const stdout: Buffer[] = [];
			const stderr: Buffer[] = [];
			child.stdout.on('data', (chunk: Buffer) => {
				stdout.push(chunk);
			});
			child.stderr.on('data', (chunk: Buffer) => {
				stderr.push(chunk);
			});
			child.stdin.on('error', () => {
				/* kubectl ended before it had read all */
			});
			child.on('error', reject);
			child.on('close', code => {
				const bytes = Buffer.concat(stdout);
				resolve({
					status: code ?? undefined,
					stdout: bytes.toString(),
					bytes,
					stderr: Buffer.concat(stderr).toString(),
				});
			});
			child.stdin.end(input ?? '');
		});
	return {
		sandbox,
		folder,
		kubectl,
		inPod: async (script, parameters = [], pod = 'pingdirectory-0') =>
			kubectl(['exec', pod, '--', 'sh', '-c', script, 'sh', ...parameters]),
		exec: async (...command) => kubectl(['exec', 'pingdirectory-0', '--', ...command]),
		apply: async (object, ...flags) => kubectl(['apply', '--server-side', '-f', '-', ...flags], JSON.stringify(object)),
		async close() {
			await sandbox.close();
			await rm(folder, {recursive: true, force: true});
		},
	};
};
