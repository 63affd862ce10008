import {defineConfig} from 'vitest/config';
import {LongestFirst} from './test/longest-first.js';

/** Rooms whose tests leave nothing behind in their process: they share workers, since starting one for each file takes a quarter of their time. */
const together = [
	'commands',
	'failure',
	'headless',
	'ldif',
	'machine',
	'manifests',
	'migration',
	'ping',
	'profile',
	'report',
	'steps',
].map(room => `test/${room}/**/*.test.ts`);

export default defineConfig({
	test: {
		projects: [
			{extends: true, test: {name: 'together', include: together, isolate: false}},
			{
				extends: true,
				test: {name: 'apart', include: ['test/**/*.test.{ts,tsx}'], exclude: ['test/e2e/**', ...together]},
			},
		],
		testTimeout: 60_000,
		hookTimeout: 60_000,
		// A screen is waited for, on however busy a machine.
		expect: {poll: {timeout: 20_000}},
		// Whole programs wait for clusters and for one another more than they reckon: four share two cores well.
		maxWorkers: 4,
		sequence: {sequencer: LongestFirst},
	},
});
