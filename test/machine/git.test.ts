import {chmod, mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test, vi} from 'vitest';
import {createGit} from '../../source/machine/git.js';
import {temporaryFolder} from './temporary-folder.js';

const git = createGit();
const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'commit.gpgsign=false'];

const repository = async (): Promise<string> => {
	const folder = await temporaryFolder();
	await git.run(folder, ['init', '--quiet', '--initial-branch', 'main']);
	return folder;
};

test("the version is git's own, without the word before it", async () => {
	expect(await git.version()).toMatch(/^\d+\.\d+/v);
});

test('arguments reach git as they are', async () => {
	const folder = await repository();
	await writeFile(join(folder, 'a file; rm -rf $HOME'), 'x');
	await git.run(folder, ['add', '--all']);
	const message = 'Keep "this" $(whoami)\n\nand this';
	expect(await git.run(folder, [...identity, 'commit', '--quiet', '--file', '-'], {input: message})).toMatchObject({
		exitCode: 0,
	});
	expect(await git.run(folder, ['log', '-1', '--format=%B'])).toMatchObject({exitCode: 0, stdout: `${message}\n\n`});
	expect(await git.run(folder, ['ls-files', '-z'])).toMatchObject({stdout: 'a file; rm -rf $HOME\0'});
});

test('a status other than 0 is handed back with what git says', async () => {
	const result = await git.run(await repository(), ['rev-parse', '--verify', 'nothing']);
	expect(result.exitCode).toBe(128);
	expect(result.stderr).toContain('fatal');
});

test("the operator's hooks run, and may refuse", async () => {
	const folder = await repository();
	const hook = join(folder, '.git', 'hooks', 'pre-commit');
	await mkdir(join(folder, '.git', 'hooks'), {recursive: true});
	await writeFile(hook, '#!/bin/sh\necho refused by the hook >&2\nexit 1\n');
	await chmod(hook, 0o755);
	const result = await git.run(folder, [...identity, 'commit', '--allow-empty', '--message', 'x']);
	expect(result.exitCode).toBe(1);
	expect(result.stderr).toContain('refused by the hook');
});

test('a repository that the environment names is not the one that is used', async () => {
	const [here, elsewhere] = [await repository(), await repository()];
	vi.stubEnv('GIT_DIR', join(elsewhere, '.git'));
	try {
		await git.run(here, ['config', 'unroot.mark', 'here']);
	} finally {
		vi.unstubAllEnvs();
	}

	expect(await readFile(join(here, '.git', 'config'), 'utf8')).toContain('mark = here');
	expect(await readFile(join(elsewhere, '.git', 'config'), 'utf8')).not.toContain('mark');
});

test('a machine without git is told so', async () => {
	vi.stubEnv('PATH', await temporaryFolder());
	try {
		await expect(git.version()).rejects.toMatchObject({parts: {code: 'git-missing', exit: 'blocked'}});
	} finally {
		vi.unstubAllEnvs();
	}
});
