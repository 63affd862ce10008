import {Buffer} from 'node:buffer';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo, Socket} from 'node:net';
import {WebSocketServer} from 'ws';
import type {KubeObject} from '../store/object.js';
import {checkAccess, review} from './access.js';
import {create, parseBody, patch, remove, scale, update, type Write} from './change.js';
import type {Cluster} from './cluster.js';
import {answerControl} from './control.js';
import {discovery} from './discovery.js';
import {openExec} from './exec.js';
import {sendLog} from './log.js';
import {getObject, listObjects, watchObjects, type Wish} from './read.js';
import {isRefusal, refusal, type Refusal} from './refusal.js';
import {makeReply, type Reply} from './reply.js';
import {targetOf, type Target} from './target.js';

const readBody = async (request: IncomingMessage, dropAfter: number | undefined): Promise<Buffer> => {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		chunks.push(chunk);
		bytes += chunk.length;
		if (dropAfter !== undefined && bytes > dropAfter) {
			break;
		}
	}

	if (dropAfter !== undefined) {
		request.socket.destroy();
		throw refusal(500, 'the connection was dropped');
	}

	return Buffer.concat(chunks);
};

const checkFaults = (cluster: Cluster, target: Target, url: URL): void => {
	const fault = cluster.faults.take(
		'refuse',
		({verb, path}) =>
			(verb === undefined || verb === target.verb) && (path === undefined || url.pathname.includes(path)),
	);
	if (fault) {
		throw refusal(
			fault.status,
			fault.message ?? 'the sandbox was told to refuse this',
			fault.retryAfterSeconds === undefined ? {} : {retryAfter: fault.retryAfterSeconds},
		);
	}

	checkAccess(cluster.faults, cluster.used, target);
};

const watch = (cluster: Cluster, target: Target, wish: Wish, reply: Reply): void => {
	const send = reply.lines();
	const stop = watchObjects(cluster, target, wish, send.line);
	const seconds = Number(wish.query.get('timeoutSeconds') ?? 0);
	const timer = seconds > 0 ? setTimeout(send.end, seconds * 1000) : undefined;
	reply.onClose(() => {
		stop();
		clearTimeout(timer);
	});
};

const write = (cluster: Cluster, input: Write): {readonly code: number; readonly object: KubeObject} => {
	const {target} = input;
	if (target.resource.isReview) {
		return {code: 201, object: review(cluster.faults, parseBody(input) as unknown as KubeObject)};
	}

	if (target.subresource === 'scale') {
		return scale(cluster, input);
	}

	const writes: Readonly<Record<string, typeof create>> = {create, update, patch};
	return writes[target.verb]?.(cluster, input) ?? {code: 200, object: remove(cluster, input)};
};

const removeAll = (cluster: Cluster, input: Write): unknown => {
	const {items, ...list} = listObjects(cluster, input.target, {query: input.query, accept: ''}) as {
		items: KubeObject[];
	};
	return {
		...list,
		items: items.map(({metadata: {name, namespace}}) =>
			remove(cluster, {...input, target: {...input.target, name, ...(namespace && {namespace})}}),
		),
	};
};

const answer = async (cluster: Cluster, request: IncomingMessage, url: URL, reply: Reply): Promise<void> => {
	const method = request.method ?? 'GET';
	const wish: Wish = {query: url.searchParams, accept: request.headers.accept ?? ''};
	const known = method === 'GET' ? discovery.get(url.pathname.replace(/\/$/v, '')) : undefined;
	if (known) {
		reply.json(200, known);
		return;
	}

	if (['/healthz', '/livez', '/readyz'].includes(url.pathname)) {
		reply.text('ok');
		return;
	}

	const drop = cluster.faults.take(
		'drop',
		({path, command, direction}) =>
			path !== undefined && command === undefined && direction === 'in' && url.pathname.includes(path),
	);
	const body = await readBody(request, drop?.after);
	if (url.pathname.startsWith('/sandbox/')) {
		answerControl(cluster, method, url, body, reply);
		return;
	}

	const target = targetOf(method, url);
	if (!target) {
		throw refusal(404, 'the server could not find the requested resource', {details: {}});
	}

	checkFaults(cluster, target, url);
	const input: Write = {
		target,
		query: url.searchParams,
		contentType: request.headers['content-type'] ?? 'application/json',
		body,
	};
	if (target.subresource === 'log') {
		sendLog(cluster, target, url.searchParams, reply);
	} else if (target.subresource === 'exec') {
		throw refusal(400, 'the sandbox speaks WebSocket only: exec by SPDY is not served');
	} else if (target.verb === 'watch') {
		watch(cluster, target, wish, reply);
	} else if (target.verb === 'list') {
		reply.json(200, listObjects(cluster, target, wish));
	} else if (target.verb === 'get' && target.subresource !== 'scale') {
		reply.json(200, getObject(cluster, target, wish));
	} else if (target.verb === 'deletecollection') {
		reply.json(200, removeAll(cluster, input));
	} else {
		const {code, object} = write(cluster, input);
		reply.json(code, object);
	}
};

const asRefusal = (error: unknown): Refusal =>
	isRefusal(error)
		? error
		: refusal(
				500,
				`Internal error occurred: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
			);

/** An HTTP server in front of a cluster. */
export type ApiServer = {readonly url: string; readonly close: () => Promise<void>; readonly lastRequest: () => number};

/** Serves the API on 127.0.0.1, plain HTTP. */
export const serve = async (cluster: Cluster, port: number): Promise<ApiServer> => {
	let lastRequest = Date.now();
	const sockets = new Set<Socket>();
	const upgrades = new WebSocketServer({
		noServer: true,
		handleProtocols: offered =>
			['v5.channel.k8s.io', 'v4.channel.k8s.io'].find(protocol => offered.has(protocol)) ?? false,
	});
	const server = createServer((request: IncomingMessage, response: ServerResponse) => {
		lastRequest = Date.now();
		const url = new URL(request.url ?? '/', 'http://sandbox');
		const drop = cluster.faults.take(
			'drop',
			({path, command, direction}) =>
				path !== undefined && command === undefined && direction !== 'in' && url.pathname.includes(path),
		);
		const reply = makeReply(request, response, drop?.after);
		void (async () => {
			try {
				await answer(cluster, request, url, reply);
			} catch (error) {
				reply.refuse(asRefusal(error));
			}
		})();
	});
	server.on('connection', socket => {
		sockets.add(socket);
		socket.on('close', () => {
			sockets.delete(socket);
		});
	});
	server.on('upgrade', (request, socket: Socket, head) => {
		lastRequest = Date.now();
		socket.on('error', () => {
			socket.destroy();
		});
		const url = new URL(request.url ?? '/', 'http://sandbox');
		try {
			const target = targetOf(request.method ?? 'GET', url);
			if (target?.subresource !== 'exec') {
				throw refusal(404, 'the server could not find the requested resource');
			}

			checkFaults(cluster, target, url);
			const run = openExec(cluster, target, url.searchParams);
			upgrades.handleUpgrade(request, socket, head, run);
		} catch (error) {
			const {code, status} = asRefusal(error);
			const body = JSON.stringify(status);
			socket.end(
				`HTTP/1.1 ${code} Refused\r\nContent-Type: application/json\r\nContent-Length: ` +
					`${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
			);
		}
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', resolve);
	});
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		lastRequest: () => lastRequest,
		async close() {
			const closed = new Promise<void>(resolve => {
				server.close(() => {
					resolve();
				});
			});
			for (const client of upgrades.clients) {
				client.terminate();
			}

			for (const socket of sockets) {
				socket.destroy();
			}

			await closed;
		},
	};
};
