import type {Call} from '../pods/machine.js';

/** What a tool was called with. */
export type ToolOptions = {
	readonly has: (name: string) => boolean;
	readonly value: (name: string) => string | undefined;
	readonly values: (name: string) => readonly string[];
	readonly rest: readonly string[];
};

/** The options of a tool: flags, options with a value, and their short forms. */
export type ToolUsage = {
	readonly flags: readonly string[];
	readonly values: readonly string[];
	readonly short?: Readonly<Record<string, string>>;
};

/** Options that every tool has which can connect to a server. */
const connection: ToolUsage = {
	flags: ['useSSL', 'useStartTLS', 'trustAll', 'noPropertiesFile', 'no-prompt', 'quiet', 'help'],
	values: ['hostname', 'port', 'bindDN', 'bindPassword', 'bindPasswordFile', 'propertiesFilePath', 'trustStorePath'],
	short: {
		D: 'bindDN',
		H: 'help',
		h: 'hostname',
		j: 'bindPasswordFile',
		n: 'no-prompt',
		p: 'port',
		q: 'useStartTLS',
		w: 'bindPassword',
		X: 'trustAll',
		Z: 'useSSL',
	},
};

const unknown = async (call: Call, name: string): Promise<undefined> => {
	await call.writeError(
		`An error occurred while parsing the command-line arguments:  Unrecognized argument ${name}\n\nSee ` +
			`"${call.name} --help" to get more usage help\n`,
	);
	return undefined;
};

/** Reads the options. Undefined, with the complaint written, where one is not known; the status is 1 then. */
export const readToolOptions = async (
	call: Call,
	usage: ToolUsage,
	args: readonly string[] = call.args,
): Promise<ToolOptions | undefined> => {
	const flags = new Set([...connection.flags, ...usage.flags]);
	const withValue = new Set([...connection.values, ...usage.values]);
	const short: Readonly<Record<string, string>> = {...connection.short, ...usage.short};
	const found = new Map<string, string[]>();
	const rest: string[] = [];
	for (let index = 0; index < args.length; index++) {
		const arg = args[index]!;
		if (arg === '-' || !arg.startsWith('-')) {
			rest.push(arg);
			continue;
		}

		const [word, ...attached] = arg.startsWith('--')
			? arg.slice(2).split('=')
			: [short[arg[1]!] ?? arg, ...(arg.length > 2 ? [arg.slice(2)] : [])];
		const name = [...flags, ...withValue].find(known => known.toLowerCase() === word!.toLowerCase());
		if (name === undefined) {
			return unknown(call, arg);
		}

		if (flags.has(name)) {
			found.set(name, []);
			continue;
		}

		const value = attached.length > 0 ? attached.join('=') : args[++index];
		if (value === undefined) {
			return unknown(call, `${arg} without a value`);
		}

		found.set(name, [...(found.get(name) ?? []), value]);
	}

	return {
		has: name => found.has(name),
		value: name => found.get(name)?.at(-1),
		values: name => found.get(name) ?? [],
		rest,
	};
};

/** The help text of a tool: one option a line. */
export const toolHelp = (call: Call, says: string, usage: ToolUsage): string => {
	const letters = new Map(
		Object.entries({...connection.short, ...usage.short}).map(([letter, name]) => [name, letter]),
	);
	const line = (name: string, value: boolean): string =>
		`${letters.has(name) ? `-${letters.get(name)!}, ` : ' '.repeat(4)}--${name}${value ? ' {value}' : ''}`;
	return `${says}\n\nUsage:  ${call.name} [options]\nwhere [options] include:\n\n${[
		...[...usage.flags, ...connection.flags].map(name => line(name, false)),
		...[...usage.values, ...connection.values].map(name => line(name, true)),
	].join('\n')}\n`;
};
