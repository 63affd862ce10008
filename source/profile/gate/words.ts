/** A word of a command line, without its quotes, and the line it begins on, from 1. */
export type Word = {readonly text: string; readonly line: number};

type Reading = {readonly words: Word[]; current: string | undefined; line: number; begin: number; quote: string};

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

/**
The commands of a text, one for each line that is not continued: their words as a shell reads them, and whether it is a
comment. Quotes may hold blanks and ends of lines.
*/
export const commandsOf = (
	text: string,
): ReadonlyArray<{readonly words: readonly Word[]; readonly isComment: boolean}> => {
	const commands: Array<{readonly words: readonly Word[]; readonly isComment: boolean}> = [];
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
