import {text as readText} from 'node:stream/consumers';
import type {Program} from '../pods/machine.js';
import {nothing} from '../processes/descriptor.js';
import {parseScript} from '../shell/parse.js';
import {runToEnd} from '../shell/run.js';
import type {Shell} from '../shell/shell.js';
import {standardInput} from './input.js';

/**
The shell as a program: `sh -c SCRIPT [NAME [ARGUMENT]...]`, `sh FILE [ARGUMENT]...`, or a script on standard input.
*/
export const sh: Program = async call => {
	const {args, view, machine, process, environment, cwd, umask} = call;
	const flags = args.findIndex(arg => !/^[+\-]./v.test(arg));
	const options = args.slice(0, flags === -1 ? args.length : flags).join('');
	const rest = flags === -1 ? [] : args.slice(flags);
	let [text, name = 'sh', ...parameters] = rest;
	if (!options.includes('c')) {
		parameters = rest.slice(1);
		name = rest[0] ?? 'sh';
		if (rest[0] === undefined) {
			text = await readText(standardInput(call));
		} else {
			if (!view.exists(rest[0])) {
				await call.writeError(`sh: can't open '${rest[0]}': No such file or directory\n`);
				return 2;
			}

			text = view.read(rest[0]).toString();
		}
	}

	const shell: Shell = {
		machine,
		process,
		name,
		parameters,
		variables: new Map([...environment, ['PWD', cwd]]),
		exported: new Set([...environment.keys(), 'PWD']),
		cwd,
		umask,
		status: 0,
		lastBackground: undefined,
		background: new Map(),
		errexit: options.includes('e'),
		substitution: undefined,
		exitTrap: undefined,
		descriptors: new Map([[0, nothing()], ...call.descriptors]),
	};
	try {
		return await runToEnd(shell, parseScript(text ?? ''));
	} catch (error) {
		if (error instanceof Error && 'isSyntaxError' in error) {
			await call.writeError(`sh: ${error.message}\n`);
			return 2;
		}

		throw error;
	}
};
