import {defineConfig} from 'vitest/config';
import {LongestFirst} from './test/longest-first.js';

export default defineConfig({
	test: {
		include: ['test/**/*.test.{ts,tsx}'],
		exclude: ['test/e2e/**'],
		testTimeout: 60_000,
		hookTimeout: 60_000,
		// A screen is waited for, on however busy a machine.
		expect: {poll: {timeout: 20_000}},
		// Whole programs wait for clusters and for one another more than they reckon: four share two cores well.
		maxWorkers: 4,
		sequence: {sequencer: LongestFirst},
	},
});
