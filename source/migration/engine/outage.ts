import {Failure} from '../../failure/failure.js';
import type {Clock} from '../world.js';

/** Codes of Failures that tell of the way to the cluster alone. Nothing was asked of it that it would have refused. */
const outages = new Set([
	'server-unreachable',
	'server-refused',
	'server-name-unknown',
	'server-busy',
	'kubectl-timeout',
	'exec-cut',
]);

/** The hold on the namespace runs out in about the same time, and ends the run then. */
const patienceMilliseconds = 60_000;

const pauseMilliseconds = 2000;

/** Where an outage is waited for, and told. */
export type Watching = {
	readonly clock: Clock;
	readonly signal?: AbortSignal;
	/** Called with each sentence once. */
	readonly log?: (line: string) => void;
};

/**
Looks at what goes on in the cluster by itself, and bears an API that does not answer for a minute: an import that takes
an hour must not be given up for that. `look` must change nothing. Rejects with the last Failure when the minute is
over, and with any other at once.
*/
export const throughOutages = async <T>(look: () => Promise<T>, {clock, signal, log}: Watching): Promise<T> => {
	const told = new Set<string>();
	let since: number | undefined;
	for (;;) {
		try {
			return await look();
		} catch (error) {
			signal?.throwIfAborted();
			const now = clock.now().getTime();
			since ??= now;
			if (!(error instanceof Failure && outages.has(error.parts.code)) || now - since >= patienceMilliseconds) {
				throw error;
			}

			const {seen} = error.parts;
			if (!told.has(seen)) {
				told.add(seen);
				log?.(`${seen} It is asked again, for a minute.`);
			}

			await clock.sleep(pauseMilliseconds, signal);
		}
	}
};
