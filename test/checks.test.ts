import {fileURLToPath} from 'node:url';
import {execa} from 'execa';
import {expect, test} from 'vitest';

const project = fileURLToPath(new URL('..', import.meta.url));

// They reckon for most of a minute on one core, while tests of whole programs wait for clusters.
test.concurrent.each(['types', 'lint'])(
	'%s hold for the product and its tests',
	async script => {
		const {exitCode, all} = await execa('npm', ['run', '--silent', script], {cwd: project, all: true, reject: false});
		expect(exitCode, all).toBe(0);
	},
	600_000,
);
