import type {FaultBook} from '../faults.js';
import type {View} from '../files/view.js';
import type {Change} from './batch.js';
import {isBelow, normalDn} from './entry.js';
import type {Surroundings} from './job.js';
import {openReplication, type Replication, type Wire} from './replication.js';
import {readSchema, type Schema} from './schema.js';
import {keyOfDefinition, type Key} from './seal.js';
import {backendsIn, serveBackend, type ServedBackend, type Writability} from './served-backend.js';
import {batchOf, settingsOf, withChanges, type Settings} from './settings.js';
import {openTasks, type Tasks} from './tasks.js';

/** The ports that a server was set up with. */
export type ServerPorts = {readonly ldap: number; readonly ldaps: number; readonly https: number};

/** A directory server that runs in a container. */
export type DirectoryServer = {
	/** The pod it runs in. */
	readonly pod: string;
	readonly namespace: string;
	readonly instanceName: string;
	readonly version: string;
	/** The folder of the server, `/opt/out/instance`. */
	readonly root: string;
	readonly ports: ServerPorts;
	readonly userName: string;
	readonly rootDn: string;
	readonly password: string;
	/** Its backends of user data, the first one first. */
	readonly backends: readonly ServedBackend[];
	/** The backend of an id. */
	readonly backend: (id: string | undefined) => ServedBackend | undefined;
	/** The backend that holds a DN. */
	readonly holding: (dn: string) => ServedBackend | undefined;
	/** The server-wide mode: it covers all backends of user data, and no other. */
	readonly writability: () => Writability;
	readonly setWritability: (mode: Writability) => void;
	readonly replication: Replication;
	readonly tasks: Tasks;
	readonly schema: Schema;
	/** The configuration apart from the defaults. */
	readonly settings: () => Settings;
	readonly change: (changes: readonly Change[]) => void;
	/** The key of the encryption settings definition that setup made. */
	readonly key: Key;
	/** Calls back each time that a backend was enabled. */
	readonly onEnabled: (listener: () => void) => void;
	/** Whether clients find the base entry of their data. */
	readonly isServing: () => boolean;
	/** Whether it is in lockdown mode. */
	readonly isLockedDown: () => boolean;
	/** All servers of the sandbox that run now, itself among them. */
	readonly peers: () => readonly DirectoryServer[];
	/** Where tasks run: the server's own files and time. */
	readonly surroundings: (tell: (line: string) => Promise<void>, cancelled: AbortSignal) => Surroundings;
	readonly started: Date;
};

type Start = Pick<
	DirectoryServer,
	'pod' | 'namespace' | 'instanceName' | 'version' | 'root' | 'ports' | 'userName' | 'rootDn' | 'password' | 'peers'
> & {
	readonly baseDn: string;
	readonly view: View;
	readonly faults: FaultBook;
	readonly wire: Wire;
	readonly sleep: (milliseconds: number) => Promise<void>;
};

/** The server-wide mode in its configuration, whose first entry is that of the server. */
const writabilityLine = /^ds-cfg-writability-mode: (?<value>.*)$/mv;

/** Starts the server whose files lie below its root. */
export const startDirectory = ({baseDn, view, faults, wire, sleep, ...facts}: Start): DirectoryServer => {
	const {root, pod} = facts;
	const settingsPath = `${root}/config/settings.dsconfig`;
	const settings = (): Settings => settingsOf(view.read(settingsPath).toString());
	const listeners = new Set<() => void>();
	const configuration = `${root}/config/config.ldif`;
	const configured = (): string => view.read(configuration).toString();
	const writability = (): Writability =>
		(writabilityLine.exec(configured())?.groups?.value ?? 'enabled') as Writability;
	const replication = openReplication(view, root, wire);
	const backends = backendsIn(configured()).map(backend =>
		serveBackend(
			backend,
			root,
			view,
			{
				onChange(changed, dn, entry) {
					replication.changed(changed.baseDn, dn, entry);
				},
				onReplaced: replication.replaced,
				onEnabled() {
					for (const listener of listeners) {
						listener();
					}
				},
			},
			writability,
		),
	);
	const holding = (dn: string): ServedBackend | undefined =>
		backends.find(backend => isBelow(normalDn(dn), normalDn(backend.baseDn)));
	return {
		...facts,
		backends,
		backend: id => backends.find(backend => backend.id === id),
		holding,
		writability,
		setWritability(mode) {
			view.write(
				configuration,
				configured().replace(writabilityLine, () => `ds-cfg-writability-mode: ${mode}`),
			);
		},
		replication,
		tasks: openTasks(view, `${root}/config/tasks.ldif`),
		schema: readSchema(view, root),
		settings,
		change(changes) {
			const after = withChanges(settings(), changes);
			view.write(settingsPath, batchOf(after));
		},
		key: keyOfDefinition(view.read(`${root}/config/encryption-settings/encryption-settings-db`).toString()),
		onEnabled(listener) {
			listeners.add(listener);
		},
		isServing() {
			const backend = holding(baseDn);
			return (backend?.isEnabled() && backend.entries.has(normalDn(baseDn))) ?? false;
		},
		isLockedDown: () => faults.pending().some(fault => fault.kind === 'lockdown' && fault.pod === pod),
		surroundings: (tell, cancelled) => ({
			view,
			async sleep(milliseconds) {
				await sleep(milliseconds);
				cancelled.throwIfAborted();
			},
			tell,
			faults,
		}),
		started: new Date(),
	};
};
