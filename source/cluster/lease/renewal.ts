import process from 'node:process';
import {Failure} from '../../failure/failure.js';
import type {Clock, Hold} from '../../migration/world.js';
import type {Connection} from '../connection.js';
import type {LeaseApi} from './api.js';
import {identityOf, leaseSeconds, lostFailure, type LeaseHolder, type LeaseRecord} from './record.js';

/** A namespace that is held. */
export type LeaseHandle = {
	/** Resolves with the reason when the hold is lost; stays open otherwise. */
	readonly lost: Promise<Failure>;
	readonly keep: Hold['keep'];
	/** Who held the namespace and was made to give it up; undefined where it was free. */
	readonly takenFrom?: LeaseHolder;
	/**
	Ends the renewing and gives the namespace back, unless there is a reason to keep it. Never rejects: a hold that cannot
	be given back runs out by itself.
	*/
	readonly release: () => Promise<void>;
};

const renewEveryMilliseconds = 10_000;

/** A server that does not answer must not keep a program from ending. */
const releasedWithinMilliseconds = 5000;

/** How often the hold is written before it is given up: a renewal may be under way at the same moment. */
const mostTries = 5;

/** What a renewal may take at least: after this machine slept, the hold is stale but may still be ours. */
const shortestTryMilliseconds = 10_000;

/**
Renews a lease that was just taken. Errors are borne until the lease would have run out; a lease that somebody else took
is lost at once.
*/
export const keepLease = ({
	connection,
	name,
	lease,
	holder,
	clock,
	taken,
}: {
	readonly connection: Connection;
	readonly name: string;
	readonly lease: LeaseApi;
	readonly holder: LeaseHolder;
	readonly clock: Clock;
	readonly taken: LeaseRecord;
}): LeaseHandle => {
	const over = new AbortController();
	const {promise: lost, resolve: lose} = Promise.withResolvers<Failure>();
	const identity = identityOf(holder);
	let asHeld = holder;
	let record: LeaseRecord | undefined = taken;
	let renewedAt = clock.now().getTime();

	const renew = async (): Promise<Failure | undefined> => {
		const begun = clock.now();
		const renewed = record && (await lease.write(asHeld, begun, record));
		if (renewed) {
			record = renewed;
			renewedAt = begun.getTime();
			return undefined;
		}

		// Somebody wrote it meanwhile, or removed it, or a write of ours was done and its answer lost.
		const current = await lease.read();
		if (current?.holder && identityOf(current.holder) !== identity) {
			return lostFailure(connection, name, current, '');
		}

		record = await lease.write(asHeld, begun, current);
		renewedAt = record ? begun.getTime() : renewedAt;
		return undefined;
	};

	/**
	Tries to renew, but waits no longer than the lease holds: a server that does not answer must not hide that the hold is
	over.
	*/
	const tryToRenew = async (): Promise<Failure | undefined> => {
		const done = new AbortController();
		const left = renewedAt + leaseSeconds * 1000 - clock.now().getTime();
		const runOut = async (): Promise<Failure | undefined> => {
			await clock
				.sleep(Math.max(left, shortestTryMilliseconds), AbortSignal.any([done.signal, over.signal]))
				.catch(() => undefined);
			return done.signal.aborted || over.signal.aborted
				? undefined
				: lostFailure(connection, name, undefined, 'the API server does not answer');
		};

		try {
			return await Promise.race([renew(), runOut()]);
		} catch (error) {
			const isOver = clock.now().getTime() - renewedAt >= leaseSeconds * 1000;
			return isOver
				? lostFailure(connection, name, undefined, error instanceof Failure ? error.parts.seen : String(error))
				: undefined;
		} finally {
			done.abort();
		}
	};

	/**
	Renews until the hold is lost or given back. A process that was suspended renews at once when it goes on: somebody may
	have taken the namespace meanwhile.
	*/
	const renewing = async (): Promise<void> => {
		let pause = new AbortController();
		const wake = (): void => {
			pause.abort();
		};

		process.on('SIGCONT', wake);
		try {
			for (;;) {
				await clock.sleep(renewEveryMilliseconds, AbortSignal.any([over.signal, pause.signal])).catch(() => undefined);
				if (over.signal.aborted) {
					return;
				}

				pause = new AbortController();
				const reason = await tryToRenew();
				if (reason) {
					lose(reason);
					return;
				}
			}
		} finally {
			process.off('SIGCONT', wake);
		}
	};

	const giveBack = async (): Promise<void> => {
		try {
			const current = await lease.read();
			if (current?.holder && identityOf(current.holder) === identity && current.holder.kept === undefined) {
				await lease.remove(current);
			}
		} catch {
			// It runs out by itself, and the next process of the same run finds this one gone.
		}
	};

	const keep = async (why: string | undefined): Promise<void> => {
		const {kept: _, ...bare} = asHeld;
		asHeld = {...bare, ...(why !== undefined && {kept: why})};
		for (let tried = 0; tried < mostTries; tried++) {
			const reason = await renew();
			if (reason) {
				throw reason;
			}

			const written = await lease.read();
			if (written?.holder && identityOf(written.holder) === identity && written.holder.kept === why) {
				record = written;
				return;
			}
		}

		throw lostFailure(connection, name, undefined, 'it changed each time it was to be written');
	};

	const running = renewing();
	return {
		lost,
		keep,
		async release() {
			over.abort();
			await running;
			const done = new AbortController();
			await Promise.race([giveBack(), clock.sleep(releasedWithinMilliseconds, done.signal).catch(() => undefined)]);
			done.abort();
		},
	};
};
