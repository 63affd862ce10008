import type {Program, Programs} from '../pods/machine.js';
import {asBytes, eachInput, linesOf, lineWriter} from './input.js';
import {readOptions, usageError} from './options.js';

const ranges = (list: string): ((position: number) => boolean) => {
	const parts = list.split(',').map(part => {
		const [from = '', to] = part.split('-', 2);
		return {
			from: Number(from === '' ? 1 : from),
			to: to === undefined ? Number(from) : to === '' ? Infinity : Number(to),
		};
	});
	return position => parts.some(({from, to}) => position >= from && position <= to);
};

const cut: Program = async call => {
	const options = readOptions(call.args, 'b:c:d:f:s');
	const fields = options.value('f');
	const keeps = ranges(fields ?? options.value('c') ?? options.value('b') ?? '1-');
	const separator = asBytes(options.value('d') ?? '\t');
	const output = lineWriter(call);
	const status = await eachInput(call, options.rest, async chunks => {
		for await (const line of linesOf(chunks)) {
			if (fields === undefined) {
				await output.write([...line].filter((_, index) => keeps(index + 1)).join(''));
			} else if (line.includes(separator)) {
				await output.write(
					line
						.split(separator)
						.filter((_, index) => keeps(index + 1))
						.join(separator),
				);
			} else if (!options.has('s')) {
				await output.write(line);
			}
		}
	});
	await output.flush();
	return status;
};

const characterClasses: Readonly<Record<string, string>> = {
	alnum: '0-9A-Za-z',
	alpha: 'A-Za-z',
	digit: '0-9',
	lower: 'a-z',
	space: String.raw` \t\n\r\v\f`,
	upper: 'A-Z',
};

const characters = (set: string): string[] => {
	const plain = set
		.replaceAll(/\[:(?<name>\w+):\]/gv, (_, name: string) => characterClasses[name] ?? '')
		.replaceAll(/\\(?<code>[0-7]{1,3}|[\\fnrtv])/gv, (_, code: string) =>
			/^\d/v.test(code)
				? String.fromCodePoint(Number.parseInt(code, 8))
				: {
						n: '\n',
						r: '\r',
						t: '\t',
						v: '\v',
						f: '\f',
						'\\': '\\',
					}[code]!,
		);
	const range = ({groups}: RegExpExecArray): string[] => {
		if (groups!.one !== undefined) {
			return [groups!.one];
		}

		const from = groups!.from!.codePointAt(0)!;
		const to = groups!.to!.codePointAt(0)!;
		return Array.from({length: to - from + 1}, (_, index) => String.fromCodePoint(from + index));
	};

	return plain
		.matchAll(/(?<from>[\s\S])-(?<to>[\s\S])|(?<one>[\s\S])/gv)
		.flatMap(match => range(match))
		.toArray();
};

const tr: Program = async call => {
	const options = readOptions(call.args, 'cds');
	const [from = '', to = ''] = options.rest;
	const named = new Set(characters(from).map(character => character.codePointAt(0)!));
	const isNamed = (byte: number): boolean => named.has(byte) !== options.has('c');
	const source = characters(from);
	const target = characters(to);
	const table = new Map(
		source.map((character, index) => [
			character.codePointAt(0)!,
			(target[index] ?? target.at(-1) ?? character).codePointAt(0)!,
		]),
	);
	const rest = target.at(-1)?.codePointAt(0);
	let last: number | undefined;
	const change = (byte: number): number | undefined => {
		if (!isNamed(byte)) {
			last = byte;
			return byte;
		}

		if (options.has('d')) {
			return undefined;
		}

		const changed = rest === undefined ? byte : options.has('c') ? rest : (table.get(byte) ?? byte);
		const isRepeated = changed === last && options.has('s');
		last = changed;
		return isRepeated ? undefined : changed;
	};

	return eachInput(call, [], async chunks => {
		for await (const chunk of chunks) {
			await call.write(Uint8Array.from([...chunk].map(byte => change(byte)).filter(byte => byte !== undefined)));
		}
	});
};

const sort: Program = async call => {
	const options = readOptions(call.args, 'nrut:k:');
	const separator = options.value('t') ?? /\s+/v;
	const keyIndex =
		options.value('k') === undefined ? undefined : Number(/^\d+/v.exec(options.value('k')!)?.[0] ?? 1) - 1;
	const isNumeric = options.has('n') || (options.value('k')?.includes('n') ?? false);
	const all: string[] = [];
	const status = await eachInput(call, options.rest, async chunks => {
		for await (const line of linesOf(chunks)) {
			all.push(line);
		}
	});
	const key = (line: string): string =>
		keyIndex === undefined ? line : (line.trim().split(separator)[keyIndex] ?? '');
	const number = (text: string): number => Number(/^\s*-?\d+(?:\.\d+)?/v.exec(text)?.[0] ?? 0);
	const byText = (a: string, b: string): number => Number(a > b) - Number(a < b);
	const compare = (a: string, b: string): number =>
		isNumeric ? number(key(a)) - number(key(b)) : byText(key(a), key(b));
	const isReversed = options.has('r') || (options.value('k')?.includes('r') ?? false);
	const sorted = all.toSorted((a, b) => (compare(a, b) || (a < b ? -1 : Number(a > b))) * (isReversed ? -1 : 1));
	const output = lineWriter(call);
	for (const line of options.has('u') ? new Set(sorted) : sorted) {
		await output.write(line);
	}

	await output.flush();
	return status;
};

const uniq: Program = async call => {
	const options = readOptions(call.args, 'cdu');
	const output = lineWriter(call);
	let last: string | undefined;
	let count = 0;
	const end = async (): Promise<void> => {
		if (last !== undefined && !(options.has('d') && count < 2) && !(options.has('u') && count > 1)) {
			await output.write(options.has('c') ? `${String(count).padStart(7)} ${last}` : last);
		}
	};

	const status = await eachInput(call, options.rest, async chunks => {
		for await (const line of linesOf(chunks)) {
			if (line === last) {
				count++;
				continue;
			}

			await end();
			last = line;
			count = 1;
		}
	});
	await end();
	await output.flush();
	return status;
};

const tee: Program = async call => {
	const options = readOptions(call.args, 'a');
	const files = options.rest.map(path => {
		const file = call.view.open(path, {write: true, truncate: !options.has('a')});
		return file;
	});
	return eachInput(call, [], async chunks => {
		for await (const chunk of chunks) {
			for (const file of files) {
				file.writeAt(file.size(), chunk);
			}

			await call.write(chunk);
		}
	});
};

/** Programs that change lines, order them, or pass them on. */
export const textPrograms: Programs = {
	cut,
	sort,
	tee,
	tr,
	uniq,
	async seq({args, write}) {
		const numbers = args.map(Number);
		if (numbers.some(number => Number.isNaN(number)) || numbers.length === 0) {
			throw usageError('invalid number');
		}

		const [first, last] = numbers.length === 1 ? [1, numbers[0]!] : [numbers[0]!, numbers.at(-1)!];
		for (let number = first; number <= last; number += numbers.length === 3 ? numbers[1]! : 1) {
			await write(`${number}\n`);
		}

		return 0;
	},
};
