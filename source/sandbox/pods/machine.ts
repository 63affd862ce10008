import type {Program} from '../programs/call.js';
import type {DirectoryServer} from '../ldap/server.js';
import type {FaultBook} from '../faults.js';
import type {Credentials} from '../files/credentials.js';
import type {Tree} from '../files/find.js';
import type {Log} from '../processes/log.js';
import type {Processes} from '../processes/process.js';

/** A running container, as the processes in it see it. */
export type Machine = {
	readonly name: string;
	readonly pod: string;
	readonly namespace: string;
	readonly image: string;
	readonly credentials: Credentials;
	readonly environment: ReadonlyMap<string, string>;
	readonly tree: Tree;
	readonly processes: Processes;
	readonly log: Log;
	readonly faults: FaultBook;
	/** Commands of the system, in every image. */
	readonly programs: ReadonlyMap<string, Program>;
	/** Tools that are there where their file is. */
	readonly tools: ReadonlyMap<string, Program>;
	/** The directory server, once it has started. */
	directory: DirectoryServer | undefined;
	/** Ports that something listens on. */
	readonly ports: Set<number>;
};
