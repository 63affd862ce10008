import {expect, test} from 'vitest';
import type {Question} from '../../source/migration/step.js';
import {optionLines} from '../../source/wizard/blocks/options.js';
import {cellsOf, fitted, clipped} from '../../source/wizard/cells.js';
import {layoutOf} from '../../source/wizard/layout.js';
import {spanCells, lineText, wrapped} from '../../source/wizard/lines.js';
import {sliceOf, withFocus} from '../../source/wizard/scroll.js';
import {themeOf} from '../../source/wizard/theme.js';

test.each([
	['plain', 5],
	['東京', 4],
	['e\u{301}', 1],
	['👩‍🚀', 2],
	['é·«»…', 5],
	['ｆｕｌｌ', 8],
	['❤️', 2],
	['', 0],
])('%s takes %d columns', (text, columns) => {
	expect(cellsOf(text)).toBe(columns);
});

test('a text is cut between characters, and filled up to its width', () => {
	expect(clipped('東京都', 5)).toBe('東京');
	expect(fitted('Server profile', 11)).toBe('Server pro…');
	expect(fitted('東京都', 5)).toBe('東京…');
	expect(fitted('ab', 4)).toBe('ab  ');
});

test('lines break at spaces, long words are cut, and further rows stand below the text', () => {
	const lines = wrapped('one two threefourfive six', {width: 8, lead: [{text: '- '}]});
	expect(lines.map(line => lineText(line))).toEqual(['- one', '  two', '  threef', '  ourfiv', '  e six']);
});

test('line ends and the indentation of a line are kept', () => {
	expect(wrapped('a:\n  b: 1\n\nc', {width: 20}).map(line => lineText(line))).toEqual(['a:', '  b: 1', '', 'c']);
});

test('no row is wider than it may be, whatever is in it', () => {
	const text = 'kubectl --context 東京 exec pod -- sh -c \'echo "averyveryverylongwordwithoutanyspace"\' 👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀';
	for (let width = 4; width < 60; width++) {
		const rows = wrapped(text, {width, lead: [{text: '$ '}]});
		expect(Math.max(...rows.map(({spans}) => spanCells(spans)))).toBeLessThanOrEqual(width);
		expect(
			rows
				.map(line => lineText(line).slice(2))
				.join('')
				.replaceAll(' ', ''),
		).toBe(text.replaceAll(' ', ''));
	}
});

test.each([
	[80, 24],
	[100, 24],
	[99, 24],
	[40, 12],
	[20, 6],
	[200, 60],
	[1, 1],
])('every part fits into %d by %d', (columns, rows) => {
	const {height, pane, rail, hasRules} = layoutOf(columns, rows, 12);
	expect(height).toBeLessThan(Math.max(2, rows));
	expect(pane.left + pane.width).toBeLessThanOrEqual(columns);
	if (rows >= 6) {
		expect(pane.top + pane.height + (hasRules ? 2 : 1)).toBe(height);
	}

	expect(rail === undefined).toBe(columns < 100 || rows < 17);
});

test('a list that does not fit says how much is above and below', () => {
	expect(sliceOf(5, 10, 3)).toEqual({
		offset: 0,
		shown: 5,
		above: 0,
		below: 0,
	});
	expect(sliceOf(20, 10, 3)).toEqual({
		offset: 3,
		shown: 9,
		above: 3,
		below: 8,
	});
	expect(sliceOf(20, 10, 100)).toEqual({
		offset: 11,
		shown: 9,
		above: 11,
		below: 0,
	});
});

test('what is chosen is in sight, with as little movement as can be', () => {
	expect(withFocus(0, 10, {from: 3, to: 5})).toBe(0);
	expect(withFocus(0, 10, {from: 8, to: 10})).toBe(2);
	expect(withFocus(8, 10, {from: 3, to: 5})).toBe(3);
	expect(withFocus(0, 10, {from: 4, to: 40})).toBe(4);
});

const choiceOf = (count: number): Extract<Question, {readonly kind: 'choice'}> => ({
	kind: 'choice',
	id: 'workload',
	title: 'Which?',
	why: 'There are several.',
	options: Array.from({length: count}, (_, index) => ({
		value: `v${index}`,
		label: `Option ${index}`,
		reason: `Reason ${index}.`,
	})),
});

test('a few options stand together above the reason of the chosen one; in a long list the reason is below its option', () => {
	const shown = (count: number, chosen: number): readonly string[] => {
		const {lines, from, to} = optionLines(choiceOf(count), chosen, 40, themeOf({colour: false, ascii: true}));
		return lines.slice(from, to + 1).map(line => lineText(line).trim());
	};

	expect(shown(3, 0)).toEqual(['> 1 Option 0', '2 Option 1', '3 Option 2', '', 'Why       Reason 0.']);
	expect(shown(40, 30)).toEqual(['> 31 Option 30', 'Why       Reason 30.']);
});
