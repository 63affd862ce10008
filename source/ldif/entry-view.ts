import type {Buffer} from 'node:buffer';
import {decodeInPlace} from './base64.js';
import {changeRecord, malformed, urlValue, type Place} from './failures.js';

const space = 0x20;
const colon = 0x3a;

/** Numbers a line has in `EntryView.spans`. */
export const spanWidth = 5;

/**
An entry as the scanner shows it: without folds, base64 decoded, names in lower case. It is valid only during the call,
because the scanner uses its memory again. Inside this room only.
*/
export type EntryView = {
	/** What the spans point into. */
	bytes: Buffer;
	/** The same memory, for reading several bytes at a time. */
	data: DataView;
	/**
	Five numbers for each line: where the name starts, where it ends, where the value starts, where it ends, and the
	line's number in the file. The first line is the DN.
	*/
	spans: Int32Array;
	/** Lines, the DN's among them. */
	lines: number;
};

/** The DN of an entry, as text. */
export const dnText = ({bytes, spans}: EntryView): string => bytes.toString('utf8', spans[2], spans[3]);

/** Where a line of the entry is, for a Failure. */
export const placeIn = (view: EntryView, line: number): Place => ({
	line,
	dn: view.lines > 0 ? dnText(view) : undefined,
});

const keepSpan = (
	view: EntryView,
	lineNumber: number,
	start: number,
	nameEnd: number,
	valueStart: number,
	valueEnd: number,
): void => {
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
const isCommon = ({bytes, lines}: EntryView, start: number, nameEnd: number, end: number): boolean =>
	lines > 1 &&
	nameEnd + 2 < end &&
	nameEnd > start &&
	bytes[nameEnd] === colon &&
	bytes[nameEnd + 1] === space &&
	bytes[nameEnd + 2]! > space &&
	(nameEnd - start !== 2 || bytes[start] !== 0x64);

const isDnName = (bytes: Buffer, start: number, nameEnd: number): boolean =>
	nameEnd - start === 2 && bytes[start] === 0x64 && bytes[start + 1] === 0x6e;

/** Remembers a line of any kind; throws a Failure where it is not allowed. */
const keepAny = (
	view: EntryView,
	line: number,
	isFirstEntry: boolean,
	start: number,
	nameEnd: number,
	end: number,
): void => {
	const place = (): Place => placeIn(view, line);
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
	} else if (kind === 0x3c) {
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

	const isDn = isDnName(bytes, start, nameEnd);
	if (isDn !== (view.lines === 0)) {
		if (isDn) {
			throw malformed(place(), 'a second DN without a blank line before it');
		}

		if (isFirstEntry && bytes.toString('latin1', start, nameEnd) === 'version') {
			if (bytes.toString('latin1', valueStart, valueEnd) !== '1') {
				throw malformed(place(), 'the version of the format is not 1');
			}

			return;
		}

		throw malformed(place(), 'an entry that does not begin with its DN');
	}

	if (
		view.lines === 1 &&
		bytes[start] === 0x63 &&
		['changetype', 'control'].includes(bytes.toString('latin1', start, nameEnd))
	) {
		throw changeRecord(place());
	}

	keepSpan(view, line, start, nameEnd, valueStart, valueEnd);
};

/**
Adds line number `line`, from `start` to `end`, whose name ends at `nameEnd`, to the entry. Base64 is decoded in place.
Before the first entry the version may stand, which is not kept. Throws a Failure where the line is not allowed.
*/
export const keepLine = (
	view: EntryView,
	line: number,
	isFirstEntry: boolean,
	start: number,
	nameEnd: number,
	end: number,
): void => {
	if (isCommon(view, start, nameEnd, end)) {
		keepSpan(view, line, start, nameEnd, nameEnd + 2, end);
	} else {
		keepAny(view, line, isFirstEntry, start, nameEnd, end);
	}
};

/** Tells the entry's places that its memory moved towards the start. */
export const moveSpans = ({spans, lines}: EntryView, moved: number): void => {
	for (let index = 0; index < lines * spanWidth; index += spanWidth) {
		for (let offset = 0; offset < 4; offset += 1) {
			spans[index + offset]! -= moved;
		}
	}
};
