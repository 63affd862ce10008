import {newPortOf} from './ports.js';

/** A place in a text that names a port of the old days, and how. */
export type Mention = {
	readonly port: number;
	readonly newPort: number;
	/** The words it stands in, such as `ldaps://pingdirectory:636`. */
	readonly words: string;
	/** The host, where the port follows one. */
	readonly host?: string;
};

const patterns: readonly RegExp[] = [
	// ldaps://host:636, https://host:443/path
	/\b[a-z][\d+\-.a-z]{0,20}:\/\/(?:[^\s\/@]{1,200}@)?(?<host>[\w\-.]{1,253}|\$\{\w{1,100}\}|\$\w{1,100}):(?<port>389|636|443|689)(?!\d)/gv,
	// host:636, but neither a time, a label's value nor a part of a number
	/(?<![\w\-.\/:@])(?<host>[a-z][\w\-.]{0,252}|\$\{\w{1,100}\}|\$\w{1,100}):(?<port>389|636|443|689)(?![\d.:])/gv,
	// --ldapsPort 636, -p 389, --port=636
	/(?<![\w\-])(?:-p|--port|--ldapPort|--ldapsPort|--httpsPort|--jmxPort|--port1|--port2)[ =]{1,10}"?(?<port>389|636|443|689)(?!\d)/gv,
	// LDAPS_PORT=636, HTTPS_PORT: 443
	/\b(?:LDAP|LDAPS|HTTPS|JMX)_PORT\s{0,10}[:=]\s{0,10}"?(?<port>389|636|443|689)(?!\d)/gv,
	// server-port:636 of dsconfig
	/(?<![\w\-])(?:[a-z]{1,30}-){1,4}port:(?<port>389|636|443|689)(?!\d)/gv,
];

const mostMentions = 50;

/**
Names of the old ports in a text: as part of an address, after a flag, in an assignment. A bare number is none. At most
50.
*/
export const mentionsOf = (text: string): readonly Mention[] => {
	const found = new Map<number, Mention>();
	for (const match of patterns.flatMap(pattern => text.matchAll(pattern).take(mostMentions).toArray())) {
		const port = Number(match.groups?.port);
		const newPort = newPortOf(port);
		const end = match.index + match[0].length;
		if (newPort === undefined || found.has(end)) {
			continue;
		}

		const host = match.groups?.host;
		found.set(end, {
			port,
			newPort,
			words: match[0],
			...(host !== undefined && {host}),
		});
	}

	return found
		.entries()
		.toArray()
		.toSorted(([one], [other]) => one - other)
		.map(([, mention]) => mention)
		.slice(0, mostMentions);
};

/** A `wait-for` without a port: its default changed from 443 to 1443 with sprint 2103. */
export const waitsWithoutPort = (text: string): string | undefined =>
	/(?<![\w\-.])wait-for\s{1,20}(?<host>[a-z][\w\-.]{0,252})(?=\s|$)/v.exec(text)?.groups?.host;

const schemes: Readonly<Record<string, number>> = {ldap: 389, ldaps: 636, https: 443};

/**
Addresses that name no port, and so go to the default of their scheme: `ldaps://pingdirectory`. `at` is where a port
would stand.
*/
export const addressesWithoutPort = (
	text: string,
): ReadonlyArray<{readonly host: string; readonly port: number; readonly words: string; readonly at: number}> =>
	text
		.matchAll(/\b(?<scheme>ldaps?|https):\/\/(?<host>[a-z][\w\-.]{0,252})(?![\w\-.:])/giv)
		.take(mostMentions)
		.map(({groups, index, 0: words}) => ({
			host: groups?.host ?? '',
			port: schemes[groups?.scheme?.toLowerCase() ?? ''] ?? 0,
			words,
			at: index + words.length,
		}))
		.toArray();

/**
Variables that hold a port of the old days beside another one that holds its host, such as LDAP_PORT and LDAP_HOST.
*/
export const hostPairs = (
	variables: Readonly<Record<string, string>>,
): ReadonlyArray<{readonly name: string; readonly port: number; readonly host: string}> =>
	Object.entries(variables).flatMap(([name, value]) => {
		const prefix = /^(?<prefix>\w*?)_?port(?:_|$)/iv.exec(name)?.groups?.prefix;
		if (prefix === undefined) {
			return [];
		}

		const port = /^\d{1,5}$/v.test(value) ? Number(value) : undefined;
		const hosts = Object.entries(variables).filter(([other]) => /host|server|addr/iv.test(other));
		const host = (
			hosts.find(([other]) => other.startsWith(prefix)) ?? (hosts.length === 1 ? hosts[0] : undefined)
		)?.[1];
		return port === undefined || host === undefined || newPortOf(port) === undefined ? [] : [{name, port, host}];
	});
