const segmenter = new Intl.Segmenter('en', {granularity: 'grapheme'});

/* East Asian wide and full-width letters, and what is shown as a picture. */
const wide =
	/[\p{Emoji_Presentation}\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Yi}\u{3000}-\u{303E}\u{FF01}-\u{FF60}\u{FFE0}-\u{FFE6}]/v;
const invisible = /^[\p{Default_Ignorable_Code_Point}\p{Mark}]+$/v;
const isAscii = /^[\u{20}-\u{7E}]*$/v;

/** What a reader takes for one character each. */
export const graphemes = (text: string): readonly string[] =>
	isAscii.test(text) ? [...text] : Array.from(segmenter.segment(text), ({segment}) => segment);

const cellsOfGrapheme = (grapheme: string): number => {
	if (invisible.test(grapheme)) {
		return 0;
	}

	return wide.test(grapheme) || grapheme.includes('\u{FE0F}') ? 2 : 1;
};

/** Columns a text takes on a terminal. */
export const cellsOf = (text: string): number =>
	isAscii.test(text) ? text.length : graphemes(text).reduce((sum, grapheme) => sum + cellsOfGrapheme(grapheme), 0);

/** The longest start of a text that fits into so many columns. */
export const clipped = (text: string, width: number): string => {
	let start = '';
	let used = 0;
	for (const grapheme of graphemes(text)) {
		used += cellsOfGrapheme(grapheme);
		if (used > width) {
			break;
		}

		start += grapheme;
	}

	return start;
};

/** A text in exactly so many columns, cut with a sign where it is longer. */
export const fitted = (text: string, width: number, cut = '…'): string => {
	const shown = cellsOf(text) <= width ? text : `${clipped(text, Math.max(0, width - cellsOf(cut)))}${cut}`;
	return shown + ' '.repeat(Math.max(0, width - cellsOf(shown)));
};
