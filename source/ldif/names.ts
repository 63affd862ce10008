import type {Buffer} from 'node:buffer';

const newline = 0x0a;
const carriageReturn = 0x0d;

/**
Characters of an attribute description (RFC 4512 2.5), in lower case; all others are 0. The underscore is no standard,
but servers write it.
*/
export const nameCharacters = new Uint8Array(256);
for (const character of 'abcdefghijklmnopqrstuvwxyz0123456789-.;_') {
	const code = character.codePointAt(0)!;
	nameCharacters[code] = code;
	nameCharacters[character.toUpperCase().codePointAt(0)!] = code;
}

/** Whether one of four bytes is below 14, as newlines, carriage returns and NUL are. */
export const hasControl = (four: number): boolean => ((four - 0x0e_0e_0e_0e) & ~four & 0x80_80_80_80) !== 0;

/**
Removes the folds from a line (RFC 2849, note 2) in place and gives the new end. What is moved goes at least two bytes
towards the start, so four bytes at a time overwrite nothing that is still to be read.
*/
export const unfold = (bytes: Buffer, data: DataView, start: number, end: number): number => {
	let to = start;
	let from = start;
	let partStart = start;
	for (;;) {
		let four = data.getInt32(from, true);
		while (from + 4 <= end && !hasControl(four)) {
			data.setInt32(to, four, true);
			to += 4;
			from += 4;
			four = data.getInt32(from, true);
		}

		const byte = bytes[from]!;
		const isEnd = from >= end;
		if (!isEnd && byte !== newline) {
			bytes[to] = byte;
			to += 1;
			from += 1;
			continue;
		}

		if (to > partStart && bytes[to - 1] === carriageReturn) {
			to -= 1;
		}

		if (isEnd) {
			return to;
		}

		partStart = to;
		from += 2;
	}
};

/** The order of options has no meaning (RFC 4512 2.5): `cn;b;a` becomes `cn;a;b`, in place. */
export const sortOptions = (bytes: Buffer, start: number, end: number): void => {
	const [type, ...options] = bytes.toString('latin1', start, end).split(';');
	bytes.write([type, ...options.toSorted()].join(';'), start, 'latin1');
};
