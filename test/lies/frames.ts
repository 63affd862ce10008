import {Buffer} from 'node:buffer';
import type {IncomingMessage} from 'node:http';
import type {Socket} from 'node:net';
import {WebSocket, WebSocketServer, type RawData} from 'ws';
import type {FrameLie, Liar} from './liar.js';

/**
The first byte of every message: which stream it belongs to. Kubernetes' remote command protocol, version 4 and 5.
*/
const channel = {stdin: 0, stdout: 1, stderr: 2, status: 3};

const success = Buffer.from(JSON.stringify({metadata: {}, status: 'Success'}));

const bytesOf = (data: RawData): Buffer =>
	Buffer.isBuffer(data) ? data : Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)]);

/** The messages that take a message's place, or `cut` where the connection ends. */
const lied = (message: Buffer, lie: FrameLie | undefined, place: number): readonly Buffer[] | 'cut' => {
	switch (lie) {
		case undefined: {
			return [message];
		}

		case 'altered': {
			const altered = Buffer.from(message);
			const at = 1 + Math.floor(place * (message.length - 1));
			altered[at] = (altered[at] ?? 0) ^ 1;
			return [message.length > 1 ? altered : message];
		}

		case 'cut': {
			return 'cut';
		}

		case 'dropped': {
			return [];
		}

		case 'repeated': {
			return [message, message];
		}

		case 'shortened': {
			return [message.subarray(0, 1 + Math.floor(place * (message.length - 1)))];
		}

		case 'succeeded': {
			return [Buffer.concat([message.subarray(0, 1), success])];
		}
	}
};

const isOpen = (socket: WebSocket): boolean => socket.readyState === WebSocket.OPEN;

/** Passes the messages of two connections on to one another, lied about or not. */
const relay = (client: WebSocket, server: WebSocket, early: readonly Buffer[], liar: Liar, key: string): void => {
	const end = (): void => {
		client.terminate();
		server.terminate();
	};

	const pass = (to: WebSocket, messages: readonly Buffer[] | 'cut'): void => {
		if (messages === 'cut') {
			end();
			return;
		}

		for (const message of isOpen(to) ? messages : []) {
			to.send(message);
		}
	};

	const fromPod = (message: Buffer): void => {
		const what = message[0] === channel.status ? 'status' : 'output';
		// An empty message only opens a stream.
		pass(client, message.length > 1 ? lied(message, liar.frame(key, what), liar.place(key)) : [message]);
	};

	for (const message of early) {
		fromPod(message);
	}

	server.removeAllListeners('message');
	server.on('message', data => {
		fromPod(bytesOf(data));
	});
	client.on('message', data => {
		const message = bytesOf(data);
		const isData = message[0] === channel.stdin && message.length > 1;
		pass(server, isData ? lied(message, liar.input(key), liar.place(key)) : [message]);
	});
	for (const [one, other] of [
		[client, server],
		[server, client],
	] as const) {
		one.on('error', end);
		one.on('close', (code: number) => {
			if (isOpen(other) && code === 1000) {
				other.close(1000);
			} else {
				other.terminate();
			}
		});
	}
};

/** Answers a client as the API did that did not take up the exec. */
const refuse = (socket: Socket, response: IncomingMessage): void => {
	const parts: Buffer[] = [];
	response.on('data', (part: Buffer) => {
		parts.push(part);
	});
	response.on('end', () => {
		const body = Buffer.concat(parts);
		socket.write(
			`HTTP/1.1 ${response.statusCode ?? 500} Refused\r\nContent-Type: application/json\r\n` +
				`Content-Length: ${body.length}\r\nConnection: close\r\n\r\n`,
		);
		socket.end(body);
	});
};

/** Takes up execs and lies about what they say. */
export const createFrames = (target: string, liar: Liar) => {
	const sockets = new WebSocketServer({
		noServer: true,
		handleProtocols: offered => [...offered].find(protocol => protocol.endsWith('.channel.k8s.io')) ?? false,
	});
	return {
		take(request: IncomingMessage, socket: Socket, head: Buffer): void {
			const url = request.url ?? '/';
			const key = `exec ${url.split('?', 1)[0] ?? ''}`;
			const protocols = (request.headers['sec-websocket-protocol'] ?? '').split(',').map(one => one.trim());
			const server = new WebSocket(`${target.replace(/^http/v, 'ws')}${url}`, protocols, {
				headers: {Authorization: request.headers.authorization ?? ''},
			});
			const early: Buffer[] = [];
			server.on('message', data => {
				early.push(bytesOf(data));
			});
			server.on('unexpected-response', (_, response) => {
				refuse(socket, response);
			});
			server.on('error', () => {
				socket.destroy();
			});
			socket.on('error', () => {
				server.terminate();
			});
			server.on('open', () => {
				sockets.handleUpgrade(request, socket, head, client => {
					relay(client, server, early, liar, key);
				});
			});
		},
		close(): void {
			for (const client of sockets.clients) {
				client.terminate();
			}
		},
	};
};
