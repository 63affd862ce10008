import type {FaultBook} from '../faults.js';
import type {View} from '../files/view.js';
import {openBackend, type Backend} from './backend.js';
import {normalDn} from './entry.js';
import type {Surroundings} from './job.js';
import {keyOfDefinition, type Key} from './seal.js';
import {openTasks, type Tasks} from './tasks.js';

/** Whether a backend takes writes. */
export type Writability = 'disabled' | 'enabled' | 'internal-only';

/** The ports that a server was set up with. */
export type ServerPorts = {readonly ldap: number; readonly ldaps: number; readonly https: number};

/** A directory server that runs in a container. */
export type DirectoryServer = {
	readonly instanceName: string;
	readonly version: string;
	/** The folder of the server, `/opt/out/instance`. */
	readonly root: string;
	readonly ports: ServerPorts;
	readonly userName: string;
	readonly rootDn: string;
	readonly password: string;
	readonly backend: Backend;
	readonly tasks: Tasks;
	/** The key of the encryption settings definition that setup made. */
	readonly key: Key;
	readonly writability: () => Writability;
	readonly setWritability: (mode: Writability) => void;
	/** Whether the backend is enabled; if not, the server knows nothing of it. */
	readonly isEnabled: () => boolean;
	readonly setEnabled: (isEnabled: boolean) => void;
	/** Calls back each time that the backend was enabled. */
	readonly onEnabled: (listener: () => void) => void;
	/** Whether clients find the base entry of their data. */
	readonly isServing: () => boolean;
	/** Where tasks run: the server's own files and time. */
	readonly surroundings: (tell: (line: string) => Promise<void>) => Surroundings;
	readonly started: Date;
};

type Start = Pick<
	DirectoryServer,
	'instanceName' | 'version' | 'root' | 'ports' | 'userName' | 'rootDn' | 'password'
> & {
	readonly baseDn: string;
	readonly view: View;
	readonly faults: FaultBook;
	readonly sleep: (milliseconds: number) => Promise<void>;
};

/** A property of the backend in the server's configuration. */
const propertyLine = (name: string): RegExp =>
	new RegExp(String.raw`(?<=^dn: ds-cfg-backend-id=userRoot,.*\n(?:.+\n)*)ds-cfg-${name}: (?<value>.*)$`, 'mv');

/** Starts the server whose files lie below its root. */
export const startDirectory = ({baseDn, view, faults, sleep, ...facts}: Start): DirectoryServer => {
	const configuration = `${facts.root}/config/config.ldif`;
	const read = (name: string): string | undefined =>
		propertyLine(name).exec(view.read(configuration).toString())?.groups?.value;
	const write = (name: string, value: string): void => {
		view.write(
			configuration,
			view
				.read(configuration)
				.toString()
				.replace(propertyLine(name), () => `ds-cfg-${name}: ${value}`),
		);
	};

	const backend = openBackend('userRoot', baseDn, `${facts.root}/db/userRoot`, view);
	const isEnabled = (): boolean => read('enabled') !== 'false';
	const listeners = new Set<() => void>();
	return {
		...facts,
		backend,
		tasks: openTasks(view, `${facts.root}/config/tasks.ldif`),
		key: keyOfDefinition(view.read(`${facts.root}/config/encryption-settings/encryption-settings-db`).toString()),
		writability: () => (read('writability-mode') ?? 'enabled') as Writability,
		setWritability(mode) {
			write('writability-mode', mode);
		},
		isEnabled,
		setEnabled(isNow) {
			write('enabled', String(isNow));
			for (const listener of isNow ? listeners : []) {
				listener();
			}
		},
		onEnabled(listener) {
			listeners.add(listener);
		},
		isServing: () => isEnabled() && backend.entries.has(normalDn(baseDn)),
		surroundings: tell => ({
			view,
			sleep,
			tell,
			faults,
		}),
		started: new Date(),
	};
};
