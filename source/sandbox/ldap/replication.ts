import {createHash} from 'node:crypto';
import type {View} from '../files/view.js';
import type {Backend} from './backend.js';
import {isReplication, normalDn, type Entry} from './entry.js';
import {without} from './job.js';
import {formatEntry} from './ldif.js';

/** A server that the topology registry names. */
export type Member = {
	readonly instanceName: string;
	readonly hostname: string;
	readonly ldapsPort: number;
	readonly replicationPort: number;
	readonly location: string;
};

/** A change that a replica has taken and passes on: the entry as it is after it, or its absence. */
export type Change = {
	readonly number: number;
	readonly time: number;
	readonly dn: string;
	readonly entry: Entry | undefined;
};

/**
What the replicas of a sandbox have said to each other. It outlives their pods, as the changelogs of the other
replication servers do.
*/
export type Wire = {
	/** The changes of a replica, oldest first. */
	readonly changesOf: (replicaId: string) => Change[];
	/** How many of its changes a replica has passed on. */
	readonly passedOn: Map<string, number>;
	readonly nextNumber: () => number;
};

export const makeWire = (): Wire => {
	const logs = new Map<string, Change[]>();
	let last = 0;
	return {
		changesOf(replicaId) {
			const log = logs.get(replicaId) ?? [];
			logs.set(replicaId, log);
			return log;
		},
		passedOn: new Map(),
		nextNumber: () => ++last,
	};
};

/** One base DN that a server replicates. */
export type Domain = {
	readonly baseDn: string;
	readonly replicaId: string;
	/** Which data it holds: replicas of another one take no changes of each other. */
	readonly generationId: string;
	/** How many changes of each other replica it has replayed. */
	readonly seen: Readonly<Record<string, number>>;
};

/** The replication of one server, kept on its volume. */
export type Replication = {
	readonly members: () => readonly Member[];
	readonly setMembers: (members: readonly Member[]) => void;
	readonly domains: () => readonly Domain[];
	readonly domain: (baseDn: string) => Domain | undefined;
	readonly setDomain: (domain: Domain) => void;
	/** The number of the newest change of an entry that this server knows, so that an older one does not undo it. */
	readonly newest: (dn: string) => number;
	readonly note: (dn: string, number: number) => void;
	/** Other data is here: a generation of its own. */
	readonly replaced: (backend: Backend) => void;
	/** A client changed something. */
	readonly changed: (baseDn: string, dn: string, entry: Entry | undefined) => void;
	readonly wire: Wire;
};

type Kept = {readonly members: readonly Member[]; readonly domains: readonly Domain[]};

/** What the state of replication is kept in. */
export const replicationFile = (root: string): string => `${root}/changelogDb/state.json`;

/** The text of that file. */
export const replicationText = (kept: Kept): string => JSON.stringify(kept);

/**
A checksum over the number of entries and the first thousand of them, without what replication itself keeps there.
*/
export const generationOf = (entries: ReadonlyMap<string, Entry>): string => {
	const hash = createHash('sha256').update(String(entries.size));
	for (const entry of entries.values().take(1000)) {
		hash.update(formatEntry(without(entry, isReplication), 0));
	}

	return String(hash.digest().readUInt32BE() * 97 + 10_000_000);
};

/** Opens the replication of a server; one that was never enabled has neither members nor domains. */
export const openReplication = (view: View, root: string, wire: Wire): Replication => {
	const path = replicationFile(root);
	const newest = new Map<string, number>();
	let kept: Kept = view.exists(path) ? (JSON.parse(view.read(path).toString()) as Kept) : {members: [], domains: []};
	const keep = (next: Kept): void => {
		kept = next;
		view.makeFolder(`${root}/changelogDb`, {parents: true});
		view.write(path, replicationText(kept), 0o600);
	};

	const domain = (baseDn: string): Domain | undefined =>
		kept.domains.find(one => normalDn(one.baseDn) === normalDn(baseDn));
	const setDomain = (next: Domain): void => {
		keep({...kept, domains: [...kept.domains.filter(one => one.baseDn !== next.baseDn), next]});
	};

	return {
		members: () => kept.members,
		setMembers(members) {
			keep({...kept, members});
		},
		domains: () => kept.domains,
		domain,
		setDomain,
		newest: dn => newest.get(normalDn(dn)) ?? 0,
		note(dn, number) {
			newest.set(normalDn(dn), number);
		},
		replaced(backend) {
			const own = domain(backend.baseDn);
			if (own) {
				setDomain({...own, generationId: generationOf(backend.entries)});
			}
		},
		changed(baseDn, dn, entry) {
			const own = domain(baseDn);
			if (own) {
				const number = wire.nextNumber();
				wire.changesOf(own.replicaId).push({number, time: Date.now(), dn, entry});
				newest.set(normalDn(dn), number);
			}
		},
		wire,
	};
};
