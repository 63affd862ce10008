import {Buffer} from 'node:buffer';

/** An entry as a tool printed it. Attribute names are matched whatever their case. */
export type ToolAnswer = {
	readonly dn: string;
	readonly values: (attribute: string) => readonly string[];
	readonly first: (attribute: string) => string | undefined;
};

const decoded = (line: string): {readonly name: string; readonly value: string} | undefined => {
	const colon = line.indexOf(':');
	if (colon <= 0) {
		return undefined;
	}

	const isBase64 = line[colon + 1] === ':';
	const rest = line.slice(colon + (isBase64 ? 2 : 1)).trim();
	return {
		name: line.slice(0, colon).toLowerCase(),
		value: isBase64 ? Buffer.from(rest, 'base64').toString('utf8') : rest,
	};
};

/**
Reads what `ldapsearch` printed: a handful of monitor, task and configuration entries, never user data in bulk (the
streaming reader of the ldif room is for that).
*/
export const readAnswers = (text: string): readonly ToolAnswer[] =>
	text
		.replaceAll(/\r?\n /gv, '')
		.split(/\r?\n\s*\n/v)
		.map(block =>
			block
				.split(/\r?\n/v)
				.filter(line => !line.startsWith('#'))
				.map(line => decoded(line))
				.filter(pair => pair !== undefined),
		)
		.filter(pairs => pairs.some(({name}) => name === 'dn'))
		.map(pairs => {
			const values = (attribute: string): readonly string[] =>
				pairs.filter(({name}) => name === attribute.toLowerCase()).map(({value}) => value);
			return {dn: values('dn')[0] ?? '', values, first: (attribute: string) => values(attribute)[0]};
		});
