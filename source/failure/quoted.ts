/** A path as a shell wants it, for commands that are shown. */
export const quoted = (path: string): string =>
	/^[\w%+,\-.\/:=@]+$/v.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
