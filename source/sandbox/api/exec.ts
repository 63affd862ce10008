import {Buffer} from 'node:buffer';
import type {WebSocket} from 'ws';
import type {FaultBook} from '../faults.js';
import type {Machine} from '../pods/machine.js';
import {isFinished, phaseOf} from '../pods/pod-status.js';
import {share, type Descriptor} from '../processes/descriptor.js';
import {findProgram, spawn, type Start} from '../shell/programs.js';
import type {JsonObject} from '../store/object.js';
import type {Cluster} from './cluster.js';
import {notFound, refusal} from './refusal.js';
import type {Target} from './target.js';

/** The first byte of every message: which stream it belongs to. */
const channel = {
	stdin: 0,
	stdout: 1,
	stderr: 2,
	status: 3,
	close: 255,
} as const;

/**
A container runtime needs a while to start a process. kubectl relies on it: what arrives before it has set its streams
up is dropped («Unknown stream id»).
*/
const startMilliseconds = 25;

const inputCapacity = 1_048_576;
const frame = 131_072;

const never = async (): Promise<never> =>
	new Promise<never>(() => {
		/* nobody takes it any more */
	});

/** Standard input: what the client sends. The client waits while too much is on the way. */
const makeInput = (socket: WebSocket, dropAfter: number | undefined): Descriptor => {
	const waiting: Uint8Array[] = [];
	const state = {
		bytes: 0,
		received: 0,
		isOver: false,
		wake: Promise.withResolvers<undefined>(),
	};
	const changed = (): void => {
		state.wake.resolve(undefined);
		state.wake = Promise.withResolvers<undefined>();
	};

	socket.on('message', (data: Buffer) => {
		const [first] = data;
		if (first === channel.close && data[1] === channel.stdin) {
			state.isOver = true;
		} else if (first === channel.stdin) {
			state.received += data.length - 1;
			if (dropAfter !== undefined && state.received > dropAfter) {
				socket.terminate();
				return;
			}

			waiting.push(data.subarray(1));
			state.bytes += data.length - 1;
			if (state.bytes > inputCapacity) {
				socket.pause();
			}
		}

		changed();
	});
	// A client that is gone looks like an end of the input: what it had sent so far is all there is.
	socket.on('close', () => {
		state.isOver = true;
		changed();
	});
	return share({
		async read() {
			while (!state.isOver && waiting.length === 0) {
				await state.wake.promise;
			}

			const chunk = waiting.shift();
			state.bytes -= chunk?.length ?? 0;
			if (socket.isPaused && state.bytes <= inputCapacity) {
				socket.resume();
			}

			return chunk;
		},
		write: never,
	});
};

type OutputFaults = {readonly cutAfter: number; readonly dropAfter: number; readonly bytesPerSecond: number};

const send = async (socket: WebSocket, stream: number, bytes: Uint8Array): Promise<void> =>
	new Promise((resolve, reject) => {
		const message = Buffer.allocUnsafe(bytes.length + 1);
		message[0] = stream;
		message.set(bytes, 1);
		socket.send(message, error => {
			if (error) {
				reject(error);
			} else {
				resolve();
			}
		});
	});

/** Bytes that a pipe takes from a writer when nobody reads it. */
const pipeCapacity = 65_536;

/**
Standard output or error. A writer waits for the client; when the client is gone, the pipe takes what it holds, and then
the writer waits for ever.
*/
const makeOutput = (socket: WebSocket, stream: number, faults: OutputFaults): Descriptor => {
	let sent = 0;
	let unread = 0;
	const leave = async (piece: Uint8Array): Promise<void> => {
		unread += piece.length;
		return unread > pipeCapacity ? never() : undefined;
	};

	const sendPiece = async (piece: Uint8Array): Promise<void> => {
		if (socket.readyState !== socket.OPEN) {
			return leave(piece);
		}

		const room = Math.min(piece.length, Math.max(0, Math.min(faults.cutAfter, faults.dropAfter) - sent));
		sent += piece.length;
		try {
			if (room > 0) {
				await send(socket, stream, piece.subarray(0, room));
			}
		} catch {
			return leave(piece);
		}

		if (sent > faults.dropAfter) {
			socket.terminate();
			return leave(piece);
		}

		if (faults.bytesPerSecond < Infinity) {
			await new Promise(resolve => {
				setTimeout(resolve, (piece.length / faults.bytesPerSecond) * 1000).unref();
			});
		}
	};

	return share({
		read: async () => undefined,
		async write(bytes) {
			const size = faults.bytesPerSecond < Infinity ? 8192 : frame;
			for (let at = 0; at < bytes.length; at += size) {
				await sendPiece(bytes.subarray(at, at + size));
			}
		},
	});
};

const matching =
	(command: string) =>
	(fault: {readonly command?: string; readonly path?: string}): boolean =>
		fault.path === undefined && (fault.command === undefined || command.includes(fault.command));

const outputFaults = (faults: FaultBook, command: string): OutputFaults => {
	const fits = matching(command);
	return {
		cutAfter: faults.take('cut', fits)?.after ?? Infinity,
		dropAfter: faults.take('drop', fault => fault.direction !== 'in' && fits(fault))?.after ?? Infinity,
		bytesPerSecond: faults.take('slow', fits)?.bytesPerSecond ?? Infinity,
	};
};

const statusOf = (exitCode: number): JsonObject =>
	exitCode === 0
		? {metadata: {}, status: 'Success'}
		: {
				metadata: {},
				status: 'Failure',
				message: `command terminated with non-zero exit code: exit status ${exitCode}`,
				reason: 'NonZeroExitCode',
				details: {causes: [{reason: 'ExitCode', message: String(exitCode)}]},
			};

const notStarted = (name: string, text: string): JsonObject => ({
	metadata: {},
	status: 'Failure',
	message:
		'Internal error occurred: error executing command in container: failed to exec in container: failed to start ' +
		`exec: OCI runtime exec failed: exec failed: unable to start container process: exec: "${name}": ${text}: ` +
		'unknown',
	reason: 'InternalError',
	details: {causes: [{message: `exec: "${name}": ${text}`}]},
	code: 500,
});

const run = async (
	machine: Machine,
	command: readonly string[],
	query: URLSearchParams,
	socket: WebSocket,
): Promise<void> => {
	const text = command.join(' ');
	const {faults} = machine;
	const inputDrop = faults.take('drop', fault => fault.direction === 'in' && matching(text)(fault));
	const isPlain = {cutAfter: Infinity, dropAfter: Infinity, bytesPerSecond: Infinity};
	const hasInput = query.get('stdin') === 'true' || query.get('stdin') === '1';
	const input = makeInput(socket, inputDrop?.after);
	const descriptors = new Map<number, Descriptor>([
		...(hasInput ? [[0, input] as const] : []),
		[1, makeOutput(socket, channel.stdout, outputFaults(faults, text))],
		[2, makeOutput(socket, channel.stderr, isPlain)],
	]);
	const start: Start = {
		machine,
		cwd: machine.environment.has('BASE') ? '/opt' : '/',
		umask: 0o022,
		environment: machine.environment,
		descriptors,
	};
	await new Promise(resolve => {
		setTimeout(resolve, startMilliseconds);
	});
	const found = findProgram(start, command[0] ?? '');
	const status =
		'status' in found
			? notStarted(command[0] ?? '', found.status === 127 ? 'executable file not found in $PATH' : 'permission denied')
			: statusOf(await spawn(start, command, {isExec: true}).ended);
	if (socket.readyState !== socket.OPEN) {
		return;
	}

	await send(socket, channel.status, Buffer.from(JSON.stringify(status)));
	socket.close(1000);
};

/** Checks that a command can be run in a container, and gives what runs it once the socket is open. */
export const openExec = (
	{pods, store}: Cluster,
	{namespace = '', name = ''}: Target,
	query: URLSearchParams,
): ((socket: WebSocket) => void) => {
	const pod = store.get('Pod', namespace, name);
	if (!pod) {
		throw notFound('pods', '', name);
	}

	if (isFinished(pod)) {
		throw refusal(400, `cannot exec into a container in a completed pod; current phase is ${phaseOf(pod)}`);
	}

	const wanted = query.get('container') ?? undefined;
	const container = pods.container(namespace, name, wanted);
	if (!container) {
		throw refusal(400, `container ${wanted ?? ''} is not valid for pod ${name}`);
	}

	const {machine} = container;
	if (!machine) {
		throw refusal(500, `container not found ("${container.name}")`, {reason: 'InternalError'});
	}

	return socket => {
		socket.on('error', () => {
			socket.terminate();
		});
		void run(machine, query.getAll('command'), query, socket).catch(() => {
			socket.terminate();
		});
	};
};
