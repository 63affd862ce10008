import {Buffer} from 'node:buffer';
import {pipe, releaseAll, type Descriptor} from '../processes/descriptor.js';
import {plainText} from './word.js';
import {builtins} from './builtins.js';
import {
	runCase,
	runFor,
	runIf,
	runWhile,
	type Context,
} from './compound.js';
import {expandText, expandWords} from './expand.js';
import {parseScript} from './parse.js';
import {keepRedirects, withRedirects} from './redirect.js';
import {
	findProgram,
	runProgram,
	spawn,
	type Start,
} from './programs.js';
import {
	environmentOf,
	subshellOf,
	type Flow,
	type Shell,
} from './shell.js';
import type {
	Chain,
	Command,
	Pipeline,
	Script,
} from './syntax.js';

/** Where a command runs: `own` takes the process of the shell, which then has nothing else to do. */
type Mode = {readonly isChecked: boolean; readonly own: boolean};

type Compound<K extends Command['kind']> = Extract<Command, {kind: K}>;

/** Programs that a shell runs without a process of their own. */
const quick = new Set(['[', 'echo', 'false', 'kill', 'printf', 'test', 'true']);

const startOf = (shell: Shell, environment = environmentOf(shell)): Start => ({
	machine: shell.machine, cwd: shell.cwd, umask: shell.umask, environment, descriptors: shell.descriptors,
});

const substitute = async (shell: Shell, script: Script): Promise<string> => {
	const {reader, writer} = pipe();
	const inner = subshellOf(shell, shell.process);
	inner.descriptors.get(1)?.release();
	inner.descriptors.set(1, writer);
	const finished = (async () => {
		try {
			return await runScript(inner, script, {isChecked: true, own: false});
		} finally {
			releaseAll(inner.descriptors);
		}
	})();
	const chunks: Uint8Array[] = [];
	for (let chunk = await reader.read(); chunk; chunk = await reader.read()) {
		chunks.push(chunk);
	}

	const {status} = await finished;
	shell.status = status;
	shell.substitution = shell.status;
	reader.release();
	return Buffer.concat(chunks).toString();
};

const runProgramOf = async (shell: Shell, argv: readonly string[], environment: ReadonlyMap<string, string>, {own}: Mode): Promise<Flow> => {
	const start = startOf(shell, new Map(environment));
	const base = argv[0]!;
	if (own || quick.has(base) || 'status' in findProgram(start, base)) {
		const {command} = shell.process;
		const status = await runProgram(start, shell.process, argv);
		shell.process.command = own ? shell.process.command : command;
		return {status};
	}

	return {status: await shell.process.interruptible(spawn(start, argv, {parent: shell.process.pid, isExec: shell.process.isExec}).ended)};
};

/** Runs a command of the shell itself, with its own assignments for as long as it runs. */
const runBuiltin = async (shell: Shell, argv: readonly string[], values: ReadonlyArray<readonly [string, string]>): Promise<Flow> => {
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

const runSimple = async (shell: Shell, {assignments, words}: Compound<'simple'>, mode: Mode): Promise<Flow> => {
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

	const flow = await runProgramOf(shell, argv, new Map([...environmentOf(shell), ...values]), isExec ? {...mode, own: true} : mode);
	return isExec ? {...flow, leave: 'exit'} : flow;
};

const runSubshell = async (shell: Shell, body: Script): Promise<Flow> => {
	const inner = subshellOf(shell, shell.process);
	try {
		return {status: await runToEnd(inner, body)};
	} finally {
		releaseAll(inner.descriptors);
	}
};

const runBody = async (shell: Shell, command: Command, mode: Mode): Promise<Flow> => {
	const inner = {...mode, own: false};
	const context: Context = {
		shell,
		substitute,
		run: async script => runScript(shell, script, inner),
		test: async script => runScript(shell, script, {isChecked: true, own: false}),
	};
	switch (command.kind) {
		case 'simple': {
			return runSimple(shell, command, mode);
		}

		case 'group': {
			return runScript(shell, command.body, inner);
		}

		case 'subshell': {
			return runSubshell(shell, command.body);
		}

		case 'if': {
			return runIf(context, command);
		}

		case 'while': {
			return runWhile(context, command);
		}

		case 'for': {
			return runFor(context, command);
		}

		case 'case': {
			return runCase(context, command);
		}
	}
};

const isBareExec = (command: Command): boolean => command.kind === 'simple' && command.words.length === 1 && plainText(command.words[0]) === 'exec';

const runCommand = async (shell: Shell, command: Command, mode: Mode): Promise<Flow> => isBareExec(command) ? keepRedirects({shell, substitute}, command.redirects) : withRedirects({shell, substitute}, command.redirects, async () => runBody(shell, command, mode));

/** Starts something as a process of its own, in a subshell. */
const fork = (shell: Shell, label: string, change: (inner: Shell) => void, body: (inner: Shell) => Promise<Flow>) => {
	const inner = subshellOf(shell, shell.process);
	change(inner);
	const process = shell.machine.processes.start(label, {parent: shell.process.pid, isExec: shell.process.isExec}, async own => {
		inner.process = own;
		const flow = await body(inner);
		return flow.status;
	});
	void process.ended.then(() => {
		releaseAll(inner.descriptors);
	});
	return process;
};

const runPipeline = async (shell: Shell, {commands, isNegated}: Pipeline, mode: Mode): Promise<Flow> => {
	const negate = (flow: Flow): Flow => isNegated ? {...flow, status: flow.status === 0 ? 1 : 0} : flow;
	if (commands.length === 1) {
		return negate(await runCommand(shell, commands[0]!, isNegated ? {...mode, isChecked: true} : mode));
	}

	let input: Descriptor | undefined;
	const members = commands.map((command, index) => {
		const link = index < commands.length - 1 ? pipe() : undefined;
		const from = input;
		input = link?.reader;
		return fork(shell, 'sh', inner => {
			if (from) {
				inner.descriptors.get(0)?.release();
				inner.descriptors.set(0, from);
			}

			if (!link) {
				return;
			}

			inner.descriptors.get(1)?.release();
			inner.descriptors.set(1, link.writer);
		}, async inner => runCommand(inner, command, {...mode, own: command.kind === 'simple'}));
	});
	const statuses = await shell.process.interruptible(Promise.all(members.map(async ({ended}) => ended)));
	return negate({status: statuses.at(-1)!});
};

const runChain = async (shell: Shell, {first, rest}: Omit<Chain, 'isBackground'>, mode: Mode): Promise<Flow> => {
	const pipelines = [{operator: undefined, pipeline: first}, ...rest];
	let flow: Flow = {status: 0};
	for (const [index, {operator, pipeline}] of pipelines.entries()) {
		if (operator !== undefined && (operator === '&&') !== (flow.status === 0)) {
			continue;
		}

		const isLast = index === pipelines.length - 1;
		const isChecked = mode.isChecked || !isLast || pipeline.isNegated;
		flow = await runPipeline(shell, pipeline, {isChecked, own: mode.own && pipelines.length === 1});
		shell.status = flow.status;
		if (flow.leave) {
			return flow;
		}

		if (!isChecked && shell.errexit && flow.status !== 0) {
			return {status: flow.status, leave: 'exit'};
		}
	}

	return flow;
};

const runScript = async (shell: Shell, script: Script, mode: Mode): Promise<Flow> => {
	let flow: Flow = {status: 0};
	for (const chain of script) {
		if (chain.isBackground) {
			const process = fork(shell, 'sh', inner => {
				inner.background.clear();
			}, async inner => runChain(inner, chain, {...mode, own: chain.rest.length === 0 && chain.first.commands.length === 1 && chain.first.commands[0]!.kind === 'simple'}));
			shell.lastBackground = process.pid;
			shell.background.set(process.pid, process.ended);
			flow = {status: 0};
			shell.status = 0;
			continue;
		}

		flow = await runChain(shell, chain, mode);
		if (flow.leave) {
			return flow;
		}
	}

	return flow;
};

/** Runs a script to its end, the EXIT trap included, and gives the exit status. */
export const runToEnd = async (shell: Shell, script: Script): Promise<number> => {
	let status: number;
	try {
		({status} = await runScript(shell, script, {isChecked: false, own: false}));
	} catch (error) {
		if (!(error instanceof Error && 'isSyntaxError' in error)) {
			throw error;
		}

		await shell.process.interruptible(shell.descriptors.get(2)?.write(Buffer.from(`sh: ${error.message}\n`)) ?? Promise.resolve());
		status = 2;
	}

	const {exitTrap} = shell;
	if (exitTrap !== undefined) {
		shell.exitTrap = undefined;
		shell.status = status;
		const {leave, status: own} = await runScript(shell, parseScript(exitTrap), {isChecked: true, own: false});
		status = leave === 'exit' ? own : status;
	}

	return status;
};
