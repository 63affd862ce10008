/** A word as a shell wants it, for commands that are shown. */
export const quoted = (word: string): string =>
	/^[\w%+,\-.\/:=@]+$/v.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
