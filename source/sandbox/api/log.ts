import {Buffer} from 'node:buffer';
import type {Cluster} from './cluster.js';
import {notFound, refusal} from './refusal.js';
import type {Reply} from './reply.js';
import type {Target} from './target.js';

/** Answers `kubectl logs`: `container`, `previous`, `tailLines`, `limitBytes`, `timestamps` and `follow`. */
export const sendLog = (
	{pods, store}: Cluster,
	{namespace = '', name = ''}: Target,
	query: URLSearchParams,
	reply: Reply,
): void => {
	if (!store.get('Pod', namespace, name)) {
		throw notFound('pods', '', name);
	}

	const container = pods.container(namespace, name, query.get('container') ?? undefined);
	if (!container) {
		throw refusal(400, `container ${query.get('container') ?? ''} is not valid for pod ${name}`);
	}

	const isPrevious = query.get('previous') === 'true';
	const log = isPrevious ? container.previousLog : container.log;
	if (!log) {
		throw refusal(
			400,
			isPrevious
				? `previous terminated container "${container.name}" in pod "${name}" not found`
				: `container "${container.name}" in pod "${name}" is waiting to start: ContainerCreating`,
		);
	}

	const withTime = query.get('timestamps') === 'true';
	const show = ({time, text}: {readonly time: Date; readonly text: string}): string =>
		`${withTime ? `${time.toISOString()} ` : ''}${text}\n`;
	const tail = query.get('tailLines');
	const lines = log.lines();
	const text = (tail === null ? lines : Number(tail) === 0 ? [] : lines.slice(-Number(tail)))
		.map(line => show(line))
		.join('');
	const limit = Number(query.get('limitBytes') ?? 0);
	if (query.get('follow') !== 'true') {
		reply.text(limit > 0 ? Buffer.from(text).subarray(0, limit).toString() : text);
		return;
	}

	const output = reply.chunks();
	output.write(text);
	reply.onClose(
		log.follow(line => {
			output.write(show(line));
		}, output.end),
	);
};
