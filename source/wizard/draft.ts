import type {Key} from 'ink';
import {plainLine} from '../failure/plain.js';
import {cellsOf, graphemes} from './cells.js';

/** A text that is being typed; the cursor counts characters as a reader does. */
export type Typed = {readonly text: string; readonly cursor: number};

/** A key that is none of those with a name. */
export const noKey: Key = {
	upArrow: false,
	downArrow: false,
	leftArrow: false,
	rightArrow: false,
	pageDown: false,
	pageUp: false,
	home: false,
	end: false,
	return: false,
	escape: false,
	ctrl: false,
	shift: false,
	tab: false,
	backspace: false,
	delete: false,
	meta: false,
	super: false,
	hyper: false,
	capsLock: false,
	numLock: false,
};

/** Nothing typed yet. */
export const emptyDraft: Typed = {text: '', cursor: 0};

/** A text with the cursor at its end. */
export const draftOf = (text: string): Typed => ({text, cursor: graphemes(text).length});

const replaced = ({text}: Typed, from: number, to: number, by = ''): Typed => {
	const all = graphemes(text);
	const before = all.slice(0, from).join('') + by;
	return {text: before + all.slice(to).join(''), cursor: graphemes(before).length};
};

const wordStart = ({text, cursor}: Typed): number => {
	const before = graphemes(text).slice(0, cursor).join('').trimEnd();
	return graphemes(before.slice(0, before.lastIndexOf(' ') + 1)).length;
};

/** Text as it is put into an answer: line ends become spaces, control characters are dropped. */
export const plain = (text: string): string => plainLine(text.replaceAll('\r', '\n').trim() || ' ');

/** Text as it is put into a secret: every character counts, but for those that no key types. */
export const exact = (text: string): string => text.replaceAll(/\p{Control}/gv, '');

/** The same number of characters, none of which is shown. */
export const hidden = ({text, cursor}: Typed, sign: string): Typed => ({
	text: sign.repeat(graphemes(text).length),
	cursor,
});

type EditKey = 'left' | 'right' | 'home' | 'end' | 'backspace' | 'delete' | 'to-start' | 'to-end' | 'word';

/** What the keys of a line editor are called, with the letters that mean the same with Ctrl. */
const editKey = (input: string, key: Key): EditKey | undefined => {
	const names: ReadonlyArray<readonly [boolean, EditKey, string]> = [
		[key.leftArrow, 'left', 'b'],
		[key.rightArrow, 'right', 'f'],
		[key.home, 'home', 'a'],
		[key.end, 'end', 'e'],
		[key.backspace, 'backspace', 'h'],
		[key.delete, 'delete', 'd'],
		[false, 'to-start', 'u'],
		[false, 'to-end', 'k'],
		[false, 'word', 'w'],
	];
	return names.find(([isPressed, , letter]) => isPressed || (key.ctrl && input === letter))?.[1];
};

/** Text that was pasted, at the cursor: whatever is in it, it is text. */
export const withPasted = (draft: Typed, text: string, taken = plain): Typed =>
	text === '' ? draft : replaced(draft, draft.cursor, draft.cursor, taken(text));

/** A control character as a key, where it came in one piece with the text around it. */
const controlKey = (character: string): {readonly input: string; readonly key: Key} =>
	character === '\u{7F}' || character === '\b'
		? {input: '', key: {...noKey, backspace: true}}
		: {input: String.fromCodePoint((character.codePointAt(0) ?? 0) + 0x60), key: {...noKey, ctrl: true}};

const isControl = /^\p{Control}$/v;

/**
What a key makes of a draft, or undefined where it is no editing key. Keys that are pressed fast come in one piece: each
does what it does alone. `taken` says what is put in of what was typed.
*/
export const edited = (draft: Typed, input: string, key: Key, taken = plain): Typed | undefined => {
	const pieces = input.match(/\p{Control}|\P{Control}+/gv) ?? [];
	return pieces.length > 1
		? pieces.reduce((before, piece) => {
				const pressed = isControl.test(piece) ? controlKey(piece) : {input: piece, key};
				return editedBy(before, pressed.input, pressed.key, taken) ?? before;
			}, draft)
		: editedBy(draft, input, key, taken);
};

const editedBy = (draft: Typed, input: string, key: Key, taken: (text: string) => string): Typed | undefined => {
	const {text, cursor} = draft;
	const end = graphemes(text).length;
	const command = editKey(input, key);
	if (command === undefined) {
		return input === '' || key.ctrl || key.meta || key.tab || key.return || key.escape
			? undefined
			: replaced(draft, cursor, cursor, taken(input));
	}

	switch (command) {
		case 'left': {
			return {text, cursor: Math.max(0, cursor - 1)};
		}

		case 'right': {
			return {text, cursor: Math.min(end, cursor + 1)};
		}

		case 'home': {
			return {text, cursor: 0};
		}

		case 'end': {
			return {text, cursor: end};
		}

		case 'backspace': {
			return replaced(draft, Math.max(0, cursor - 1), cursor);
		}

		case 'delete': {
			return replaced(draft, cursor, Math.min(end, cursor + 1));
		}

		case 'to-start': {
			return replaced(draft, 0, cursor);
		}

		case 'to-end': {
			return replaced(draft, cursor, end);
		}

		case 'word': {
			return replaced(draft, wordStart(draft), cursor);
		}
	}
};

/** The part of a draft that fits into so many columns with the cursor in it, and the cursor's column there. */
export const windowOf = ({text, cursor}: Typed, width: number): {readonly text: string; readonly column: number} => {
	const all = graphemes(text);
	const room = Math.max(1, width - 1);
	let from = cursor;
	let column = 0;
	// Backwards from the cursor: a text that was pasted may be long.
	while (from > 0) {
		const cells = cellsOf(all[from - 1] ?? '');
		if (column + cells > room) {
			break;
		}

		column += cells;
		from--;
	}

	return {text: all.slice(from, from + width).join(''), column};
};
