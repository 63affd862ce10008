import {Buffer} from 'node:buffer';
import {isFileError} from '../files/file-error.js';
import {findProgram} from './programs.js';
import {environmentOf, viewOf, type Flow, type Shell} from './shell.js';

/** A command of the shell itself. */
type Builtin = (shell: Shell, args: readonly string[]) => Flow | Promise<Flow>;

const done: Flow = {status: 0};

const print = async (shell: Shell, text: string, descriptor = 1): Promise<void> => {
	await shell.process.interruptible(shell.descriptors.get(descriptor)?.write(Buffer.from(text)) ?? Promise.resolve());
};

const readLine = async (shell: Shell): Promise<{line: string; isEnd: boolean}> => {
	const input = shell.descriptors.get(0);
	const bytes: number[] = [];
	for (;;) {
		const pending =
			lineRest.get(input ?? shell) ?? (await shell.process.interruptible(input?.read() ?? Promise.resolve(undefined)));
		if (!pending) {
			return {line: Buffer.from(bytes).toString(), isEnd: true};
		}

		const end = pending.indexOf(10);
		if (end === -1) {
			bytes.push(...pending);
			lineRest.delete(input ?? shell);
			continue;
		}

		bytes.push(...pending.subarray(0, end));
		const rest = pending.subarray(end + 1);
		if (rest.length > 0) {
			lineRest.set(input ?? shell, rest);
		} else {
			lineRest.delete(input ?? shell);
		}

		return {line: Buffer.from(bytes).toString(), isEnd: false};
	}
};

/** What `read` took from a descriptor and has not used yet. */
const lineRest = new WeakMap<object, Uint8Array>();

const assign = (shell: Shell, text: string): string => {
	const index = text.indexOf('=');
	if (index === -1) {
		return text;
	}

	shell.variables.set(text.slice(0, index), text.slice(index + 1));
	return text.slice(0, index);
};

const loop =
	(leave: 'break' | 'continue'): Builtin =>
	(_shell, [levels = '1']) => ({status: 0, leave, levels: Number(levels)});

export const builtins: Readonly<Record<string, Builtin>> = {
	':': () => done,
	break: loop('break'),
	async cd(shell, [folder = shell.variables.get('HOME') ?? '/']) {
		try {
			const view = viewOf(shell);
			if (view.node(folder).kind !== 'folder') {
				throw Object.assign(new Error('Not a directory'), {code: 'ENOTDIR'});
			}

			if (!view.may(folder, 1)) {
				throw Object.assign(new Error('Permission denied'), {code: 'EACCES'});
			}

			shell.cwd = view.absolute(folder);
			shell.variables.set('PWD', shell.cwd);
			return done;
		} catch (error) {
			if (!isFileError(error)) {
				throw error;
			}

			await print(shell, `sh: cd: can't cd to ${folder}: ${error.message}\n`, 2);
			return {status: 2};
		}
	},
	async command(shell, args) {
		const name = args.at(-1) ?? '';
		if (args[0] !== '-v' && args[0] !== '-V') {
			return {status: 127};
		}

		if (Object.hasOwn(builtins, name)) {
			await print(shell, `${name}\n`);
			return done;
		}

		const found = findProgram({...shell, environment: environmentOf(shell)}, name);
		if ('status' in found) {
			return {status: 127};
		}

		await print(shell, `${name.includes('/') ? name : `/usr/bin/${name}`}\n`);
		return done;
	},
	continue: loop('continue'),
	exit: (shell, [status]) => ({status: status === undefined ? shell.status : Number(status) % 256, leave: 'exit'}),
	export(shell, args) {
		for (const text of args) {
			shell.exported.add(assign(shell, text));
		}

		return done;
	},
	async pwd(shell) {
		await print(shell, `${shell.cwd}\n`);
		return done;
	},
	async read(shell, args) {
		const names = args.filter(arg => !arg.startsWith('-'));
		const {line, isEnd} = await readLine(shell);
		const text = args.includes('-r') ? line : line.replaceAll(/\\(?<kept>.)/gv, '$<kept>');
		const separator = shell.variables.get('IFS') === '' ? '\n' : /[\t ]+/v;
		const trimmed = shell.variables.get('IFS') === '' ? text : text.replaceAll(/^[\t ]+|(?<![\t ])[\t ]+$/gv, '');
		const fields = names.length > 1 ? trimmed.split(separator) : [trimmed];
		for (const [index, name] of (names.length > 0 ? names : ['REPLY']).entries()) {
			const isLast = index === names.length - 1;
			shell.variables.set(name, isLast ? fields.slice(index).join(' ') : (fields[index] ?? ''));
		}

		return {status: isEnd ? 1 : 0};
	},
	set(shell, args) {
		let rest = [...args];
		while (rest[0] !== undefined && /^[+\-]/v.test(rest[0]) && rest[0] !== '--') {
			const [option] = rest;
			if (option.includes('e')) {
				shell.errexit = option.startsWith('-');
			}

			rest = rest.slice(1);
			if (rest.length === 0) {
				return done;
			}
		}

		if (args.length > 0) {
			shell.parameters = rest[0] === '--' ? rest.slice(1) : rest;
		}

		return done;
	},
	async shift(shell, [count = '1']) {
		if (Number(count) > shell.parameters.length) {
			await print(shell, "sh: shift: can't shift that many\n", 2);
			return {status: 1};
		}

		shell.parameters = shell.parameters.slice(Number(count));
		return done;
	},
	trap(shell, [action, ...signals]) {
		if (action !== undefined && signals.some(signal => signal === 'EXIT' || signal === '0')) {
			shell.exitTrap = action === '-' ? undefined : action;
		}

		return done;
	},
	async umask(shell, [mask]) {
		if (mask === undefined) {
			await print(shell, `${shell.umask.toString(8).padStart(4, '0')}\n`);
		} else {
			shell.umask = Number.parseInt(mask, 8);
		}

		return done;
	},
	unset(shell, args) {
		const names = args.filter(arg => !arg.startsWith('-'));
		for (const name of names) {
			shell.variables.delete(name);
			shell.exported.delete(name);
		}

		return done;
	},
	async wait(shell, args) {
		let status = 0;
		for (const pid of args.length > 0 ? args.map(Number) : shell.background.keys().toArray()) {
			const ended = shell.background.get(pid);
			status = ended ? await shell.process.interruptible(ended) : 127;
			shell.background.delete(pid);
		}

		return {status: args.length > 0 ? status : 0};
	},
};
