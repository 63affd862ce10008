import {Buffer} from 'node:buffer';
import type {IncomingMessage, ServerResponse} from 'node:http';
import type {Refusal} from './refusal.js';

/** How a request is answered. */
export type Reply = {
	readonly json: (code: number, body: unknown) => void;
	readonly text: (body: string) => void;
	readonly refuse: (refusal: Refusal) => void;
	/** Starts an answer that has no end yet: one JSON value a line. */
	readonly lines: () => {readonly line: (value: unknown) => void; readonly end: () => void};
	/** Starts a text that has no end yet. */
	readonly chunks: () => {readonly write: (text: string) => void; readonly end: () => void};
	readonly onClose: (listener: () => void) => void;
};

// Go escapes these two line separators in JSON, and readers of lines rely on it.
const toJson = (value: unknown): string =>
	JSON.stringify(value)
		.replaceAll('\u{2028}', String.raw`\u2028`)
		.replaceAll('\u{2029}', String.raw`\u2029`);

/** `dropAfter` breaks the connection after so many bytes of the body. */
export const makeReply = (request: IncomingMessage, response: ServerResponse, dropAfter: number | undefined): Reply => {
	let left = dropAfter ?? Infinity;
	const write = (text: string): void => {
		const bytes = Buffer.from(text);
		if (bytes.length <= left) {
			left -= bytes.length;
			response.write(bytes);
			return;
		}

		response.write(bytes.subarray(0, left), () => {
			request.socket.destroy();
		});
		left = 0;
	};

	const send = (code: number, type: string, text: string, headers: Record<string, string> = {}): void => {
		if (response.headersSent) {
			response.destroy();
			return;
		}

		response.writeHead(code, {'Content-Type': type, 'Content-Length': Buffer.byteLength(text), ...headers});
		write(text);
		if (text === '' || left > 0) {
			response.end();
		}
	};

	const start = (type: string): void => {
		response.writeHead(200, {'Content-Type': type});
		response.flushHeaders();
	};

	return {
		json(code, body) {
			send(code, 'application/json', toJson(body));
		},
		text(body) {
			send(200, 'text/plain', body);
		},
		refuse({code, status, retryAfter}) {
			send(
				code,
				'application/json',
				toJson(status),
				retryAfter === undefined ? {} : {'Retry-After': String(retryAfter)},
			);
		},
		lines() {
			start('application/json');
			return {
				line(value) {
					write(`${toJson(value)}\n`);
				},
				end() {
					response.end();
				},
			};
		},
		chunks() {
			start('text/plain');
			return {
				write,
				end() {
					response.end();
				},
			};
		},
		onClose(listener) {
			response.on('close', listener);
		},
	};
};
