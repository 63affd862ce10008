import {randomUUID} from 'node:crypto';
import type {PodTarget} from '../../migration/world.js';
import {execArgv, type Connection} from '../connection.js';
import {openPodSession, type PodSession, type SessionAnswer} from './pod-session.js';
import {spawnKubectl} from './process.js';
import {sessionScript, type SessionRequest} from './session-script.js';

/** Requests to one container that run beside each other. More wait for their turn. */
const mostSessions = 2;

/** Sessions to every container that was asked something. */
export type PodSessions = {
	readonly ask: (
		target: PodTarget,
		request: SessionRequest,
		options: {readonly patienceMilliseconds: number; readonly signal?: AbortSignal},
	) => Promise<SessionAnswer>;
	/** Ends them all. */
	readonly close: () => void;
};

type Pool = {
	readonly idle: PodSession[];
	open: number;
	/** Who waits for a session, first come first served. */
	readonly waiting: Array<() => void>;
};

/**
Keeps up to two sessions open to each container, and opens one anew where it was cut.
*/
export const createPodSessions = (connection: Connection, straggleMilliseconds?: number): PodSessions => {
	const pools = new Map<string, Pool>();
	const poolOf = ({pod, container}: PodTarget): Pool => {
		const key = `${pod}/${container}`;
		const pool = pools.get(key) ?? {idle: [], open: 0, waiting: []};
		pools.set(key, pool);
		return pool;
	};

	const open = async (target: PodTarget): Promise<PodSession> => {
		const greeting = `unroot-session-${randomUUID()}`;
		const argv = execArgv(target, ['sh', '-c', sessionScript, 'unroot-session', greeting], true);
		return openPodSession(await spawnKubectl(connection, argv, {stdin: 'pipe'}), greeting, straggleMilliseconds);
	};

	/** An idle session, a new one, or the next that becomes free. */
	const take = async (target: PodTarget, pool: Pool): Promise<PodSession> => {
		for (;;) {
			const session = pool.idle.pop();
			if (session?.isOpen()) {
				return session;
			}

			if (session) {
				pool.open--;
				continue;
			}

			if (pool.open < mostSessions) {
				pool.open++;
				try {
					return await open(target);
				} catch (error) {
					pool.open--;
					pool.waiting.shift()?.();
					throw error;
				}
			}

			const {promise, resolve} = Promise.withResolvers<void>();
			pool.waiting.push(resolve);
			await promise;
		}
	};

	return {
		async ask(target, request, options) {
			const pool = poolOf(target);
			const session = await take(target, pool);
			let isGood = false;
			try {
				options.signal?.throwIfAborted();
				const answer = await session.ask(request, options);
				isGood = answer.kind === 'answered';
				return answer;
			} finally {
				if (isGood) {
					pool.idle.push(session);
				} else {
					session.close();
					pool.open--;
				}

				pool.waiting.shift()?.();
			}
		},
		close() {
			for (const {idle} of pools.values()) {
				for (const session of idle) {
					session.close();
				}
			}
		},
	};
};
