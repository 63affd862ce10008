import {chmod, mkdir, readFile, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {answersFile, freshAnswers, git, onlyRun, runProgram, temporaryHome, temporarySandbox} from './program.js';

/** A home whose git kills itself when it moves the branch of a run, while it holds the locks, once. */
const homeOfKilledGit = async (): Promise<string> => {
	const home = await temporaryHome();
	const hooks = join(home, 'hooks');
	await mkdir(hooks);
	const hook = join(hooks, 'reference-transaction');
	await writeFile(
		hook,
		`#!/bin/sh\nrefs=$(cat)\ncase "$1 $refs" in\n'prepared '*' refs/heads/unroot/'*) mkdir '${home}/killed' ` +
			'2>/dev/null && kill -9 $PPID ;;\nesac\nexit 0\n',
	);
	await chmod(hook, 0o755);
	const configuration = join(home, '.gitconfig');
	await writeFile(configuration, `${await readFile(configuration, 'utf8')}[core]\n\thooksPath = ${hooks}\n`);
	return home;
};

/** Answers up to the profile and no further: the run stops behind it for want of the next one. */
const {strategy, image, 'profile-path': path} = freshAnswers;
const upToProfile = {strategy, image, 'profile-path': path};

test("a lock that a killed git left in a repository of the run's own is removed, and that is said", async () => {
	const home = await homeOfKilledGit();
	const sandbox = await temporarySandbox();
	const run = join(home, 'run');
	const answers = await answersFile(home, {...upToProfile, 'profile-repository': join(run, 'server-profiles')});
	const ended = await runProgram({home, sandbox, args: ['migrate', '--answers', answers, '--run', run]});
	expect(ended.status, ended.stderr).toBe(4);
	await stat(join(home, 'killed'));
	expect(ended.stderr).toMatch(/refs\/heads\/unroot\/[\w\-]+\.lock was left by a git that was killed/v);
	expect(await git(join(run, 'server-profiles'), 'log', '--all', '--format=%s')).toMatch(
		/^Save the server profile of pingdirectory\n/v,
	);
	await expect(stat(join(run, 'worktree'))).rejects.toThrow();
}, 120_000);

test("in the operator's repository the lock is named, and removed on his word alone", async () => {
	const home = await homeOfKilledGit();
	const sandbox = await temporarySandbox();
	const repository = join(home, 'profiles');
	const answers = await answersFile(home, {...upToProfile, 'profile-repository': repository});
	const killed = await runProgram({home, sandbox, args: ['migrate', '--answers', answers]});
	expect(killed.status, killed.stderr).toBe(3);
	const run = await onlyRun(home);
	const lock = join(repository, '.git', 'refs', 'heads', 'unroot', `${run.split('/').at(-1) ?? ''}.lock`);
	expect(killed.stderr).toContain(lock);

	const unasked = await runProgram({home, sandbox, args: ['resume', run, '--yes', '--answers', answers]});
	expect(unasked.status, unasked.stderr).toBe(4);
	expect(unasked.stderr).toContain('git-locks');
	await stat(lock);

	const allowed = await answersFile(home, {
		...upToProfile,
		'profile-repository': repository,
		'git-locks': 'remove',
	});
	const resumed = await runProgram({home, sandbox, args: ['resume', run, '--answers', allowed]});
	expect(resumed.status, resumed.stderr).toBe(4);
	expect(resumed.stderr).not.toContain('git-lock');
	await expect(stat(lock)).rejects.toThrow();
	expect(await git(repository, 'log', '--all', '--format=%s')).toMatch(/^Save the server profile of pingdirectory\n/v);
}, 120_000);
