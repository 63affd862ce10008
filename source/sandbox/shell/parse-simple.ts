import {isAtEnd, looksAt, skipBlanks, take, takeMatch, type Cursor} from './cursor.js';
import {syntaxError, type Command, type Redirect, type Word} from './syntax.js';

/** Reads one word, or nothing where none begins. */
export type ParseWord = (cursor: Cursor) => Word | undefined;

const parseRedirect = (cursor: Cursor, word: ParseWord): Redirect | undefined => {
	const start = cursor.position;
	const digits = takeMatch(cursor, /\d+(?=[<>])/vy);
	const operator = (['>>', '>&', '<&', '>|', '>', '<'] as const).find(candidate => take(cursor, candidate));
	if (!operator) {
		cursor.position = start;
		return undefined;
	}

	skipBlanks(cursor);
	const target = word(cursor);
	if (!target || looksAt(cursor, '<<')) {
		throw syntaxError('redirection without a target');
	}

	return {
		descriptor: digits === undefined ? (operator.startsWith('<') ? 0 : 1) : Number(digits),
		operator: operator === '>|' ? '>' : operator,
		target,
	};
};

/** Reads the redirections behind a compound command. */
export const parseRedirects = (cursor: Cursor, word: ParseWord): Redirect[] => {
	const redirects: Redirect[] = [];
	for (;;) {
		skipBlanks(cursor);
		const redirect = parseRedirect(cursor, word);
		if (!redirect) {
			return redirects;
		}

		redirects.push(redirect);
	}
};

const assignmentOf = (parts: Word): {name: string; value: Word} | undefined => {
	const [first, ...rest] = parts;
	const found =
		first?.kind === 'text' && !first.isQuoted
			? /^(?<name>[A-Z_a-z]\w*)=(?<value>[\s\S]*)$/v.exec(first.text)?.groups
			: undefined;
	return (
		found && {
			name: found.name!,
			value: found.value === '' ? rest : [{kind: 'text', text: found.value!, isQuoted: false}, ...rest],
		}
	);
};

/** Reads assignments, words and redirections up to what ends the command. */
export const parseSimple = (cursor: Cursor, word: ParseWord): Command => {
	const assignments: Array<{name: string; value: Word}> = [];
	const words: Word[] = [];
	const redirects: Redirect[] = [];
	for (;;) {
		skipBlanks(cursor);
		const redirect = parseRedirect(cursor, word);
		if (redirect) {
			redirects.push(redirect);
			continue;
		}

		const next = word(cursor);
		if (!next) {
			break;
		}

		const assignment = words.length === 0 ? assignmentOf(next) : undefined;
		if (assignment) {
			assignments.push(assignment);
		} else {
			words.push(next);
		}
	}

	if (words.length + assignments.length + redirects.length === 0) {
		throw syntaxError(`unexpected "${isAtEnd(cursor) ? 'end of file' : cursor.text[cursor.position]!}"`);
	}

	return {
		kind: 'simple',
		assignments,
		words,
		redirects,
	};
};
