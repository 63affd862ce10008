import {expect, test} from 'vitest';
import {createLedger} from '../../../source/cluster/transfer/ledger.js';

test('the last range is as long as what is left, and a file without bytes has no range', () => {
	const ledger = createLedger(2500, 1000);
	expect([0, 1, 2].map(range => [ledger.offsetOf(range), ledger.bytesOf(range)])).toEqual([
		[0, 1000],
		[1000, 1000],
		[2000, 500],
	]);
	expect(createLedger(0, 1000).count).toBe(0);
	expect(createLedger(0, 1000).isWhole()).toBe(true);
});

test('missing neighbours are taken together, and nothing is taken twice', () => {
	const ledger = createLedger(6000, 1000);
	ledger.verify(2);
	expect(ledger.take(10)).toEqual({first: 0, count: 2});
	expect(ledger.take(2)).toEqual({first: 3, count: 2});
	expect(ledger.take(2)).toEqual({first: 5, count: 1});
	expect(ledger.take(2)).toBeUndefined();
});

test('what is given back without being verified is missing again', () => {
	const ledger = createLedger(3000, 1000);
	const run = ledger.take(3) ?? {first: 0, count: 0};
	ledger.verify(1);
	ledger.release(run);
	expect(ledger.missing()).toBe(2);
	expect(ledger.take(3)).toEqual({first: 0, count: 1});
	expect(ledger.verifiedBytes()).toBe(1000);
});

test('a recorded range is neither missing nor verified until somebody looked', () => {
	const ledger = createLedger(2000, 1000);
	ledger.record(0);
	expect(ledger.take(2)).toEqual({first: 1, count: 1});
	expect(ledger.isVerified(0)).toBe(false);
	expect(ledger.verifiedBytes()).toBe(0);
	ledger.forget(0);
	expect(ledger.take(2)).toEqual({first: 0, count: 1});
});
