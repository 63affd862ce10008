import {createHash} from 'node:crypto';
import process from 'node:process';
import {setTimeout as wait} from 'node:timers/promises';
import type {CopyOptions, PodShell, PodTarget, Transfer} from '../../migration/world.js';
import type {Connection} from '../connection.js';
import type {Pod} from './ask.js';
import {copyIn} from './copy-in.js';
import {copyOut} from './copy-out.js';
import type {Copy} from './copy.js';
import {explainKubectl, kubectlExec, type Exec} from './exec.js';
import {assertPaths, copyFailures} from './failures.js';
import {lookAtFile, sumOf} from './look.js';
import {partialFiles} from './partial.js';

export type {Exec} from './exec.js';

/** How copies are made. Every part has a default. */
export type TransferOptions = {
	/** Starts commands in containers. Default: `kubectl exec`. */
	readonly exec?: Exec;
	/** Runs short scripts, in a session that stays open. Default: each has an exec of its own. */
	readonly shell?: Pick<PodShell, 'run'>;
	/** Bytes of a range, a multiple of 1 MiB. Default 16 MiB. */
	readonly rangeBytes?: number;
	/** Tries in a row that may bring nothing new. Default 8, which outlasts an API server that starts again. */
	readonly tries?: number;
	/** How long nothing may move before a session is given up. Default 90 seconds. */
	readonly stallMilliseconds?: number;
	/** Waits; rejects with the signal's reason. Default: by a timer. */
	readonly sleep?: Pod['sleep'];
};

const sleepByTimer: Pod['sleep'] = async (milliseconds, signal) => {
	try {
		await wait(milliseconds, undefined, signal && {signal});
	} catch (error) {
		signal?.throwIfAborted();
		throw error;
	}
};

/** Copies of one file share it, so that a later one ends what an earlier one left. */
const familyOf = (remotePath: string): string =>
	`${createHash('sha256').update(remotePath).digest('hex').slice(0, 16)}.`;

/**
Verified copies out of and into containers, by `kubectl exec` alone. A container needs a POSIX shell with `dd` and a
SHA-256 tool; `gzip` and `timeout` are used where they are.

A file is copied in ranges. Each is verified by length and SHA-256 and recorded, so that a copy that was stopped goes on
from there; the whole file's SHA-256 is made on both sides before it is renamed into place. No exit status is trusted.
*/
export const createTransfer = (connection: Connection, options: TransferOptions = {}): Transfer => {
	const {
		exec = kubectlExec(connection),
		rangeBytes = 16 * 1024 * 1024,
		tries = 8,
		stallMilliseconds = 90_000,
		sleep = sleepByTimer,
		shell,
	} = options;
	const explain = explainKubectl(connection);
	const podOf = (target: PodTarget, mark: string, signal: AbortSignal | undefined): Pod => ({
		exec,
		...(shell && {shell}),
		explain,
		target,
		tries,
		stallMilliseconds,
		sleep,
		mark,
		signal: signal ?? new AbortController().signal,
	});
	const copyOf = ({target, signal, ...rest}: CopyOptions): Copy => {
		assertPaths(rest);
		const family = familyOf(rest.remotePath);
		return {
			...rest,
			rangeBytes,
			family,
			pod: podOf(target, `${family}${process.pid}.`, signal),
			failures: copyFailures(connection, target),
		};
	};

	return {
		copyOut: async ({onBytes, expected, ...rest}) =>
			copyOut({...copyOf(rest), ...(onBytes && {onBytes}), ...(expected && {expected})}),
		copyIn: async rest => copyIn(copyOf(rest)),
		partialFiles,
		async fingerprint(target, remotePath, signal) {
			const pod = podOf(target, `fingerprint.${process.pid}.`, signal);
			const failures = copyFailures(connection, target);
			const look = await lookAtFile(pod, failures, remotePath);
			if (typeof look.file === 'string') {
				if (look.file === 'absent') {
					return undefined;
				}

				throw failures.remoteUnreadable(remotePath);
			}

			const sum = await sumOf(pod, look, remotePath, look.file.bytes);
			return sum && {bytes: sum.bytes, sha256: sum.sha256};
		},
	};
};
