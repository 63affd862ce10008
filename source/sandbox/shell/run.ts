import {Buffer} from 'node:buffer';
import {pipe, releaseAll, type Descriptor} from '../processes/descriptor.js';
import {runCase, runFor, runIf, runWhile, type Context} from './compound.js';
import {parseScript} from './parse.js';
import {keepRedirects, lastRedirects, withRedirects} from './redirect.js';
import {subshellOf, type Flow, type Shell} from './shell.js';
import {runSimple, type Mode} from './simple.js';
import type {Chain, Command, Pipeline, Script} from './syntax.js';
import {plainText} from './word.js';

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
			return runSimple(context, command, mode);
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

const isBareExec = (command: Command): boolean =>
	command.kind === 'simple' && command.words.length === 1 && plainText(command.words[0]) === 'exec';

const runCommand = async (shell: Shell, command: Command, mode: Mode): Promise<Flow> => {
	const context = {shell, substitute};
	const {redirects} = command;
	if (redirects.length === 0) {
		return runBody(shell, command, mode);
	}

	const redirected = mode.own ? lastRedirects : withRedirects;
	return isBareExec(command)
		? keepRedirects(context, redirects)
		: redirected(context, redirects, async () => runBody(shell, command, mode));
};

/** Starts something as a process of its own, in a subshell. */
const fork = (shell: Shell, label: string, change: (inner: Shell) => void, body: (inner: Shell) => Promise<Flow>) => {
	const inner = subshellOf(shell, shell.process);
	change(inner);
	const process = shell.machine.processes.start(
		label,
		{parent: shell.process.pid, isExec: shell.process.isExec},
		async own => {
			inner.process = own;
			const flow = await body(inner);
			return flow.status;
		},
	);
	void process.ended.then(() => {
		releaseAll(inner.descriptors);
	});
	return process;
};

const runPipeline = async (shell: Shell, {commands, isNegated}: Pipeline, mode: Mode): Promise<Flow> => {
	const negate = (flow: Flow): Flow => (isNegated ? {...flow, status: flow.status === 0 ? 1 : 0} : flow);
	if (commands.length === 1) {
		return negate(await runCommand(shell, commands[0]!, isNegated ? {...mode, isChecked: true} : mode));
	}

	let input: Descriptor | undefined;
	const members = commands.map((command, index) => {
		const link = index < commands.length - 1 ? pipe() : undefined;
		const from = input;
		input = link?.reader;
		return fork(
			shell,
			'sh',
			inner => {
				if (from) {
					inner.descriptors.get(0)?.release();
					inner.descriptors.set(0, from);
				}

				if (!link) {
					return;
				}

				inner.descriptors.get(1)?.release();
				inner.descriptors.set(1, link.writer);
			},
			async inner => runCommand(inner, command, {...mode, own: command.kind === 'simple'}),
		);
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
			const process = fork(
				shell,
				'sh',
				inner => {
					inner.background.clear();
				},
				async inner =>
					runChain(inner, chain, {
						...mode,
						own:
							chain.rest.length === 0 &&
							chain.first.commands.length === 1 &&
							chain.first.commands[0]!.kind === 'simple',
					}),
			);
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

		await shell.process.interruptible(
			shell.descriptors.get(2)?.write(Buffer.from(`sh: ${error.message}\n`)) ?? Promise.resolve(),
		);
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
