import {Buffer} from 'node:buffer';
import {isFileError} from '../files/file-error.js';
import {makeView} from '../files/view.js';
import type {Call, Machine, Program} from '../pods/machine.js';
import {inherit, releaseAll, type Descriptors} from '../processes/descriptor.js';
import type {Process} from '../processes/process.js';
import {isUsageError} from '../programs/options.js';

/** What a process is started with. */
export type Start = {
	readonly machine: Machine;
	readonly cwd: string;
	readonly umask: number;
	readonly environment: ReadonlyMap<string, string>;
	readonly descriptors: Descriptors;
};

type Found = {readonly program: Program} | {readonly status: 126 | 127; readonly text: string};

const systemFolders = new Set(['/bin', '/sbin', '/usr/bin', '/usr/sbin', '/usr/local/bin']);
const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Looks a program up: system commands are everywhere, the tools of a server only where their file is. */
export const findProgram = ({machine, cwd, umask, environment}: Start, name: string): Found => {
	const folder = name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : undefined;
	const base = name.slice(name.lastIndexOf('/') + 1);
	const program = machine.programs.get(base);
	if (program && (folder === undefined || systemFolders.has(folder))) {
		return {program};
	}

	const view = makeView(machine.tree, machine.credentials, cwd, umask);
	const paths =
		folder === undefined ? (environment.get('PATH') ?? defaultPath).split(':').map(part => `${part}/${name}`) : [name];
	const path = paths.find(candidate => view.exists(candidate));
	if (path === undefined) {
		return {status: 127, text: 'not found'};
	}

	return view.may(path, 1)
		? {program: machine.tools.get(base) ?? (async call => call.become(['sh', path, ...call.args]))}
		: {status: 126, text: 'Permission denied'};
};

const encode = (data: Uint8Array | string): Uint8Array => (typeof data === 'string' ? Buffer.from(data) : data);

const makeCall = (start: Start, process: Process, argv: readonly string[]): Call => {
	const {machine, cwd, umask, environment, descriptors} = start;
	const [name = '', ...args] = argv;
	const write = async (number: number, data: Uint8Array | string): Promise<void> => {
		const descriptor = descriptors.get(number);
		if (descriptor) {
			await process.interruptible(descriptor.write(encode(data)));
		}
	};

	return {
		name: name.slice(name.lastIndexOf('/') + 1),
		args,
		machine,
		process,
		view: makeView(machine.tree, machine.credentials, cwd, umask),
		cwd,
		umask,
		environment,
		descriptors,
		read: async () => process.interruptible(descriptors.get(0)?.read() ?? Promise.resolve(undefined)),
		write: async data => write(1, data),
		complain: async text => write(2, `${name}: ${text}\n`),
		writeError: async text => write(2, text),
		async sleep(milliseconds) {
			const {promise, resolve} = Promise.withResolvers<void>();
			const timer = setTimeout(resolve, milliseconds);
			timer.unref();
			await process.interruptible(promise);
		},
		become: async (words, other) => runProgram({...start, environment: other ?? environment}, process, words),
		spawn: words => spawn(start, words, {parent: process.pid, isExec: process.isExec}),
	};
};

/** Runs a program in a process that exists. Errors of files and descriptors become messages. */
export const runProgram = async (start: Start, process: Process, argv: readonly string[]): Promise<number> => {
	const call = makeCall(start, process, argv);
	const found = findProgram(start, argv[0] ?? '');
	process.command = argv.join(' ');
	if ('status' in found) {
		await call.writeError(`sh: ${argv[0] ?? ''}: ${found.text}\n`);
		return found.status;
	}

	try {
		return await found.program(call);
	} catch (error) {
		if (isFileError(error)) {
			await call.complain(error.code === 'ENOSPC' ? `write error: ${error.message}` : error.message);
			return 1;
		}

		if (isUsageError(error)) {
			await call.complain(error.message);
			return 1;
		}

		throw error;
	}
};

/** Starts a program as a process of its own, with its own hold on the descriptors. */
export const spawn = (
	start: Start,
	argv: readonly string[],
	options: {readonly parent?: number; readonly isExec?: boolean},
): Process => {
	const descriptors = inherit(start.descriptors);
	const process = start.machine.processes.start(argv.join(' '), options, async own =>
		runProgram({...start, descriptors}, own, argv),
	);
	void process.ended.then(() => {
		releaseAll(descriptors);
	});
	return process;
};
