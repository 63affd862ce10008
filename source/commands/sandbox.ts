import {mkdir, rm, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {Failure} from '../failure/failure.js';
import {onSignals} from './signals.js';
import type {Surroundings} from './surroundings.js';

/** Reads a whole number from a flag. */
const numberFrom = (value: string | undefined, flag: string, most = 999_999_999, least = 0): number | undefined => {
	if (value === undefined) {
		return undefined;
	}

	if (!/^\d{1,9}$/v.test(value) || Number(value) > most || Number(value) < least) {
		throw new Failure({
			code: 'usage',
			seen: `--${flag} is «${value}»; it must be a whole number from ${least} to ${most}.`,
			means: 'The call was not understood. Nothing was done.',
			todo: 'Give a number.',
			byHand: 'unroot --help',
			exit: 'usage',
		});
	}

	return Number(value);
};

/**
`unroot sandbox`: serves the embedded cluster until it is interrupted, and prints how to point kubectl at it. With
`--output json`, one line that a program can read.
*/
export const serveSandbox = async ({options, folder, stdout, stderr, pid}: Surroundings): Promise<number> => {
	const {startSandbox} = await import('../sandbox/sandbox.js');
	const {values} = options;
	const [port, entries, idleSeconds, replicas, backends] = [
		numberFrom(values.port, 'port', 65_535),
		numberFrom(values.entries, 'entries'),
		numberFrom(values.idle, 'idle'),
		numberFrom(values.replicas, 'replicas', 5, 1),
		numberFrom(values.backends, 'backends', 3, 1),
	];
	const sandbox = await startSandbox({
		...(port !== undefined && {port}),
		...(entries !== undefined && {entries}),
		...(idleSeconds !== undefined && {idleSeconds}),
		...(replicas !== undefined && {replicas}),
		...(backends !== undefined && {backends}),
	});
	const kubeconfig = values.kubeconfig ?? join(folder, `sandbox-${pid}.kubeconfig`);
	await mkdir(dirname(kubeconfig), {recursive: true, mode: 0o700});
	await writeFile(kubeconfig, sandbox.kubeconfig, {mode: 0o600});
	if (options.output === 'json') {
		stdout.write(`${JSON.stringify({url: sandbox.url, kubeconfig, pid})}\n`);
	} else {
		stdout.write(`export KUBECONFIG=${kubeconfig}\n`);
		stderr.write(
			`The sandbox serves ${sandbox.url}: context ${sandbox.context}, namespace ${sandbox.namespace}. Ctrl-C ` +
				'ends it.\n',
		);
	}

	onSignals(() => {
		void sandbox.close();
	});
	await sandbox.closed;
	if (values.kubeconfig === undefined) {
		await rm(kubeconfig, {force: true});
	}

	return 0;
};
