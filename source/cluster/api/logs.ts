import {Buffer} from 'node:buffer';
import {Failure} from '../../failure/failure.js';
import {kubectlByHand, type Connection} from '../connection.js';
import {saidIn} from '../failures/api-failure.js';
import type {Api} from './api.js';

/** The most that is read of a log. */
const mostBytes = 1024 * 1024;

/** Lines asked for where the caller does not say. */
const defaultTail = 1000;

/**
The last lines of a container's log, 1 MiB at most. The server cuts a log at its end when it is bounded by bytes, so
where the lines asked for are longer than that, fewer are asked for.
*/
export const readLogs = async (
	api: Api,
	connection: Connection,
	pod: string,
	options: {
		readonly container?: string;
		readonly tail?: number;
		readonly previous?: boolean;
	},
): Promise<string> => {
	const {container, previous} = options;
	const byHand = kubectlByHand(connection, [
		'logs',
		pod,
		...(container ? ['-c', container] : []),
		...(previous ? ['--previous'] : []),
	]);
	for (let tail = options.tail ?? defaultTail; ; tail = Math.floor(tail / 2)) {
		const {status, body} = await api.send({
			method: 'GET',
			path: `/api/v1/namespaces/${encodeURIComponent(connection.namespace)}/pods/${encodeURIComponent(pod)}/log`,
			verb: 'get',
			resource: 'pods/log',
			isNamespaced: true,
			query: {
				tailLines: String(tail),
				limitBytes: String(mostBytes),
				...(container && {container}),
				...(previous && {previous: 'true'}),
			},
			expect: [400, 404],
		});
		if (status === 400 || status === 404) {
			throw new Failure({
				code: 'log-unavailable',
				seen: `There is no log of the pod «${pod}»${container ? `, container «${container}»` : ''}: ${saidIn(body)}`,
				means:
					'The pod or the container is not there, has not started, or has not ended before where the log of ' +
					'the one before was asked for.',
				todo: 'Look at the pod and its events.',
				byHand,
				retryable: true,
			});
		}

		if (Buffer.byteLength(body) < mostBytes || tail <= 1) {
			return body;
		}
	}
};
