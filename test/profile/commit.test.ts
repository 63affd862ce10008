import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {createFiles} from '../../source/machine/files.js';
import {createGit} from '../../source/machine/git.js';
import {commitFiles, type CommitOrder} from '../../source/profile/commit.js';
import {readRepository} from '../../source/profile/repository.js';

let folder = '';
const git = createGit();

const inRepository = (...argv: readonly string[]): string =>
	execFileSync('git', ['-C', join(folder, 'repository'), ...argv], {encoding: 'utf8'}).trim();

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'unroot-commit-'));
	execFileSync('git', ['init', '--quiet', '--initial-branch', 'main', join(folder, 'repository')]);
	inRepository('config', 'user.name', 'Operator');
	inRepository('config', 'user.email', 'operator@example.com');
	writeFileSync(join(folder, 'repository', 'mine.txt'), 'mine\n');
	inRepository('add', '.');
	inRepository('commit', '--quiet', '--message', 'Mine');
});

afterEach(() => {
	rmSync(folder, {recursive: true, force: true});
});

const order = (files: Readonly<Record<string, string>>): CommitOrder => ({
	repository: join(folder, 'repository'),
	branch: 'unroot/run',
	worktree: join(folder, 'worktree'),
	path: 'pingdirectory',
	files: new Map(Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)])),
	message: 'Save the server profile',
});

const commit = async (files: Readonly<Record<string, string>>): Promise<string> =>
	commitFiles(git, createFiles({home: folder}), order(files));

test('the profile is committed on a branch of its own; work tree, index and branch stay as they are', async () => {
	writeFileSync(join(folder, 'repository', 'mine.txt'), 'changed, not committed\n');
	const hash = await commit({'pd.profile/dsconfig/00.dsconfig': 'one\n'});
	expect(inRepository('rev-parse', 'unroot/run')).toBe(hash);
	expect(inRepository('show', `${hash}:pingdirectory/pd.profile/dsconfig/00.dsconfig`)).toBe('one');
	expect(inRepository('symbolic-ref', '--short', 'HEAD')).toBe('main');
	expect(inRepository('status', '--porcelain')).toBe('M mine.txt');
	expect(readFileSync(join(folder, 'repository', 'mine.txt'), 'utf8')).toBe('changed, not committed\n');
	expect(inRepository('log', '-1', '--format=%an', hash)).toBe('Operator');
});

test('the same files again make no second commit; other files replace them', async () => {
	const first = await commit({'a.txt': 'one\n', 'b.txt': 'two\n'});
	expect(await commit({'a.txt': 'one\n', 'b.txt': 'two\n'})).toBe(first);
	const second = await commit({'a.txt': 'one\n'});
	expect(second).not.toBe(first);
	expect(inRepository('ls-tree', '-r', '--name-only', second, 'pingdirectory/')).toBe('pingdirectory/a.txt');
});

test('a secret is refused with file and line, and nothing is committed', async () => {
	await expect(commit({env_vars: 'A=1\nPING_IDENTITY_PASSWORD=2FederateM0re\n'})).rejects.toMatchObject({
		parts: {code: 'secret-in-commit', exit: 'blocked', details: ['env_vars:2: a password or key in a variable']},
	});
	expect(inRepository('branch', '--list', 'unroot/*')).toBe('');
});

test('a detached HEAD, uncommitted changes and a remote are seen; credentials in its address are not told', async () => {
	inRepository('checkout', '--quiet', '--detach');
	inRepository('remote', 'add', 'origin', 'https://someone:token@git.example.com/profiles.git');
	writeFileSync(join(folder, 'repository', 'new.txt'), 'new\n');
	const repository = await readRepository(git, join(folder, 'repository'));
	expect(repository).toMatchObject({
		state: 'there',
		hasCommit: true,
		dirty: ['?? new.txt'],
		remote: {name: 'origin', url: 'https://git.example.com/profiles.git'},
	});
	expect(repository).not.toHaveProperty('branch');
});

test('a folder that is no repository is made one, and the commit names who was asked', async () => {
	const hash = await commitFiles(git, createFiles({home: folder}), {
		...order({'a.txt': 'one\n'}),
		repository: join(folder, 'fresh'),
		identity: {name: 'Asked', email: 'asked@example.com'},
	});
	expect(
		execFileSync('git', ['-C', join(folder, 'fresh'), 'log', '-1', '--format=%an %ae', hash], {
			encoding: 'utf8',
		}).trim(),
	).toBe('Asked asked@example.com');
});
