import {Failure} from '../../failure/failure.js';
import {tellableDetails} from '../../failure/tellable.js';
import type {CommandResult, PodTarget} from '../../migration/world.js';
import {kubectlByHand, type Connection} from '../connection.js';
import {lastLines} from './lines.js';
import {serverFailure} from './server-failure.js';

type Sign = {
	readonly says: RegExp;
	readonly code: string;
	readonly seen: (target: PodTarget) => string;
	readonly means: string;
	readonly todo: string;
	readonly retryable: boolean;
};

/** What kubectl, the API server and the kubelet say where a command cannot be run in a container. */
const signs: readonly Sign[] = [
	{
		says: /pods "[^"]*" not found|pod does not exist/v,
		code: 'pod-missing',
		seen: ({pod}) => `There is no pod «${pod}».`,
		means: 'It was removed or is being created again, or the workload has another name.',
		todo: 'Look at the pods of the workload. If one is starting, wait for it and try again.',
		retryable: true,
	},
	{
		says: /container .* is not valid for pod|container .* not found in pod/v,
		code: 'container-unknown',
		seen: ({pod, container}) => `The pod «${pod}» has no container «${container}».`,
		means: "The command must run in the server's own container, and that one has another name.",
		todo: "Look at the pod's containers.",
		retryable: false,
	},
	{
		says: /container not found|not created or running|is not running|waiting to start|not have a host assigned|in a stopped|procReady not received|CONTAINER_EXITED/v,
		code: 'container-not-running',
		seen: ({pod, container}) => `The container «${container}» of the pod «${pod}» does not run now.`,
		means: 'It has not started yet, has ended, or starts again and again.',
		todo: 'Look at its state, its events and its log. When it runs, try again.',
		retryable: true,
	},
	{
		says: /cannot exec into a container in a completed pod/v,
		code: 'pod-ended',
		seen: ({pod}) => `The pod «${pod}» has ended.`,
		means: 'No command can run in it any more.',
		todo: 'Look why it ended, and at the pod that takes its place.',
		retryable: true,
	},
	{
		says: /executable file not found|exec: "sh"|stat sh: no such file/v,
		code: 'shell-missing',
		seen: ({pod, container}) => `The container «${container}» of the pod «${pod}» has no sh.`,
		means:
			"unroot looks into a container with its shell. Ping's images have one: this is another image, or another " +
			'container of the pod.',
		todo: 'Look which image runs there.',
		retryable: false,
	},
];

/** Where a tool of the wrapper itself is not in the container. */
const toolMissing = /(?<tool>gzip|head|date|wc): (?:not found|command not found|No such file)/v;

/** A Failure for a command whose end was not seen: for the reason kubectl gives, or because the stream was cut. */
export const execFailure = (
	connection: Connection,
	target: PodTarget,
	argv: readonly string[],
	result: CommandResult,
): Failure => {
	// The command's own words come with kubectl's.
	const details = tellableDetails(lastLines(result.stderr));
	const known = signs.find(({says}) => says.test(result.stderr));
	const byHand = kubectlByHand(connection, ['describe', 'pod', target.pod]);
	if (known) {
		const {code, seen, means, todo, retryable} = known;
		return new Failure({
			code,
			seen: seen(target),
			means,
			todo,
			byHand,
			retryable,
			details,
		});
	}

	const missing = toolMissing.exec(result.stderr)?.groups?.tool;
	if (missing) {
		return new Failure({
			code: 'tool-missing',
			seen: `The container «${target.container}» of the pod «${target.pod}» has no ${missing}.`,
			means: "Without it there is no proof that a command's output arrived whole, so nothing of it is used.",
			todo: "Look which image runs there: Ping's images have it.",
			byHand,
			retryable: false,
			details,
		});
	}

	const isServer =
		/Error from server|Unable to connect to the server|was refused - did you|error: You must be logged in/v.test(
			result.stderr,
		);
	return isServer
		? serverFailure(connection, argv, result)
		: new Failure({
				code: 'exec-cut',
				seen:
					`The end of a command in the pod «${target.pod}» was not seen: kubectl ended with ` +
					`${result.exitCode === undefined ? 'a signal' : `status ${result.exitCode}`}.`,
				means:
					'The connection was cut, or the container was stopped. What arrived was not used, and the command ' +
					'may still be running there.',
				todo: 'Try again. If it happens again, look at the pod and at the network to the cluster.',
				byHand,
				retryable: true,
				details,
			});
};

/** A Failure for a command that was stopped in the container, since it took too long. */
export const podTimeout = (
	connection: Connection,
	{pod}: PodTarget,
	argv: readonly string[],
	seconds: number,
): Failure =>
	new Failure({
		code: 'pod-timeout',
		seen: `A command in the pod «${pod}» did not end within ${seconds} seconds and was stopped there.`,
		means: 'The server or its disk may be busy, or the command waits for something that does not come.',
		todo: 'Look at the pod, then try again.',
		byHand: kubectlByHand(connection, argv),
		retryable: true,
	});

/** A Failure for input that did not arrive whole. */
export const inputCut = (connection: Connection, {pod}: PodTarget, argv: readonly string[]): Failure =>
	new Failure({
		code: 'exec-cut',
		seen: `The input of a command did not arrive whole in the pod «${pod}».`,
		means: 'The connection was cut on the way. The command was not started.',
		todo: 'Try again. If it happens again, look at the network to the cluster.',
		byHand: kubectlByHand(connection, argv),
		retryable: true,
	});

/** A Failure for output that does not end. */
export const outputTooLong = (
	connection: Connection,
	{pod}: PodTarget,
	argv: readonly string[],
	bytes: number,
): Failure =>
	new Failure({
		code: 'output-too-long',
		seen: `A command in the pod «${pod}» printed more than ${bytes} bytes and was stopped.`,
		means: 'Output is bounded, since a pod may print without end. What arrived was not used.',
		todo: 'Run the command by hand and look at what it prints.',
		byHand: kubectlByHand(connection, argv),
	});
