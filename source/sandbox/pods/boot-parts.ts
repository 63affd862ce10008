import type {Wire} from '../ldap/replication.js';
import type {DirectoryServer} from '../ldap/server.js';
import type {Process} from '../processes/process.js';
import type {ImageFacts} from './image.js';
import type {Machine} from './machine.js';

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

/** How a part of the start ended. */
export type Ready = {readonly exit: number} | {readonly ready: true};

/** Ends the start as a hook does that fails. */
export const failure = (
	{machine}: Boot,
	code: number,
	hook: string,
	...reasons: readonly string[]
): {readonly exit: number} => {
	machine.log.write(
		...reasons.map(reason => `CONTAINER FAILURE: ${reason}`),
		`CONTAINER FAILURE: Error running ${hook}`,
	);
	return {exit: code};
};

/** A variable of the container, or an empty text. */
export const value = ({machine}: Boot, name: string): string => machine.environment.get(name) ?? '';
