import type {Credentials} from '../files/credentials.js';
import type {View} from '../files/view.js';
import type {Wire} from '../ldap/replication.js';
import type {DirectoryServer} from '../ldap/server.js';
import type {ImageFacts} from '../pods/image.js';
import type {Machine} from '../pods/machine.js';
import type {Process} from '../processes/process.js';

/** Other servers of the domain, as its DNS name gives them. */
export type Domain = {
	readonly hosts: readonly string[];
	readonly hasOwn: boolean;
};

/** What the servers of a sandbox have in common: what they say to each other, and which of them run. */
export type Network = {readonly wire: Wire; readonly peers: () => readonly DirectoryServer[]};

/** What a server needs to know while it starts. */
export type Boot = {
	readonly machine: Machine;
	readonly facts: ImageFacts;
	readonly process: Process;
	readonly wait: (milliseconds: number) => Promise<void>;
	readonly sleep: (milliseconds: number) => Promise<void>;
	readonly domain: (service: string) => Domain;
	readonly network: Network;
};

/** A start under way: the variables of its hooks, which a profile may change, and the files as its user sees them. */
export type Start = Boot & {
	readonly variables: Map<string, string>;
	readonly view: View;
	/** Who the server runs as, which is not always who a command in the container is. */
	readonly credentials: Credentials;
	/** The sprint of the image, such as 2103. */
	readonly sprint: number;
};

/** How a start ends that fails: with an exit status, or hanging for ever. */
export type Failed = {readonly exit: number} | {readonly hangs: true};

/** How a start, or a part of it, ended. */
export type Ready = Failed | {readonly ready: true};

/** What the run plan says of a server that was prepared; otherwise how the start ended. */
export type State = 'GENESIS' | 'SETUP' | 'UPDATE';
export type Prepared = Failed | {readonly state: State};

export const ready: Ready = {ready: true};

/** The folder of the server. */
export const root = '/opt/out/instance';

/** The variable as the hooks see it; empty where it is not set. */
export const value = ({variables}: Pick<Start, 'variables'>, name: string): string => variables.get(name) ?? '';
