import type {FaultBook} from '../faults.js';
import type {View} from '../files/view.js';
import {openBackend, type Backend} from './backend.js';
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
	/** Where tasks run: the server's own files and time. */
	readonly surroundings: (tell: (line: string) => Promise<void>) => Surroundings;
	readonly started: Date;
};

type Start = Pick<DirectoryServer, 'instanceName' | 'version' | 'root' | 'ports' | 'userName' | 'rootDn' | 'password'> & {
	readonly baseDn: string;
	readonly view: View;
	readonly faults: FaultBook;
	readonly sleep: (milliseconds: number) => Promise<void>;
};

const writabilityLine = /^ds-cfg-writability-mode: (?<mode>.*)$/mv;

/** Starts the server whose files lie below its root. */
export const startDirectory = ({baseDn, view, faults, sleep, ...facts}: Start): DirectoryServer => {
	const configuration = `${facts.root}/config/config.ldif`;
	return {
		...facts,
		backend: openBackend('userRoot', baseDn, `${facts.root}/db/userRoot`, view),
		tasks: openTasks(view, `${facts.root}/config/tasks.ldif`),
		key: keyOfDefinition(view.read(`${facts.root}/config/encryption-settings/encryption-settings-db`).toString()),
		writability: () => (writabilityLine.exec(view.read(configuration).toString())?.groups?.mode ?? 'enabled') as Writability,
		setWritability(mode) {
			view.write(configuration, view.read(configuration).toString().replace(writabilityLine, () => `ds-cfg-writability-mode: ${mode}`));
		},
		surroundings: tell => ({
			view, sleep, tell, faults,
		}),
		started: new Date(),
	};
};
