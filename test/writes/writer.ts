import {setTimeout} from 'node:timers/promises';
import type {Entry} from '../../source/sandbox/ldap/entry.js';
import type {Sandbox, Write} from '../../source/sandbox/sandbox.js';
import {randomFrom} from '../seeded.js';

const base = 'dc=example,dc=com';

/** What an entry of the ledger must be, by what was acknowledged. */
type Known = {readonly dn: string; readonly sn: string; readonly password: string};

/** A writer that never sleeps for long, and keeps what was acknowledged. */
export type Writer = {
	/** How many writes were acknowledged, and how many refused. */
	readonly counts: () => {readonly acknowledged: number; readonly refused: number};
	/** What differs on a pod from what was acknowledged: lost, wrong, or never written. */
	readonly missing: (pod: string) => readonly string[];
	readonly stop: () => Promise<void>;
};

/** The pods that clients of the Service reach now. */
export const podsBehind = (sandbox: Sandbox): readonly string[] => {
	const endpoints = sandbox.objects('Endpoints', 'identity').find(({metadata}) => metadata.name === 'pingdirectory');
	const subsets = (endpoints?.subsets ?? []) as ReadonlyArray<{
		readonly addresses?: ReadonlyArray<{readonly targetRef: {readonly name: string}}>;
	}>;
	return subsets.flatMap(({addresses = []}) => addresses.map(({targetRef}) => targetRef.name));
};

const person = (uid: string, sn: string, password: string): Entry['attributes'] => [
	['objectClass', 'top'],
	['objectClass', 'person'],
	['objectClass', 'organizationalPerson'],
	['objectClass', 'inetOrgPerson'],
	['uid', uid],
	['cn', `ledger ${uid}`],
	['cn;lang-de', 'Bücher'],
	['sn', sn],
	['description', ' first with a space'],
	['description', 'second\nwith a line'],
	['userPassword', password],
];

/**
Begins to write: adds, modifies, deletes, renames and new passwords, against the Service and, until clients have moved,
against the old server by itself.
*/
export const startWriter = (sandbox: Sandbox, seed: number): Writer => {
	const random = randomFrom(seed);
	const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
	const known = new Map<string, Known>();
	const ended = new AbortController();
	let acknowledged = 0;
	let refused = 0;
	let next = 0;
	let hasMoved = false;

	const send = (write: Write): boolean => {
		const [behind = 'pingdirectory-0'] = podsBehind(sandbox);
		hasMoved ||= behind !== 'pingdirectory-0';
		const direct = !hasMoved && random() < 0.3 ? 'pingdirectory-0' : behind;
		const pod = sandbox.pod(direct);
		const refusal = pod?.change(write);
		const isDone = pod !== undefined && refusal === undefined;
		acknowledged += isDone ? 1 : 0;
		refused += isDone ? 0 : 1;
		return isDone;
	};

	const add = (): void => {
		next += 1;
		const uid = `ledger-${next}`;
		const dn = `uid=${uid},ou=People,${base}`;
		const entry = {dn, sn: `n${next}`, password: `secret-${next}`};
		if (send({type: 'add', dn, body: person(uid, entry.sn, entry.password)})) {
			known.set(uid, entry);
		}
	};

	const replace = (uid: string, name: 'password' | 'sn'): void => {
		next += 1;
		const entry = known.get(uid)!;
		const value = `${name}-${next}`;
		const attribute = name === 'sn' ? 'sn' : 'userPassword';
		if (
			send({
				type: 'modify',
				dn: entry.dn,
				body: [
					['replace', attribute],
					[attribute, value],
				],
			})
		) {
			known.set(uid, {...entry, [name]: value});
		}
	};

	const remove = (uid: string): void => {
		if (send({type: 'delete', dn: known.get(uid)!.dn, body: []})) {
			known.delete(uid);
		}
	};

	const rename = (uid: string): void => {
		next += 1;
		const entry = known.get(uid)!;
		const renamed = `ledger-${next}`;
		if (
			send({
				type: 'modrdn',
				dn: entry.dn,
				body: [
					['newrdn', `uid=${renamed}`],
					['deleteoldrdn', '1'],
				],
			})
		) {
			known.delete(uid);
			known.set(renamed, {...entry, dn: `uid=${renamed},${entry.dn.slice(entry.dn.indexOf(',') + 1)}`});
		}
	};

	const once = (): void => {
		const uid = pick(known.keys().toArray());
		const kind = random();
		if (uid === undefined || kind < 0.4) {
			add();
		} else if (kind < 0.6) {
			replace(uid, 'sn');
		} else if (kind < 0.7) {
			replace(uid, 'password');
		} else if (kind < 0.85) {
			rename(uid);
		} else {
			remove(uid);
		}
	};

	const write = async (): Promise<void> => {
		while (!ended.signal.aborted) {
			once();
			await setTimeout(15);
		}
	};

	const writing = write();
	return {
		counts: () => ({acknowledged, refused}),
		missing(name) {
			const pod = sandbox.pod(name);
			const there = new Map(
				(pod?.entries() ?? [])
					.filter(({dn}) => dn.startsWith('uid=ledger-'))
					.map(entry => [/^uid=(?<uid>[^,]+)/v.exec(entry.dn)?.groups?.uid ?? '', entry]),
			);
			return [
				...known.entries().flatMap(([uid, {sn, password}]) => {
					const entry = there.get(uid);
					if (!entry) {
						return [`${uid} is lost`];
					}

					const is = entry.attributes.find(([attribute]) => attribute === 'sn')?.[1];
					return [
						...(is === sn ? [] : [`${uid} has another sn`]),
						...(pod?.bind(entry.dn, password) ? [] : [`${uid} has another password`]),
					];
				}),
				...there
					.keys()
					.filter(uid => !known.has(uid))
					.map(uid => `${uid} is there, and should not be`),
			];
		},
		async stop() {
			ended.abort();
			await writing;
		},
	};
};
