import {text as readText} from 'node:stream/consumers';
import type {Program} from '../pods/machine.js';
import {answerOf} from '../tools/admin-api.js';
import {standardInput} from './input.js';
import {usageError} from './options.js';

const flags = new Set(['-q', '-s', '-S', '-k', '--disable', '--silent', '--show-error', '--insecure', '--fail', '-f']);
const longNames: Readonly<Record<string, string>> = {
	'-K': '--config',
	'-u': '--user',
	'-H': '--header',
	'-o': '--output',
	'-w': '--write-out',
	'-m': '--max-time',
	'-X': '--request',
};
const withValue = new Set(Object.values(longNames));

/** Options of a configuration: one a line, with a value in double quotes in which a backslash escapes. */
const readConfig = (text: string): ReadonlyArray<readonly [string, string]> =>
	text
		.split('\n')
		.map(line => line.trim())
		.filter(line => line !== '' && !line.startsWith('#'))
		.map(line => {
			const {name = '', value} =
				/^-{0,2}(?<name>[\-a-z]+)\s*(?:[:=]\s*)?(?:"(?<value>(?:[^"\\]|\\.)*)")?$/v.exec(line)?.groups ?? {};
			if (value === undefined) {
				throw usageError('a line of the configuration is not understood');
			}

			return [`--${name}`, value.replaceAll(/\\(?<letter>.)/gv, '$<letter>')] as const;
		});

const readArguments = (
	args: readonly string[],
): {readonly options: Array<readonly [string, string]>; readonly urls: readonly string[]} => {
	const options: Array<readonly [string, string]> = [];
	const urls: string[] = [];
	for (let index = 0; index < args.length; index++) {
		const arg = args[index]!;
		const name = longNames[arg] ?? arg;
		if (withValue.has(name)) {
			index++;
			options.push([name, args[index] ?? '']);
		} else if (!arg.startsWith('-')) {
			urls.push(arg);
		} else if (!flags.has(arg)) {
			throw usageError(`option ${arg}: is unknown`);
		}
	}

	return {options, urls};
};

/** `curl`, for the administration API of the container it runs in: nothing else can be reached. */
export const curl: Program = async call => {
	const {options, urls} = readArguments(call.args);
	const named = new Set(options.map(([name]) => name));
	if (named.has('--config')) {
		const config = await readText(standardInput(call));
		options.push(...readConfig(config));
	}

	const valueOf = (wanted: string): string | undefined => options.findLast(([name]) => name === wanted)?.[1];
	const {
		host = '',
		port = '443',
		path = '/',
	} = /^https:\/\/(?<host>[^\/:]+)(?::(?<port>\d+))?(?<path>\/.*)?$/v.exec(urls[0] ?? '')?.groups ?? {};
	const answer =
		host === 'localhost'
			? answerOf(call, {
					port: Number(port),
					path,
					headers: options.filter(([name]) => name === '--header').map(([, value]) => value),
					credentials: valueOf('--user'),
				})
			: undefined;
	const output = valueOf('--output');
	if (answer && output !== undefined) {
		call.view.write(output, answer.body);
	} else if (answer) {
		await call.write(answer.body);
	}

	await call.write(
		(valueOf('--write-out') ?? '')
			.replaceAll('%{http_code}', () => (answer ? String(answer.status) : '000'))
			.replaceAll(String.raw`\n`, '\n'),
	);
	if (!answer) {
		await call.writeError(`curl: (7) Failed to connect to ${host} port ${port}: Connection refused\n`);
		return 7;
	}

	return 0;
};
