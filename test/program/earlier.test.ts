import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {
	answersFile,
	freshAnswers,
	journalLines,
	onlyRun,
	runProgram,
	temporaryHome,
	temporarySandbox,
} from './program.js';

/** The checklist of the version before. */
const before = [
	'connect',
	'inventory',
	'strategy',
	'profile',
	'export',
	'copy-out',
	'preview',
	'apply',
	'import',
	'prove',
	'cut-over',
	'clean-up',
];

test('a run that the version before left open is resumed and ends', async () => {
	const home = await temporaryHome();
	const sandbox = await temporarySandbox();
	const {'cut-over': typed, ...most} = {...freshAnswers, 'profile-repository': join(home, 'profiles')};
	const file = await answersFile(home, most);
	expect(await runProgram({home, sandbox, args: ['migrate', '--yes', '--answers', file]})).toMatchObject({status: 4});

	const folder = await onlyRun(home);
	const path = join(folder, 'journal.jsonl');
	const text = await readFile(path, 'utf8');
	const lines = text
		.split('\n')
		.filter(Boolean)
		.map(line => JSON.parse(line) as {readonly type: string; readonly step?: string})
		.filter(({step}) => step === undefined || before.includes(step))
		.map(line => (line.type === 'run-opened' ? {...line, format: 1, steps: before} : line));
	await writeFile(path, lines.map(line => `${JSON.stringify(line)}\n`).join(''));

	const rest = await answersFile(home, {...most, 'cut-over': typed});
	const ended = await runProgram({home, sandbox, args: ['resume', '--yes', '--answers', rest]});
	expect(ended.status, ended.stdout + ended.stderr).toBe(0);
	expect(ended.stdout).toContain('the version of unroot that began this run did not have it');
	const after = await journalLines(folder);
	const begun = after.slice(lines.length).flatMap(({type, step}) => (type === 'step-started' ? [step] : []));
	expect(begun).not.toContain('export');
	expect(begun).toContain('cut-over');
	expect(await runProgram({home, sandbox, args: ['verify', folder]})).toMatchObject({status: 0});
}, 120_000);
