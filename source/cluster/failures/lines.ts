/** Lines that are kept of what a tool said. */
const keptLines = 20;

/** The last lines of a text that say something, for a Failure's details. */
export const lastLines = (text: string): readonly string[] =>
	text
		.split('\n')
		.map(line => line.trimEnd())
		.filter(line => line !== '')
		.slice(-keptLines);
