import {execa} from 'execa';
import {expect, test} from 'vitest';
import {
	answersFile,
	environmentOf,
	freshAnswers,
	journalLines,
	onlyRun,
	runProgram,
	temporaryHome,
	temporarySandbox,
} from './program.js';

test('unfreeze lets the servers of a stopped run take writes again, reads that back, and leaves the run where it is', async () => {
	const home = await temporaryHome();
	const sandbox = await temporarySandbox({entries: 30});
	const {'cut-over': _, ...answers} = freshAnswers;
	const file = await answersFile(home, answers);
	const stopped = await runProgram({home, sandbox, args: ['migrate', '--yes', '--answers', file]});
	expect(stopped.status, stopped.stdout + stopped.stderr).toBe(4);
	expect(stopped.stderr).toContain('The question cut-over has no answer');
	expect(stopped.stderr + stopped.stdout).toContain('Writes are refused since');

	const env = await environmentOf(home, sandbox);
	const write = async (text: string): Promise<number | undefined> => {
		const {exitCode} = await execa(
			'kubectl',
			['--namespace', 'identity', 'exec', '-i', 'pingdirectory-0', '--', 'ldapmodify'],
			{
				env,
				reject: false,
				input: `dn: dc=example,dc=com\nchangetype: modify\nreplace: description\ndescription: ${text}\n`,
			},
		);
		return exitCode;
	};

	expect(await write('while frozen')).not.toBe(0);
	const run = await onlyRun(home);
	const lifted = await runProgram({home, sandbox, args: ['unfreeze']});
	expect(lifted.status, lifted.stdout + lifted.stderr).toBe(0);
	expect(lifted.stdout).toContain('Writes are refused since');
	expect(lifted.stdout).toMatch(/✓ .*pingdirectory-0/v);
	expect(lifted.stdout).toContain('Writes are taken again. The run stays where it is');
	expect(await write('after it')).toBe(0);
	const lines = await journalLines(run);
	expect(lines.some(({type, how}) => type === 'freeze-ended' && how === 'lifted')).toBe(true);

	const status = await runProgram({home, sandbox, args: ['status']});
	expect(status.stdout).not.toContain('Writes are refused');
	const again = await runProgram({home, sandbox, args: ['unfreeze', '-o', 'json']});
	expect(again.status).toBe(2);
	expect(JSON.parse(again.stderr)).toMatchObject({failure: {code: 'not-frozen'}});
}, 150_000);
