import {Buffer} from 'node:buffer';
import type {Program, Programs} from '../pods/machine.js';
import {asBytes, eachInput, linesOf, lineWriter} from './input.js';
import {readOptions, usageError} from './options.js';
import {basicToRegExp, extendedToRegExp} from './pattern.js';

type Address =
	| {readonly kind: 'line'; readonly line: number}
	| {readonly kind: 'last'}
	| {readonly kind: 'match'; readonly expression: RegExp};
type Substitution = {
	readonly kind: 's';
	readonly expression: RegExp;
	readonly replacement: string;
	readonly flags: string;
};
type Edit = {
	readonly from?: Address;
	readonly to?: Address;
	readonly isNegated: boolean;
	readonly action: Substitution | {readonly kind: 'd'} | {readonly kind: 'p'} | {readonly kind: 'q'};
	isInside: boolean;
};

const readDelimited = (text: string, delimiter: string): {readonly body: string; readonly rest: string} => {
	let body = '';
	for (let index = 0; index < text.length; index++) {
		if (text[index] === '\\' && text[index + 1] === delimiter) {
			body += delimiter === '/' || /[#%,:@\|]/v.test(delimiter) ? delimiter : `\\${delimiter}`;
			index++;
		} else if (text[index] === '\\') {
			body += text.slice(index, index + 2);
			index++;
		} else if (text[index] === delimiter) {
			return {body, rest: text.slice(index + 1)};
		} else {
			body += text[index]!;
		}
	}

	throw usageError('unterminated expression');
};

type Compile = (pattern: string, flags?: string) => RegExp;

const readAddress = (
	text: string,
	compile: Compile,
): {readonly address: Address | undefined; readonly rest: string} => {
	const number = /^\d+/v.exec(text)?.[0];
	if (number !== undefined) {
		return {address: {kind: 'line', line: Number(number)}, rest: text.slice(number.length)};
	}

	if (text.startsWith('$')) {
		return {address: {kind: 'last'}, rest: text.slice(1)};
	}

	if (text.startsWith('/')) {
		const {body, rest} = readDelimited(text.slice(1), '/');
		return {address: {kind: 'match', expression: compile(body)}, rest};
	}

	return {address: undefined, rest: text};
};

const isSimple = (command: string): command is 'd' | 'p' | 'q' => ['d', 'p', 'q'].includes(command);

const readEdit = (text: string, compile: Compile): {readonly edit: Edit; readonly rest: string} => {
	const first = readAddress(text, compile);
	const second = first.rest.startsWith(',')
		? readAddress(first.rest.slice(1), compile)
		: {address: undefined, rest: first.rest};
	let rest = second.rest.trimStart();
	const isNegated = rest.startsWith('!');
	rest = isNegated ? rest.slice(1).trimStart() : rest;
	const common = {
		...(first.address && {from: first.address}),
		...(second.address && {to: second.address}),
		isNegated,
		isInside: false,
	};
	const command = rest[0];
	if (command === 's') {
		const delimiter = rest[1] ?? '/';
		const pattern = readDelimited(rest.slice(2), delimiter);
		const replacement = readDelimited(pattern.rest, delimiter);
		const flags = /^[\dgip]*/v.exec(replacement.rest)![0];
		return {
			edit: {
				...common,
				action: {
					kind: 's',
					expression: compile(pattern.body, flags.includes('i') ? 'i' : ''),
					replacement: replacement.body,
					flags,
				},
			},
			rest: replacement.rest.slice(flags.length),
		};
	}

	if (command !== undefined && isSimple(command)) {
		return {edit: {...common, action: {kind: command}}, rest: rest.slice(1)};
	}

	throw usageError(`unsupported command ${command ?? ''}`);
};

const readScript = (script: string, compile: Compile): Edit[] => {
	const edits: Edit[] = [];
	let rest = script.replace(/^[\s;]+/v, '');
	while (rest !== '') {
		const {edit, rest: after} = readEdit(rest, compile);
		edits.push(edit);
		rest = after.replace(/^[\s;]+/v, '');
	}

	return edits;
};

const replacementText = (replacement: string, match: readonly string[]): string =>
	replacement.replaceAll(
		/\\(?<digit>\d)|\\n|\\(?<escaped>[\s\S])|&/gv,
		(found, digit: string | undefined, escaped: string | undefined) => {
			if (digit !== undefined) {
				return match[Number(digit)] ?? '';
			}

			return found === String.raw`\n` ? '\n' : (escaped ?? match[0]!);
		},
	);

const substitute = (
	line: string,
	{expression, replacement, flags}: Substitution,
): {readonly line: string; readonly isPrinted: boolean} => {
	const wanted = Number(/\d+/v.exec(flags)?.[0] ?? 1);
	let index = 0;
	let isChanged = false;
	const changed = line.replaceAll(new RegExp(expression, `${expression.flags}g`), (...found) => {
		index++;
		const groups = found
			.slice(
				0,
				found.findIndex(part => typeof part === 'number'),
			)
			.map(part => (typeof part === 'string' ? part : ''));
		if (index < wanted || (index > wanted && !flags.includes('g'))) {
			return groups[0]!;
		}

		isChanged = true;
		return replacementText(replacement, groups);
	});
	return {line: changed, isPrinted: isChanged && flags.includes('p')};
};

const meets = (address: Address, line: string, number: number, isLast: boolean): boolean =>
	address.kind === 'line' ? number === address.line : address.kind === 'last' ? isLast : address.expression.test(line);

const applies = (edit: Edit, line: string, number: number, isLast: boolean): boolean => {
	const {from, to} = edit;
	if (!from) {
		return true;
	}

	if (!to) {
		return meets(from, line, number, isLast);
	}

	if (edit.isInside) {
		edit.isInside = to.kind === 'line' ? number < to.line : !meets(to, line, number, isLast);
		return true;
	}

	const begins = meets(from, line, number, isLast);
	edit.isInside = begins && !(to.kind === 'line' && number >= to.line);
	return begins;
};

const sed: Program = async call => {
	const options = readOptions(call.args, 'nrEe:i');
	const scripts = options.has('e') ? options.values('e') : options.rest.slice(0, 1);
	const files = options.has('e') ? options.rest : options.rest.slice(1);
	const toRegExp = options.has('E') || options.has('r') ? extendedToRegExp : basicToRegExp;
	const edits = readScript(asBytes(scripts.join('\n')), (pattern, flags = '') => new RegExp(toRegExp(pattern), flags));
	let number = 0;
	let isOver = false;

	/** Edits one line; tells each line that is to be printed. */
	const edit = (original: string, isLast: boolean): string[] => {
		const printed: string[] = [];
		let line = original;
		number++;
		for (const one of edits) {
			if (applies(one, line, number, isLast) === one.isNegated) {
				continue;
			}

			const {action} = one;
			if (action.kind === 'd') {
				return printed;
			}

			if (action.kind === 'q') {
				isOver = true;
				return options.has('n') ? printed : [...printed, line];
			}

			const result = action.kind === 's' ? substitute(line, action) : {line, isPrinted: true};
			({line} = result);
			if (result.isPrinted) {
				printed.push(line);
			}
		}

		return options.has('n') ? printed : [...printed, line];
	};

	const editAll = async (chunks: AsyncIterable<Uint8Array>, write: (line: string) => Promise<void>): Promise<void> => {
		let held: string | undefined;
		for await (const line of linesOf(chunks)) {
			for (const text of held === undefined || isOver ? [] : edit(held, false)) {
				await write(text);
			}

			if (isOver) {
				return;
			}

			held = line;
		}

		for (const text of held === undefined ? [] : edit(held, true)) {
			await write(text);
		}
	};

	if (options.has('i')) {
		return eachInput(call, files, async (chunks, path) => {
			const lines: string[] = [];
			number = 0;
			await editAll(chunks, async line => {
				lines.push(`${line}\n`);
			});
			call.view.write(path, Buffer.from(lines.join(''), 'latin1'));
		});
	}

	const output = lineWriter(call);
	const status = await eachInput(call, files, async chunks => editAll(chunks, output.write));
	await output.flush();
	return status;
};

export const sedPrograms: Programs = {sed};
