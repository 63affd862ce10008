import {expect, test} from 'vitest';
import {createMeter} from '../../../source/migration/engine/progress.js';

const bytes = (done: number, total = 1000) => ({
	what: 'Copying',
	unit: 'bytes' as const,
	done,
	total,
});

test('progress is shown ten times a second at most, its end always', () => {
	const meter = createMeter('copy-out');
	expect(meter.report(bytes(0), 0)).toMatchObject({progress: {done: 0}});
	expect(meter.report(bytes(100), 40)).toBeUndefined();
	expect(meter.report(bytes(200), 80)).toBeUndefined();
	expect(meter.report(bytes(300), 120)).toMatchObject({progress: {done: 300}});
	expect(meter.report(bytes(1000), 130)).toMatchObject({progress: {done: 1000}, secondsLeft: 0});
});

test('rate and time left come from what was shown, in seconds', () => {
	const meter = createMeter('copy-out');
	meter.report(bytes(0), 0);
	expect(meter.report(bytes(100), 1000)).toMatchObject({rate: 100, secondsLeft: 9});
	expect(meter.report(bytes(300), 2000)).toMatchObject({rate: 130});
});

test('a rate does not depend on how often a step reports', () => {
	const often = createMeter('copy-out');
	const seldom = createMeter('copy-out');
	for (let now = 0; now < 1000; now += 10) {
		often.report(bytes(now / 10), now);
	}

	seldom.report(bytes(0), 0);
	const rateOf = (event: ReturnType<typeof seldom.report>): number | undefined =>
		event?.type === 'progressed' ? event.rate : undefined;
	for (const meter of [often, seldom]) {
		const shown = meter.report(bytes(100), 1000);
		expect(rateOf(shown)).toBeCloseTo(100, 5);
	}
});

test('what was held back is shown by the next tick', () => {
	const meter = createMeter('copy-out');
	meter.report(bytes(0), 0);
	meter.report(bytes(50), 50);
	expect(meter.tick(1000)).toMatchObject({progress: {done: 50}});
});

test('standing still is said from two seconds on, and moving again takes it back', () => {
	const meter = createMeter('copy-out');
	meter.report(bytes(10), 0);
	expect(meter.tick(1000)).toBeUndefined();
	expect(meter.tick(2000)).toMatchObject({stalledSeconds: 2});
	expect(meter.report(bytes(10), 2500)).toBeUndefined();
	expect(meter.tick(3000)).toMatchObject({stalledSeconds: 3});
	expect(meter.report(bytes(20), 3100)).not.toHaveProperty('stalledSeconds');
	expect(meter.tick(3200)).toBeUndefined();
});

test('what is finished does not stand still', () => {
	const meter = createMeter('copy-out');
	meter.report(bytes(1000), 0);
	expect(meter.tick(60_000)).toBeUndefined();
});

test('something else that is counted begins anew', () => {
	const meter = createMeter('export');
	meter.report(bytes(0), 0);
	meter.report(bytes(500), 1000);
	const event = meter.report({what: 'Entries', unit: 'entries', done: 1}, 1010);
	expect(event).toMatchObject({progress: {what: 'Entries', done: 1}});
	expect(event).not.toHaveProperty('rate');
	expect(event).not.toHaveProperty('secondsLeft');
});

test('waiting for somebody else is no stall, and what is missing is shown anew when it changes', () => {
	const meter = createMeter('apply');
	const waiting = (...awaits: readonly string[]) => ({
		what: 'Waiting for Helm',
		unit: 'checks' as const,
		done: 0,
		total: 1,
		awaits,
	});
	expect(meter.report(waiting('the image', 'the user'), 0)).toMatchObject({
		progress: {awaits: ['the image', 'the user']},
	});
	expect(meter.tick(60_000)).toBeUndefined();
	expect(meter.report(waiting('the image', 'the user'), 61_000)).toBeUndefined();
	expect(meter.report(waiting('the user'), 62_000)).toMatchObject({progress: {awaits: ['the user']}});
});
