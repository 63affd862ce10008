import {isAtEnd, looksAt, makeCursor, skipBlanks, take, takeMatch, type Cursor} from './cursor.js';
import {parseRedirects, parseSimple} from './parse-simple.js';
import {syntaxError, type Chain, type Command, type Pipeline, type Script, type Word} from './syntax.js';
import {parseWord} from './word.js';

const closers = new Set(['then', 'elif', 'else', 'fi', 'do', 'done', 'esac', '}']);

const word = (cursor: Cursor): Word | undefined => parseWord(cursor, parseUntil);

/** The reserved word or plain word that comes next, without taking it. */
const peek = (cursor: Cursor): string | undefined => {
	skipBlanks(cursor);
	const start = cursor.position;
	const text = takeMatch(cursor, /[^\t\n\r \u{22}$\u{26}'\(\);<>\\`\|]+/vy);
	cursor.position = start;
	return text;
};

const takeReserved = (cursor: Cursor, ...wanted: readonly string[]): string | undefined => {
	skipBlanks(cursor, true);
	const text = peek(cursor);
	if (text === undefined || !wanted.includes(text)) {
		return undefined;
	}

	cursor.position += text.length;
	return text;
};

const expectReserved = (cursor: Cursor, ...wanted: readonly string[]): string => {
	const text = takeReserved(cursor, ...wanted);
	if (text === undefined) {
		throw syntaxError(
			`unexpected "${peek(cursor) ?? (isAtEnd(cursor) ? 'end of file' : cursor.text[cursor.position]!)}" ` +
				`(expecting "${wanted[0]!}")`,
		);
	}

	return text;
};

const parseIf = (cursor: Cursor): Command => {
	const branches: Array<{test: Script; body: Script}> = [];
	let otherwise: Script | undefined;
	let closer = 'elif';
	while (closer === 'elif') {
		const test = parseList(cursor);
		expectReserved(cursor, 'then');
		branches.push({test, body: parseList(cursor)});
		closer = expectReserved(cursor, 'fi', 'elif', 'else');
	}

	if (closer === 'else') {
		otherwise = parseList(cursor);
		expectReserved(cursor, 'fi');
	}

	return {
		kind: 'if',
		branches,
		...(otherwise && {otherwise}),
		redirects: parseRedirects(cursor, word),
	};
};

const parseBody = (cursor: Cursor): Script => {
	expectReserved(cursor, 'do');
	const body = parseList(cursor);
	expectReserved(cursor, 'done');
	return body;
};

const parseWords = (cursor: Cursor): Word[] => {
	const words: Word[] = [];
	for (;;) {
		skipBlanks(cursor);
		const next = word(cursor);
		if (!next) {
			return words;
		}

		words.push(next);
	}
};

const parseFor = (cursor: Cursor): Command => {
	const name = peek(cursor) ?? '';
	cursor.position += name.length;
	let words: Word[] | undefined;
	if (takeReserved(cursor, 'in')) {
		words = [];
		words = parseWords(cursor);
	}

	skipBlanks(cursor, true);
	take(cursor, ';');
	return {
		kind: 'for',
		name,
		...(words && {words}),
		body: parseBody(cursor),
		redirects: parseRedirects(cursor, word),
	};
};

const parseCase = (cursor: Cursor): Command => {
	skipBlanks(cursor);
	const subject = word(cursor);
	expectReserved(cursor, 'in');
	const items: Array<{patterns: Word[]; body: Script}> = [];
	while (!takeReserved(cursor, 'esac')) {
		take(cursor, '(');
		const patterns: Word[] = [];
		do {
			skipBlanks(cursor);
			patterns.push(word(cursor) ?? []);
			skipBlanks(cursor);
		} while (take(cursor, '|'));

		if (!take(cursor, ')')) {
			throw syntaxError('missing ) in case');
		}

		items.push({patterns, body: parseList(cursor)});
		skipBlanks(cursor, true);
		take(cursor, ';;');
	}

	return {
		kind: 'case',
		word: subject ?? [],
		items,
		redirects: parseRedirects(cursor, word),
	};
};

const parseCommand = (cursor: Cursor): Command => {
	skipBlanks(cursor);
	if (take(cursor, '(')) {
		return {kind: 'subshell', body: parseUntil(cursor, ')'), redirects: parseRedirects(cursor, word)};
	}

	const reserved = takeReserved(cursor, '{', 'if', 'while', 'until', 'for', 'case') ?? '';
	switch (reserved) {
		case '{': {
			const body = parseList(cursor);
			expectReserved(cursor, '}');
			return {kind: 'group', body, redirects: parseRedirects(cursor, word)};
		}

		case 'if': {
			return parseIf(cursor);
		}

		case 'while': {
			return {
				kind: 'while',
				isUntil: false,
				test: parseList(cursor),
				body: parseBody(cursor),
				redirects: parseRedirects(cursor, word),
			};
		}

		case 'until': {
			return {
				kind: 'while',
				isUntil: true,
				test: parseList(cursor),
				body: parseBody(cursor),
				redirects: parseRedirects(cursor, word),
			};
		}

		case 'for': {
			return parseFor(cursor);
		}

		case 'case': {
			return parseCase(cursor);
		}

		default: {
			return parseSimple(cursor, word);
		}
	}
};

const parsePipeline = (cursor: Cursor): Pipeline => {
	const isNegated = takeReserved(cursor, '!') !== undefined;
	const commands = [parseCommand(cursor)];
	skipBlanks(cursor);
	while (looksAt(cursor, '|') && !looksAt(cursor, '||')) {
		cursor.position++;
		skipBlanks(cursor, true);
		commands.push(parseCommand(cursor));
		skipBlanks(cursor);
	}

	return {isNegated, commands};
};

const parseChain = (cursor: Cursor): Chain => {
	const first = parsePipeline(cursor);
	const rest: Array<{operator: '&&' | '||'; pipeline: Pipeline}> = [];
	for (;;) {
		skipBlanks(cursor);
		const operator = (['&&', '||'] as const).find(candidate => take(cursor, candidate));
		if (!operator) {
			break;
		}

		skipBlanks(cursor, true);
		rest.push({operator, pipeline: parsePipeline(cursor)});
	}

	const isBackground = take(cursor, '&');
	if (!isBackground && !looksAt(cursor, ';;')) {
		take(cursor, ';');
	}

	return {first, rest, isBackground};
};

/** Reads commands up to a reserved word or a closing parenthesis, which is left. */
const parseList = (cursor: Cursor): Script => {
	const chains: Chain[] = [];
	for (;;) {
		skipBlanks(cursor, true);
		if (isAtEnd(cursor) || looksAt(cursor, ')') || looksAt(cursor, ';;') || closers.has(peek(cursor) ?? '')) {
			return chains;
		}

		chains.push(parseChain(cursor));
		skipBlanks(cursor);
		if (looksAt(cursor, '(')) {
			throw syntaxError('unexpected "("');
		}
	}
};

function parseUntil(cursor: Cursor, end: string): Script {
	const script = parseList(cursor);
	skipBlanks(cursor, true);
	if (end !== '' && !take(cursor, end)) {
		throw syntaxError(`unexpected end of file (expecting "${end}")`);
	}

	return script;
}

/**
Reads a script. Throws an Error with `isSyntaxError` where it cannot be read; here-documents and functions are not
known.
*/
export const parseScript = (text: string): Script => {
	const cursor = makeCursor(text);
	const script = parseList(cursor);
	skipBlanks(cursor, true);
	if (!isAtEnd(cursor)) {
		throw syntaxError(`unexpected "${peek(cursor) ?? cursor.text[cursor.position]!}"`);
	}

	return script;
};
