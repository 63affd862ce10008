import {join} from 'node:path';
import {expect, test} from 'vitest';
import {answersFile, freshAnswers, runProgram, temporaryHome, temporarySandbox} from './program.js';

test('nothing is imported before the schema of the export is on the new server', async () => {
	const home = await temporaryHome();
	const sandbox = await temporarySandbox();
	const file = await answersFile(home, {
		...freshAnswers,
		'profile-repository': join(home, 'profiles'),
		'profile-delivery': 'none',
	});
	const ended = await runProgram({home, sandbox, args: ['migrate', '--answers', file]});
	expect(ended.status, ended.stdout + ended.stderr).toBe(3);
	expect(ended.stdout).toContain('The new server gets no profile');
	expect(ended.stderr).toContain('does not know 1 object class of the export: examplecustomer.');
}, 120_000);
