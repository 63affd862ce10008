import process from 'node:process';
import {defineConfig} from 'vitest/config';
import {whyNot} from './test/e2e/cluster.js';

export default defineConfig(async () => {
	const reason = await whyNot();
	if (reason !== undefined) {
		if (process.env.UNROOT_E2E === 'required') {
			throw new Error(`The end-to-end tests are required, but ${reason}.`);
		}

		console.error(`The end-to-end tests are skipped: ${reason}. See test/e2e/readme.md.`);
	}

	return {
		test: {
			include: reason === undefined ? ['test/e2e/**/*.test.ts'] : [],
			passWithNoTests: reason !== undefined,
			// On a busy machine a whole migration takes ten minutes.
			testTimeout: 1_800_000,
			hookTimeout: 1_800_000,
			// One test at a time: every one of them runs servers.
			fileParallelism: false,
		},
	};
});
