/** A word of a command line, without its quotes, and the line it begins on, from 1. */
export type PlacedWord = {readonly text: string; readonly line: number};

/** A command, or what is switched off by a comment. */
type Command = {readonly words: readonly PlacedWord[]; readonly isComment: boolean};

type Reading = {readonly words: PlacedWord[]; current: string | undefined; line: number; begin: number; quote: string};

const end = (reading: Reading): void => {
	if (reading.current !== undefined) {
		reading.words.push({text: reading.current, line: reading.begin});
		reading.current = undefined;
	}
};

const add = (reading: Reading, text: string): void => {
	reading.begin = reading.current === undefined ? reading.line : reading.begin;
	reading.current = (reading.current ?? '') + text;
};

const isSpace = (letter: string): boolean => ' \t\r'.includes(letter);

/** Reads one letter outside of quotes; gives how many were taken. */
const readPlain = (reading: Reading, text: string, at: number): number => {
	const letter = text.charAt(at);
	if (letter === '\\' && /^\r?\n/v.test(text.slice(at + 1, at + 3))) {
		reading.line++;
		return text.charAt(at + 1) === '\r' ? 3 : 2;
	}

	if (letter === '\\') {
		add(reading, text.charAt(at + 1));
		return 2;
	}

	if (letter === '"' || letter === "'") {
		reading.quote = letter;
		add(reading, '');
		return 1;
	}

	if (isSpace(letter)) {
		end(reading);
		return 1;
	}

	add(reading, letter);
	return 1;
};

/** Whether nothing but blanks stands before a place in its line. */
const isAtBegin = (text: string, at: number): boolean =>
	text.slice(text.lastIndexOf('\n', at - 1) + 1, at).trim() === '';

/**
The rest of a line behind the mark of a comment, how long it is with that mark, and whether the next line belongs to
the same command.
*/
const lineAt = (
	text: string,
	at: number,
): {readonly text: string; readonly length: number; readonly goesOn: boolean} => {
	const endsAt = text.indexOf('\n', at);
	const whole = text.slice(at, endsAt === -1 ? text.length : endsAt);
	const goesOn = endsAt !== -1 && whole.trimEnd().endsWith('\\');
	return {text: whole.slice(1).trimEnd().replace(/\\$/v, ''), length: whole.length + (goesOn ? 1 : 0), goesOn};
};

/** The commands of a comment, all of one line. */
const switchedOff = (text: string, line: number): readonly Command[] =>
	commandsOf(`#${text}`).map(({words, isComment}) => ({words: words.map(word => ({...word, line})), isComment}));

/**
The commands of a text, one for each line that is not continued: their words as a shell reads them, and whether it is a
comment. Quotes may hold blanks and ends of lines.
*/
export const commandsOf = (text: string): readonly Command[] => {
	const commands: Command[] = [];
	let reading: Reading = {words: [], current: undefined, line: 1, begin: 1, quote: ''};
	let isComment = false;
	const close = (): void => {
		end(reading);
		commands.push({words: reading.words, isComment});
		reading = {words: [], current: undefined, line: reading.line + 1, begin: reading.line + 1, quote: ''};
		isComment = false;
	};

	for (let at = 0; at < text.length;) {
		const letter = text.charAt(at);
		if (letter === '\n' && (reading.quote === '' || isComment)) {
			close();
			at++;
		} else if (reading.quote !== '' && !isComment) {
			if (letter === reading.quote) {
				reading.quote = '';
			} else {
				add(reading, letter);
			}

			reading.line += letter === '\n' ? 1 : 0;
			at++;
		} else if (letter === '#' && reading.words.length === 0 && reading.current === undefined && !isComment) {
			isComment = true;
			at++;
		} else if (letter === '#' && reading.current === undefined && !isComment && isAtBegin(text, at)) {
			// What is switched off in the midst of a command that goes on: a command of its own, behind which it goes on.
			const line = lineAt(text, at);
			commands.push(...switchedOff(line.text, reading.line));
			at += line.length;
			reading.line += line.goesOn ? 1 : 0;
		} else if (isComment) {
			if (isSpace(letter)) {
				end(reading);
			} else if (letter !== '"' && letter !== "'") {
				add(reading, letter);
			}

			at++;
		} else {
			at += readPlain(reading, text, at);
		}
	}

	close();
	return commands;
};
