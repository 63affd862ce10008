import {Buffer} from 'node:buffer';

/*
The DN in one form, so that two spellings of the same DN give the same bytes. Exactly this is normalised (RFC 4514, and
the quotes, semicolons and spaces of the older RFC 2253 and RFC 1779 that it lets readers accept):

- attribute types: ASCII letters in lower case; a leading `oid.` goes
- spaces around `,`, `;`, `+` and `=`: removed
- values in quotes and all escapes: resolved, then written in one way: `"+,;<=>\`, bytes below 0x20, and a space or `#`
  at the start and a space at the end, as `\xx` in lower case
- values given as `#` and hexadecimal: in lower case, not decoded
- parts of an RDN with several values: sorted
- only for the types below: ASCII letters of the value in lower case, several spaces as one, spaces at its ends removed

Nothing else: bytes outside ASCII stay as they are, and values of all other types are compared exactly.
*/

/**
Attribute types whose values compare without regard to case and repeated spaces.
Source: RFC 4514 section 3 (the table of short names) with the equality rules of RFC 4519; `mail` and `givenName` from
RFC 4524 and RFC 4519.
*/
const foldedTypes: readonly string[] = [
	'cn',
	'l',
	'st',
	'o',
	'ou',
	'c',
	'street',
	'dc',
	'uid',
	'sn',
	'mail',
	'givenname',
];

const isFolded = new Set(foldedTypes);

// Types of up to six characters as one number, so that the quick way compares numbers.
const packed = (type: string): number => [...Buffer.from(type, 'latin1')].reduce((sum, byte) => sum * 256 + byte, 0);
const foldedShort = new Set(foldedTypes.filter(type => type.length <= 6).map(type => packed(type)));

const space = 0x20;
const isHex = (text: string): boolean => /^[\da-f]+$/iv.test(text);

const lower = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte);

// Bytes of a value that the quick way leaves to the thorough one: 1; letters to fold: 2.
const valueKinds = new Uint8Array(256);
valueKinds.fill(1, 0, 0x20);
valueKinds.fill(2, 0x41, 0x5b);
for (const character of '"+;<=>\\') {
	valueKinds[character.codePointAt(0)!] = 1;
}

/**
Writes a DN without escapes, quotes, spare spaces or parts joined by plus, as nearly all are. Gives the end, or -1 where
the thorough way is needed.
*/
const writeSimple = (from: Uint8Array, start: number, end: number, to: Uint8Array, target: number): number => {
	let at = start;
	let out = target;
	while (at < end) {
		let type = 0;
		const typeStart = at;
		let byte = from[at]!;
		while (byte !== 0x3d) {
			byte = lower(byte);
			const isAllowed =
				(byte >= 0x61 && byte <= 0x7a) || (at > typeStart && ((byte >= 0x30 && byte <= 0x39) || byte === 0x2d));
			if (!isAllowed || at - typeStart > 5 || at + 1 >= end) {
				return -1;
			}

			type = type * 256 + byte;
			to[out] = byte;
			out += 1;
			at += 1;
			byte = from[at]!;
		}

		to[out] = 0x3d;
		out += 1;
		at += 1;
		const mayFold = foldedShort.has(type);
		let previous = space;
		byte = at < end ? from[at]! : 0x2c;
		if (at === typeStart + 1 || byte === 0x23) {
			return -1;
		}

		while (byte !== 0x2c) {
			const kind = valueKinds[byte]!;
			if (kind === 1 || (byte === space && previous === space)) {
				return -1;
			}

			previous = byte;
			to[out] = kind === 2 && mayFold ? byte + 0x20 : byte;
			out += 1;
			at += 1;
			byte = at < end ? from[at]! : 0x2c;
		}

		if (previous === space) {
			return -1;
		}

		if (!(at < end)) {
			continue;
		}

		to[out] = 0x2c;
		out += 1;
		at += 1;
		if (at === end) {
			return -1;
		}
	}

	return out;
};

type Part = {readonly text: string; readonly next: number; readonly separator: string};

/** A value as it is written in the one form. Its bytes are those of a Latin-1 text. */
const escaped = (value: string): string =>
	value.replaceAll(
		/^[ #]|[\u{0}-\u{1F}"+,;<=>\\]| $/gv,
		character => `\\${character.codePointAt(0)!.toString(16).padStart(2, '0')}`,
	);

/** Reads a value up to its separator. `protectedTo` is how much of the end came from escapes and is no spare space. */
const readValue = (dn: string, start: number): {readonly value: string; readonly next: number} | undefined => {
	let at = start;
	let value = '';
	let protectedTo = 0;
	let isQuoted = false;
	while (at < dn.length) {
		const character = dn[at]!;
		if (character === '\\') {
			const pair = dn.slice(at + 1, at + 3);
			if (pair === '') {
				return undefined;
			}

			const isPair = pair.length === 2 && isHex(pair);
			value += isPair ? String.fromCodePoint(Number.parseInt(pair, 16)) : pair[0]!;
			at += isPair ? 3 : 2;
			protectedTo = value.length;
		} else if (character === '"') {
			isQuoted = !isQuoted;
			at += 1;
			protectedTo = value.length;
		} else if (!isQuoted && [',', ';', '+'].includes(character)) {
			break;
		} else {
			value += character;
			at += 1;
			protectedTo = isQuoted ? value.length : protectedTo;
		}
	}

	return isQuoted
		? undefined
		: {value: value.slice(0, protectedTo) + value.slice(protectedTo).replace(/(?<! ) +$/v, ''), next: at};
};

const readPart = (dn: string, start: number): Part | undefined => {
	const match = /^ *(?:oid\.)?(?<type>[a-z][\w\-]*|\d+(?:\.\d+)*) *= */iv.exec(dn.slice(start));
	if (!match) {
		return undefined;
	}

	const type = match.groups!.type!.toLowerCase();
	const valueStart = start + match[0].length;
	const read = readValue(dn, valueStart);
	if (!read) {
		return undefined;
	}

	const isHexForm = dn[valueStart] === '#';
	if (isHexForm && !isHex(read.value.slice(1))) {
		return undefined;
	}

	const value = isFolded.has(type)
		? read.value
				.replaceAll(/[A-Z]/gv, letter => letter.toLowerCase())
				.replaceAll(/ +/gv, ' ')
				.replaceAll(/^ | $/gv, '')
		: read.value;
	const text = isHexForm ? read.value.toLowerCase() : escaped(value);
	return {text: `${type}=${text}`, next: read.next + 1, separator: dn[read.next] ?? ''};
};

/** The thorough way, for any DN. It works on Latin-1 text, where a character is a byte. */
const thorough = (dn: string): string | undefined => {
	if (/^ *$/v.test(dn)) {
		return '';
	}

	const rdns: string[] = [];
	let parts: string[] = [];
	let at = 0;
	for (;;) {
		const part = readPart(dn, at);
		if (!part) {
			return undefined;
		}

		parts.push(part.text);
		at = part.next;
		if (part.separator !== '+') {
			rdns.push(parts.toSorted().join('+'));
			parts = [];
		}

		if (part.separator === '') {
			return rdns.join(',');
		}
	}
};

/** How much longer than the DN its one form can be. */
export const dnGrowth = 3;

/**
Writes the one form of the DN in `from` (`start` to `end`) into `to` at `target`, where there must be room for three
times as much. The empty DN is allowed.

@returns the end of what was written, or -1 where it is no DN.
*/
export const writeDn = (from: Buffer, start: number, end: number, to: Buffer, target: number): number => {
	const simple = writeSimple(from, start, end, to, target);
	if (simple >= 0) {
		return simple;
	}

	const text = thorough(from.toString('latin1', start, end));
	return text === undefined ? -1 : target + to.write(text, target, 'latin1');
};

/** The one form of a DN as text, or undefined where it is no DN. */
export const normalDn = (dn: string): string | undefined => {
	const from = Buffer.from(dn, 'utf8');
	const to = Buffer.alloc(from.length * dnGrowth + 1);
	const end = writeDn(from, 0, from.length, to, 0);
	return end < 0 ? undefined : to.toString('utf8', 0, end);
};
