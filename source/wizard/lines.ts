import {asCalled} from '../failure/called.js';
import {cellsOf, graphemes, clipped} from './cells.js';
import type {Tone} from './theme.js';

/** A piece of a line. */
export type Span = {readonly text: string; readonly tone?: Tone};

/**
One row of a screen. Screens are lists of rows that are made for a width, so that what fits a window is counted and
never guessed.
*/
export type Line = {
	readonly spans: readonly Span[];
	/** What a screen reader gets instead; an empty text for what only decorates. */
	readonly spoken?: string;
	readonly role?: 'radio' | 'progressbar' | 'textbox';
	readonly isChecked?: boolean;
};

/** How a text is laid out. */
export type Layout = {
	/** Columns. */
	readonly width: number;
	/** What stands before the first row; the others begin below its end. */
	readonly lead?: readonly Span[];
	readonly tone?: Tone;
};

/** A row as it is. */
export const row = (...spans: readonly Span[]): Line => ({spans});

/** A row of one text. */
export const plainRow = (text: string, tone?: Tone): Line => row({text: asCalled(text), ...(tone && {tone})});

/** A row with nothing on it. */
export const blank: Line = {spans: [], spoken: ''};

/** Columns of some spans. */
export const spanCells = (spans: readonly Span[]): number => spans.reduce((sum, {text}) => sum + cellsOf(text), 0);

/** The text of a line. */
export const lineText = ({spans}: Line): string => spans.map(({text}) => text).join('');

const pieces = /\s+|\S+/gv;

/** Breaks one line of text at spaces; a word longer than a row is cut. */
const broken = (text: string, width: number): readonly string[] => {
	if (cellsOf(text) <= width) {
		return [text];
	}

	const rows: string[] = [];
	let current = '';
	let used = 0;
	const close = (): void => {
		rows.push(current.trimEnd());
		current = '';
		used = 0;
	};

	for (const [piece] of text.matchAll(pieces)) {
		let rest = piece;
		if (rest.trim() === '') {
			if (used > 0 || rows.length === 0) {
				current += rest;
				used += rest.length;
			}

			continue;
		}

		if (used > 0 && used + cellsOf(rest) > width) {
			close();
		}

		while (cellsOf(rest) > width) {
			const start = clipped(rest, width) || (graphemes(rest)[0] ?? '');
			rows.push(start);
			rest = rest.slice(start.length);
		}

		current += rest;
		used += cellsOf(rest);
	}

	if (current.trim()) {
		close();
	}

	return rows;
};

/** A text of any length in rows of a width. */
export const wrapped = (text: string, {width, lead = [], tone}: Layout): readonly Line[] => {
	const indent = spanCells(lead);
	const rows = asCalled(text)
		.split('\n')
		.flatMap(line => broken(line, Math.max(1, width - indent)));
	return rows.map((content, index) => {
		const span = {text: content, ...(tone && {tone})};
		if (indent === 0) {
			return row(span);
		}

		return index === 0 ? row(...lead, span) : row({text: ' '.repeat(indent)}, span);
	});
};
