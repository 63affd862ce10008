import {Failure} from '../failure/failure.js';
import {isOwn, readBackends, type Backend} from './backends.js';
import {search, type Search} from './search.js';
import type {DirectoryServer} from './server.js';

/** The user data of a server: the backends that hold entries, and those that are served and empty. */
export type Data = {readonly backends: readonly Backend[]; readonly empty: readonly Backend[]};

/** A backend as the configuration lists it, served or not. */
type Configured = {readonly id: string; readonly isEnabled: boolean; readonly baseDns: readonly string[]};

const configured: Search = {base: 'cn=Backends,cn=config', scope: 'one', filter: '(objectClass=ds-cfg-backend)'};

/**
Object classes of backends that keep entries in a database: PingDirectory's, and those of OpenDJ, which descends from
the same server.
*/
const ofDatabase = /^ds-cfg-(?:local-db|pluggable|je|pdb)-backend$/iv;

/** The backends with a database of entries that the configuration lists. */
const readConfigured = async (server: DirectoryServer): Promise<readonly Configured[]> => {
	const answers = await search(server, configured);
	return answers
		.filter(answer => answer.values('objectClass').some(name => ofDatabase.test(name)))
		.map(answer => ({
			id: answer.first('ds-cfg-backend-id') ?? '',
			isEnabled: answer.first('ds-cfg-enabled')?.toLowerCase() === 'true',
			baseDns: answer.values('ds-cfg-base-dn'),
		}))
		.filter(({id}) => id !== '' && !isOwn(id));
};

const listBackends = ({pods, target}: DirectoryServer): string =>
	pods.byHand(target, ['dsconfig', 'list-backends', '--no-prompt']);

const configuredText = ({id, isEnabled, baseDns}: Configured): string =>
	`${id} (${baseDns.join(', ') || 'no base DN'}), ${isEnabled ? 'which is enabled' : 'which is disabled'}`;

const unserved = (server: DirectoryServer, backends: readonly Configured[]): Failure =>
	new Failure({
		code: 'backend-unserved',
		seen:
			`The configuration of ${server.target.pod} lists ` +
			`${backends.map(backend => configuredText(backend)).join('; ')}. The server does not serve ` +
			`${backends.length === 1 ? 'it' : 'them'}.`,
		means: 'Nobody can count or export its entries now, so they would be missing on the new server.',
		todo:
			'Enable it (dsconfig set-backend-prop --set enabled:true), or delete it from the configuration (dsconfig ' +
			'delete-backend) if its entries are not to move. Then try again.',
		byHand: listBackends(server),
		exit: 'blocked',
		retryable: true,
	});

const noEntries = (server: DirectoryServer, empty: readonly Backend[]): Failure =>
	new Failure({
		code: 'no-entries',
		seen:
			empty.length === 0
				? `The server in ${server.target.pod} serves no backend with user data.`
				: `The server in ${server.target.pod} counts no entry in ${empty.map(({id}) => id).join(', ')}.`,
		means: 'A directory server without entries is rarely meant. Clients would be moved to an empty directory.',
		todo:
			'Look whether this is the right workload, and whether its data is where it should be. unroot does not move ' +
			'an empty directory.',
		byHand: listBackends(server),
		exit: 'blocked',
		retryable: true,
	});

/**
The user data that a server holds. What the configuration lists is held against what the monitor counts.

Rejects with a Failure where a backend of the configuration is not served, where there is no entry at all, and where an
answer is not whole.
*/
export const readData = async (server: DirectoryServer): Promise<Data> => {
	const [known, served] = await Promise.all([readConfigured(server), readBackends(server)]);
	const missing = known.filter(({id}) => served.every(one => one.id !== id));
	if (missing.length > 0) {
		throw unserved(server, missing);
	}

	// A database that the configuration lists is user data, whatever the monitor calls it.
	const all = served.filter(({id, isPrivate}) => !isPrivate || known.some(one => one.id === id));
	const backends = all.filter(({entries}) => entries > 0);
	const empty = all.filter(({entries}) => entries === 0);
	if (backends.length === 0) {
		throw noEntries(server, empty);
	}

	return {backends, empty};
};
