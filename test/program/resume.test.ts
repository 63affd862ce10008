import {readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import type {Sandbox} from '../../source/sandbox/sandbox.js';
import {boundariesOf, lookForRun, waitForBoundary} from './journal-watch.js';
import {
	answersFile,
	freshAnswers,
	git,
	journalLines,
	outcomeOf,
	runsOf,
	runProgram,
	startProgram,
	temporaryHome,
	temporarySandbox,
	type Ended,
	type Program,
} from './program.js';

/**
Values of the old directory that stand nowhere but in its entries: a password hash, and a surname of plain ASCII that is
long enough not to turn up by chance.
*/
const canaries = (sandbox: Sandbox): readonly [string, string] => {
	const attributes =
		sandbox
			.pod('pingdirectory-0')
			?.entries()
			.flatMap(entry => entry.attributes) ?? [];
	const valueOf = (name: string, pattern: RegExp): string => {
		const [, value] =
			attributes.find(([attribute, text]) => attribute === name && typeof text === 'string' && pattern.test(text)) ??
			[];
		if (typeof value !== 'string') {
			throw new TypeError(`No entry has a fitting ${name}.`);
		}

		return value;
	};

	// A hash is long enough to be folded in LDIF; its beginning stands on one line.
	return [valueOf('userPassword', /^\{SSHA512\}/v).slice(0, 40), valueOf('sn', /^[A-Za-z]{7,}$/v)];
};

/**
Kills the program at the next boundary of its journal that was not passed before. What it wrote until the kill struck is
passed as well: the next kill is to strike a run that went on.
*/
const killAtNext = async (program: Program, home: string, passed: Set<string>): Promise<Ended> => {
	if (await waitForBoundary(program, runsOf(home), passed)) {
		program.signal('SIGKILL');
	}

	const ended = await program.ended;
	for (const boundary of await boundariesOf(runsOf(home))) {
		passed.add(boundary);
	}

	return ended;
};

test('a run that is killed whenever its journal says something new goes on to its end, and does nothing twice', async () => {
	const home = await temporaryHome();
	const sandbox = await temporarySandbox();
	const secrets = canaries(sandbox);
	const repository = join(home, 'profiles');
	const file = await answersFile(home, {...freshAnswers, 'profile-repository': repository});
	// The old pod is still in the list when the cut-over has seen it end: no command runs in it.
	sandbox.faults.tell({kind: 'keep-ended', pod: 'pingdirectory-0'});
	let program = await startProgram({home, sandbox, args: ['migrate', '--yes', '--answers', file]});
	let kills = 0;
	// The line that opens the run is passed over: what is killed before it never began.
	const passed = new Set(['run-opened']);
	let ended = await killAtNext(program, home, passed);
	let said = ended.stdout + ended.stderr;
	while (ended.signal === 'SIGKILL') {
		kills++;
		program = await startProgram({
			home,
			sandbox,
			args: ['resume', (await lookForRun(runsOf(home))) ?? '', '--yes', '--answers', file],
		});
		ended = await killAtNext(program, home, passed);
		said += ended.stdout + ended.stderr;
	}

	console.log(`${kills} kills, ${passed.size} boundaries`);
	expect(ended.status, `${ended.stdout}\n${ended.stderr}`).toBe(0);
	expect(kills).toBeGreaterThan(20);
	const folder = (await lookForRun(runsOf(home))) ?? '';
	const lines = await journalLines(folder);
	expect(lines.filter(({type}) => type === 'run-finished').length).toBe(1);
	expect(lines.filter(({type}) => type === 'step-reopened')).toEqual([]);

	const {newName} = outcomeOf(lines, 'strategy') as {readonly newName: string};
	const workloads = sandbox
		.objects('StatefulSet', 'identity')
		.map(({metadata, spec}) => ({name: metadata.name, replicas: (spec as {replicas: number}).replicas}));
	expect(workloads.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual([
		{name: 'pingdirectory', replicas: 0},
		{name: newName, replicas: 1},
	]);
	const service = sandbox.objects('Service', 'identity').find(({metadata}) => metadata.name === 'pingdirectory');
	expect(service?.spec).toMatchObject({selector: {role: newName}});
	const {proofs} = outcomeOf(lines, 'prove') as {
		readonly proofs: ReadonlyArray<{readonly source: string; readonly copy: string; readonly target: string}>;
	};
	expect(proofs.length).toBe(1);
	for (const {source, copy, target} of proofs) {
		expect(target).toMatch(/^[\da-f]{64}$/v);
		expect([source, copy]).toEqual([target, target]);
	}

	expect(
		sandbox.objects('Pod', 'identity').find(({metadata}) => metadata.name === 'pingdirectory-0')?.status,
	).toMatchObject({phase: 'Failed'});
	expect(sandbox.pod(`${newName}-0`)?.execs()).toEqual([]);
	const {mode} = await stat(join(folder, 'data', 'userRoot.ldif'));
	expect(mode & 0o777).toBe(0o600);

	const subjects = await git(repository, 'log', '--all', '--format=%s');
	const commits = subjects.trim().split('\n');
	expect(commits.length, subjects).toBeGreaterThan(0);
	expect(new Set(commits).size, subjects).toBe(commits.length);

	const [history, journal, report] = await Promise.all([
		git(repository, 'log', '-p', '--all'),
		readFile(join(folder, 'journal.jsonl'), 'utf8'),
		readFile(join(folder, 'report.md'), 'utf8'),
	]);
	const copy = await readFile(join(folder, 'data', 'userRoot.ldif'), 'utf8');
	for (const secret of secrets) {
		expect(copy).toContain(secret);
		for (const text of [history, journal, report, said]) {
			expect(text).not.toContain(secret);
		}
	}

	const settled = await runProgram({home, sandbox, args: ['verify', folder]});
	expect(settled.status, settled.stdout + settled.stderr).toBe(0);
}, 600_000);
