import {isAtEnd, looksAt, take, takeMatch, type Cursor} from './cursor.js';
import {syntaxError, type Part, type Script, type Word} from './syntax.js';

type ParseScript = (cursor: Cursor, end: string) => Script;
type Rules = {
	readonly parseScript: ParseScript;
	readonly isQuoted: boolean;
	/** Characters that end the word. */ readonly stops: string;
};

const operators = [':-', ':=', ':+', ':?', '-', '=', '+', '?', '##', '#', '%%', '%'] as const;

const parseBraces = (cursor: Cursor, {parseScript, isQuoted}: Rules): Part => {
	if (looksAt(cursor, '#') && !looksAt(cursor, '#}')) {
		cursor.position++;
		const name = takeMatch(cursor, /\w+|[*@]/vy) ?? '';
		if (!take(cursor, '}')) {
			throw syntaxError('bad substitution');
		}

		return {
			kind: 'parameter',
			name,
			operator: 'length',
			word: [],
			isQuoted,
		};
	}

	const name = takeMatch(cursor, /[A-Z_a-z]\w*|\d+|[!#$*\-?@]/vy);
	if (name === undefined) {
		throw syntaxError('bad substitution');
	}

	const operator = operators.find(candidate => take(cursor, candidate)) ?? '';
	// Quotes around the whole do not quote the pattern within it.
	const isPattern = operator.startsWith('#') || operator.startsWith('%');
	const word = operator === '' ? [] : parseParts(cursor, {parseScript, isQuoted: isQuoted && !isPattern, stops: '}'});
	if (!take(cursor, '}')) {
		throw syntaxError('bad substitution');
	}

	return {
		kind: 'parameter',
		name,
		operator,
		word,
		isQuoted,
	};
};

const parseArithmetic = (cursor: Cursor, {parseScript, isQuoted}: Rules): Part => {
	let depth = 0;
	let end = cursor.position;
	for (; end < cursor.text.length; end++) {
		if (cursor.text[end] === '(') {
			depth++;
		} else if (cursor.text[end] === ')') {
			if (depth === 0) {
				break;
			}

			depth--;
		}
	}

	const expression = parseParts(
		{text: cursor.text.slice(cursor.position, end), position: 0},
		{parseScript, isQuoted: true, stops: ''},
	);
	cursor.position = end;
	if (!take(cursor, '))')) {
		throw syntaxError("missing '))'");
	}

	return {kind: 'arithmetic', expression, isQuoted};
};

const parseDollar = (cursor: Cursor, rules: Rules): Part => {
	const {isQuoted, parseScript} = rules;
	if (take(cursor, '((')) {
		return parseArithmetic(cursor, rules);
	}

	if (take(cursor, '(')) {
		return {kind: 'command', script: parseScript(cursor, ')'), isQuoted};
	}

	if (take(cursor, '{')) {
		return parseBraces(cursor, rules);
	}

	const name = takeMatch(cursor, /[A-Z_a-z]\w*|[\d!#$*\-?@]/vy);
	return name === undefined
		? {kind: 'text', text: '$', isQuoted}
		: {
				kind: 'parameter',
				name,
				operator: '',
				word: [],
				isQuoted,
			};
};

const parseBackquotes = (cursor: Cursor, {isQuoted, parseScript}: Rules): Part => {
	const inner = takeMatch(cursor, /(?:[^\\`]|\\[\s\S])*/vy) ?? '';
	if (!take(cursor, '`')) {
		throw syntaxError('unterminated backquote');
	}

	return {
		kind: 'command',
		script: parseScript({text: inner.replaceAll(/\\(?<kept>[$\\`])/gv, '$<kept>'), position: 0}, ''),
		isQuoted,
	};
};

const parseDoubleQuotes = (cursor: Cursor, parseScript: ParseScript): Part[] => {
	const parts = parseParts(cursor, {parseScript, isQuoted: true, stops: '"'});
	if (!take(cursor, '"')) {
		throw syntaxError('unterminated quoted string');
	}

	// An empty pair of quotes is a word too.
	return parts.length > 0 ? [...parts] : [{kind: 'text', text: '', isQuoted: true}];
};

const parseBackslash = (cursor: Cursor, {isQuoted}: Rules): Part => {
	const next = cursor.text[cursor.position] ?? '';
	cursor.position++;
	return next === '\n'
		? {kind: 'text', text: '', isQuoted}
		: {kind: 'text', text: isQuoted && !'$`"\\'.includes(next) ? `\\${next}` : next, isQuoted: true};
};

/** Reads what begins with a character, which has been taken. */
const parseCharacter = (cursor: Cursor, character: string, rules: Rules): Part[] => {
	const {isQuoted, stops, parseScript} = rules;
	if (character === '"' && (!isQuoted || stops === '}')) {
		return parseDoubleQuotes(cursor, parseScript);
	}

	if (character === "'" && !isQuoted) {
		const text = takeMatch(cursor, /[^']*/vy) ?? '';
		if (!take(cursor, "'")) {
			throw syntaxError('unterminated quoted string');
		}

		return [{kind: 'text', text, isQuoted: true}];
	}

	const special = characters[character];
	return [special ? special(cursor, rules) : {kind: 'text', text: character, isQuoted}];
};

const characters: Readonly<Record<string, (cursor: Cursor, rules: Rules) => Part>> = {
	$: parseDollar,
	'\\': parseBackslash,
	'`': parseBackquotes,
};

/** Reads parts up to one of the stop characters, which is left. */
const parseParts = (cursor: Cursor, rules: Rules): Part[] => {
	const {stops} = rules;
	const parts: Part[] = [];
	while (!isAtEnd(cursor)) {
		const character = cursor.text[cursor.position]!;
		if (stops.includes(character)) {
			break;
		}

		cursor.position++;
		parts.push(...parseCharacter(cursor, character, rules));
	}

	return joinTexts(parts);
};

const joinTexts = (parts: readonly Part[]): Part[] => {
	const joined: Part[] = [];
	for (const part of parts) {
		const last = joined.at(-1);
		if (part.kind === 'text' && last?.kind === 'text' && last.isQuoted === part.isQuoted) {
			joined[joined.length - 1] = {...last, text: last.text + part.text};
		} else {
			joined.push(part);
		}
	}

	return joined;
};

/** Reads one word, or nothing where none begins here. */
export const parseWord = (cursor: Cursor, parseScript: ParseScript): Word | undefined => {
	const parts = parseParts(cursor, {parseScript, isQuoted: false, stops: ' \t\n\r;&|<>()'});
	return parts.length > 0 ? parts : undefined;
};

/** The text of a word that is nothing but unquoted text, as reserved words are. */
export const plainText = (word: Word | undefined): string | undefined => {
	const [part, ...rest] = word ?? [];
	return part?.kind === 'text' && !part.isQuoted && rest.length === 0 ? part.text : undefined;
};
