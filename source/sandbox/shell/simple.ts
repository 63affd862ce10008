import {builtins} from './builtins.js';
import {expandText, expandWords, type Substitute} from './expand.js';
import {findProgram, runProgram, spawn, type Start} from './programs.js';
import {environmentOf, type Flow, type Shell} from './shell.js';
import type {Command} from './syntax.js';

/** Where a command runs: `own` takes the process of the shell, which then has nothing else to do. */
export type Mode = {readonly isChecked: boolean; readonly own: boolean};

/** Programs that a shell runs without a process of their own. */
const quick = new Set(['[', 'echo', 'false', 'kill', 'printf', 'test', 'true']);

const startOf = (shell: Shell, environment = environmentOf(shell)): Start => ({
	machine: shell.machine,
	cwd: shell.cwd,
	umask: shell.umask,
	environment,
	descriptors: shell.descriptors,
});

const runProgramOf = async (
	shell: Shell,
	argv: readonly string[],
	environment: ReadonlyMap<string, string>,
	{own}: Mode,
): Promise<Flow> => {
	const start = startOf(shell, new Map(environment));
	const base = argv[0]!;
	if (own || quick.has(base) || 'status' in findProgram(start, base)) {
		const {command} = shell.process;
		const status = await runProgram(start, shell.process, argv);
		shell.process.command = own ? shell.process.command : command;
		return {status};
	}

	return {
		status: await shell.process.interruptible(
			spawn(start, argv, {parent: shell.process.pid, isExec: shell.process.isExec}).ended,
		),
	};
};

/** Runs a command of the shell itself, with its own assignments for as long as it runs. */
const runBuiltin = async (
	shell: Shell,
	argv: readonly string[],
	values: ReadonlyArray<readonly [string, string]>,
): Promise<Flow> => {
	const before = new Map(values.map(([key]) => [key, shell.variables.get(key)]));
	for (const [key, value] of values) {
		shell.variables.set(key, value);
	}

	try {
		return await builtins[argv[0]!]!(shell, argv.slice(1));
	} finally {
		for (const [key, value] of before) {
			if (value === undefined) {
				shell.variables.delete(key);
			} else {
				shell.variables.set(key, value);
			}
		}
	}
};

/** Runs a simple command: its words expanded, its assignments made, then a command of the shell or a program. */
export const runSimple = async (
	{shell, substitute}: {readonly shell: Shell; readonly substitute: Substitute},
	{assignments, words}: Extract<Command, {kind: 'simple'}>,
	mode: Mode,
): Promise<Flow> => {
	shell.substitution = undefined;
	let argv = await expandWords(shell, words, substitute);
	const values: Array<readonly [string, string]> = [];
	for (const {name, value} of assignments) {
		values.push([name, await expandText(shell, value, substitute)]);
		if (argv.length === 0) {
			shell.variables.set(name, values.at(-1)![1]);
		}
	}

	if (argv.length === 0) {
		return {status: shell.substitution ?? 0};
	}

	let isExec = false;
	if (argv[0] === 'exec') {
		argv = argv.slice(1);
		isExec = true;
	} else if (argv[0] === 'command' && argv[1] !== undefined && !argv[1].startsWith('-')) {
		argv = argv.slice(1);
	}

	if (Object.hasOwn(builtins, argv[0] ?? '')) {
		return runBuiltin(shell, argv, values);
	}

	if (argv.length === 0) {
		return {status: 0};
	}

	const flow = await runProgramOf(
		shell,
		argv,
		new Map([...environmentOf(shell), ...values]),
		isExec ? {...mode, own: true} : mode,
	);
	return isExec ? {...flow, leave: 'exit'} : flow;
};
