import {execFile, spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import process from 'node:process';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {build} from 'rolldown';
import {onTestFinished} from 'vitest';
import {temporaryFolder} from './temporary-folder.js';

/** A parent that reaps nobody: it starts what it is given, and becomes a program that waits for no child. */
const neglect = '"$@" & exec sleep 600';

const start = async (command: string, words: readonly string[]): Promise<{child: ChildProcess; line: string}> => {
	const child = spawn(command, words, {stdio: ['ignore', 'pipe', 'inherit']});
	onTestFinished(() => {
		child.kill('SIGKILL');
	});
	const [line] = (await once(createInterface({input: child.stdout}), 'line')) as [string];
	return {child, line};
};

const stateOf = async (pid: string): Promise<string> => {
	const {promise, resolve} = Promise.withResolvers<string>();
	execFile('ps', ['-o', 'stat=', '-p', pid], (_, stdout) => {
		resolve(stdout.trim());
	});
	return promise;
};

/** Waits until ps calls a process ended, or does not know it any more. */
const untilEnded = async (pid: string): Promise<void> => {
	for (;;) {
		const state = await stateOf(pid);
		if (state === '' || state.startsWith('Z')) {
			return;
		}
	}
};

/** A process that has ended and that nobody reaps while the test goes on. */
export const makeZombie = async (): Promise<{readonly pid: number}> => {
	const {line} = await start('sh', ['-c', neglect, 'sh', 'sh', '-c', 'echo "$$"']);
	await untilEnded(line);
	return {pid: Number(line)};
};

/** The file that holds a run whose folder is its argument, says so, and stays. */
const holder = async (): Promise<string> => {
	const folder = await temporaryFolder();
	const input = join(folder, 'holder.js');
	await writeFile(
		input,
		`import {lockRun} from ${JSON.stringify(fileURLToPath(new URL('../../source/machine/run-lock.ts', import.meta.url)))};
await lockRun(process.argv[2]);
console.log(process.pid);
setInterval(() => undefined, 1000);
`,
	);
	const file = join(folder, 'built.mjs');
	await build({input, external: ['execa'], output: {file, codeSplitting: false}, platform: 'node', logLevel: 'silent'});
	return file;
};

/** Another process that holds a run. `kill` ends it as a crash does, and leaves a zombie where it is neglected. */
export const holdRun = async (
	folder: string,
	isNeglected: boolean,
): Promise<{readonly pid: number; readonly kill: () => Promise<void>}> => {
	const command = [process.execPath, await holder(), folder];
	const {child, line} = isNeglected
		? await start('sh', ['-c', neglect, 'sh', ...command])
		: await start(command[0] ?? '', command.slice(1));
	const pid = Number(line);
	return {
		pid,
		async kill() {
			const exited = isNeglected ? undefined : once(child, 'exit');
			process.kill(pid, 'SIGKILL');
			await exited;
			await untilEnded(line);
		},
	};
};
