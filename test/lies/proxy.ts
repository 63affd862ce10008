import {Buffer} from 'node:buffer';
import {once} from 'node:events';
import {createServer, request as send, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo, Socket} from 'node:net';
import {buffer} from 'node:stream/consumers';
import {createFrames} from './frames.js';
import type {Liar, RequestLie} from './liar.js';

/** An answer of the API, whole. */
type Answer = {readonly status: number; readonly type: string; readonly body: Buffer};

/** Stands between the program and an API, and lies. */
export type Proxy = {
	readonly url: string;
	/** How many connections were cut because nothing went over them. */
	readonly idleCuts: () => number;
	readonly close: () => Promise<void>;
};

/** How long an answer that never comes is waited for before the connection breaks, as by something in between. */
const neverMilliseconds = 300;

const statusBody = (code: number): Buffer =>
	Buffer.from(
		JSON.stringify({
			apiVersion: 'v1',
			kind: 'Status',
			metadata: {},
			status: 'Failure',
			message: 'the proxy said so',
			reason: {409: 'Conflict', 429: 'TooManyRequests', 503: 'ServiceUnavailable'}[code] ?? 'InternalError',
			code,
		}),
	);

const forward = async (target: string, request: IncomingMessage, body: Buffer): Promise<Answer> => {
	const {promise, resolve, reject} = Promise.withResolvers<Answer>();
	const {host: _, connection: __, ...headers} = request.headers;
	const whole = async (response: IncomingMessage): Promise<void> => {
		try {
			resolve({
				status: response.statusCode ?? 500,
				type: response.headers['content-type'] ?? 'application/json',
				body: await buffer(response),
			});
		} catch (error) {
			reject(error instanceof Error ? error : new Error(String(error)));
		}
	};

	const outgoing = send(`${target}${request.url ?? '/'}`, {method: request.method, headers}, response => {
		void whole(response);
	});
	outgoing.on('error', reject);
	outgoing.end(body);
	return promise;
};

const give = (response: ServerResponse, {status, type, body}: Answer): void => {
	response.writeHead(status, {
		'Content-Type': type,
		'Content-Length': body.length,
		...(status === 429 && {'Retry-After': '1'}),
	});
	response.end(body);
};

const breakOff = (response: ServerResponse, {status, type, body}: Answer): void => {
	response.writeHead(status, {'Content-Type': type, 'Content-Length': body.length});
	response.write(body.subarray(0, Math.floor(body.length / 2)));
	setTimeout(() => {
		response.socket?.destroy();
	}, 10);
};

/**
Starts a proxy in front of an API of plain HTTP. `idleMilliseconds` is how long a connection may be silent. `onRequest`
sees each request before anything is done.
*/
export const startProxy = async (
	target: string,
	liar: Liar,
	{
		idleMilliseconds = Infinity,
		onRequest,
	}: {readonly idleMilliseconds?: number; readonly onRequest?: (key: string) => void} = {},
): Promise<Proxy> => {
	const known = new Map<string, Answer>();
	const frames = createFrames(target, liar);
	const sockets = new Set<Socket>();
	let idleCuts = 0;

	const answer = async (
		request: IncomingMessage,
		response: ServerResponse,
		key: string,
		lie: RequestLie | undefined,
	): Promise<void> => {
		const body = await buffer(request);
		if (lie?.kind === 'refused') {
			give(response, {status: lie.status, type: 'application/json', body: statusBody(lie.status)});
			return;
		}

		const before = known.get(key);
		const first = lie?.kind === 'stale' && before ? before : await forward(target, request, body);
		const now = lie?.kind === 'twice' ? await forward(target, request, body) : first;
		if (request.method === 'GET') {
			known.set(key, now);
		}

		switch (lie?.kind) {
			case 'denied': {
				give(response, {status: 500, type: 'application/json', body: statusBody(500)});
				return;
			}

			case 'cut': {
				breakOff(response, now);
				return;
			}

			case 'never': {
				setTimeout(() => {
					response.socket?.destroy();
				}, neverMilliseconds);
				return;
			}

			case 'stale':
			case 'twice':
			case undefined: {
				give(response, now);
			}
		}
	};

	const server = createServer((request, response) => {
		const key = `${request.method ?? 'GET'} ${request.url ?? '/'}`;
		onRequest?.(key);
		answer(request, response, key, liar.request(key)).catch(() => {
			response.socket?.destroy();
		});
	});
	server.on('connection', socket => {
		sockets.add(socket);
		socket.on('close', () => {
			sockets.delete(socket);
		});
		if (idleMilliseconds < Infinity) {
			socket.setTimeout(idleMilliseconds, () => {
				idleCuts += 1;
				socket.destroy();
			});
		}
	});
	server.on('upgrade', (request, socket: Socket, head: Buffer) => {
		onRequest?.(`exec ${request.url ?? '/'}`);
		frames.take(request, socket, head);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		idleCuts: () => idleCuts,
		async close() {
			frames.close();
			for (const socket of sockets) {
				socket.destroy();
			}

			const closed = once(server, 'close');
			server.close();
			await closed;
		},
	};
};
