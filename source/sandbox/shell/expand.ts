import {evaluate} from './arithmetic.js';
import {glob, patternSource, type PatternPiece} from './glob.js';
import {viewOf, type Shell} from './shell.js';
import type {Part, Script, Word} from './syntax.js';

/** Runs a script in a subshell and gives what it printed. */
export type Substitute = (shell: Shell, script: Script) => Promise<string>;

type Parameter = Extract<Part, {kind: 'parameter'}>;

/** What a word becomes: fields of pieces, before patterns are looked up. */
type Fields = PatternPiece[][];

const special: Readonly<Record<string, (shell: Shell) => string>> = {
	'#': shell => String(shell.parameters.length),
	$: shell => String(shell.process.pid),
	'!': shell => String(shell.lastBackground ?? ''),
	'*': shell => shell.parameters.join(' '),
	'-': shell => (shell.errexit ? 'e' : ''),
	0: shell => shell.name,
	'?': shell => String(shell.status),
	'@': shell => shell.parameters.join(' '),
};

/** The value of a variable or parameter, or undefined where it is unset. */
export const valueOf = (shell: Shell, name: string): string | undefined => {
	if (Object.hasOwn(special, name)) {
		return (name === '@' || name === '*') && shell.parameters.length === 0 ? undefined : special[name]!(shell);
	}

	return /^\d+$/v.test(name) ? shell.parameters[Number(name) - 1] : shell.variables.get(name);
};

const strip = (value: string, operator: '#' | '##' | '%' | '%%', source: string): string => {
	const lengths = Array.from({length: value.length + 1}, (_, length) => length);
	const isPrefix = operator.startsWith('#');
	const candidates = operator.length === 2 ? lengths.toReversed() : lengths;
	const expression = new RegExp(`^(?:${source})$`, 'v');
	for (const length of candidates) {
		const cut = isPrefix ? value.slice(0, length) : value.slice(value.length - length);
		if (expression.test(cut)) {
			return isPrefix ? value.slice(length) : value.slice(0, value.length - length);
		}
	}

	return value;
};

const parameterValue = async (shell: Shell, part: Parameter, substitute: Substitute): Promise<string> => {
	const {name, operator, word} = part;
	const value = valueOf(shell, name);
	switch (operator) {
		case '': {
			return value ?? '';
		}

		case 'length': {
			return String((value ?? '').length);
		}

		case '#':
		case '##':
		case '%':
		case '%%': {
			return strip(value ?? '', operator, await expandPattern(shell, word, substitute));
		}

		case '-':
		case ':-':
		case '=':
		case ':=':
		case '+':
		case ':+':
		case '?':
		case ':?': {
			const isSet = value !== undefined && !(value === '' && operator.startsWith(':'));
			const kind = operator.at(-1);
			if (kind === '+') {
				return isSet ? expandText(shell, word, substitute) : '';
			}

			if (isSet) {
				return value;
			}

			const otherwise = await expandText(shell, word, substitute);
			if (kind === '=') {
				shell.variables.set(name, otherwise);
			} else if (kind === '?') {
				throw Object.assign(new Error(`${name}: ${otherwise === '' ? 'parameter not set' : otherwise}`), {
					isSyntaxError: true,
				});
			}

			return otherwise;
		}
	}
};

const partValue = async (
	shell: Shell,
	part: Exclude<Part, {kind: 'text'}>,
	substitute: Substitute,
): Promise<string> => {
	switch (part.kind) {
		case 'parameter': {
			return parameterValue(shell, part, substitute);
		}

		case 'command': {
			const output = await substitute(shell, part.script);
			return output.replace(/(?<!\n)\n+$/v, '');
		}

		case 'arithmetic': {
			return String(evaluate(await expandText(shell, part.expression, substitute), name => valueOf(shell, name)));
		}
	}
};

/** Pieces of a word, without splitting into fields. */
const expandPieces = async (shell: Shell, word: Word, substitute: Substitute): Promise<PatternPiece[]> => {
	const pieces: PatternPiece[] = [];
	for (const part of word) {
		pieces.push(
			part.kind === 'text' ? part : {text: await partValue(shell, part, substitute), isQuoted: part.isQuoted},
		);
	}

	return pieces;
};

/** A word as one text: for assignments, redirections and `case`. */
export const expandText = async (shell: Shell, word: Word, substitute: Substitute): Promise<string> => {
	const pieces = await expandPieces(shell, word, substitute);
	return pieces.map(({text}) => text).join('');
};

/** A word as a pattern: the source of a regular expression. */
export const expandPattern = async (shell: Shell, word: Word, substitute: Substitute): Promise<string> =>
	patternSource(await expandPieces(shell, word, substitute));

const addSplit = (fields: Fields, text: string, open: PatternPiece[] | undefined): PatternPiece[] | undefined => {
	let current = open;
	for (const piece of text.match(/[\t\n ]+|[^\t\n ]+/gv) ?? []) {
		if (/^[\t\n ]+$/v.test(piece)) {
			current = undefined;
		} else if (piece !== '') {
			if (!current) {
				current = [];
				fields.push(current);
			}

			current.push({text: piece, isQuoted: false});
		}
	}

	return current;
};

const expandFields = async (shell: Shell, word: Word, substitute: Substitute): Promise<Fields> => {
	const fields: Fields = [];
	let current: PatternPiece[] | undefined;
	const add = (piece: PatternPiece): void => {
		if (!current) {
			current = [];
			fields.push(current);
		}

		current.push(piece);
	};

	for (const part of word) {
		if (part.kind === 'text') {
			add(part);
		} else if (part.kind === 'parameter' && part.name === '@' && part.isQuoted && part.operator === '') {
			for (const [index, text] of shell.parameters.entries()) {
				current = index === 0 ? current : undefined;
				add({text, isQuoted: true});
			}
		} else if (part.isQuoted) {
			add({text: await partValue(shell, part, substitute), isQuoted: true});
		} else {
			current = addSplit(fields, await partValue(shell, part, substitute), current);
		}
	}

	return fields;
};

/** Words as the arguments of a command: split, with patterns replaced by the paths that match. */
export const expandWords = async (shell: Shell, words: readonly Word[], substitute: Substitute): Promise<string[]> => {
	const found: string[] = [];
	for (const word of words) {
		for (const field of await expandFields(shell, word, substitute)) {
			found.push(...(glob(field, viewOf(shell)) ?? [field.map(({text}) => text).join('')]));
		}
	}

	return found;
};
