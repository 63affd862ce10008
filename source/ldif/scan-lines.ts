import type {Buffer} from 'node:buffer';
import {keepLine, placeIn, type EntryView} from './entry-view.js';
import {malformed, torn} from './failures.js';
import {hasControl, nameCharacters, sortOptions, unfold} from './names.js';

const newline = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const semicolon = 0x3b;
const commentSign = 0x23;

/**
Where a scanner stands. It is an object that functions are given, and not variables they share: so they are compiled
once, however many files are read.
*/
export type ScanState = EntryView & {
	entries: number;
	isBlankBefore: boolean;
	/** Where the next logical line starts. */
	position: number;
	/** Its number in the file. */
	lineNumber: number;
	/** Where the search for its end goes on, and how many folds lie before that. */
	searchFrom: number;
	folds: number;
	/** How many options the name that was read last has. */
	options: number;
};

/** Shows the entry that is complete, where there is one. */
export const finishEntry = (state: ScanState, onEntry: (view: EntryView) => void, isEnd: boolean): void => {
	if (state.lines === 0) {
		return;
	}

	if (state.lines === 1) {
		throw (isEnd ? torn : malformed)(placeIn(state, state.spans[4]!), 'an entry without any attribute');
	}

	state.entries += 1;
	onEntry(state);
	state.lines = 0;
};

/** Whether the line is empty, but for the carriage return that some writers leave. */
const isEmpty = (bytes: Buffer, start: number, end: number): boolean =>
	end === start || (end === start + 1 && bytes[start] === carriageReturn);

/**
Puts the name into lower case and gives its end. The byte at the window's end is a newline, so this stops in time.
*/
const lowerName = (state: ScanState, start: number): number => {
	const {bytes} = state;
	let at = start;
	let options = 0;
	let character = nameCharacters[bytes[at]!]!;
	while (character !== 0) {
		bytes[at] = character;
		if (character === semicolon) {
			options += 1;
		}

		at += 1;
		character = nameCharacters[bytes[at]!]!;
	}

	state.options = options;
	return at;
};

/**
Finds the newline that ends the logical line, or -1 where it is not there yet; the search goes on from where it stopped.
*/
const findEnd = (state: ScanState, start: number, limit: number, isEnd: boolean): number => {
	const {bytes, data} = state;
	let at = state.searchFrom;
	for (;;) {
		// The newline at the window's end stops this.
		let four = data.getInt32(at, true);
		while (!hasControl(four)) {
			at += 4;
			four = data.getInt32(at, true);
		}

		let byte = bytes[at]!;
		while (byte > carriageReturn) {
			at += 1;
			byte = bytes[at]!;
		}

		if (at >= limit || (byte === newline && at + 1 >= limit && !isEnd)) {
			state.searchFrom = at;
			return -1;
		}

		if (byte === newline) {
			if (at + 1 >= limit || bytes[at + 1] !== space || isEmpty(bytes, start, at)) {
				return at;
			}

			state.folds += 1;
		} else if (byte === 0) {
			throw malformed(placeIn(state, state.lineNumber), 'a NUL byte');
		}

		at += 1;
	}
};

/** Takes all whole lines up to `limit`, where the content of the memory ends. */
export const scanLines = (
	state: ScanState,
	limit: number,
	isEnd: boolean,
	onEntry: (view: EntryView) => void,
): void => {
	const {bytes, data} = state;
	while (state.position < limit) {
		const start = state.position;
		let nameEnd = start;
		if (state.folds === 0) {
			nameEnd = lowerName(state, start);
			state.searchFrom = Math.max(nameEnd, state.searchFrom);
		}

		let end = findEnd(state, start, limit, isEnd);
		if (end < 0) {
			if (isEnd) {
				throw torn(placeIn(state, state.lineNumber), 'the last line has no end');
			}

			return;
		}

		state.position = end + 1;
		state.searchFrom = end + 1;
		const first = bytes[start]!;
		if (isEmpty(bytes, start, end)) {
			finishEntry(state, onEntry, false);
			state.isBlankBefore = true;
		} else if (first === space) {
			throw malformed(placeIn(state, state.lineNumber), 'a continued line with nothing before it');
		} else if (first !== commentSign) {
			state.isBlankBefore = false;
			if (state.folds > 0) {
				end = unfold(bytes, data, start, end);
				bytes[end] = newline;
				nameEnd = lowerName(state, start);
			} else if (bytes[end - 1] === carriageReturn) {
				end -= 1;
			}

			if (state.options > 1) {
				sortOptions(bytes, start, nameEnd);
			}

			keepLine(state, state.lineNumber, state.entries === 0, start, nameEnd, end);
		}

		state.lineNumber += 1 + state.folds;
		state.folds = 0;
	}
};
