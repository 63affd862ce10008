import {expect, test} from 'vitest';
import {Failure} from '../../../source/failure/failure.js';
import {throughOutages} from '../../../source/migration/engine/outage.js';
import {createFastClock} from '../../cluster/hand-clock.js';

const failureOf = (code: string): Failure =>
	new Failure({
		code,
		seen: `${code}.`,
		means: 'Means.',
		todo: 'Do.',
		byHand: 'by hand',
	});

/** Fails as it is told, one after the other, then answers. */
const failing = (...codes: readonly string[]) => {
	const left = [...codes];
	return async (): Promise<string> => {
		const code = left.shift();
		if (code !== undefined) {
			throw failureOf(code);
		}

		return 'answer';
	};
};

test('an API that does not answer is asked again, and each reason is told once', async () => {
	const clock = createFastClock();
	const told: string[] = [];
	const answer = await throughOutages(failing('server-unreachable', 'server-unreachable', 'server-busy'), {
		clock,
		log(line) {
			told.push(line);
		},
	});
	expect(answer).toBe('answer');
	expect(clock.slept).toEqual([2000, 2000, 2000]);
	expect(told).toEqual([
		'server-unreachable. It is asked again, for a minute.',
		'server-busy. It is asked again, for a minute.',
	]);
});

test('an outage of more than a minute is what it ends with', async () => {
	const clock = createFastClock();
	await expect(
		throughOutages(failing(...Array.from({length: 100}, () => 'server-refused')), {clock}),
	).rejects.toMatchObject({parts: {code: 'server-refused'}});
	expect(clock.slept.length).toBe(30);
});

test.each(['forbidden', 'pod-missing', 'tool-failed'])('%s is no outage', async code => {
	const clock = createFastClock();
	await expect(throughOutages(failing(code), {clock})).rejects.toMatchObject({parts: {code}});
	expect(clock.slept).toEqual([]);
});

test('whoever stops it need not wait for the cluster', async () => {
	const abort = new AbortController();
	const stopped = throughOutages(failing(...Array.from({length: 100}, () => 'server-refused')), {
		clock: createFastClock(),
		signal: abort.signal,
		log() {
			abort.abort(new Error('stopped'));
		},
	});
	await expect(stopped).rejects.toThrow('stopped');
});
