import {wholeNumber} from './whole-number.js';

/** What a tool says it did. Fields it did not name are undefined. */
export type ToolCounts = {
	readonly exported?: number;
	readonly processed?: number;
	readonly imported?: number;
	readonly skipped?: number;
	readonly rejected?: number;
};

/** A count as a tool prints it, with or without the separators of thousands of its language. */
const number = (text: string | undefined): number | undefined => wholeNumber(text?.replaceAll(/[,.]/gv, ''));

const lastMatch = (lines: readonly string[], pattern: RegExp): RegExpExecArray | undefined => {
	for (const line of lines.toReversed()) {
		const match = pattern.exec(line);
		if (match) {
			return match;
		}
	}

	return undefined;
};

/**
Reads the closing line of `export-ldif`: `Exported 2002 entries and skipped 0 in 1 seconds (average rate …/sec)`.
Wording of OpenDS, which PingDirectory descends from; the newest such line counts.
*/
export const exportCounts = (lines: readonly string[]): ToolCounts => {
	const match = lastMatch(
		lines,
		/exported (?<exported>\d+(?:[,.]\d{3})*) entries(?: and skipped (?<skipped>\d+(?:[,.]\d{3})*))?/iv,
	);
	const exported = number(match?.groups?.exported);
	const skipped = number(match?.groups?.skipped);
	return {...(exported !== undefined && {exported}), ...(skipped !== undefined && {skipped})};
};

/**
Reads the closing line of `import-ldif`: `Processed 10 entries, imported 8, skipped 0, rejected 2 and migrated 0 in 1
seconds (average rate …/sec)`.
*/
export const importCounts = (lines: readonly string[]): ToolCounts => {
	const match = lastMatch(
		lines,
		/processed (?<processed>\d+(?:[,.]\d{3})*) entries, imported (?<imported>\d+(?:[,.]\d{3})*)/iv,
	);
	if (!match) {
		return {};
	}

	const processed = number(match.groups?.processed);
	const imported = number(match.groups?.imported);
	const skipped = number(/skipped (?<count>\d+(?:[,.]\d{3})*)/iv.exec(match.input)?.groups?.count);
	const rejected = number(/rejected (?<count>\d+(?:[,.]\d{3})*)/iv.exec(match.input)?.groups?.count);
	return {
		...(processed !== undefined && {processed}),
		...(imported !== undefined && {imported}),
		...(skipped !== undefined && {skipped}),
		...(rejected !== undefined && {rejected}),
	};
};

/** How far a running tool is: the newest count of entries in its progress lines. */
export const entriesSoFar = (lines: readonly string[]): number | undefined => {
	const match = lastMatch(lines, /(?:exported|processed) (?<count>\d+(?:[,.]\d{3})*) (?:entries|records)/iv);
	return number(match?.groups?.count);
};
