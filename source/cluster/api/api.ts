import {Buffer} from 'node:buffer';
import {request as requestPlain} from 'node:http';
import {request as requestTls, type RequestOptions} from 'node:https';
import {env} from 'node:process';
import {Failure} from '../../failure/failure.js';
import type {Clock} from '../../migration/world.js';
import {waitingFor, type Connection} from '../connection.js';
import {
	answerFailure,
	connectionFailure,
	credentialsFailure,
	isPassingError,
	notJsonFailure,
	type ApiCall,
} from '../failures/api-failure.js';
import {readCredentials, type Credentials} from './credentials.js';
import {isRecord} from './kubeconfig-files.js';

/** An answer of the API server. */
export type ApiAnswer = {readonly status: number; readonly body: string};

/** A request, and what of its answer the caller wants to judge itself. */
export type ApiRequest = ApiCall & {
	readonly query?: Readonly<Record<string, string>>;
	readonly body?: unknown;
	/** Statuses that are handed back and are no Failure. */
	readonly expect?: readonly number[];
};

/** The Kubernetes API of one connection. Rejects with a Failure. */
export type Api = {
	/** Sends a request; connection errors, 429 and 5xx are tried again a bounded number of times. */
	readonly send: (request: ApiRequest) => Promise<ApiAnswer>;
	/**
	The same, with the answer read as an object of JSON; undefined where one of the expected statuses comes without, as
	for a path that is not served.
	*/
	readonly sendJson: (
		request: ApiRequest,
	) => Promise<{readonly status: number; readonly json: Readonly<Record<string, unknown>> | undefined}>;
	/** The Failure of an answer that is not what was asked for, though it is JSON. */
	readonly misfit: (call: ApiCall) => Failure;
	readonly credentials: () => Promise<Credentials>;
};

/** Waits between tries. The last one's answer is the one that counts. */
const backoffMilliseconds = [200, 600, 1500];

/** A server that says when to come back is believed, up to this. */
const longestRetryAfterMilliseconds = 10_000;

const answerWithinMilliseconds = 30_000;

/** How long is waited, in milliseconds; what is left out is as it is in the field. */
export type Patience = {
	/** For one answer. */
	readonly answerMilliseconds?: number;
	/** For a credential plugin. */
	readonly pluginMilliseconds?: number;
};

/** More than any page of objects holds; an answer is never read without end. */
const mostBytes = 128 * 1024 * 1024;

/** Retry-After as Kubernetes sends it: whole seconds. */
const retryAfterOf = (seconds = ''): number =>
	/^\d+$/v.test(seconds) ? Math.min(Number(seconds) * 1000, longestRetryAfterMilliseconds) : 0;

type Received = ApiAnswer & {readonly retryAfter: number};

const exchange = async (
	url: URL,
	options: RequestOptions,
	body: string | undefined,
	withinMilliseconds: number,
): Promise<Received> => {
	const request = (url.protocol === 'https:' ? requestTls : requestPlain)(url, {
		...options,
		signal: AbortSignal.timeout(withinMilliseconds),
	});
	const {promise, resolve, reject} = Promise.withResolvers<Received>();
	request.on('error', reject);
	request.on('response', response => {
		const parts: Buffer[] = [];
		let bytes = 0;
		response.on('data', (part: Buffer) => {
			parts.push(part);
			bytes += part.length;
			if (bytes > mostBytes) {
				response.destroy(new Error(`the answer is longer than ${mostBytes} bytes`));
			}
		});
		response.on('error', reject);
		response.on('end', () => {
			resolve({
				status: response.statusCode ?? 0,
				body: Buffer.concat(parts).toString('utf8'),
				retryAfter: retryAfterOf(response.headers['retry-after']),
			});
		});
	});
	request.end(body);
	return promise;
};

/** An object of JSON; whatever else is there, `null` too, is none. */
const objectIn = (body: string): Readonly<Record<string, unknown>> | undefined => {
	try {
		const json: unknown = JSON.parse(body);
		return isRecord(json) ? json : undefined;
	} catch {
		return undefined;
	}
};

const isBusy = (status: number): boolean => status === 429 || status >= 500;

/**
Opens the Kubernetes API of a connection. Credentials are read with the first request.
*/
export const createApi = (connection: Connection, clock: Clock, patience: Patience = {}): Api => {
	const {actsAs, requestSeconds} = connection;
	const within =
		requestSeconds === undefined ? (patience.answerMilliseconds ?? answerWithinMilliseconds) : requestSeconds * 1000;
	const acting = actsAs && {
		'Impersonate-User': actsAs.user,
		...(actsAs.groups.length > 0 && {'Impersonate-Group': [...actsAs.groups]}),
	};
	let opened: Promise<Credentials> | undefined;

	const credentials = async (): Promise<Credentials> => {
		opened ??= waitingFor(connection, `the credentials of the context ${connection.context}`, 'login', async () =>
			readCredentials(connection, env, patience.pluginMilliseconds),
		);
		try {
			return await opened;
		} catch (error) {
			opened = undefined;
			throw error instanceof Failure ? error : credentialsFailure(connection, error);
		}
	};

	const signed = async (): Promise<RequestOptions> => {
		const {sign} = await credentials();
		try {
			return await sign();
		} catch (error) {
			throw credentialsFailure(connection, error);
		}
	};

	/** One try: an answer, or the error of the connection. */
	const attempt = async (call: ApiRequest, server: string): Promise<Received | Error> => {
		const options = await signed();
		const url = new URL(`${server}${call.path}`);
		for (const [name, value] of Object.entries(call.query ?? {})) {
			url.searchParams.set(name, value);
		}

		const body = call.body === undefined ? undefined : JSON.stringify(call.body);
		const headers = {
			...(options.headers as Record<string, string>),
			...acting,
			Accept: 'application/json',
			'User-Agent': 'unroot',
			...(body !== undefined && {
				'Content-Type': 'application/json',
				'Content-Length': String(Buffer.byteLength(body)),
			}),
		};
		try {
			return await exchange(url, {...options, method: call.method, headers}, body, within);
		} catch (error) {
			return error instanceof Error ? error : new Error(String(error));
		}
	};

	/** Tries until there is an answer, or no more sense in it. */
	const sendTo = async (call: ApiRequest, server: string): Promise<ApiAnswer> => {
		for (let tries = 0; ; tries++) {
			const answer = await attempt(call, server);
			const pause = backoffMilliseconds[tries];
			if (answer instanceof Error) {
				if (pause === undefined || !isPassingError(answer)) {
					throw connectionFailure(connection, server, answer);
				}

				await clock.sleep(pause);
				continue;
			}

			const {status, body, retryAfter} = answer;
			if ((status >= 200 && status < 300) || call.expect?.includes(status)) {
				return {status, body};
			}

			if (pause === undefined || !isBusy(status)) {
				throw answerFailure(connection, call, status, body);
			}

			await clock.sleep(Math.max(pause, retryAfter));
		}
	};

	const send = async (call: ApiRequest): Promise<ApiAnswer> => {
		const {server} = await credentials();
		return waitingFor(connection, `the API server ${server}`, `${call.method} ${call.path}`, async () =>
			sendTo(call, server),
		);
	};

	return {
		credentials,
		misfit: call => notJsonFailure(connection, call, ''),
		send,
		async sendJson(call) {
			const {status, body} = await send(call);
			const json = objectIn(body);
			if (json === undefined && !call.expect?.includes(status)) {
				throw notJsonFailure(connection, call, body);
			}

			return {status, json};
		},
	};
};
