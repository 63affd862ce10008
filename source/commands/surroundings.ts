import {homedir, hostname, userInfo} from 'node:os';
import process from 'node:process';
import {asCalled, isPlugin} from '../failure/called.js';
import {stateFolder} from '../machine/state-folder.js';
import {createWaits, type Waits} from '../migration/waits.js';
import type {Options} from './arguments.js';

/** What the program finds around it, gathered once so that no command looks for itself. */
export type Surroundings = {
	readonly options: Options;
	readonly environment: Readonly<Record<string, string | undefined>>;
	readonly home: string;
	readonly folder: string;
	readonly program: string;
	/** Who runs it: user and machine. */
	readonly by: string;
	readonly host: string;
	readonly pid: number;
	readonly stdin: NodeJS.ReadStream;
	readonly stdout: NodeJS.WriteStream;
	/** Standard output as it is, for what draws whole screens. */
	readonly screen: NodeJS.WriteStream;
	readonly stderr: NodeJS.WriteStream;
	/** Whether an operator sits at a terminal. */
	readonly isTerminal: boolean;
	readonly hasColour: boolean;
	/** Whether only ASCII is shown for sure. */
	readonly isAscii: boolean;
	readonly isSpoken: boolean;
	/** Who is waited for at this moment. */
	readonly waits: Waits;
};

const username = (environment: Readonly<Record<string, string | undefined>>): string => {
	try {
		return userInfo().username;
	} catch {
		// A container may run as a user that no passwd file names.
		return environment.USER ?? 'unknown';
	}
};

/** A stream on which commands of the program stand as it was called. */
const naming = (stream: NodeJS.WriteStream): NodeJS.WriteStream =>
	isPlugin
		? new Proxy(stream, {
				get(target, key) {
					const value: unknown = Reflect.get(target, key);
					if (key === 'write') {
						return (text: string | Uint8Array) => target.write(typeof text === 'string' ? asCalled(text) : text);
					}

					return typeof value === 'function' ? (value.bind(target) as unknown) : value;
				},
			})
		: stream;

/** Looks around. */
export const lookAtSurroundings = (options: Options, program: string): Surroundings => {
	const {env, stdin, stdout, stderr} = process;
	const home = env.HOME ?? homedir();
	const isDumb = env.TERM === 'dumb';
	const isUtf8 = /utf-?8/iv.test(env.LC_ALL ?? env.LC_CTYPE ?? env.LANG ?? 'C.UTF-8');
	return {
		options,
		environment: env,
		home,
		folder: stateFolder(env, home),
		program,
		by: `${username(env)}@${hostname()}`,
		host: hostname(),
		pid: process.pid,
		stdin,
		stdout: naming(stdout),
		screen: stdout,
		stderr: naming(stderr),
		isTerminal: stdin.isTTY && stdout.isTTY && !isDumb,
		hasColour: env.FORCE_COLOR !== '0' && !isDumb && stdout.isTTY,
		isAscii: isDumb || !isUtf8,
		isSpoken: env.INK_SCREEN_READER === 'true',
		waits: createWaits(Date.now),
	};
};
