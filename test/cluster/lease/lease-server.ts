import type {Connection} from '../../../source/cluster/connection.js';
import {refusal, startApiServer, type Reply, type Seen} from '../api/api-server.js';

type Lease = {
	readonly metadata: {
		readonly name: string;
		readonly resourceVersion: string;
		readonly uid: string;
		readonly annotations?: Readonly<Record<string, string>>;
	};
	readonly spec: {
		readonly holderIdentity?: string;
		readonly renewTime?: string;
		readonly leaseDurationSeconds?: number;
	};
};

/** Leases as an API server keeps them: who writes an old version is refused. */
export type LeaseServer = {
	readonly connection: Connection;
	readonly seen: readonly Seen[];
	readonly lease: () => Lease | undefined;
	/** Writes as somebody else would. */
	readonly put: (lease: Omit<Lease, 'metadata'> & {readonly annotations?: Readonly<Record<string, string>>}) => void;
	readonly remove: () => void;
	/** Answers everything from now on with this, or normally again. */
	readonly fail: (reply: (() => Reply) | undefined) => void;
};

export const startLeaseServer = async (): Promise<LeaseServer> => {
	let version = 0;
	let lease: Lease | undefined;
	let failing: (() => Reply) | undefined;

	const store = (body: unknown): Lease => {
		version++;
		const {metadata, spec} = body as Lease;
		lease = {
			metadata: {...metadata, resourceVersion: String(version), uid: lease?.metadata.uid ?? `uid-${version}`},
			spec,
		};
		return lease;
	};

	const answer = ({method, body}: Seen): Reply => {
		if (failing) {
			return failing();
		}

		switch (method) {
			case 'POST': {
				return lease
					? refusal(409, 'AlreadyExists', 'leases "unroot" already exists')
					: {status: 201, body: store(body)};
			}

			case 'PUT': {
				if (!lease) {
					return refusal(404, 'NotFound', 'leases "unroot" not found');
				}

				const {metadata} = body as Lease;
				return metadata.resourceVersion === lease.metadata.resourceVersion
					? {body: store(body)}
					: refusal(409, 'Conflict', 'the object has been modified');
			}

			case 'DELETE': {
				lease = undefined;
				return {body: {kind: 'Status', status: 'Success'}};
			}

			default: {
				return lease ? {body: lease} : refusal(404, 'NotFound', 'leases "unroot" not found');
			}
		}
	};

	const {connection, seen} = await startApiServer(answer);
	return {
		connection,
		seen,
		lease: () => lease,
		put({annotations, spec}) {
			store({metadata: {name: 'unroot', ...(annotations && {annotations})}, spec});
		},
		remove() {
			lease = undefined;
		},
		fail(reply) {
			failing = reply;
		},
	};
};
