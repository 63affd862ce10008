import {Buffer} from 'node:buffer';
import {randomUUID} from 'node:crypto';
import {Failure} from '../../failure/failure.js';
import type {CommandResult, PodShell, PodTarget} from '../../migration/world.js';
import {kubectlByHand, type Connection} from '../connection.js';
import {execFailure, inputCut, outputTooLong, podTimeout} from '../failures/exec-failure.js';
import {readOutput, wrapper} from './pod-script.js';
import {runKubectlRaw} from './process.js';

/** How long a command may take where the caller does not say. Longer work is started in the background and polled. */
const defaultSeconds = 600;

/** How much longer is waited here, so that the container's own end of the command is seen. */
const graceSeconds = 20;

/** The most that a command may print. */
const mostBytes = 4 * 1024 * 1024;

/** Exit statuses of a command that `timeout` stopped: GNU's own, and those of the signals. */
const stopped = new Set([124, 137, 143]);

/** How often a command is run whose end was not seen. */
const mostTries = 3;

type RunOptions = {readonly input?: string; readonly timeoutSeconds?: number; readonly signal?: AbortSignal};

/** The arguments of kubectl for a command in a container. */
const execArgv = ({pod, container}: PodTarget, command: readonly string[], withInput = false): readonly string[] => [
	'exec',
	...(withInput ? ['-i'] : []),
	pod,
	'-c',
	container,
	'--',
	...command,
];

/**
Runs commands in containers by `kubectl exec`, whose exit status proves nothing: a result is only handed back when the end of both streams was seen and the length and checksum of standard output agree. Input is text without NUL, of a few MiB at most; it never touches the container's disk.
*/
export const createPodShell = (connection: Connection): PodShell => {
	const runOnce = async (
		target: PodTarget,
		command: readonly string[],
		options: RunOptions = {},
	): Promise<CommandResult> => {
		const {input = '', timeoutSeconds = defaultSeconds, signal} = options;
		const mark = `unroot-end-${randomUUID()}`;
		const bytes = Buffer.byteLength(input);
		const shown = execArgv(target, command);
		const result = await runKubectlRaw(
			connection,
			execArgv(
				target,
				['sh', '-c', wrapper, 'unroot', mark, String(timeoutSeconds), String(bytes), String(mostBytes), ...command],
				bytes > 0,
			),
			{
				...(bytes > 0 && {input}),
				...(signal && {signal}),
				timeoutSeconds: timeoutSeconds + graceSeconds,
				maxBytes: mostBytes * 2,
			},
		);
		const output = await readOutput(result.stdout, result.stderr, mark, mostBytes);
		switch (output.kind) {
			case 'cut': {
				throw execFailure(connection, target, shown, {...result, stdout: ''});
			}

			case 'input-cut': {
				throw inputCut(connection, target, shown);
			}

			case 'too-long': {
				throw outputTooLong(connection, target, shown, mostBytes);
			}

			case 'whole': {
				const {exitCode, seconds, stdout, stderr} = output;
				if (seconds >= timeoutSeconds && stopped.has(exitCode)) {
					throw podTimeout(connection, target, shown, timeoutSeconds);
				}

				return {exitCode, stdout, stderr};
			}
		}
	};

	/** kubectl 1.30 to 1.32 drops what arrives before its streams are set up («Unknown stream id 1, discarding message»), so even a sound connection cuts a command now and then. */
	const run = async (
		target: PodTarget,
		command: readonly string[],
		options: RunOptions = {},
	): Promise<CommandResult> => {
		for (let tries = 1; ; tries++) {
			try {
				return await runOnce(target, command, options);
			} catch (error) {
				const isCut = error instanceof Failure && error.parts.code === 'exec-cut';
				if (!isCut || tries >= mostTries || (options.signal?.aborted ?? false)) {
					throw error;
				}
			}
		}
	};

	return {
		run,
		script: async (target, script, parameters = [], options = {}) =>
			run(target, ['sh', '-c', script, 'unroot-script', ...parameters], options),
		byHand: (target, command) => kubectlByHand(connection, execArgv(target, command)),
	};
};
