import type {Socket} from 'node:net';
import type {Readable, Writable} from 'node:stream';
import {Failure} from '../../failure/failure.js';
import type {CommandResult} from '../../migration/world.js';
import {connectionFlags, kubectlByHand, waitingFor, type Connection} from '../connection.js';

/** How a kubectl call may be bounded. */
export type KubectlOptions = {
	/** Goes to standard input, which ends after it. Without it standard input is closed. */
	readonly input?: string | Uint8Array;
	/** Ends the process; the call then rejects with the signal's reason. */
	readonly signal?: AbortSignal;
	/** Ends the process after so many seconds; the call then rejects with a Failure. */
	readonly timeoutSeconds?: number;
	/** The most that standard output, and standard error, may hold. Default 16 MiB. More is a Failure. */
	readonly maxBytes?: number;
	/** Variables on top of those of this process. */
	readonly environment?: Readonly<Record<string, string>>;
};

/** A result whose standard output is still bytes. */
export type RawResult = Omit<CommandResult, 'stdout'> & {readonly stdout: Uint8Array};

/** A running kubectl whose streams have back-pressure. */
export type KubectlProcess = {
	/** Must be read to its end, or the process waits for ever. Its end proves nothing about the bytes being all. */
	readonly stdout: Readable;
	/** Undefined where standard input was not asked for. */
	readonly stdin: Writable | undefined;
	/**
	Resolves when the process has ended; rejects with the signal's reason where it was aborted, and with a Failure where
	kubectl cannot be started.
	*/
	readonly ended: Promise<{readonly exitCode: number | undefined; readonly stderr: string}>;
	/** Ends the process: politely first, by force after five seconds. */
	readonly kill: () => void;
};

/** One whose standard error is read beside its output, and that may stay when it has nothing to do. */
export type LongProcess = KubectlProcess & {
	/** Its last words stand in `ended`, whether or not it is read. */
	readonly stderr: Readable;
	/** Whether this program waits for it before it ends by itself. It does, unless told otherwise. */
	readonly keepAlive: (isKept: boolean) => void;
};

const defaultMaxBytes = 16 * 1024 * 1024;

/** What is kept of a stream process's standard error: its end, where the reason stands. */
const keptOfStderr = 16 * 1024;

/**
The operator's own defaults for kubectl (a kuberc, another diff program, another language) would change what its output
means.
*/
const environmentOf = ({kubeconfig, cacheFolder}: Connection): Record<string, string> => ({
	// kubectl diff writes whole objects into temporary files, and leaves them where it is killed.
	TMPDIR: cacheFolder,
	KUBECONFIG: kubeconfig,
	KUBECTL_KUBERC: 'false',
	KUBERC: 'off',
	KUBECTL_EXTERNAL_DIFF: 'diff -u -N',
	LC_ALL: 'C',
});

/** A program of the operator's that is run on a connection. */
export type Tool = {
	readonly program: string;
	/** What every call starts with. */
	readonly flags: readonly string[];
	/** An undefined variable is taken out. */
	readonly environment: Readonly<Record<string, string | undefined>>;
	/** The Failure where it cannot be started: the code of the operating system, such as `ENOENT`. */
	readonly missing: (code: string) => Failure;
	readonly byHand: (argv: readonly string[]) => string;
	readonly connection: Connection;
};

const missing = (code: string): Failure =>
	new Failure({
		code: 'kubectl-missing',
		seen: code === 'ENOENT' ? 'There is no kubectl on the PATH.' : `kubectl cannot be started: ${code}.`,
		means: 'unroot changes the cluster, and runs commands in pods, through kubectl alone. Nothing was done.',
		todo: "Install kubectl, at most one minor version away from the cluster's, and put it on the PATH.",
		byHand: 'kubectl version --client',
		exit: 'blocked',
	});

const kubectlOn = (connection: Connection): Tool => ({
	program: 'kubectl',
	flags: connectionFlags(connection),
	environment: environmentOf(connection),
	missing,
	byHand: argv => kubectlByHand(connection, argv),
	connection,
});

const timedOut = ({program, byHand}: Tool, argv: readonly string[], seconds: number): Failure =>
	new Failure({
		code: `${program}-timeout`,
		seen: `${program} did not end within ${seconds} seconds and was stopped.`,
		means: 'Whether the cluster did what was asked is not known: an API server or a connection may be slow or gone.',
		todo: 'Look whether the cluster answers, then try again.',
		byHand: byHand(argv),
		retryable: true,
	});

const tooLong = ({program, byHand}: Tool, argv: readonly string[], bytes: number): Failure =>
	new Failure({
		code: 'output-too-long',
		seen: `${program} printed more than ${bytes} bytes and was stopped.`,
		means: 'Output is bounded, since a pod or a server may print without end. What was printed so far was not used.',
		todo: 'Run the command by hand and look at what it prints.',
		byHand: byHand(argv),
	});

/**
Runs a program to its end, with its standard output as bytes. The exit status is handed back, not judged. Rejects with a
Failure where the program is missing, prints too much or takes too long.
*/
const runToEnd = async (tool: Tool, argv: readonly string[], options: KubectlOptions): Promise<RawResult> => {
	const {input, signal, timeoutSeconds, maxBytes = defaultMaxBytes, environment} = options;
	signal?.throwIfAborted();
	const {execa} = await import('execa');
	const result = await execa(tool.program, [...tool.flags, ...argv], {
		reject: false,
		encoding: 'buffer',
		stripFinalNewline: false,
		maxBuffer: maxBytes,
		env: {...tool.environment, ...environment},
		...(input === undefined ? {stdin: 'ignore'} : {input}),
		...(signal && {cancelSignal: signal}),
		...(timeoutSeconds && {timeout: timeoutSeconds * 1000}),
	});
	if (result.isCanceled) {
		signal?.throwIfAborted();
	}

	if (result.timedOut) {
		throw timedOut(tool, argv, timeoutSeconds ?? 0);
	}

	if (result.isMaxBuffer) {
		throw tooLong(tool, argv, maxBytes);
	}

	if (result.exitCode === undefined && result.signal === undefined) {
		throw tool.missing(result.code ?? result.originalMessage ?? 'unknown');
	}

	return {exitCode: result.exitCode, stdout: result.stdout, stderr: new TextDecoder().decode(result.stderr)};
};

/** What a tool does, without what it is given: an argument may be long. */
const doingOf = ({program}: Tool, argv: readonly string[]): string => {
	const end = argv.indexOf('--');
	const words = argv.slice(0, end === -1 ? undefined : end).filter(word => !word.startsWith('-'));
	return [program, ...words.slice(0, 3)].join(' ');
};

/** The same, said where it is shown who is waited for: a pod that runs a command, or the cluster. */
const runWaiting = async (tool: Tool, argv: readonly string[], options: KubectlOptions): Promise<RawResult> => {
	const {connection} = tool;
	const who =
		argv[0] === 'exec' ? `the pod ${argv.find(word => !word.startsWith('-') && word !== 'exec') ?? ''}` : 'the cluster';
	return waitingFor(connection, who, doingOf(tool, argv), async () => runToEnd(tool, argv, options));
};

/** Runs a program to its end, with its output as text. The exit status is handed back, not judged. */
export const runProcess = async (
	tool: Tool,
	argv: readonly string[],
	options: KubectlOptions = {},
): Promise<CommandResult> => {
	const result = await runWaiting(tool, argv, options);
	return {...result, stdout: new TextDecoder().decode(result.stdout)};
};

/**
Runs kubectl to its end, with its standard output as bytes. The exit status is handed back, not judged. Rejects with a
Failure where kubectl is missing, prints too much or takes too long.
*/
export const runKubectlRaw = async (
	connection: Connection,
	argv: readonly string[],
	options: KubectlOptions = {},
): Promise<RawResult> => runWaiting(kubectlOn(connection), argv, options);

/**
Runs kubectl to its end, with its output as text. The exit status is handed back, not judged.
*/
export const runKubectl = async (
	connection: Connection,
	argv: readonly string[],
	options: KubectlOptions = {},
): Promise<CommandResult> => runProcess(kubectlOn(connection), argv, options);

/**
Starts kubectl and hands back its streams, which hold no more than a pipe's worth in memory.
*/
export const spawnKubectl = async (
	connection: Connection,
	argv: readonly string[],
	options: {
		readonly stdin: 'pipe' | 'ignore';
		readonly signal?: AbortSignal;
	},
): Promise<LongProcess> => {
	const {stdin, signal} = options;
	signal?.throwIfAborted();
	const {execa} = await import('execa');
	const child = execa('kubectl', [...connectionFlags(connection), ...argv], {
		reject: false,
		buffer: false,
		env: environmentOf(connection),
		stdin,
		stdout: 'pipe',
		stderr: 'pipe',
		...(signal && {cancelSignal: signal}),
	});
	let stderr = '';
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		stderr = (stderr + text).slice(-keptOfStderr);
	});

	const end = async (): Promise<{readonly exitCode: number | undefined; readonly stderr: string}> => {
		const result = await child;
		if (result.isCanceled) {
			signal?.throwIfAborted();
		}

		if (result.exitCode === undefined && result.signal === undefined) {
			throw missing(result.code ?? result.originalMessage ?? 'unknown');
		}

		return {exitCode: result.exitCode, stderr};
	};

	const ended = end();
	// Whoever reads the streams may fail before it waits for the end.
	ended.catch(() => undefined);
	return {
		stdout: child.stdout,
		stderr: child.stderr,
		stdin: child.stdin ?? undefined,
		ended,
		kill() {
			child.kill();
		},
		keepAlive(isKept) {
			const hold = isKept ? 'ref' : 'unref';
			child.nodeChildProcess[hold]();
			for (const stream of [child.stdin, child.stdout, child.stderr]) {
				// They are sockets: https://nodejs.org/api/net.html#socketunref.
				(stream as Socket | null)?.[hold]();
			}
		},
	};
};
