import {defineConfig} from 'vitest/config';

export default defineConfig({
	test: {
		include: ['test/**/*.test.{ts,tsx}'],
		exclude: ['test/e2e/**'],
		testTimeout: 60_000,
		hookTimeout: 60_000,
		// A screen is waited for, on however busy a machine.
		expect: {poll: {timeout: 20_000}},
		maxWorkers: 2,
	},
});
