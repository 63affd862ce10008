import {Buffer} from 'node:buffer';
import {spawn} from 'node:child_process';
import {createHash, randomBytes} from 'node:crypto';
import {existsSync} from 'node:fs';
import {mkdir, readFile, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {Transform, type Readable} from 'node:stream';
import type {Exec} from '../../../source/cluster/transfer/transfer.js';
import {temporaryFolder} from '../temporary-folder.js';

/** A pod on this machine: its processes are real, its file system is ours. */
export const machine = {pod: 'machine', container: 'main'};

/** What is done to what a command prints. */
export type Fault = (stdout: Readable, kill: () => void) => Readable;

/**
Runs the commands here, under the search path given. `faultOf` is asked before each start, with the command's words.
*/
export const localExec =
	(path: string, faultOf: (argv: readonly string[]) => Fault | undefined = () => undefined): Exec =>
	async (_target, argv, {stdin, signal}) => {
		const [command = '', ...rest] = argv;
		const fault = faultOf(argv);
		// `env` is looked up in the pod's own path.
		const child = spawn(command === 'env' ? '/usr/bin/env' : command, rest, {
			stdio: [stdin, 'pipe', 'pipe'],
			env: {PATH: path},
			...(signal && {signal}),
		});
		if (!child.stdout) {
			throw new Error('The command has no standard output.');
		}

		let stderr = '';
		child.stderr?.setEncoding('utf8').on('data', (text: string) => {
			stderr = (stderr + text).slice(-4096);
		});
		child.on('error', () => undefined);
		const kill = (): void => {
			child.kill('SIGKILL');
		};

		const ended = new Promise<{readonly exitCode: number | undefined; readonly stderr: string}>((resolve, reject) => {
			child.on('close', code => {
				if (signal?.aborted) {
					reject(signal.reason as Error);
				} else {
					resolve({exitCode: code ?? undefined, stderr});
				}
			});
		});
		ended.catch(() => undefined);
		return {
			stdout: fault?.(child.stdout, kill) ?? child.stdout,
			stdin: child.stdin ?? undefined,
			ended,
			kill,
		};
	};

/** Ends the stream after so many bytes, as if all were well. */
export const cutAfter =
	(bytes: number): Fault =>
	(stdout, kill) => {
		let left = bytes;
		return stdout.pipe(
			new Transform({
				transform(chunk: Buffer, _encoding, done) {
					const piece = chunk.subarray(0, left);
					left -= piece.length;
					if (piece.length > 0) {
						this.push(piece);
					}

					if (left === 0) {
						this.push(null);
						kill();
						return;
					}

					done();
				},
			}),
		);
	};

/** Turns the bits of the byte at an offset. */
export const corruptAt =
	(offset: number): Fault =>
	stdout => {
		let seen = 0;
		return stdout.pipe(
			new Transform({
				transform(chunk: Buffer, _encoding, done) {
					if (offset >= seen && offset < seen + chunk.length) {
						chunk[offset - seen] = 255 - (chunk[offset - seen] ?? 0);
					}

					seen += chunk.length;
					done(null, chunk);
				},
			}),
		);
	};

/** Lets so many bytes through, then nothing, and does not end. */
export const hangAfter =
	(bytes: number): Fault =>
	stdout => {
		let left = bytes;
		return stdout.pipe(
			new Transform({
				transform(chunk: Buffer, _encoding, done) {
					const piece = chunk.subarray(0, left);
					left -= piece.length;
					this.push(piece);
					if (left > 0) {
						done();
					}
				},
			}),
		);
	};

/** A search path with BusyBox alone, or undefined where there is none. */
export const busyBoxPath = async (): Promise<string | undefined> => {
	const busybox = ['/bin/busybox', '/usr/bin/busybox'].find(path => existsSync(path));
	if (!busybox) {
		return undefined;
	}

	const folder = await temporaryFolder();
	const applets = (
		'sh dd sha256sum gzip gunzip wc stat tr grep head tail df rm mv cat sync timeout env kill true sleep ' +
		'printf mkdir cut'
	).split(' ');
	for (const applet of applets) {
		await symlink(busybox, join(folder, applet));
	}

	return folder;
};

/** The search path of this machine. */
export const machinePath = '/usr/local/bin:/usr/bin:/bin';

/** A search path with a choice of this machine's tools. */
export const pathOf = async (tools: readonly string[]): Promise<string> => {
	const folder = await temporaryFolder();
	for (const tool of tools) {
		const real = ['/usr/bin', '/bin'].map(bin => join(bin, tool)).find(file => existsSync(file));
		if (real) {
			await symlink(real, join(folder, tool));
		}
	}

	return folder;
};

/** Whether a file has exactly these bytes. */
export const holds = async (path: string, content: Uint8Array): Promise<boolean> => {
	const there = await readFile(path);
	return there.equals(content);
};

/** The tools a copy needs, without gzip and timeout. */
export const fewTools = 'sh dd sha256sum wc tr grep head tail df rm mv cat sync env kill true printf stat'.split(' ');

/** Folders of a copy, and a file to copy: half noise, half text. */
export const makeSource = async (
	bytes: number,
	name = 'a file.ldif',
): Promise<{
	readonly remotePath: string;
	readonly localPath: string;
	readonly content: Buffer;
	readonly sha256: string;
}> => {
	const root = await temporaryFolder();
	const [there, here] = [join(root, 'there'), join(root, 'here')];
	await mkdir(there);
	await mkdir(here);
	const noise = randomBytes(Math.ceil(bytes / 2));
	const content = Buffer.concat([noise, Buffer.alloc(bytes - noise.length, 'dn: uid=user,dc=example\n')]);
	await writeFile(join(there, name), content);
	return {
		remotePath: join(there, name),
		localPath: join(here, name),
		content,
		sha256: createHash('sha256').update(content).digest('hex'),
	};
};
