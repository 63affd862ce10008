import {Failure} from '../../failure/failure.js';
import {kubectlByHand, type Connection} from '../connection.js';

/** Who holds a namespace. */
export type LeaseHolder = {
	/** The run's id. */
	readonly run: string;
	/** The operator. */
	readonly by: string;
	/**
	The machine the run was started on, and what tells it from others of that name; empty where it has nothing, or a
	version before wrote the lease.
	*/
	readonly host: string;
	readonly machine: string;
	/** The process there, and when it was started; empty where that is not known. */
	readonly pid: number;
	readonly start: string;
	/** When the run took the namespace, as an ISO time. */
	readonly since: string;
	/** Why the hold does not run out with the program; left out, it does. */
	readonly kept?: string;
};

/** A lease as it was read. */
export type LeaseRecord = {
	readonly name: string;
	readonly resourceVersion: string;
	readonly uid: string;
	/** Undefined where nobody holds it. */
	readonly holder: LeaseHolder | undefined;
	readonly renewedAt: string | undefined;
	readonly seconds: number;
};

/** How long a lease holds without being renewed. */
export const leaseSeconds = 45;

/** The name of the lease where the caller does not say. */
export const leaseName = 'unroot';

type LeaseObject = {
	readonly metadata?: {
		readonly name?: string;
		readonly uid?: string;
		readonly resourceVersion?: string;
		readonly annotations?: Readonly<Partial<Record<string, string>>>;
	};
	readonly spec?: {
		readonly holderIdentity?: string | null;
		readonly renewTime?: string | null;
		readonly leaseDurationSeconds?: number | null;
	};
};

/** What tells one process of one run from all others. */
export const identityOf = ({run, host, pid}: LeaseHolder): string => `${run}/${host}/${pid}`;

/** A number that no process has stands for one that cannot be read. */
const pidIn = (text: string): number => (/^\d{1,9}$/v.test(text) ? Number(text) : 0);

/** Reads a Lease. One that somebody else made by hand has a holder of whom only the name is known. */
export const recordFrom = (json: unknown): LeaseRecord => {
	const {metadata, spec} = json as LeaseObject;
	const annotations = metadata?.annotations ?? {};
	const holder = spec?.holderIdentity ?? '';
	return {
		name: metadata?.name ?? leaseName,
		resourceVersion: metadata?.resourceVersion ?? '',
		uid: metadata?.uid ?? '',
		holder:
			holder === ''
				? undefined
				: {
						run: annotations['unroot/run'] ?? holder,
						by: annotations['unroot/by'] ?? 'unknown',
						host: annotations['unroot/host'] ?? 'unknown',
						machine: annotations['unroot/machine'] ?? '',
						pid: pidIn(annotations['unroot/pid'] ?? ''),
						start: annotations['unroot/start'] ?? '',
						since: annotations['unroot/since'] ?? 'unknown',
						...(annotations['unroot/kept'] !== undefined && {kept: annotations['unroot/kept']}),
					},
		renewedAt: spec?.renewTime ?? undefined,
		seconds: spec?.leaseDurationSeconds ?? leaseSeconds,
	};
};

/** Kubernetes wants microseconds. */
const microTime = (time: Date): string => time.toISOString().replace('Z', '000Z');

/** The Lease that says who holds the namespace. */
export const leaseObject = (name: string, holder: LeaseHolder, now: Date, resourceVersion?: string): unknown => ({
	apiVersion: 'coordination.k8s.io/v1',
	kind: 'Lease',
	metadata: {
		name,
		...(resourceVersion && {resourceVersion}),
		annotations: {
			'unroot/run': holder.run,
			'unroot/by': holder.by,
			'unroot/host': holder.host,
			'unroot/machine': holder.machine,
			'unroot/pid': String(holder.pid),
			'unroot/start': holder.start,
			'unroot/since': holder.since,
			...(holder.kept !== undefined && {'unroot/kept': holder.kept}),
		},
	},
	spec: {
		holderIdentity: identityOf(holder),
		leaseDurationSeconds: leaseSeconds,
		acquireTime: microTime(new Date(holder.since)),
		renewTime: microTime(now),
	},
});

/** Whether the lease has run out, by this machine's clock. */
export const isExpired = ({renewedAt, seconds}: LeaseRecord, now: Date): boolean => {
	const renewed = Date.parse(renewedAt ?? '');
	return Number.isNaN(renewed) || now.getTime() - renewed > seconds * 1000;
};

/** A Failure that names who holds the namespace. */
export const heldFailure = (connection: Connection, {name, holder, renewedAt}: LeaseRecord): Failure =>
	new Failure({
		code: 'namespace-held',
		seen:
			`${holder?.kept === undefined ? '' : `${holder.kept} `}The namespace «${connection.namespace}» is held by ` +
			`the run ${holder?.run ?? 'unknown'} of ${holder?.by ?? 'unknown'} on ${holder?.host ?? 'unknown'} since ` +
			`${holder?.since ?? 'unknown'}.`,
		means: "Two runs in one namespace would undo each other's work, so the second one does not start.",
		todo:
			'Ask that operator. If the other run is over or must not go on, take the namespace over deliberately with ' +
			'--take-over: the other run then stops by itself.',
		byHand: kubectlByHand(connection, ['get', 'lease', name, '-o', 'yaml']),
		exit: 'blocked',
		retryable: true,
		details: [`last renewed ${renewedAt ?? 'never'}`],
	});

/** A Failure for a run whose namespace was taken over, or that could not renew its hold for too long. */
export const lostFailure = (
	connection: Connection,
	name: string,
	record: LeaseRecord | undefined,
	reason: string,
): Failure =>
	new Failure({
		code: 'lease-lost',
		seen: record?.holder
			? `The namespace «${connection.namespace}» was taken over by the run ${record.holder.run} of ` +
				`${record.holder.by} on ${record.holder.host}.`
			: `The hold on the namespace «${connection.namespace}» could not be renewed for ${leaseSeconds} seconds: ` +
				reason,
		means: record?.holder
			? 'Another run is at work in the namespace. This one stops before it changes anything more.'
			: 'Without its hold, the run cannot keep others out of the namespace, so it stops before it changes ' +
				'anything more. Nothing says that anybody else is at work.',
		todo: record?.holder
			? 'Find out who is at work there. Then resume this run.'
			: 'Look why the API server did not take the renewal. Then resume this run.',
		byHand: kubectlByHand(
			connection,
			record?.holder ? ['get', 'lease', name, '-o', 'yaml'] : ['get', '--raw', '/readyz'],
		),
		exit: 'blocked',
		retryable: true,
	});
