/** A position in the text of a script. */
export type Cursor = {readonly text: string; position: number};

export const makeCursor = (text: string): Cursor => ({text, position: 0});

export const isAtEnd = ({text, position}: Cursor): boolean => position >= text.length;

/** Whether the text goes on with these characters here. */
export const looksAt = ({text, position}: Cursor, wanted: string): boolean => text.startsWith(wanted, position);

/** Takes these characters if they come next. */
export const take = (cursor: Cursor, wanted: string): boolean => {
	if (!looksAt(cursor, wanted)) {
		return false;
	}

	cursor.position += wanted.length;
	return true;
};

/** Takes what the expression, which must be sticky, matches here. */
export const takeMatch = (cursor: Cursor, expression: RegExp): string | undefined => {
	expression.lastIndex = cursor.position;
	const found = expression.exec(cursor.text)?.[0];
	cursor.position += found?.length ?? 0;
	return found;
};

/** Skips blanks, comments and lines that go on; with `newlines`, the ends of lines too. */
export const skipBlanks = (cursor: Cursor, newlines = false): void => {
	takeMatch(cursor, newlines ? /(?:[\t\n\r ]|\\\n|#[^\n]*)*/vy : /(?:[\t ]|\\\n|#[^\n]*)*/vy);
};
