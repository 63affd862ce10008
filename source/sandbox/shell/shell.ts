import {makeView, type View} from '../files/view.js';
import type {Machine} from '../pods/machine.js';
import {inherit, type Descriptor} from '../processes/descriptor.js';
import type {Process} from '../processes/process.js';

/** What a running shell knows. A subshell works on a copy. */
export type Shell = {
	readonly machine: Machine;
	process: Process;
	/** `$0` */
	readonly name: string;
	parameters: readonly string[];
	readonly variables: Map<string, string>;
	readonly exported: Set<string>;
	cwd: string;
	umask: number;
	status: number;
	lastBackground: number | undefined;
	readonly background: Map<number, Promise<number>>;
	errexit: boolean;
	/** Status of the last command substitution, which is the status of an assignment. */
	substitution: number | undefined;
	exitTrap: string | undefined;
	descriptors: Map<number, Descriptor>;
};

/** How a command ended, and whether the shell or a loop is left. */
export type Flow = {readonly status: number; readonly leave?: 'exit' | 'break' | 'continue'; readonly levels?: number};

/** A copy that changes nothing of the first one. It holds the descriptors on its own. */
export const subshellOf = (shell: Shell, process: Process): Shell => ({
	...shell,
	process,
	variables: new Map(shell.variables),
	exported: new Set(shell.exported),
	background: new Map(),
	exitTrap: undefined,
	descriptors: inherit(shell.descriptors),
});

/** Files as the shell sees them now. */
export const viewOf = ({machine, cwd, umask}: Shell): View => makeView(machine.tree, machine.credentials, cwd, umask);

/** The variables that commands inherit. */
export const environmentOf = ({variables, exported}: Shell): Map<string, string> =>
	new Map([...exported].flatMap(name => (variables.has(name) ? [[name, variables.get(name)!] as const] : [])));
