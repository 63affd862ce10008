import {decodeInPlace} from './base64.js';
import {
	changeRecord,
	malformed,
	notLdif,
	openingBytes,
	tooLarge,
	torn,
	urlValue,
} from './failures.js';
import {createWindow} from './window.js';

/** Numbers a line has in `EntryView.spans`. */
export const spanWidth = 5;

/**
An entry as the scanner shows it: without folds, base64 decoded, names in lower case. It is valid only during the call, because the scanner uses its memory again. Inside this room only.
*/
export type EntryView = {
	/** What the spans point into. */
	bytes: Buffer;
	/** The same memory, for reading several bytes at a time. */
	data: DataView;
	/**
	Five numbers for each line: where the name starts, where it ends, where the value starts, where it ends, and the line's number in the file. The first line is the DN.
	*/
	spans: Int32Array;
	/** Lines, the DN's among them. */
	lines: number;
};

/** The DN of an entry, as text. */
export const dnText = ({bytes, spans}: EntryView): string => bytes.toString('utf8', spans[2], spans[3]);

/** What the scanner saw when the file ended. */
export type ScanSummary = {
	readonly entries: number;
	readonly bytes: number;
	/**
	Whether a blank line followed the last entry, as export-ldif writes it. If not, whole lines of the last entry may be missing without any other sign.
	*/
	readonly endsWithBlankLine: boolean;
};

/** A sink for the bytes of an LDIF file, in any pieces. */
export type Scanner = {
	/** Throws a Failure at the first line that is not allowed. The chunk is not kept. */
	readonly write: (chunk: Uint8Array) => void;
	readonly end: () => ScanSummary;
};

/** Options of a scanner. */
export type ScanOptions = {
	/** How large one entry may be, in MiB. Default 256: a group of four million members. */
	readonly maxEntryMebibytes?: number;
};

const newline = 0x0A;
const carriageReturn = 0x0D;
const space = 0x20;
const colon = 0x3A;
const semicolon = 0x3B;
const commentSign = 0x23;
const pieceBytes = 256 * 1024;

// Characters of an attribute description (RFC 4512 2.5), in lower case; all others are 0. The underscore is no standard, but servers write it.
const nameCharacters = new Uint8Array(256);
for (const character of 'abcdefghijklmnopqrstuvwxyz0123456789-.;_') {
	const code = character.codePointAt(0)!;
	nameCharacters[code] = code;
	nameCharacters[character.toUpperCase().codePointAt(0)!] = code;
}

/** Removes the folds from a line (RFC 2849, note 2) in place and gives the new end. */
const unfold = (bytes: Buffer, start: number, end: number): number => {
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
const sortOptions = (bytes: Buffer, start: number, end: number): void => {
	const [type, ...options] = bytes.toString('latin1', start, end).split(';');
	bytes.write([type, ...options.toSorted()].join(';'), start, 'latin1');
};

/**
Reads LDIF content records (RFC 2849) from pieces of any size and shows each entry to `onEntry`. Exact: folded lines and comments, `version: 1`, CRLF, a byte order mark, base64 for values and DNs, attribute options, entries of any size up to the bound. Plain values may hold UTF-8, as many servers write it.

Refused with a Failure that names the line and the DN: change records, values given as a URL, lines without a name, a DN in the middle of an entry, invalid base64, NUL bytes, an entry without attributes, and a last line without its end.

Memory: one entry and 256 KiB.
*/
export const createScanner = (onEntry: (view: EntryView) => void, {maxEntryMebibytes = 256}: ScanOptions = {}): Scanner => {
	const window = createWindow(pieceBytes);
	const view: EntryView = {
		bytes: window.bytes, data: window.data, spans: new Int32Array(64 * spanWidth), lines: 0,
	};
	let entries = 0;
	let totalBytes = 0;
	let isOpened = false;
	let isBlankBefore = false;
	// Where the next logical line starts, its number, where the search for its end goes on, and how many folds are behind that.
	let position = 0;
	let lineNumber = 1;
	let searchFrom = 0;
	let folds = 0;
	let options = 0;

	const place = () => ({line: lineNumber, dn: view.lines > 0 ? dnText(view) : undefined});

	const keepSpan = (start: number, nameEnd: number, valueStart: number, valueEnd: number): void => {
		const at = view.lines * spanWidth;
		if (at === view.spans.length) {
			const larger = new Int32Array(at * 2);
			larger.set(view.spans);
			view.spans = larger;
		}

		const {spans} = view;
		spans[at] = start;
		spans[at + 1] = nameEnd;
		spans[at + 2] = valueStart;
		spans[at + 3] = valueEnd;
		spans[at + 4] = lineNumber;
		view.lines += 1;
	};

	/** Whether a line is of the most frequent kind: `name: value`, neither a DN nor right behind one. */
	const isCommon = (bytes: Buffer, start: number, nameEnd: number, end: number): boolean => view.lines > 1 && nameEnd + 2 < end && nameEnd > start
		&& bytes[nameEnd] === colon && bytes[nameEnd + 1] === space && bytes[nameEnd + 2]! > space
		&& (nameEnd - start !== 2 || bytes[start] !== 0x64);

	/** Remembers the line of `start`…`end` whose name ends at `nameEnd`. */
	const keepLine = (start: number, nameEnd: number, end: number): void => {
		const {bytes} = view;
		if (nameEnd === start || nameEnd >= end || bytes[nameEnd] !== colon) {
			throw malformed(place(), 'not a name, a colon and a value');
		}

		let valueStart = nameEnd + 1;
		let valueEnd = end;
		const kind = valueStart < end ? bytes[valueStart] : 0;
		const isBase64 = kind === colon;
		if (isBase64) {
			valueStart += 1;
		} else if (kind === 0x3C) {
			throw urlValue(place());
		}

		while (valueStart < end && bytes[valueStart] === space) {
			valueStart += 1;
		}

		if (isBase64) {
			valueEnd = decodeInPlace(bytes, valueStart, end);
			if (valueEnd < 0) {
				throw malformed(place(), 'the value is not valid base64');
			}
		}

		const isDn = nameEnd - start === 2 && bytes[start] === 0x64 && bytes[start + 1] === 0x6E;
		if (isDn !== (view.lines === 0)) {
			if (isDn) {
				throw malformed(place(), 'a second DN without a blank line before it');
			}

			if (entries === 0 && bytes.toString('latin1', start, nameEnd) === 'version') {
				if (bytes.toString('latin1', valueStart, valueEnd) !== '1') {
					throw malformed(place(), 'the version of the format is not 1');
				}

				return;
			}

			throw malformed(place(), 'an entry that does not begin with its DN');
		}

		if (view.lines === 1 && (bytes[start] === 0x63) && ['changetype', 'control'].includes(bytes.toString('latin1', start, nameEnd))) {
			throw changeRecord(place());
		}

		keepSpan(start, nameEnd, valueStart, valueEnd);
	};

	const finishEntry = (): void => {
		if (view.lines === 0) {
			return;
		}

		if (view.lines === 1) {
			throw torn(place(), 'an entry without any attribute');
		}

		entries += 1;
		onEntry(view);
		view.lines = 0;
	};

	/** Whether the line is empty, but for the carriage return that some writers leave. */
	const isEmpty = (start: number, end: number): boolean => end === start || (end === start + 1 && view.bytes[start] === carriageReturn);

	/** Puts the name into lower case and gives its end. The byte at the window's end is a newline, so this stops in time. */
	const lowerName = (bytes: Buffer, start: number): number => {
		let at = start;
		let character = nameCharacters[bytes[at]!]!;
		options = 0;
		while (character !== 0) {
			bytes[at] = character;
			if (character === semicolon) {
				options += 1;
			}

			at += 1;
			character = nameCharacters[bytes[at]!]!;
		}

		return at;
	};

	/** Finds the newline that ends the logical line, or -1 where it is not there yet; the search goes on from where it stopped. */
	const findEnd = (bytes: Buffer, start: number, limit: number, isEnd: boolean): number => {
		const {data} = view;
		let at = searchFrom;
		for (;;) {
			// Four bytes at a time, as long as none of them is below 14; the newline at the window's end stops this.
			let four = data.getInt32(at, true);
			while (((four - 0x0E_0E_0E_0E) & ~four & 0x80_80_80_80) === 0) {
				at += 4;
				four = data.getInt32(at, true);
			}

			let byte = bytes[at]!;
			while (byte > carriageReturn) {
				at += 1;
				byte = bytes[at]!;
			}

			if (at >= limit || (byte === newline && at + 1 >= limit && !isEnd)) {
				searchFrom = at;
				return -1;
			}

			if (byte === newline) {
				if (at + 1 >= limit || bytes[at + 1] !== space || isEmpty(start, at)) {
					return at;
				}

				folds += 1;
			} else if (byte === 0) {
				throw malformed(place(), 'a NUL byte');
			}

			at += 1;
		}
	};

	/** Takes all whole lines of the window. */
	const scan = (isEnd: boolean): void => {
		const {bytes} = window;
		const limit = window.end();
		view.bytes = bytes;
		view.data = window.data;
		while (position < limit) {
			const start = position;
			let nameEnd = start;
			if (folds === 0) {
				nameEnd = lowerName(bytes, start);
				searchFrom = Math.max(nameEnd, searchFrom);
			}

			let end = findEnd(bytes, start, limit, isEnd);
			if (end < 0) {
				if (isEnd) {
					throw torn(place(), 'the last line has no end');
				}

				return;
			}

			position = end + 1;
			searchFrom = position;
			const first = bytes[start]!;
			if (isEmpty(start, end)) {
				finishEntry();
				isBlankBefore = true;
			} else if (first === space) {
				throw malformed(place(), 'a continued line with nothing before it');
			} else if (first !== commentSign) {
				isBlankBefore = false;
				if (folds > 0) {
					end = unfold(bytes, start, end);
					bytes[end] = newline;
					nameEnd = lowerName(bytes, start);
				} else if (bytes[end - 1] === carriageReturn) {
					end -= 1;
				}

				if (options > 1) {
					sortOptions(bytes, start, nameEnd);
				}

				if (isCommon(bytes, start, nameEnd, end)) {
					keepSpan(start, nameEnd, nameEnd + 2, end);
				} else {
					keepLine(start, nameEnd, end);
				}
			}

			lineNumber += 1 + folds;
			folds = 0;
		}
	};

	/** Moves what is still needed to the start of the window and adds a piece behind it. */
	const append = (piece: Uint8Array): void => {
		const keepFrom = view.lines > 0 ? view.spans[0]! : position;
		if (window.end() - keepFrom > maxEntryMebibytes * 1024 * 1024) {
			throw tooLarge(place(), maxEntryMebibytes);
		}

		const moved = window.append(piece, keepFrom);
		if (!(moved > 0)) {
			return;
		}

		position -= moved;
		searchFrom -= moved;
		for (let index = 0; index < view.lines * spanWidth; index += spanWidth) {
			for (let offset = 0; offset < 4; offset += 1) {
				view.spans[index + offset]! -= moved;
			}
		}
	};

	/** Once enough is there to see what the file is. */
	const open = (): void => {
		const first = window.bytes.subarray(0, window.end());
		const problem = notLdif(first.subarray(0, openingBytes));
		if (problem) {
			throw problem;
		}

		if (first[0] === 0xEF && first[1] === 0xBB && first[2] === 0xBF) {
			position = 3;
			searchFrom = 3;
		}

		isOpened = true;
	};

	return {
		write(chunk) {
			totalBytes += chunk.length;
			for (let from = 0; from < chunk.length; from += pieceBytes) {
				append(chunk.subarray(from, from + pieceBytes));
				if (!isOpened && window.end() >= openingBytes) {
					open();
				}

				if (isOpened) {
					scan(false);
				}
			}
		},
		end() {
			if (!isOpened) {
				open();
			}

			scan(true);
			const endsWithBlankLine = view.lines === 0 && isBlankBefore;
			finishEntry();
			return {entries, bytes: totalBytes, endsWithBlankLine};
		},
	};
};
