import {Buffer} from 'node:buffer';
import {randomUUID} from 'node:crypto';
import {Failure} from '../../failure/failure.js';
import type {CommandResult, PodShell, PodTarget} from '../../migration/world.js';
import {execArgv, kubectlByHand, type Connection} from '../connection.js';
import {execFailure, inputCut, outputTooLong, podTimeout} from '../failures/exec-failure.js';
import {readOutput, wrapper, type PodOutput} from './pod-script.js';
import {createPodSessions} from './pod-sessions.js';
import {runKubectlRaw} from './process.js';
import type {SessionRequest as Order} from './session-script.js';

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

/** More input than this goes through an exec of its own: a shell reads a request byte by byte. */
const mostSessionInput = 32 * 1024;

/** What came of a command whose end was seen. */
type Ended = Exclude<PodOutput, {readonly kind: 'cut'}>;

const keyOf = ({pod, container}: PodTarget): string => `${pod}/${container}`;

type RunOptions = {readonly input?: string; readonly timeoutSeconds?: number; readonly signal?: AbortSignal};

/**
Runs commands in containers by `kubectl exec`, whose exit status proves nothing: a result is only handed back when the
end of both streams was seen and the length and checksum of standard output agree. Input is text without NUL, of a few
MiB at most; it never touches the container's disk.
*/
export const createPodShell = (connection: Connection, straggleMilliseconds?: number): PodShell => {
	const sessions = createPodSessions(connection, straggleMilliseconds);
	/** Containers that lack what a session needs. */
	const withoutSession = new Set<string>();

	/** By an exec of its own. */
	const runAlone = async (target: PodTarget, order: Order, signal: AbortSignal | undefined): Promise<Ended> => {
		const {mark, timeoutSeconds, most, input, command} = order;
		const bytes = Buffer.byteLength(input);
		const result = await runKubectlRaw(
			connection,
			execArgv(
				target,
				['sh', '-c', wrapper, 'unroot', mark, String(timeoutSeconds), String(bytes), String(most), ...command],
				bytes > 0,
			),
			{
				...(bytes > 0 && {input}),
				...(signal && {signal}),
				timeoutSeconds: timeoutSeconds + graceSeconds,
				maxBytes: most * 2,
			},
		);
		const output = await readOutput(result.stdout, result.stderr, mark, most);
		if (output.kind === 'cut') {
			throw execFailure(connection, target, execArgv(target, command), {...result, stdout: ''});
		}

		return output;
	};

	/** In a session that is open already, or is opened for it. */
	const runInSession = async (target: PodTarget, order: Order, signal: AbortSignal | undefined): Promise<Ended> => {
		const {mark, timeoutSeconds, most, command} = order;
		const shown = execArgv(target, command);
		const answer = await sessions.ask(target, order, {
			patienceMilliseconds: (timeoutSeconds + graceSeconds) * 1000,
			...(signal && {signal}),
		});
		switch (answer.kind) {
			case 'answered': {
				const output = await readOutput(answer.stdout, `${answer.stderr}\n${mark}`, mark, most);
				if (output.kind === 'cut') {
					throw execFailure(connection, target, shown, {exitCode: undefined, stdout: '', stderr: ''});
				}

				return output;
			}

			case 'no-session': {
				withoutSession.add(keyOf(target));
				return runAlone(target, order, signal);
			}

			case 'cut': {
				throw execFailure(connection, target, shown, {...answer, stdout: ''});
			}

			case 'too-long': {
				return {kind: 'too-long'};
			}

			case 'silent': {
				throw podTimeout(connection, target, shown, timeoutSeconds);
			}
		}
	};

	const runOnce = async (
		target: PodTarget,
		command: readonly string[],
		options: RunOptions = {},
	): Promise<CommandResult> => {
		const {input = '', timeoutSeconds = defaultSeconds, signal} = options;
		const order: Order = {mark: `unroot-end-${randomUUID()}`, timeoutSeconds, most: mostBytes, input, command};
		const isAlone = input.length > mostSessionInput || withoutSession.has(keyOf(target));
		const output = await (isAlone ? runAlone : runInSession)(target, order, signal);
		const shown = execArgv(target, command);
		switch (output.kind) {
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

	/**
	kubectl 1.30 to 1.32 drops what arrives before its streams are set up («Unknown stream id 1, discarding message»), so
	even a sound connection cuts a command now and then.
	*/
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
