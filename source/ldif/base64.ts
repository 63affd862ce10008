const invalid = 0xff;
const sixBits = new Uint8Array(256).fill(invalid);
for (const [index, character] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries()) {
	sixBits[character.codePointAt(0)!] = index;
}

const padding = 0x3d;

/**
Decodes base64 in place: the bytes from `start` up to `end` are replaced by what they stand for, beginning at `start`.
Strict (RFC 4648): whole groups of four, padding at the end only, no other characters, no bits left over.

@returns where the decoded bytes end, or -1 where it is not valid base64.
*/
export const decodeInPlace = (bytes: Uint8Array, start: number, end: number): number => {
	if ((end - start) % 4 !== 0) {
		return -1;
	}

	let pads = 0;
	if (end > start && bytes[end - 1] === padding) {
		pads = bytes[end - 2] === padding ? 2 : 1;
	}

	const whole = pads === 0 ? end : end - 4;
	let to = start;
	let from = start;
	let seen = 0;
	while (from < whole) {
		const a = sixBits[bytes[from]!]!;
		const b = sixBits[bytes[from + 1]!]!;
		const c = sixBits[bytes[from + 2]!]!;
		const d = sixBits[bytes[from + 3]!]!;
		// An invalid character sets the two bits that no valid one has.
		seen |= a | b | c | d;
		bytes[to] = (a << 2) | (b >> 4);
		bytes[to + 1] = (b << 4) | (c >> 2);
		bytes[to + 2] = (c << 6) | d;
		from += 4;
		to += 3;
	}

	if (pads > 0) {
		const a = sixBits[bytes[from]!]!;
		const b = sixBits[bytes[from + 1]!]!;
		const c = pads === 2 ? 0 : sixBits[bytes[from + 2]!]!;
		seen |= a | b | c;
		const leftOver = pads === 2 ? b & 0x0f : c & 0x03;
		if (leftOver !== 0) {
			return -1;
		}

		bytes[to] = (a << 2) | (b >> 4);
		to += 1;
		if (pads === 1) {
			bytes[to] = (b << 4) | (c >> 2);
			to += 1;
		}
	}

	return seen > 0x3f ? -1 : to;
};
