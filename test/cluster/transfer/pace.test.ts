import {expect, test} from 'vitest';
import {learn, nextTurn, type Pace} from '../../../source/cluster/transfer/pace.js';

const range = 16 * 1024 * 1024;
const nothing: Pace = {};

test('each way is tried on one range, compressed first, then the faster one is taken for about ten seconds', () => {
	expect(nextTurn(nothing, true, range, 0)).toEqual({compressed: true, ranges: 1});
	const packed = learn(nothing, {compressed: true, bytes: 100e6, seconds: 1}, 1);
	expect(nextTurn(packed, true, range, 1)).toEqual({compressed: false, ranges: 1});
	expect(nextTurn(learn(packed, {compressed: false, bytes: 12e6, seconds: 1}, 2), true, range, 2)).toEqual({
		compressed: true,
		ranges: 60,
	});
	expect(nextTurn(learn(packed, {compressed: false, bytes: 200e6, seconds: 1}, 2), true, range, 2)).toEqual({
		compressed: false,
		ranges: 119,
	});
});

test('a pod without gzip is never asked to compress', () => {
	expect(nextTurn(nothing, false, range, 0)).toEqual({compressed: false, ranges: 1});
	expect(nextTurn(learn(nothing, {compressed: false, bytes: 1e6, seconds: 1}, 1), false, range, 1000)).toEqual({
		compressed: false,
		ranges: 1,
	});
});

test('it changes its mind when the way that was taken turns out slower', () => {
	const tried = learn(
		learn(nothing, {compressed: true, bytes: 100e6, seconds: 1}, 1),
		{compressed: false, bytes: 120e6, seconds: 1},
		2,
	);
	expect(nextTurn(tried, true, range, 3).compressed).toBe(false);
	expect(nextTurn(learn(tried, {compressed: false, bytes: 100e6, seconds: 10}, 12), true, range, 12).compressed).toBe(
		true,
	);
});

test('after a minute the other way is tried again, unless it was hopeless', () => {
	const close = learn(
		learn(nothing, {compressed: true, bytes: 100e6, seconds: 1}, 1),
		{compressed: false, bytes: 80e6, seconds: 1},
		2,
	);
	expect(nextTurn(close, true, range, 100)).toEqual({compressed: false, ranges: 1});
	const hopeless = learn(
		learn(nothing, {compressed: true, bytes: 100e6, seconds: 1}, 1),
		{compressed: false, bytes: 8e6, seconds: 1},
		2,
	);
	expect(nextTurn(hopeless, true, range, 100)).toMatchObject({compressed: true});
});
