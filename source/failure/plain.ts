import {stripVTControlCharacters} from 'node:util';

/* What turns the direction of text or is not seen: it can make a line read as what it is not. */
const unseen = /[\u{61C}\u{200B}\u{200E}\u{200F}\u{2028}\u{2029}\u{202A}-\u{202E}\u{2060}-\u{206F}\u{FEFF}]/gv;

/* Any control character that is left is shown as a dot. */
const controls = /[\p{Control}--\n]/gv;

/** Characters kept of one text. A pod's output may be endless. */
const longest = 200_000;

const bounded = (text: string): string =>
	text.length > longest ? `${text.slice(0, longest)} … (${text.length - longest} characters more)` : text;

/**
Text from a pod, a cluster or a file as it may be shown: no escape sequences, no control characters, nothing that turns
the direction of writing. Lines are kept.
*/
export const plainText = (text: string): string =>
	stripVTControlCharacters(bounded(text))
		.replaceAll('\r\n', '\n')
		.replaceAll('\t', ' '.repeat(4))
		.replaceAll(unseen, '')
		.replaceAll(controls, '·');

/** The same on one line. */
export const plainLine = (text: string): string => plainText(text).trimEnd().replaceAll('\n', ' ');

const cleaned = new WeakMap<WeakKey, unknown>();

const cleanObject = (value: object): unknown => {
	const known = cleaned.get(value);
	if (known !== undefined) {
		return known;
	}

	const clean: unknown = Array.isArray(value)
		? value.map(item => cleanAny(item))
		: Object.fromEntries(Object.entries(value).map(([key, item]) => [plainLine(key), cleanAny(item)]));
	cleaned.set(value, clean);
	return clean;
};

function cleanAny(value: unknown): unknown {
	if (typeof value === 'string') {
		return plainText(value);
	}

	return typeof value === 'object' && value !== null ? cleanObject(value) : value;
}

/**
A value of plain data with every text in it made plain. Remembers what it has cleaned, so a state that shares most of
the one before costs little.
*/
export const plainData = <Value>(value: Value): Value => cleanAny(value) as Value;

const asciiForms: ReadonlyArray<readonly [string, string]> = [
	['«', '"'],
	['»', '"'],
	['…', '...'],
	['·', '-'],
	['–', '-'],
	['—', '-'],
	['→', '->'],
	['×', 'x'],
	['✓', 'ok'],
	['✗', 'NO'],
	['’', "'"],
];

/** The program's own signs in ASCII, for terminals that show nothing else. Letters of names stay. */
export const asciiOf = (text: string): string =>
	asciiForms.reduce((before, [sign, form]) => before.split(sign).join(form), text);
