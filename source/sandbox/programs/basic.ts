import {Buffer} from 'node:buffer';
import type {Call, Program, Programs} from '../pods/machine.js';
import {asBytes} from './input.js';
import {usageError} from './options.js';

const escapes: Readonly<Record<string, string>> = {
	'\\': '\\',
	a: '\u{7}',
	b: '\b',
	f: '\f',
	n: '\n',
	r: '\r',
	t: '\t',
	v: '\v',
};

const unescape = (text: string): string =>
	text.replaceAll(
		/\\(?:(?<octal>0?[0-7]{1,3})|x(?<hex>[\dA-Fa-f]{1,2})|(?<letter>[\\abfnrtv]))/gv,
		(_, octal?: string, hex?: string, letter?: string) => {
			if (octal !== undefined) {
				return String.fromCodePoint(Number.parseInt(octal, 8));
			}

			return hex === undefined ? escapes[letter!]! : String.fromCodePoint(Number.parseInt(hex, 16));
		},
	);

const formatOne = (flags: string, conversion: string, value: string | undefined): string => {
	const {
		left = '',
		zero = '',
		width = '0',
		precision,
	} = /^(?<left>-?)(?<zero>0?)(?<width>\d*)(?:\.(?<precision>\d+))?$/v.exec(flags)?.groups ?? {};
	const number = (): number => Math.trunc(Number(value === undefined || value === '' ? 0 : value)) || 0;
	const conversions: Readonly<Record<string, () => string>> = {
		b: () => unescape(value ?? ''),
		c: () => (value ?? '').slice(0, 1),
		d: () => String(number()),
		i: () => String(number()),
		o: () => number().toString(8),
		s: () => (precision === undefined ? (value ?? '') : (value ?? '').slice(0, Number(precision))),
		u: () => String(number()),
		X: () => number().toString(16).toUpperCase(),
		x: () => number().toString(16),
	};
	const text = conversions[conversion]?.() ?? '';
	return left === '' ? text.padStart(Number(width), zero === '' ? ' ' : '0') : text.padEnd(Number(width));
};

const pieces =
	/%(?:%|(?<flags>-?\d*(?:\.\d+)?)(?<conversion>[Xbcdiosux]))|\\(?:0?[0-7]{1,3}|x[\dA-Fa-f]{1,2}|[\\abfnrtv])/gv;

const printf: Program = async ({args, write}) => {
	const [format, ...values] = (args[0] === '--' ? args.slice(1) : args).map(text => asBytes(text));
	if (format === undefined) {
		throw usageError('usage: printf FORMAT [ARGUMENT]...');
	}

	const rest = [...values];
	const texts: string[] = [];
	const fill = (): void => {
		texts.push(
			format.replaceAll(pieces, (found, flags: string | undefined, conversion: string | undefined) => {
				if (conversion !== undefined) {
					return formatOne(flags ?? '', conversion, rest.shift());
				}

				return found === '%%' ? '%' : unescape(found);
			}),
		);
	};

	fill();
	while (rest.length > 0 && /%[^%]/v.test(format)) {
		fill();
	}

	await write(Buffer.from(texts.join(''), 'latin1'));
	return 0;
};

const fileTests: Readonly<Record<string, (call: Call, path: string) => boolean>> = {
	'-d': ({view}, path) => view.exists(path) && view.node(path).kind === 'folder',
	'-e': ({view}, path) => view.exists(path),
	'-f': ({view}, path) => view.exists(path) && ['file', 'virtual'].includes(view.node(path).kind),
	'-L': ({view}, path) => isLink(view, path),
	'-h': ({view}, path) => isLink(view, path),
	'-r': ({view}, path) => view.may(path, 4),
	'-s'({view}, path) {
		const node = view.exists(path) ? view.node(path) : undefined;
		return node?.kind === 'folder' || (node?.kind === 'file' && node.content.size > 0);
	},
	'-w': ({view}, path) => view.may(path, 2),
	'-x': ({view}, path) => view.may(path, 1),
};

const isLink = (view: Call['view'], path: string): boolean => {
	try {
		return view.node(path, {follow: false}).kind === 'link';
	} catch {
		return false;
	}
};

const unary: Readonly<Record<string, (call: Call, value: string) => boolean>> = {
	...fileTests,
	'-n': (_call, value) => value !== '',
	'-t': () => false,
	'-z': (_call, value) => value === '',
};

const toNumber = (text: string): number => {
	if (!/^\s*[+\-]?\d+\s*$/v.test(text)) {
		throw usageError(`${text}: bad number`);
	}

	return Number(text);
};

const binary: Readonly<Record<string, (a: string, b: string) => boolean>> = {
	'!=': (a, b) => a !== b,
	'=': (a, b) => a === b,
	'==': (a, b) => a === b,
	'-eq': (a, b) => toNumber(a) === toNumber(b),
	'-ge': (a, b) => toNumber(a) >= toNumber(b),
	'-gt': (a, b) => toNumber(a) > toNumber(b),
	'-le': (a, b) => toNumber(a) <= toNumber(b),
	'-lt': (a, b) => toNumber(a) < toNumber(b),
	'-ne': (a, b) => toNumber(a) !== toNumber(b),
};

const evaluate = (call: Call, words: readonly string[]): boolean => {
	const [first = '', second = '', third = ''] = words;
	if (words.length === 3 && Object.hasOwn(binary, second)) {
		return binary[second]!(first, third);
	}

	for (const [operator, join] of [
		['-o', (a: boolean, b: boolean) => a || b],
		['-a', (a: boolean, b: boolean) => a && b],
	] as const) {
		const at = words.indexOf(operator, 1);
		if (at !== -1 && at < words.length - 1) {
			return join(evaluate(call, words.slice(0, at)), evaluate(call, words.slice(at + 1)));
		}
	}

	if (first === '!' && words.length > 1) {
		return !evaluate(call, words.slice(1));
	}

	if (words.length === 2 && Object.hasOwn(unary, first)) {
		return unary[first]!(call, second);
	}

	if (words.length > 1) {
		throw usageError(`${second}: unknown operand`);
	}

	return first !== '';
};

const test: Program = async call => {
	const words = call.name === '[' ? call.args.slice(0, -1) : call.args;
	if (call.name === '[' && call.args.at(-1) !== ']') {
		await call.complain('missing ]');
		return 2;
	}

	try {
		return evaluate(call, words) ? 0 : 1;
	} catch (error) {
		await call.complain(error instanceof Error ? error.message : String(error));
		return 2;
	}
};

/** What every shell has. */
export const basicPrograms: Programs = {
	'[': test,
	async echo({args, write}) {
		const [first] = args;
		const isOption = first !== undefined && ['-n', '-e', '-ne', '-en'].includes(first);
		const text = (isOption ? args.slice(1) : args).join(' ');
		await write(
			`${isOption && first.includes('e') ? unescape(text) : text}${isOption && first.includes('n') ? '' : '\n'}`,
		);
		return 0;
	},
	false: async () => 1,
	printf,
	test,
	true: async () => 0,
};
