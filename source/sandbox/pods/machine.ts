import type {FaultBook} from '../faults.js';
import type {Credentials} from '../files/credentials.js';
import type {Tree} from '../files/find.js';
import type {View} from '../files/view.js';
import type {DirectoryServer} from '../ldap/server.js';
import type {Descriptors} from '../processes/descriptor.js';
import type {Log} from '../processes/log.js';
import type {Process, Processes} from '../processes/process.js';

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

/** A program that was called. */
export type Call = {
	readonly name: string;
	readonly args: readonly string[];
	readonly machine: Machine;
	readonly process: Process;
	readonly view: View;
	readonly cwd: string;
	readonly umask: number;
	readonly environment: ReadonlyMap<string, string>;
	readonly descriptors: Descriptors;
	/** The next bytes of standard input, or undefined at its end. */
	readonly read: () => Promise<Uint8Array | undefined>;
	/** Writes to standard output; text as UTF-8. */
	readonly write: (data: Uint8Array | string) => Promise<void>;
	/** Writes `name: text` to standard error. */
	readonly complain: (text: string) => Promise<void>;
	readonly writeError: (text: string) => Promise<void>;
	/** Sleeps, unless the process is ended meanwhile. */
	readonly sleep: (milliseconds: number) => Promise<void>;
	/** Runs another program in this process's place, with its own environment if given. */
	readonly become: (argv: readonly string[], environment?: ReadonlyMap<string, string>) => Promise<number>;
	/** Runs another program as a child. */
	readonly spawn: (argv: readonly string[]) => Process;
};

/** A program: gives its exit status. */
export type Program = (call: Call) => Promise<number>;

/** The programs of a folder of commands, by name. */
export type Programs = Readonly<Record<string, Program>>;
