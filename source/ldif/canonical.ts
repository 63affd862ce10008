import {Buffer} from 'node:buffer';
import {hash} from 'node:crypto';
import {dnGrowth, writeDn} from './dn.js';
import {spanWidth, type EntryView} from './entry-view.js';
import {malformed} from './failures.js';
import {isOwned, mayBeOwned} from './owned.js';

/** An entry in its one form. The memory is used again for each entry. */
export type Canonical = {
	/** What was written. */
	bytes: Buffer;
	/** The same memory, for writing several bytes at a time. */
	data: DataView;
	/** Where the DN ends in it; it starts at `dnStart`. */
	dnEnd: number;
	/** Sort keys of the lines, by line. */
	keys: Int32Array;
	/** The lines in order, as they were arranged for an entry of `arranged` lines. */
	order: Int32Array;
	arranged: number;
};

/** Where the DN starts in the canonical form. */
export const dnStart = 5;

const colon = 0x3a;
const space = 0x20;
const insertionLimit = 64;
// Larger than the key of any name, which begins with an ASCII character.
const leftOut = 0x7f_ff_ff_ff;

/** Order of two lines: by name, then by value, byte by byte. */
const compareLines = ({bytes, data, spans}: EntryView, a: number, b: number): number => {
	for (let part = 0; part < 4; part += 2) {
		const aEnd = spans[a + part + 1]!;
		const bEnd = spans[b + part + 1]!;
		let aAt = spans[a + part]!;
		let bAt = spans[b + part]!;
		while (aAt + 4 <= aEnd && bAt + 4 <= bEnd && data.getInt32(aAt) === data.getInt32(bAt)) {
			aAt += 4;
			bAt += 4;
		}

		while (aAt < aEnd && bAt < bEnd && bytes[aAt] === bytes[bAt]) {
			aAt += 1;
			bAt += 1;
		}

		const aNext = aAt < aEnd ? bytes[aAt]! : -1;
		const bNext = bAt < bEnd ? bytes[bAt]! : -1;
		if (aNext !== bNext) {
			return aNext - bNext;
		}
	}

	return 0;
};

/** The first four bytes of a name as a number, which sorts like them. */
const nameKey = (data: DataView, start: number, end: number): number => {
	const missing = start + 4 - end;
	return missing > 0 ? data.getInt32(start) & (-1 << (8 * missing)) : data.getInt32(start);
};

/**
Copies a few bytes at a time: for short values much faster than a call into the runtime. Up to three bytes behind the
target are overwritten.
*/
const copyBytes = (from: DataView, start: number, end: number, to: DataView, target: number): number => {
	let out = target;
	for (let at = start; at < end; at += 4) {
		to.setInt32(out, from.getInt32(at, true), true);
		out += 4;
	}

	return target + end - start;
};

/** Makes memory for canonical forms. It grows to the largest entry and no further. */
export const createCanonical = (): Canonical => {
	const bytes = Buffer.allocUnsafeSlow(16 * 1024);
	return {
		bytes,
		data: new DataView(bytes.buffer),
		dnEnd: dnStart,
		keys: new Int32Array(256),
		order: new Int32Array(256),
		arranged: 0,
	};
};

/** Fills `keys` with the lines' sort keys: the largest number for those that are left out. Gives how many are kept. */
const judge = (keys: Int32Array, {bytes, data, spans, lines}: EntryView): number => {
	let kept = 0;
	for (let line = 1; line < lines; line += 1) {
		const start = spans[line * spanWidth]!;
		const end = spans[line * spanWidth + 1]!;
		const key = nameKey(data, start, end);
		if (mayBeOwned(key, end - start) && isOwned(bytes.toString('latin1', start, end))) {
			keys[line] = leftOut;
		} else {
			keys[line] = key;
			kept += 1;
		}
	}

	return kept;
};

const compareByKey = (keys: Int32Array, view: EntryView, a: number, b: number): number =>
	keys[a]! - keys[b]! || (keys[a] === leftOut ? 0 : compareLines(view, a * spanWidth, b * spanWidth));

/** Puts the lines into `order`, sorted, those that are left out last; gives how many are kept. */
const arrange = (canonical: Canonical, view: EntryView): number => {
	const {lines} = view;
	if (lines > canonical.order.length) {
		canonical.keys = new Int32Array(2 * lines);
		canonical.order = new Int32Array(2 * lines);
		canonical.arranged = 0;
	}

	const {keys, order} = canonical;
	// Entries of a kind have their lines in the same order: the order of the entry before is mostly right, and only
	// checked.
	if (canonical.arranged !== lines) {
		for (let line = 1; line < lines; line += 1) {
			order[line - 1] = line;
		}

		canonical.arranged = lines;
	}

	const kept = judge(keys, view);
	if (lines > insertionLimit) {
		order.subarray(0, lines - 1).sort((a, b) => compareByKey(keys, view, a, b));
		return kept;
	}

	for (let next = 1; next < lines - 1; next += 1) {
		const line = order[next]!;
		const key = keys[line]!;
		let slot = next;
		while (slot > 0 && keys[order[slot - 1]!]! >= key && compareByKey(keys, view, order[slot - 1]!, line) > 0) {
			order[slot] = order[slot - 1]!;
			slot -= 1;
		}

		order[slot] = line;
	}

	return kept;
};

/** Makes room for the whole entry, writes its DN only, and gives where it ends. */
export const writeCanonicalDn = (canonical: Canonical, {bytes, spans, lines}: EntryView): number => {
	const start = spans[2]!;
	const end = spans[3]!;
	const needed = dnStart + dnGrowth * (end - start) + (spans[(lines - 1) * spanWidth + 3]! - end) + 6 * lines + 4;
	if (needed > canonical.bytes.length) {
		canonical.bytes = Buffer.allocUnsafeSlow(2 * needed);
		canonical.data = new DataView(canonical.bytes.buffer);
	}

	const dnEnd = writeDn(bytes, start, end, canonical.bytes, dnStart);
	if (dnEnd < 0) {
		throw malformed({line: spans[4]!, dn: bytes.toString('utf8', start, end)}, 'the DN does not have the form of a DN');
	}

	canonical.dnEnd = dnEnd;
	canonical.bytes[0] = 0;
	canonical.data.setInt32(1, dnEnd - dnStart);
	return dnEnd;
};

/**
Writes an entry in its one form, of which the hash is taken, and gives its length:

- a byte 0, the length of the DN in four bytes, the DN in its one form (`dn.ts`)
- for each value: its length in four bytes, the attribute's name in lower case with its options, a colon, a space, the
  value
- sorted by name, then by value, byte by byte; attributes the server owns (`owned.ts`) left out

Lengths before contents, and names without colons, mean that two different entries never have the same form.
*/
export const writeCanonical = (canonical: Canonical, view: EntryView): number => {
	let out = writeCanonicalDn(canonical, view);
	const count = arrange(canonical, view);
	const {data: from, spans} = view;
	const {bytes, data: to, order} = canonical;
	for (let slot = 0; slot < count; slot += 1) {
		const line = order[slot]! * spanWidth;
		const start = spans[line]!;
		const nameEnd = spans[line + 1]!;
		const valueStart = spans[line + 2]!;
		const valueEnd = spans[line + 3]!;
		to.setInt32(out, valueEnd - valueStart);
		if (valueStart === nameEnd + 2) {
			// It stands in the file as it is hashed: with a colon and a space, or the two colons of base64.
			const at = out + 4;
			out = copyBytes(from, start, valueEnd, to, at);
			bytes[at + nameEnd - start + 1] = space;
		} else {
			out = copyBytes(from, start, nameEnd, to, out + 4);
			bytes[out] = colon;
			bytes[out + 1] = space;
			out = copyBytes(from, valueStart, valueEnd, to, out + 2);
		}
	}

	return out;
};

/** The SHA-256 of an entry in its one form, as 32 Latin-1 characters. It is written first. */
export const hashCanonical = (canonical: Canonical, view: EntryView): string => {
	const length = writeCanonical(canonical, view);
	return hash('sha256', canonical.bytes.subarray(0, length), 'binary');
};
