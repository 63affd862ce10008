import {setTimeout} from 'node:timers/promises';
import type {Entry} from '../../source/sandbox/ldap/entry.js';
import type {Sandbox, Write} from '../../source/sandbox/sandbox.js';
import {randomFrom} from '../seeded.js';

const base = 'dc=example,dc=com';

/**
What an entry of the ledger must be, by what was acknowledged. `box` is the container that it is in, where it is in one.
*/
type Known = {readonly dn: string; readonly box: string | undefined; readonly sn: string; readonly password: string};

/** A writer that never sleeps for long, and keeps what was acknowledged. */
export type Writer = {
	/** How many writes were acknowledged, and how many refused. */
	readonly counts: () => {readonly acknowledged: number; readonly refused: number};
	/** What differs on a pod from what was acknowledged: lost, wrong, or never written. */
	readonly missing: (pod: string) => readonly string[];
	readonly stop: () => Promise<void>;
};

const people = `ou=People,${base}`;

const dnOf = (uid: string, box: string | undefined): string =>
	`uid=${uid},${box === undefined ? '' : `ou=${box},`}${people}`;

/** The pods that clients of the Service reach now. */
export const podsBehind = (sandbox: Sandbox): readonly string[] => {
	const endpoints = sandbox.objects('Endpoints', 'identity').find(({metadata}) => metadata.name === 'pingdirectory');
	const subsets = (endpoints?.subsets ?? []) as ReadonlyArray<{
		readonly addresses?: ReadonlyArray<{readonly targetRef: {readonly name: string}}>;
	}>;
	return subsets.flatMap(({addresses = []}) => addresses.map(({targetRef}) => targetRef.name));
};

const isOld = (pod: string): boolean => /^pingdirectory-\d$/v.test(pod);

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
Begins to write: adds, modifies, deletes, renames of leaves and of whole subtrees, and new passwords, against the
Service and against single replicas: any old one until clients have moved, and any behind the Service afterwards.
*/
export const startWriter = (sandbox: Sandbox, seed: number): Writer => {
	const random = randomFrom(seed);
	const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
	const known = new Map<string, Known>();
	const boxes = new Set<string>();
	const ended = new AbortController();
	let acknowledged = 0;
	let refused = 0;
	let next = 0;
	let hasMoved = false;
	let target = 'pingdirectory-0';
	let left = 0;

	const send = (write: Write): boolean => {
		const pod = sandbox.pod(target);
		const refusal = pod?.change(write);
		const isDone = pod !== undefined && refusal === undefined;
		acknowledged += isDone ? 1 : 0;
		refused += isDone ? 0 : 1;
		return isDone;
	};

	const add = (): void => {
		next += 1;
		const uid = `ledger-${next}`;
		const box = random() < 0.4 ? pick([...boxes]) : undefined;
		const dn = dnOf(uid, box);
		const entry = {dn, box, sn: `n${next}`, password: `secret-${next}`};
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
			known.set(renamed, {...entry, dn: dnOf(renamed, entry.box)});
		}
	};

	const addBox = (): void => {
		next += 1;
		const box = `box-${next}`;
		const body: Entry['attributes'] = [
			['objectClass', 'top'],
			['objectClass', 'organizationalUnit'],
			['ou', box],
		];
		if (send({type: 'add', dn: `ou=${box},${people}`, body})) {
			boxes.add(box);
		}
	};

	/** All that is in it is called something else afterwards. */
	const renameBox = (box: string): void => {
		next += 1;
		const renamed = `box-${next}`;
		const body: Entry['attributes'] = [
			['newrdn', `ou=${renamed}`],
			['deleteoldrdn', '1'],
		];
		if (send({type: 'modrdn', dn: `ou=${box},${people}`, body})) {
			boxes.delete(box);
			boxes.add(renamed);
			for (const [uid, entry] of known) {
				if (entry.box === box) {
					known.set(uid, {...entry, box: renamed, dn: dnOf(uid, renamed)});
				}
			}
		}
	};

	const once = (): void => {
		const uid = pick(known.keys().toArray());
		const box = pick([...boxes]);
		const kind = random();
		if (box === undefined || (boxes.size < 4 && kind < 0.02)) {
			addBox();
		} else if (kind < 0.05) {
			renameBox(box);
		} else if (uid === undefined || kind < 0.4) {
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

	/** Until the replicas have told each other what they took. */
	const passedOn = async (): Promise<void> => {
		for (let turn = 0; turn < 5; turn++) {
			await setTimeout(30);
		}
	};

	/**
	Where a client may write now: behind the Service or, before the clients move, on any old server by its own name.
	*/
	const within = (): readonly string[] => {
		const behind = podsBehind(sandbox);
		hasMoved ||= behind.length > 0 && !behind.some(name => isOld(name));
		const pods = sandbox.objects('Pod', 'identity').map(({metadata}) => metadata.name);
		return hasMoved ? behind : pods.filter(name => isOld(name));
	};

	/**
	Goes on to another server once the replicas have told each other: two servers that change one entry at a time
	conflict.
	*/
	const aim = async (): Promise<void> => {
		if (left > 0 && within().includes(target)) {
			left -= 1;
			return;
		}

		await passedOn();
		target = pick(within()) ?? target;
		left = 10;
	};

	const write = async (): Promise<void> => {
		while (!ended.signal.aborted) {
			await aim();
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
				...known.entries().flatMap(([uid, {dn, sn, password}]) => {
					const entry = there.get(uid);
					if (!entry) {
						return [`${uid} is lost`];
					}

					const is = entry.attributes.find(([attribute]) => attribute === 'sn')?.[1];
					return [
						...(is === sn ? [] : [`${uid} has another sn`]),
						...(entry.dn === dn ? [] : [`${uid} is ${entry.dn}, not ${dn}`]),
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
			await passedOn();
		},
	};
};
