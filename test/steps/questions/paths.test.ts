import {execFileSync} from 'node:child_process';
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {createFiles} from '../../../source/machine/files.js';
import {createGit} from '../../../source/machine/git.js';
import type {StepContext} from '../../../source/migration/step.js';
import {judgeRepository, judgeSecretFile} from '../../../source/steps/questions/paths.js';

const desk = async () => {
	const home = await mkdtemp(join(tmpdir(), 'unroot-paths-'));
	onTestFinished(async () => rm(home, {recursive: true, force: true}));
	const context = {world: {files: createFiles({home}), git: createGit()}} as unknown as StepContext;
	const git = (...words: readonly string[]): void => {
		execFileSync('git', words, {cwd: home, stdio: 'ignore'});
	};

	return {home, context, git};
};

test('a repository is a work tree, or a folder that can become one', async () => {
	const {home, context, git} = await desk();
	git('init', 'work');
	await mkdir(join(home, 'work', 'deep'));
	await mkdir(join(home, 'plain'));
	for (const path of ['work', 'work/deep', 'plain', 'new', 'new/deeper']) {
		await expect(judgeRepository(context, join(home, path)), path).resolves.toBeUndefined();
	}
});

test('what cannot be committed to is refused at the question', async () => {
	const {home, context, git} = await desk();
	git('init', 'work');
	git('init', '--bare', 'bare.git');
	await writeFile(join(home, 'file'), '');
	await mkdir(join(home, 'broken'));
	await writeFile(join(home, 'broken', '.git'), 'gitdir: /nowhere\n');
	for (const [path, refused] of [
		['file', /is a file\. Name the folder/v],
		['file/below', /is a file/v],
		['bare.git', /bare repository/v],
		['work/.git', /inside of one/v],
		['broken', /git refuses/v],
	] as const) {
		await expect(judgeRepository(context, join(home, path)), path).resolves.toMatch(refused);
	}
});

test('a file with a secret is there and holds something', async () => {
	const {home, context} = await desk();
	await writeFile(join(home, 'good'), 'secret\n');
	await writeFile(join(home, 'empty'), '\n');
	await expect(judgeSecretFile(context, join(home, 'good'))).resolves.toBeUndefined();
	await expect(judgeSecretFile(context, join(home, 'none'))).resolves.toMatch(/There is no file/v);
	await expect(judgeSecretFile(context, join(home, 'empty'))).resolves.toMatch(/is empty/v);
	await expect(judgeSecretFile(context, home)).resolves.toMatch(/is a folder/v);
});
