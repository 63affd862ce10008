import {buffer} from 'node:stream/consumers';
import type {Program, Programs} from './call.js';
import {
	asBytes,
	eachInput,
	linesOf,
	lineWriter,
} from './input.js';
import {readOptions, readSize, usageError} from './options.js';
import {basicToRegExp, extendedToRegExp} from './pattern.js';

const escape = (text: string): string => text.replaceAll(/[$\(\)*+.?\[\\\]^\{\|\}]/gv, String.raw`\$&`);

const grep: Program = async call => {
	const options = readOptions(call.args, 'ce:EFhHilm:noqsvx');
	const patterns = options.has('e') ? options.values('e') : options.rest.slice(0, 1);
	const files = options.has('e') ? options.rest : options.rest.slice(1);
	const limit = Number(options.value('m') ?? Infinity);
	const isFixed = options.has('F') || call.name === 'fgrep';
	const isExtended = options.has('E') || call.name === 'egrep';
	const source = patterns.flatMap(pattern => asBytes(pattern).split('\n')).map(pattern => isFixed ? escape(pattern) : (isExtended ? extendedToRegExp(pattern) : basicToRegExp(pattern))).join('|');
	const expression = new RegExp(options.has('x') ? `^(?:${source})$` : source, `${options.has('i') ? 'i' : ''}g`);
	const showsName = options.has('H') || (files.length > 1 && !options.has('h'));
	const output = lineWriter(call);
	let found = false;
	const status = await eachInput(options.has('s') ? {...call, async complain() {/* silent */}} : call, files, async (chunks, path) => {
		const prefix = showsName ? `${path}:` : '';
		let count = 0;
		let number = 0;
		for await (const line of linesOf(chunks)) {
			number++;
			expression.lastIndex = 0;
			if (expression.test(line) === options.has('v')) {
				continue;
			}

			found = true;
			count++;
			if (options.has('q')) {
				return;
			}

			if (options.has('o')) {
				expression.lastIndex = 0;
				for (const [match] of line.matchAll(expression)) {
					await output.write(`${prefix}${match}`);
				}
			} else if (!options.has('c') && !options.has('l')) {
				await output.write(`${prefix}${options.has('n') ? `${number}:` : ''}${line}`);
			}

			if (count >= limit) {
				break;
			}
		}

		if (options.has('c')) {
			await output.write(`${prefix}${count}`);
		} else if (options.has('l') && count > 0) {
			await output.write(path);
		}
	});
	await output.flush();
	if (status !== 0 && !(found && options.has('q'))) {
		return 2;
	}

	return found ? 0 : 1;
};

/** `head` and `tail` take `-5` for `-n 5`. */
const countOptions = (args: readonly string[]) => readOptions(args.map(arg => /^-\d+$/v.test(arg) ? `-n${arg.slice(1)}` : arg), 'n:c:q');

const head: Program = async call => {
	const options = countOptions(call.args);
	const bytes = options.value('c');
	return eachInput(call, options.rest, async chunks => {
		if (bytes !== undefined) {
			let left = readSize(bytes);
			for await (const chunk of chunks) {
				await call.write(chunk.subarray(0, left));
				left -= Math.min(left, chunk.length);
				if (left === 0) {
					return;
				}
			}

			return;
		}

		let left = Number(options.value('n') ?? 10);
		const output = lineWriter(call);
		for await (const line of left > 0 ? linesOf(chunks) : []) {
			await output.write(line);
			left--;
			if (left === 0) {
				break;
			}
		}

		await output.flush();
	});
};

const tail: Program = async call => {
	const options = countOptions(call.args);
	const bytes = options.value('c');
	const [path] = options.rest;
	if (bytes !== undefined) {
		const offset = (size: number): number => bytes.startsWith('+') ? Math.max(0, readSize(bytes.slice(1)) - 1) : Math.max(0, size - readSize(bytes));
		if (path !== undefined && path !== '-') {
			const file = call.view.open(path, {read: true});
			for (const piece of file.readAt(offset(file.size()))) {
				await call.write(piece);
			}

			return 0;
		}

		return eachInput(call, [], async chunks => {
			const whole = await buffer(chunks);
			await call.write(whole.subarray(offset(whole.length)));
		});
	}

	const wanted = options.value('n') ?? '10';
	return eachInput(call, options.rest, async chunks => {
		const output = lineWriter(call);
		const last: string[] = [];
		let number = 0;
		for await (const line of linesOf(chunks)) {
			number++;
			if (wanted.startsWith('+')) {
				if (number >= Number(wanted)) {
					await output.write(line);
				}
			} else {
				last.push(line);
				if (last.length > Number(wanted)) {
					last.shift();
				}
			}
		}

		for (const line of last) {
			await output.write(line);
		}

		await output.flush();
	});
};

const wc: Program = async call => {
	const options = readOptions(call.args, 'clwm');
	const wanted = ['l', 'w', 'c'].filter(letter => options.has(letter));
	const shown = wanted.length > 0 ? wanted : ['l', 'w', 'c'];
	return eachInput(call, options.rest, async (chunks, path) => {
		const counts: Record<string, number> = {l: 0, w: 0, c: 0};
		let inWord = false;
		for await (const chunk of chunks) {
			counts.c! += chunk.length;
			if (!shown.includes('l') && !shown.includes('w')) {
				continue;
			}

			for (const byte of chunk) {
				counts.l! += byte === 10 ? 1 : 0;
				const isSpace = byte === 32 || (byte >= 9 && byte <= 13);
				counts.w! += !isSpace && !inWord ? 1 : 0;
				inWord = !isSpace;
			}
		}

		const numbers = shown.map(letter => shown.length > 1 ? String(counts[letter]).padStart(9) : String(counts[letter])).join(' ');
		await call.write(`${numbers}${path === '-' ? '' : ` ${path}`}\n`);
	});
};

const ranges = (list: string): ((position: number) => boolean) => {
	const parts = list.split(',').map(part => {
		const [from = '', to] = part.split('-', 2);
		return {from: Number(from === '' ? 1 : from), to: to === undefined ? Number(from) : (to === '' ? Infinity : Number(to))};
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
				await output.write(line.split(separator).filter((_, index) => keeps(index + 1)).join(separator));
			} else if (!options.has('s')) {
				await output.write(line);
			}
		}
	});
	await output.flush();
	return status;
};

const characterClasses: Readonly<Record<string, string>> = {
	alnum: '0-9A-Za-z', alpha: 'A-Za-z', digit: '0-9', lower: 'a-z', space: String.raw` \t\n\r\v\f`, upper: 'A-Z',
};

const characters = (set: string): string[] => {
	const plain = set.replaceAll(/\[:(?<name>\w+):\]/gv, (_, name: string) => characterClasses[name] ?? '').replaceAll(/\\(?<code>[0-7]{1,3}|[\\fnrtv])/gv, (_, code: string) => /^\d/v.test(code)
		? String.fromCodePoint(Number.parseInt(code, 8))
		: {
			n: '\n', r: '\r', t: '\t', v: '\v', f: '\f', '\\': '\\',
		}[code]!);
	return plain.matchAll(/(?<from>[\s\S])-(?<to>[\s\S])|(?<one>[\s\S])/gv).toArray().flatMap(({groups}) => {
		if (groups!.one !== undefined) {
			return [groups!.one];
		}

		const from = groups!.from!.codePointAt(0)!;
		const to = groups!.to!.codePointAt(0)!;
		return Array.from({length: to - from + 1}, (_, index) => String.fromCodePoint(from + index));
	});
};

const tr: Program = async call => {
	const options = readOptions(call.args, 'cds');
	const [from = '', to = ''] = options.rest;
	const named = new Set(characters(from).map(character => character.codePointAt(0)!));
	const isNamed = (byte: number): boolean => named.has(byte) !== options.has('c');
	const source = characters(from);
	const target = characters(to);
	const table = new Map(source.map((character, index) => [character.codePointAt(0)!, (target[index] ?? target.at(-1) ?? character).codePointAt(0)!]));
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

		const changed = rest === undefined ? byte : (options.has('c') ? rest : table.get(byte) ?? byte);
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
	const keyIndex = options.value('k') === undefined ? undefined : Number(/^\d+/v.exec(options.value('k')!)?.[0] ?? 1) - 1;
	const isNumeric = options.has('n') || (options.value('k')?.includes('n') ?? false);
	const all: string[] = [];
	const status = await eachInput(call, options.rest, async chunks => {
		for await (const line of linesOf(chunks)) {
			all.push(line);
		}
	});
	const key = (line: string): string => keyIndex === undefined ? line : line.trim().split(separator)[keyIndex] ?? '';
	const number = (text: string): number => Number(/^\s*-?\d+(?:\.\d+)?/v.exec(text)?.[0] ?? 0);
	const byText = (a: string, b: string): number => Number(a > b) - Number(a < b);
	const compare = (a: string, b: string): number => isNumeric ? number(key(a)) - number(key(b)) : byText(key(a), key(b));
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

/** `rev`-less and small: programs that work on lines. */
export const textPrograms: Programs = {
	cut, egrep: grep, fgrep: grep, grep, head, sort, tail, tee, tr, uniq, wc,
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
