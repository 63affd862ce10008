import {expect, test} from 'vitest';
import {createClock} from '../../source/machine/clock.js';

test("sleeping ends at once, with the signal's reason, when it is aborted", async () => {
	const abort = new AbortController();
	const sleeping = createClock().sleep(1_000_000, abort.signal);
	abort.abort(new Error('stopped'));
	await expect(sleeping).rejects.toThrow('stopped');
});

test('sleeping does not begin when the signal is aborted already', async () => {
	const aborted = AbortSignal.abort(new Error('stopped'));
	await expect(createClock().sleep(1_000_000, aborted)).rejects.toThrow('stopped');
});

test('the time is that of this machine', () => {
	const before = Date.now();
	const now = createClock().now().getTime();
	expect(now).toBeGreaterThanOrEqual(before);
	expect(now).toBeLessThanOrEqual(Date.now());
});
