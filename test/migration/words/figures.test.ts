import {expect, test} from 'vitest';
import {
	amountText,
	bytesText,
	countText,
	durationText,
	elapsedText,
	percentOf,
	shortDuration,
} from '../../../source/migration/words/figures.js';

test.each([
	[0, '0 B'],
	[999, '999 B'],
	[1000, '1.0 kB'],
	[1_234_567, '1.2 MB'],
	[999_999, '1.0 MB'],
	[123_456_789, '123 MB'],
	[5e13, '50.0 TB'],
	[5e16, '50000 TB'],
])('%d bytes read %s', (bytes, text) => {
	expect(bytesText(bytes)).toBe(text);
});

test.each([
	[0.04, '0.0 s', '0.0s'],
	[9.94, '9.9 s', '9.9s'],
	[9.96, '10 s', '10s'],
	[59.6, '1 min', '1m00s'],
	[185, '3 min 5 s', '3m05s'],
	[7440, '2 h 4 min', '2h04m'],
	[200_000, '2 d', '2d'],
])('%d seconds read %s, or %s where there is little room', (seconds, long, short) => {
	expect(durationText(seconds)).toBe(long);
	expect(shortDuration(seconds)).toBe(short);
});

test('seconds that are counted up are whole ones', () => {
	expect([0.9, 2, 61.7].map(seconds => elapsedText(seconds))).toEqual(['0 s', '2 s', '1 min 1 s']);
});

test('only what is whole is 100 %', () => {
	expect(percentOf({done: 999_999, total: 1_000_000})).toBe(99);
	expect(percentOf({done: 1, total: 1})).toBe(100);
	expect(percentOf({done: 0, total: 0})).toBe(100);
	expect(percentOf({done: 5})).toBeUndefined();
});

test('amounts carry their unit once', () => {
	expect(countText(1_234_567)).toBe('1 234 567');
	expect(
		amountText({
			what: '',
			unit: 'bytes',
			done: 360e6,
			total: 1.2e9,
		}),
	).toBe('360 MB of 1.2 GB');
	expect(
		amountText({
			what: '',
			unit: 'entries',
			done: 1000,
			total: 20_000,
		}),
	).toBe('1 000 of 20 000 entries');
	expect(amountText({what: '', unit: 'pods', done: 2})).toBe('2 pods');
});
