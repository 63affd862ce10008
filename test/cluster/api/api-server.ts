import {once} from 'node:events';
import {writeFile} from 'node:fs/promises';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {onTestFinished} from 'vitest';
import type {Connection} from '../../../source/cluster/connection.js';
import {temporaryFolder} from '../temporary-folder.js';

/** A request as the server saw it. */
export type Seen = {
	readonly method: string;
	readonly path: string;
	readonly query: Readonly<Record<string, string>>;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	readonly body: unknown;
};

/**
What it answers: a status, and a body that is sent as JSON unless it is text. `undefined` cuts the connection, `silent`
never answers.
*/
export type Reply =
	| 'silent'
	| {readonly status?: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>>}
	| undefined;

/** A Status of Kubernetes. */
export const refusal = (code: number, reason: string, message: string): Reply => ({
	status: code,
	body: {
		apiVersion: 'v1',
		kind: 'Status',
		status: 'Failure',
		reason,
		message,
		code,
	},
});

/** A connection for an address, with a kubeconfig of its own. */
export const connectionTo = async (
	server: string,
	more: {readonly user?: string; readonly cluster?: string} = {},
): Promise<Connection> => {
	const folder = await temporaryFolder();
	const kubeconfig = join(folder, 'kubeconfig');
	await writeFile(
		kubeconfig,
		`apiVersion: v1
kind: Config
current-context: test
contexts: [{name: test, context: {cluster: test, user: test, namespace: identity}}]
clusters: [{name: test, cluster: {server: "${server}"${more.cluster ?? ''}}}]
users: [{name: test, user: {${more.user ?? 'token: abc'}}}]
`,
	);
	return {
		kubeconfig,
		context: 'test',
		namespace: 'identity',
		cacheFolder: join(folder, 'cache'),
	};
};

/** An HTTP server that answers as the test says, and what it was asked. */
export const startApiServer = async (
	answer: (seen: Seen) => Reply,
): Promise<{readonly connection: Connection; readonly url: string; readonly seen: Seen[]}> => {
	const seen: Seen[] = [];
	const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		const url = new URL(request.url ?? '/', 'http://server');
		const body = await text(request);
		const one: Seen = {
			method: request.method ?? '',
			path: url.pathname,
			query: Object.fromEntries(url.searchParams),
			headers: request.headers,
			body: body === '' ? undefined : (JSON.parse(body) as unknown),
		};
		seen.push(one);
		const reply = answer(one);
		if (reply === 'silent') {
			return;
		}

		if (!reply) {
			request.socket.destroy();
			return;
		}

		response.writeHead(reply.status ?? 200, reply.headers);
		response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {}));
	};

	const server = createServer((request, response) => {
		void respond(request, response);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	onTestFinished(() => {
		server.close();
		server.closeAllConnections();
	});
	const {port} = server.address() as AddressInfo;
	const url = `http://127.0.0.1:${port}`;
	return {connection: await connectionTo(url), url, seen};
};
