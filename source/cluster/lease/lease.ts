import {Failure} from '../../failure/failure.js';
import type {Clock} from '../../migration/world.js';
import {createApi} from '../api/api.js';
import type {Connection} from '../connection.js';
import {leaseApi, type LeaseApi} from './api.js';
import {heldFailure, identityOf, isExpired, leaseName, type LeaseHolder, type LeaseRecord} from './record.js';
import {keepLease, type LeaseHandle} from './renewal.js';

/** What is needed to hold a namespace. */
export type LeaseRequest = {
	/** The Lease's name. Default `unroot`. */
	readonly name?: string;
	readonly holder: LeaseHolder;
	readonly clock: Clock;
	/** Takes the namespace from whoever holds it. */
	readonly takeOver?: boolean;
	/** Whether a process of this machine that was started then still runs. */
	readonly isRunning: (pid: number, start: string) => Promise<boolean>;
};

/**
After a lease of another machine has run out by the clock here, it is watched for so long: clocks differ, and its holder
renews every ten seconds.
*/
const watchedMilliseconds = 15_000;

/** How often a race with others is run before giving up. */
const mostRaces = 5;

/**
Who holds the namespace now, if anybody does. Rejects with a Failure that names the right where leases may not be read.
*/
export const readLease = async (
	connection: Connection,
	clock: Clock,
	name: string = leaseName,
): Promise<LeaseRecord | undefined> => {
	const record = await leaseApi(createApi(connection, clock), connection, name).read();
	return record?.holder ? record : undefined;
};

/** Whether the lease may be taken: nobody's, our own, of a process that is dead, or run out. */
const isFree = async (
	record: LeaseRecord,
	{holder, clock, takeOver, isRunning}: LeaseRequest,
	read: LeaseApi['read'],
): Promise<boolean> => {
	const {holder: other} = record;
	if (takeOver === true || !other) {
		return true;
	}

	const isHere = other.host === holder.host && (other.machine === '' || other.machine === holder.machine);
	if (isHere && other.run === holder.run && (other.pid === holder.pid || !(await isRunning(other.pid, other.start)))) {
		return true;
	}

	if (!isExpired(record, clock.now()) || (other.kept !== undefined && other.run !== holder.run)) {
		return false;
	}

	if (isHere) {
		return true;
	}

	await clock.sleep(watchedMilliseconds);
	const later = await read();
	return later === undefined || later.resourceVersion === record.resourceVersion;
};

/**
Holds the namespace for this run and renews the hold until it is released. Rejects with the Failure `namespace-held`
where another run holds it, and with one that names the right where leases are forbidden.
*/
export const acquireLease = async (connection: Connection, request: LeaseRequest): Promise<LeaseHandle> => {
	const {name = leaseName, clock} = request;
	const lease = leaseApi(createApi(connection, clock), connection, name);
	for (let race = 0; race < mostRaces; race++) {
		const before = await lease.read();
		if (before && !(await isFree(before, request, lease.read))) {
			throw heldFailure(connection, before);
		}

		// The reason to keep the hold is the run's, and outlives its programs.
		const kept = before?.holder?.run === request.holder.run ? before.holder.kept : undefined;
		const holder = {...request.holder, ...(kept !== undefined && {kept})};
		const taken = await lease.write(holder, clock.now(), before);
		if (taken) {
			const from = before?.holder;
			const isTakenOver = request.takeOver === true && from && identityOf(from) !== identityOf(holder);
			return {
				...keepLease({
					connection,
					name,
					lease,
					holder,
					clock,
					taken,
				}),
				...(isTakenOver && {takenFrom: from}),
			};
		}
	}

	const winner = await lease.read();
	throw winner?.holder
		? heldFailure(connection, winner)
		: new Failure({
				code: 'lease-contended',
				seen: `The lease «${name}» of the namespace «${connection.namespace}» changed each time it was to be taken.`,
				means: 'Several runs want the namespace at the same moment. None was disturbed.',
				todo: 'Try again.',
				byHand: 'unroot resume',
				exit: 'blocked',
				retryable: true,
			});
};
