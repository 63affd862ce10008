import type {Buffer} from 'node:buffer';
import {
	keepLine,
	moveSpans,
	placeIn,
	spanWidth,
	type EntryView,
} from './entry-view.js';
import {
	malformed,
	notLdif,
	openingBytes,
	tooLarge,
	torn,
} from './failures.js';
import {nameCharacters, sortOptions, unfold} from './names.js';
import {createWindow} from './window.js';

/** What the scanner saw when the file ended. */
type ScanSummary = {
	readonly entries: number;
	readonly bytes: number;
	/**
	Whether a blank line followed the last entry, as export-ldif writes it. If not, whole lines of the last entry may be missing without any other sign.
	*/
	readonly endsWithBlankLine: boolean;
};

/** A sink for the bytes of an LDIF file, in any pieces. */
type Scanner = {
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
const semicolon = 0x3B;
const commentSign = 0x23;
const pieceBytes = 256 * 1024;

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

	const place = () => placeIn(view, lineNumber);

	const finishEntry = (isEnd: boolean): void => {
		if (view.lines === 0) {
			return;
		}

		if (view.lines === 1) {
			throw (isEnd ? torn : malformed)(placeIn(view, view.spans[4]!), 'an entry without any attribute');
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
				finishEntry(false);
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

				keepLine(view, lineNumber, entries === 0, start, nameEnd, end);
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
		if (moved > 0) {
			position -= moved;
			searchFrom -= moved;
			moveSpans(view, moved);
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
			finishEntry(true);
			return {entries, bytes: totalBytes, endsWithBlankLine};
		},
	};
};
