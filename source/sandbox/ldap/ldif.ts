import {Buffer, isUtf8} from 'node:buffer';
import type {Entry, Value} from './entry.js';

const isSafe = (text: string): boolean =>
	/^(?![ :<])\p{ASCII}*$/v.test(text) && !/[\n\r]/v.test(text) && !text.includes('\0') && !text.endsWith(' ');

const fold = (line: string, width: number): string => {
	if (width === 0 || line.length <= width) {
		return line;
	}

	const pieces = [line.slice(0, width)];
	for (let at = width; at < line.length; at += width - 1) {
		pieces.push(` ${line.slice(at, at + width - 1)}`);
	}

	return pieces.join('\n');
};

const lineOf = (name: string, value: Value, width: number): string =>
	fold(
		typeof value === 'string' && isSafe(value)
			? `${name}: ${value}`
			: `${name}:: ${Buffer.from(value).toString('base64')}`,
		width,
	);

/** An entry as LDIF, with an empty line after it. A width of 0 does not fold. */
export const formatEntry = ({dn, attributes}: Entry, width = 80): string =>
	`${[lineOf('dn', dn, width), ...attributes.map(([name, value]) => lineOf(name, value, width))].join('\n')}\n\n`;

/**
What one record of an LDIF turned out to be: where it begins, how it stands there, and its lines unfolded and without
comments.
*/
export type Record = {readonly line: number; readonly text: string; readonly lines: readonly string[]} & (
	| {readonly entry: Entry}
	| {readonly problem: string}
);

const parseLine = (line: string): readonly [name: string, value: Value] | undefined => {
	const {name, colon, value} = /^(?<name>[\w\-.;]+):(?<colon>:?)(?<value>.*)$/v.exec(line)?.groups ?? {};
	if (name === undefined) {
		return undefined;
	}

	const text = value!.replace(/^ +/v, '');
	if (colon === '') {
		return [name, text];
	}

	const bytes = Buffer.from(text, 'base64');
	return [name, isUtf8(bytes) ? bytes.toString() : new Uint8Array(bytes)];
};

const parseRecord = (lines: readonly string[], line: number): Record => {
	const text = `${lines.join('\n')}\n`;
	const unfolded: string[] = [];
	for (const physical of lines) {
		if (physical.startsWith(' ') && unfolded.length > 0) {
			unfolded[unfolded.length - 1] += physical.slice(1);
		} else if (!physical.startsWith('#')) {
			unfolded.push(physical);
		}
	}

	const logical = unfolded.filter(each => !each.startsWith('version:'));
	const place = {line, text, lines: logical};
	const [first, ...rest] = logical.map(each => parseLine(each));
	if (first?.[0].toLowerCase() !== 'dn' || typeof first[1] !== 'string') {
		return {
			...place,
			problem:
				`Unable to parse LDIF entry starting at line ${line} because the first line does not contain a DN (the ` +
				`first line was "${logical[0] ?? ''}")`,
		};
	}

	const unnamed = rest.indexOf(undefined);
	return unnamed === -1
		? {...place, entry: {dn: first[1], attributes: rest as ReadonlyArray<readonly [string, Value]>}}
		: {
				...place,
				problem:
					`Unable to parse LDIF entry starting at line ${line} because the line "${logical[unnamed + 1] ?? ''}" ` +
					'does not include an attribute name',
			};
};

/**
Reads the records of an LDIF, one by one.

@yields entry or problem, with its text
*/
export function* parseLdif(text: string): Generator<Record> {
	let lines: string[] = [];
	let number = 0;
	let start = 1;
	for (const line of [...text.split('\n'), '']) {
		number++;
		const clean = line.endsWith('\r') ? line.slice(0, -1) : line;
		if (clean !== '') {
			if (lines.length === 0) {
				start = number;
			}

			lines.push(clean);
		} else if (lines.some(kept => !kept.startsWith('#') && !kept.startsWith('version:'))) {
			yield parseRecord(lines, start);
			lines = [];
		} else {
			lines = [];
		}
	}
}
