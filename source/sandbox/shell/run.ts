import {Buffer} from 'node:buffer';
import {
	fileReader,
	fileWriter,
	inherit,
	pipe,
	releaseAll,
	share,
	type Descriptor,
} from '../processes/descriptor.js';
import {isFileError} from '../files/file-error.js';
import {plainText} from './word.js';
import {builtins} from './builtins.js';
import {
	expandPattern,
	expandText,
	expandWords,
} from './expand.js';
import {parseScript} from './parse.js';
import {
	findProgram,
	runProgram,
	spawn,
	type Start,
} from './programs.js';
import {
	environmentOf,
	subshellOf,
	viewOf,
	type Flow,
	type Shell,
} from './shell.js';
import type {
	Chain,
	Command,
	Pipeline,
	Redirect,
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

const duplicate = (descriptors: ReadonlyMap<number, Descriptor>, target: string): Descriptor => {
	const found = target === '-' ? share({read: async () => undefined, async write() {/* closed */}}) : descriptors.get(Number(target));
	if (!found) {
		throw Object.assign(new Error(`${target}: Bad file descriptor`), {code: 'ENOENT'});
	}

	if (target !== '-') {
		found.retain();
	}

	return found;
};

const openRedirect = async (shell: Shell, descriptors: ReadonlyMap<number, Descriptor>, {operator, target}: Redirect): Promise<Descriptor> => {
	const path = await expandText(shell, target, substitute);
	if (operator === '>&' || operator === '<&') {
		return duplicate(descriptors, path);
	}

	try {
		const view = viewOf(shell);
		return operator === '<'
			? fileReader(view.open(path, {read: true}))
			: fileWriter(view.open(path, {write: true, truncate: operator === '>'}), operator === '>>');
	} catch (error) {
		if (isFileError(error)) {
			const isWrite = operator !== '<';
			const text = isWrite && error.code === 'ENOENT' ? 'nonexistent directory' : error.message.replace('No such file', 'no such file');
			error.message = `can't ${isWrite ? 'create' : 'open'} ${path}: ${text}`;
		}

		throw error;
	}
};

/** Runs with other descriptors and puts the old ones back. */
const withRedirects = async (shell: Shell, redirects: readonly Redirect[], body: () => Promise<Flow>): Promise<Flow> => {
	if (redirects.length === 0) {
		return body();
	}

	const old = shell.descriptors;
	const changed = inherit(old);
	try {
		for (const redirect of redirects) {
			const opened = await openRedirect(shell, changed, redirect);
			changed.get(redirect.descriptor)?.release();
			changed.set(redirect.descriptor, opened);
		}

		shell.descriptors = changed;
		return await body();
	} catch (error) {
		if (!isFileError(error)) {
			throw error;
		}

		await shell.process.interruptible(old.get(2)?.write(Buffer.from(`sh: ${error.message}\n`)) ?? Promise.resolve());
		return {status: 1};
	} finally {
		shell.descriptors = old;
		releaseAll(changed);
	}
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

	const [name = ''] = argv;
	if (Object.hasOwn(builtins, name)) {
		const before = new Map(values.map(([key]) => [key, shell.variables.get(key)]));
		for (const [key, value] of values) {
			shell.variables.set(key, value);
		}

		try {
			return await builtins[name]!(shell, argv.slice(1));
		} finally {
			for (const [key, value] of before) {
				if (value === undefined) {
					shell.variables.delete(key);
				} else {
					shell.variables.set(key, value);
				}
			}
		}
	}

	if (argv.length === 0) {
		return {status: 0};
	}

	const flow = await runProgramOf(shell, argv, new Map([...environmentOf(shell), ...values]), isExec ? {...mode, own: true} : mode);
	return isExec ? {...flow, leave: 'exit'} : flow;
};

/** Whether a loop goes on after its body, and what it hands on. */
const afterBody = (flow: Flow): {readonly goesOn: boolean; readonly flow: Flow} => {
	if (flow.leave === 'exit') {
		return {goesOn: false, flow};
	}

	return flow.leave !== undefined && (flow.levels ?? 1) > 1 ? {goesOn: false, flow: {...flow, levels: flow.levels! - 1}} : {goesOn: flow.leave !== 'break', flow: {status: flow.status}};
};

const runIf = async (shell: Shell, {branches, otherwise}: Compound<'if'>, mode: Mode): Promise<Flow> => {
	for (const {test, body} of branches) {
		const flow = await runScript(shell, test, {isChecked: true, own: false});
		if (flow.leave) {
			return flow;
		}

		if (flow.status === 0) {
			return runScript(shell, body, mode);
		}
	}

	return otherwise ? runScript(shell, otherwise, mode) : {status: 0};
};

const runWhile = async (shell: Shell, {test, body, isUntil}: Compound<'while'>, mode: Mode): Promise<Flow> => {
	let status = 0;
	for (;;) {
		const tested = await runScript(shell, test, {isChecked: true, own: false});
		if (tested.leave) {
			return tested;
		}

		if ((tested.status === 0) === isUntil) {
			return {status};
		}

		const {goesOn, flow} = afterBody(await runScript(shell, body, mode));
		if (!goesOn) {
			return flow;
		}

		({status} = flow);
		await shell.process.interruptible(Promise.resolve());
	}
};

const runFor = async (shell: Shell, {name, words, body}: Compound<'for'>, mode: Mode): Promise<Flow> => {
	let status = 0;
	for (const value of words ? await expandWords(shell, words, substitute) : shell.parameters) {
		shell.variables.set(name, value);
		const {goesOn, flow} = afterBody(await runScript(shell, body, mode));
		if (!goesOn) {
			return flow;
		}

		({status} = flow);
	}

	return {status};
};

const runCase = async (shell: Shell, {word, items}: Compound<'case'>, mode: Mode): Promise<Flow> => {
	const subject = await expandText(shell, word, substitute);
	for (const {patterns, body} of items) {
		for (const pattern of patterns) {
			if (new RegExp(`^(?:${await expandPattern(shell, pattern, substitute)})$`, 'v').test(subject)) {
				return runScript(shell, body, mode);
			}
		}
	}

	return {status: 0};
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
			return runIf(shell, command, inner);
		}

		case 'while': {
			return runWhile(shell, command, inner);
		}

		case 'for': {
			return runFor(shell, command, inner);
		}

		case 'case': {
			return runCase(shell, command, inner);
		}
	}
};

/** `exec` with nothing but redirections: they stay. */
const keepRedirects = async (shell: Shell, redirects: readonly Redirect[]): Promise<Flow> => {
	for (const redirect of redirects) {
		const opened = await openRedirect(shell, shell.descriptors, redirect);
		shell.descriptors.get(redirect.descriptor)?.release();
		shell.descriptors.set(redirect.descriptor, opened);
	}

	return {status: 0};
};

const isBareExec = (command: Command): boolean => command.kind === 'simple' && command.words.length === 1 && plainText(command.words[0]) === 'exec';

const runCommand = async (shell: Shell, command: Command, mode: Mode): Promise<Flow> => isBareExec(command) ? keepRedirects(shell, command.redirects) : withRedirects(shell, command.redirects, async () => runBody(shell, command, mode));

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

		if (shell.errexit && !isChecked && flow.status !== 0) {
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
