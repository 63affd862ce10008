import {moveSpans, placeIn, spanWidth, type EntryView} from './entry-view.js';
import {notLdif, openingBytes, tooLarge} from './failures.js';
import {finishEntry, scanLines, type ScanState} from './scan-lines.js';
import {createWindow} from './window.js';

/** What the scanner saw when the file ended. */
type ScanSummary = {
	readonly entries: number;
	readonly bytes: number;
	/**
	Whether a blank line followed the last entry, as export-ldif writes it. If not, whole lines of the last entry may be
	missing without any other sign.
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

const pieceBytes = 256 * 1024;

/**
Reads LDIF content records (RFC 2849) from pieces of any size and shows each entry to `onEntry`. Exact: folded lines and
comments, `version: 1`, CRLF, a byte order mark, base64 for values and DNs, attribute options, entries of any size up to
the bound. Plain values may hold UTF-8, as many servers write it.

Refused with a Failure that names the line and the DN: change records, values given as a URL, lines without a name, a DN
in the middle of an entry, invalid base64, NUL bytes, an entry without attributes, and a last line without its end.

Memory: one entry and 256 KiB.
*/
export const createScanner = (
	onEntry: (view: EntryView) => void,
	{maxEntryMebibytes = 256}: ScanOptions = {},
): Scanner => {
	const window = createWindow(pieceBytes);
	const state: ScanState = {
		bytes: window.bytes,
		data: window.data,
		spans: new Int32Array(64 * spanWidth),
		lines: 0,
		entries: 0,
		isBlankBefore: false,
		position: 0,
		lineNumber: 1,
		searchFrom: 0,
		folds: 0,
		options: 0,
	};
	let totalBytes = 0;
	let isOpened = false;

	/** Moves what is still needed to the start of the window and adds a piece behind it. */
	const append = (piece: Uint8Array): void => {
		const keepFrom = state.lines > 0 ? state.spans[0]! : state.position;
		if (window.end() - keepFrom > maxEntryMebibytes * 1024 * 1024) {
			throw tooLarge(placeIn(state, state.lineNumber), maxEntryMebibytes);
		}

		const moved = window.append(piece, keepFrom);
		if (moved > 0) {
			state.position -= moved;
			state.searchFrom -= moved;
			moveSpans(state, moved);
		}

		state.bytes = window.bytes;
		state.data = window.data;
	};

	/** Once enough is there to see what the file is. */
	const open = (): void => {
		const first = window.bytes.subarray(0, window.end());
		const problem = notLdif(first.subarray(0, openingBytes));
		if (problem) {
			throw problem;
		}

		if (first[0] === 0xef && first[1] === 0xbb && first[2] === 0xbf) {
			state.position = 3;
			state.searchFrom = 3;
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
					scanLines(state, window.end(), false, onEntry);
				}
			}
		},
		end() {
			if (!isOpened) {
				open();
			}

			scanLines(state, window.end(), true, onEntry);
			const endsWithBlankLine = state.lines === 0 && state.isBlankBefore;
			finishEntry(state, onEntry, true);
			return {entries: state.entries, bytes: totalBytes, endsWithBlankLine};
		},
	};
};
