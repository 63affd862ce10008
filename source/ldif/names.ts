import type {Buffer} from 'node:buffer';

const newline = 0x0A;
const carriageReturn = 0x0D;

/** Characters of an attribute description (RFC 4512 2.5), in lower case; all others are 0. The underscore is no standard, but servers write it. */
export const nameCharacters = new Uint8Array(256);
for (const character of 'abcdefghijklmnopqrstuvwxyz0123456789-.;_') {
	const code = character.codePointAt(0)!;
	nameCharacters[code] = code;
	nameCharacters[character.toUpperCase().codePointAt(0)!] = code;
}

/** Removes the folds from a line (RFC 2849, note 2) in place and gives the new end. */
export const unfold = (bytes: Buffer, start: number, end: number): number => {
	let to = start;
	let from = start;
	for (;;) {
		const found = bytes.indexOf(newline, from);
		const isLast = found === -1 || found >= end;
		const until = isLast ? end : found;
		const stop = until > from && bytes[until - 1] === carriageReturn ? until - 1 : until;
		bytes.copyWithin(to, from, stop);
		to += stop - from;
		if (isLast) {
			return to;
		}

		from = until + 2;
	}
};

/** The order of options has no meaning (RFC 4512 2.5): `cn;b;a` becomes `cn;a;b`, in place. */
export const sortOptions = (bytes: Buffer, start: number, end: number): void => {
	const [type, ...options] = bytes.toString('latin1', start, end).split(';');
	bytes.write([type, ...options.toSorted()].join(';'), start, 'latin1');
};
