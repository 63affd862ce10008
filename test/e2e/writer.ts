import {Buffer} from 'node:buffer';
import {createInterface} from 'node:readline';
import {setTimeout} from 'node:timers/promises';
import {execa} from 'execa';
import {randomFrom} from '../seeded.js';
import {ask, type Answer} from './ask.js';
import type {KubeObject} from './cluster.js';
import type {World} from './world.js';

const base = 'dc=example,dc=com';

/** An entry of the ledger as what was acknowledged says it is. */
type Known = {
	readonly dn: string;
	readonly sn: string;
	readonly description: string | undefined;
	readonly password: string;
};

/** How many writes there were, by how they ended. Of those that are unknown nobody heard an answer. */
export type Counts = {readonly acknowledged: number; readonly refused: number; readonly unknown: number};

/** A writer that never sleeps for long, and keeps what was acknowledged. */
export type Writer = {
	readonly counts: () => Counts;
	/** Waits until so many more writes were acknowledged. */
	readonly acknowledges: (more: number) => Promise<void>;
	/** Lets it rest, once its last write was answered. */
	readonly rest: () => Promise<void>;
	/** Lets it write again. */
	readonly go: () => void;
	/** Ends it. */
	readonly end: () => Promise<void>;
	/**
	What differs on a pod from what was acknowledged, beside the entries that were there before: lost, wrong, or never
	written.
	*/
	readonly faults: (pod: string, before: Answer) => Promise<readonly string[]>;
	/** For how many seconds no write was acknowledged, at the longest. */
	readonly longestSilence: () => number;
};

/** Ends of a write that the server said; anything else is no answer (RFC 4511, 4.1.9). */
type Ending = 'acknowledged' | 'refused' | 'unknown';

/**
Makes each write it reads by a client of its own, and says the client's exit status, which is the server's result
code.
*/
const loop = `
while read -r encoded; do
	printf %s "$encoded" | base64 -d | /opt/write -x -H "ldap://localhost:$LDAP_PORT" -D "$ROOT_USER_DN" -y "$ROOT_USER_PASSWORD_FILE" >/dev/null 2>&1
	echo $?
done
`;

type Connection = {readonly write: (ldif: string) => Promise<Ending>; readonly close: () => Promise<void>};

/** A client beside the server in a pod. One that is lost answers nothing any more. */
const connect = (world: World, pod: string): Connection => {
	const program = execa(
		'kubectl',
		['--namespace', world.namespace, 'exec', '--stdin', pod, '--container', 'pingdirectory', '--', 'sh', '-c', loop],
		{reject: false, buffer: false},
	);
	const waiting: Array<(ending: Ending) => void> = [];
	let isLost = false;
	const reading = (async () => {
		for await (const line of createInterface({input: program.stdout})) {
			const status = Number(line);
			waiting.shift()?.(status === 0 ? 'acknowledged' : status > 0 && status < 81 ? 'refused' : 'unknown');
		}

		isLost = true;
		for (const tell of waiting.splice(0)) {
			tell('unknown');
		}
	})();
	program.stdin.on('error', () => {
		isLost = true;
	});
	return {
		async write(ldif) {
			if (isLost) {
				// Never sent: the next write asks for the pods anew.
				return 'refused';
			}

			return new Promise(resolve => {
				waiting.push(resolve);
				program.stdin.write(`${Buffer.from(ldif).toString('base64')}\n`);
			});
		},
		async close() {
			program.stdin.end();
			await reading;
			await program;
		},
	};
};

type Endpoints = KubeObject & {
	readonly subsets?: ReadonlyArray<{
		readonly addresses?: ReadonlyArray<{readonly targetRef?: {readonly name: string}}>;
	}>;
};

const record = (dn: string, changetype: string, ...lines: readonly string[]): string =>
	`${[`dn: ${dn}`, `changetype: ${changetype}`, ...lines].join('\n')}\n`;

const replacing = (dn: string, attribute: string, value: string): string =>
	record(dn, 'modify', `replace: ${attribute}`, `${attribute}: ${value}`);

/** Who binds with the password of the ledger, and who cannot: the names of those come back. */
const bindScript = `
while read -r dn password; do
	/opt/ask -x -LLL -H "ldap://localhost:$LDAP_PORT" -D "$dn" -w "$password" -s base -b '' 1.1 >/dev/null 2>&1 || echo "$dn"
done
echo '# end'
`;

/**
Begins to write: adds, modifies, deletes, renames and new passwords, one after the other. Each entry is written
through one of the pods behind the clients' Service, as long as they stay: two replicas do not change one entry at the
same moment.

@param milliseconds Between the beginnings of two writes, at the least.
*/
export const startWriter = (world: World, seed: number, milliseconds: number): Writer => {
	const random = randomFrom(seed);
	const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
	const known = new Map<number, Known>();
	/** DNs whose last write had no answer: they may be there or not. */
	const doubtful = new Set<string>();
	const counts = {acknowledged: 0, refused: 0, unknown: 0};
	const connections = new Map<string, Connection>();
	const ended = new AbortController();
	let pods: readonly string[] = [];
	let next = 0;
	let lastAcknowledged = performance.now();
	let silence = 0;

	const following = (async () => {
		while (!ended.signal.aborted) {
			const watch = execa(
				'kubectl',
				[
					'--namespace',
					world.namespace,
					'get',
					'endpoints',
					'--field-selector',
					'metadata.name=pingdirectory',
					'--watch',
					'--output',
					String.raw`jsonpath={@}{"\n"}`,
				],
				{reject: false, buffer: false, cancelSignal: ended.signal},
			);
			for await (const line of createInterface({input: watch.stdout})) {
				const {subsets = []} = JSON.parse(line) as Endpoints;
				pods = subsets
					.flatMap(({addresses = []}) => addresses.flatMap(({targetRef}) => targetRef?.name ?? []))
					.toSorted();
			}

			await watch;
		}
	})();

	const send = async (number: number, ldif: string): Promise<Ending> => {
		const pod = pods[number % pods.length]!;
		const connection = connections.get(pod) ?? connect(world, pod);
		connections.set(pod, connection);
		const ending = await connection.write(ldif);
		counts[ending] += 1;
		if (ending === 'unknown' || ending === 'refused') {
			connections.delete(pod);
			void connection.close();
		} else {
			const now = performance.now();
			silence = Math.max(silence, now - lastAcknowledged);
			lastAcknowledged = now;
		}

		return ending;
	};

	/** One write, and what it makes of an entry of the ledger: undefined where the entry is gone then. */
	const change = async (number: number, ldif: string, after: Known | undefined): Promise<void> => {
		const before = known.get(number);
		const ending = await send(number, ldif);
		if (ending === 'unknown') {
			known.delete(number);
			const dns = [before?.dn, after?.dn].filter(one => one !== undefined);
			for (const dn of dns) {
				doubtful.add(dn);
			}
		} else if (ending === 'acknowledged' && after) {
			known.set(number, after);
		} else if (ending === 'acknowledged') {
			known.delete(number);
		}
	};

	const once = async (): Promise<void> => {
		const number = pick(known.keys().toArray());
		const entry = number === undefined ? undefined : known.get(number);
		const kind = random();
		next += 1;
		if (number === undefined || !entry || kind < 0.4) {
			const added = {
				dn: `uid=ledger.${next},ou=People,${base}`,
				sn: `n${next}`,
				description: undefined,
				password: `secret-${next}-word`,
			};
			await change(
				next,
				record(
					added.dn,
					'add',
					'objectClass: inetOrgPerson',
					`uid: ledger.${next}`,
					`cn: ledger ${next}`,
					`sn: ${added.sn}`,
					`userPassword: ${added.password}`,
				),
				added,
			);
		} else if (kind < 0.6) {
			const description = `changed ${next}`;
			await change(number, replacing(entry.dn, 'description', description), {...entry, description});
		} else if (kind < 0.7) {
			const password = `secret-${next}-word`;
			await change(number, replacing(entry.dn, 'userPassword', password), {...entry, password});
		} else if (kind < 0.85) {
			const dn = `uid=ledger.${next},ou=People,${base}`;
			await change(number, record(entry.dn, 'moddn', `newrdn: uid=ledger.${next}`, 'deleteoldrdn: 1'), {...entry, dn});
		} else {
			await change(number, record(entry.dn, 'delete'), undefined);
		}
	};

	const write = async (): Promise<void> => {
		const resting = new AbortController();
		rest = resting;
		lastAcknowledged = performance.now();
		while (!resting.signal.aborted) {
			const pause = setTimeout(milliseconds);
			if (pods.length > 0) {
				await once();
			}

			await pause;
		}

		silence = Math.max(silence, performance.now() - lastAcknowledged);
	};

	let rest = new AbortController();
	let writing = write();
	const takeRest = async (): Promise<void> => {
		rest.abort();
		await writing;
	};

	return {
		counts: () => ({...counts}),
		longestSilence: () => silence / 1000,
		async acknowledges(more) {
			const wanted = counts.acknowledged + more;
			while (counts.acknowledged < wanted) {
				await setTimeout(milliseconds);
			}
		},
		rest: takeRest,
		go() {
			writing = write();
		},
		async end() {
			await takeRest();
			ended.abort();
			await following;
			await Promise.all(connections.values().map(async connection => connection.close()));
		},
		async faults(pod, before) {
			const there = await ask(world, pod);
			const expected = new Set([...before.keys(), ...known.values().map(({dn}) => `dn: ${dn}`)]);
			const isDoubtful = (dn: string): boolean => doubtful.has(dn.replace('dn: ', ''));
			const binds = await world.exec(
				pod,
				['sh', '-c', bindScript],
				known
					.values()
					.map(({dn, password}) => `${dn} ${password}\n`)
					.toArray()
					.join(''),
			);
			return [
				...(binds.stdout.endsWith('# end\n') ? [] : ['the passwords were not tried to the end']),
				...binds.stdout
					.split('\n')
					.filter(line => line.startsWith('uid='))
					.map(dn => `${dn} has another password`),
				...[...before].flatMap(([dn, lines]) =>
					there.get(dn)?.join('\n') === lines.join('\n') ? [] : [`${dn} is not as it was before`],
				),
				...known.values().flatMap(({dn, sn, description}) => {
					const lines = there.get(`dn: ${dn}`);
					return lines
						? [
								...(lines.includes(`sn: ${sn}`) ? [] : [`${dn} has another sn`]),
								...(description === undefined || lines.includes(`description: ${description}`)
									? []
									: [`${dn} has another description`]),
							]
						: [`${dn} is lost`];
				}),
				...there
					.keys()
					.filter(dn => !expected.has(dn) && !isDoubtful(dn))
					.map(dn => `${dn} is there, and should not be`),
			];
		},
	};
};
