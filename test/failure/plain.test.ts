import {expect, test} from 'vitest';
import {asciiOf, plainData, plainLine, plainText} from '../../source/failure/plain.js';
import {failureText} from '../../source/failure/text.js';

const escape = '\u{1B}';

test.each([
	['clears the screen', `${escape}[2Jtext`, 'text'],
	['colours', `${escape}[31;1mtext${escape}[0m`, 'text'],
	['sets the window title', `${escape}]0;title\u{7}text`, 'text'],
	['is one character for an escape sequence', '\u{9B}31mtext', 'text'],
	['moves back over what was written', 'good\b\b\b\bbad', 'good····bad'],
	['returns to the start of the line', 'bad\rgood', 'bad·good'],
	['rings', 'text\u{7}', 'text·'],
	['turns the direction of writing', 'file\u{202E}gpj.exe', 'filegpj.exe'],
	['is not seen', 'na\u{200B}me', 'name'],
	['ends lines as Windows does', 'one\r\ntwo', 'one\ntwo'],
])('text that %s is shown without it', (_what, hostile, shown) => {
	expect(plainText(hostile)).toBe(shown);
});

test('letters of every script, accents and pictures stay', () => {
	const text = 'Jürgen 東京 👩‍🚀 e\u{301} «ok»';
	expect(plainText(text)).toBe(text);
});

test('a line stays one line', () => {
	expect(plainLine('one\ntwo\n')).toBe('one two');
});

test('a text without an end is cut', () => {
	const text = plainText('x'.repeat(1_000_000));
	expect(text.length).toBeLessThan(201_000);
	expect(text).toContain('characters more');
});

test('data is cleaned through and through, once', () => {
	const data = {list: [{text: `${escape}[2Ja`}], number: 1, nothing: null};
	expect(plainData(data)).toEqual({list: [{text: 'a'}], number: 1, nothing: null});
	expect(plainData(data)).toBe(plainData(data));
});

test('the four parts of a failure are cleaned too', () => {
	const text = failureText({
		code: 'x',
		seen: `${escape}[2Jseen`,
		means: 'means',
		todo: 'todo',
		byHand: 'kubectl\tget',
		details: [`${escape}[1mdetail`],
	}).join('\n');
	expect(text).not.toContain(escape);
	expect(text).toBe(
		'What was seen:\n  seen\nWhat it means:\n  means\nWhat to do:\n  todo\nBy hand:\n  kubectl    ' +
			'get\nDetails:\n  detail',
	);
});

test('the signs of the program have an ASCII form', () => {
	expect(asciiOf('✓ «a» → b … 2 × 3')).toBe('ok "a" -> b ... 2 x 3');
});
