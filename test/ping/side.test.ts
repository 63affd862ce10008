import {describe, expect, test} from 'vitest';
import {sideOf, signsInLog, signsOf} from '../../source/ping/side.js';
import type {Side, Sign} from '../../source/ping/workload.js';

const sideOfLog = (log: string): Side => sideOf(signsOf({declared: {}, logLines: signsInLog(log)}));

const sign = (says: Sign['says'], strength: Sign['strength']): Sign => ({says, strength, seen: 'x'});

describe('which side of sprint 2103', () => {
	test.each<[string, readonly Sign[], string]>([
		['no sign', [], 'unknown'],
		['a weak one alone', [sign('old', 'weak')], 'old'],
		['two that agree', [sign('new', 'strong'), sign('new', 'weak')], 'new'],
		['strong against weak', [sign('old', 'strong'), sign('new', 'weak')], 'old'],
		['strong against medium', [sign('old', 'strong'), sign('new', 'medium')], 'unknown'],
		['strong against strong', [sign('old', 'strong'), sign('new', 'strong')], 'unknown'],
		['medium against weak', [sign('old', 'medium'), sign('new', 'weak')], 'unknown'],
	])('%s', (_name, signs, side) => {
		expect(sideOf(signs)).toBe(side);
	});

	test('what the manifests set is no sign of the image, but a weak one for a variable only old images read', () => {
		const environment = {PING_CONTAINER_PRIVILEGED: 'false', LDAPS_PORT: '636'};
		expect(signsOf({running: environment, declared: environment, logLines: []})).toMatchObject([
			{says: 'old', strength: 'weak'},
		]);
		expect(signsOf({running: environment, declared: {}, logLines: []})).toMatchObject([
			{says: 'old', strength: 'strong'},
			{says: 'old', strength: 'medium'},
		]);
	});

	test('the date of the build decides, on the day of the change too', () => {
		const at = (date: string): string =>
			sideOf(
				signsOf({
					running: {IMAGE_VERSION: `pingdirectory-alpine-az11-8.2.0.3-${date}-abcd`},
					declared: {},
					logLines: [],
				}),
			);
		expect([at('210316'), at('210317'), at('210401')]).toEqual(['old', 'new', 'new']);
	});

	test('uid 0 of an image is a sign, another user of its own is none', () => {
		expect(signsOf({declared: {}, logLines: [], imageUid: 0})).toMatchObject([{says: 'old'}]);
		expect(signsOf({declared: {}, logLines: [], imageUid: 9031})).toMatchObject([{says: 'new'}]);
		expect(signsOf({declared: {}, logLines: [], imageUid: 1000})).toEqual([]);
	});
});

describe('signs in a log', () => {
	test('are found among colours and other lines, each once', () => {
		const log =
			'\u{1B}[32m### Pattern: inside-out\u{1B}[0m\r\nhello ### Pattern: outside-in\n### Pattern: ' +
			'inside-out\n    IMAGE_VERSION: pingdirectory-alpine-az11-8.2.0.1-210120-8f2e\n';
		expect(signsInLog(log)).toEqual([
			'### Pattern: inside-out',
			'IMAGE_VERSION: pingdirectory-alpine-az11-8.2.0.1-210120-8f2e',
		]);
		expect(sideOfLog(log)).toBe('old');
	});

	test('a new image says which user it uses', () => {
		expect(sideOfLog('### Using the default container user and group\n')).toBe('new');
		expect(sideOfLog('### Warning: running container as root user\n')).toBe('new');
	});

	test('a hostile log is read in bounded time', () => {
		expect(
			signsInLog(`${'IMAGE_VERSION: a-'.repeat(100_000)}\n${'### Pattern: inside-out '.repeat(50_000)}`).length,
		).toBeLessThanOrEqual(20);
	});
});
