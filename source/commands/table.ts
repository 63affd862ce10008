import {plainLine} from '../failure/plain.js';

/** Columns as kubectl prints them: headings in capitals, three blanks between. */
export const table = (rows: ReadonlyArray<readonly string[]>): string => {
	const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)));
	return rows
		.map(row =>
			row
				.map((cell, column) => cell.padEnd(widths[column] ?? 0))
				.join(' '.repeat(3))
				.trimEnd(),
		)
		.map(line => `${plainLine(line)}\n`)
		.join('');
};
