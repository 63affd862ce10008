import {execFileSync, spawn} from 'node:child_process';
import {
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
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

/** What lies in the operator's repository and below the folder beside it, with its content. */
const outside = (): string =>
	execFileSync(
		'sh',
		['-c', 'cd "$1" && find . -path ./repository/.git -prune -o -type f -print | sort | xargs cat', 'sh', folder],
		{encoding: 'utf8'},
	);

const hook = (name: string, script: string): void => {
	const path = join(folder, 'repository', '.git', 'hooks', name);
	mkdirSync(join(folder, 'repository', '.git', 'hooks'), {recursive: true});
	writeFileSync(path, `#!/bin/sh\n${script}\n`);
	chmodSync(path, 0o755);
};

test.each(['x/../..', '../elsewhere', '/tmp', '.', '', 'a//b', '.git/hooks', 'a/.git', 'a/./b', 'a\nb'])(
	'the path «%s» leads out of the repository or into its own files, and is refused',
	async path => {
		mkdirSync(join(folder, 'elsewhere'));
		writeFileSync(join(folder, 'elsewhere', 'kept.txt'), 'kept\n');
		const before = outside();
		await expect(
			commitFiles(git, createFiles({home: folder}), {...order({'a.txt': 'one\n'}), path}),
		).rejects.toMatchObject({parts: {code: 'commit-path', exit: 'blocked'}});
		expect(outside()).toBe(before);
	},
);

test.each([
	['a link to a folder outside', 'pingdirectory'],
	['a link below the path', 'sites/pingdirectory'],
])('%s of the repository is refused, and nothing behind it is touched', async (_what, path) => {
	mkdirSync(join(folder, 'elsewhere'));
	writeFileSync(join(folder, 'elsewhere', 'kept.txt'), 'kept\n');
	mkdirSync(join(folder, 'repository', 'sites'));
	symlinkSync(join(folder, 'elsewhere'), join(folder, 'repository', path));
	inRepository('add', '--all');
	inRepository('commit', '--quiet', '--message', 'A link');
	await expect(
		commitFiles(git, createFiles({home: folder}), {...order({'kept.txt': 'ours\n'}), path}),
	).rejects.toMatchObject({parts: {code: 'commit-path', seen: expect.stringContaining('is a link') as string}});
	expect(readFileSync(join(folder, 'elsewhere', 'kept.txt'), 'utf8')).toBe('kept\n');
	expect(readdirSync(join(folder, 'elsewhere'))).toEqual(['kept.txt']);
	expect(inRepository('branch', '--list', 'unroot/*')).toBe('');
});

test('a folder that differs from one that is there in case alone, and a file in the way, are refused', async () => {
	for (const path of ['Mine.txt', 'mine.txt', 'mine.txt/below']) {
		await expect(
			commitFiles(git, createFiles({home: folder}), {...order({'a.txt': 'one\n'}), path}),
		).rejects.toMatchObject({parts: {code: 'commit-path'}});
	}
});

test('a link in the place of the folder of the run is removed, and not what it leads to', async () => {
	mkdirSync(join(folder, 'elsewhere'));
	writeFileSync(join(folder, 'elsewhere', 'kept.txt'), 'kept\n');
	symlinkSync(join(folder, 'elsewhere'), join(folder, 'worktree'));
	await commit({'a.txt': 'one\n'});
	expect(readFileSync(join(folder, 'elsewhere', 'kept.txt'), 'utf8')).toBe('kept\n');
});

test('what is ignored, staged or left lying about in the repository is not in the commit', async () => {
	writeFileSync(join(folder, 'repository', '.gitignore'), '*.txt~\n');
	inRepository('add', '.gitignore');
	writeFileSync(join(folder, 'repository', 'staged.txt'), 'staged\n');
	inRepository('add', 'staged.txt');
	mkdirSync(join(folder, 'repository', 'pingdirectory'));
	writeFileSync(join(folder, 'repository', 'pingdirectory', 'a.txt~'), 'undo\n');
	const hash = await commit({'a.txt': 'one\n'});
	expect(inRepository('ls-tree', '-r', '--name-only', hash)).toBe('mine.txt\npingdirectory/a.txt');
	expect(inRepository('status', '--porcelain', '--ignored')).toContain('A  staged.txt');
});

test('a bare repository gets the branch, and no hidden repository is made in it', async () => {
	const bare = join(folder, 'bare.git');
	execFileSync('git', ['clone', '--quiet', '--bare', join(folder, 'repository'), bare]);
	const before = new Set(readdirSync(bare));
	const hash = await commitFiles(git, createFiles({home: folder}), {
		...order({'a.txt': 'one\n'}),
		repository: bare,
		identity: {name: 'Asked', email: 'asked@example.com'},
	});
	expect(execFileSync('git', ['-C', bare, 'show', `unroot/run:pingdirectory/a.txt`], {encoding: 'utf8'})).toBe('one\n');
	expect(execFileSync('git', ['-C', bare, 'rev-parse', 'unroot/run'], {encoding: 'utf8'}).trim()).toBe(hash);
	expect(readdirSync(bare).filter(name => !before.has(name) && name !== 'logs')).toEqual([]);
});

test.each([
	['inside .git', () => join(folder, 'repository', '.git', 'hooks'), 'repository-inside-git'],
	[
		'with a .git that leads nowhere',
		() => {
			mkdirSync(join(folder, 'odd'));
			writeFileSync(join(folder, 'odd', '.git'), `gitdir: ${join(folder, 'gone')}\n`);
			return join(folder, 'odd');
		},
		'repository-unreadable',
	],
	[
		'with an empty .git',
		() => {
			mkdirSync(join(folder, 'odd', '.git'), {recursive: true});
			return join(folder, 'odd');
		},
		'repository-damaged',
	],
])('a folder %s is no place for a new repository, and is left as it is', async (_what, make, code) => {
	const repository = make();
	await expect(
		commitFiles(git, createFiles({home: folder}), {...order({'a.txt': 'one\n'}), repository}),
	).rejects.toMatchObject({parts: {code}});
	expect(existsSync(join(repository, '.git', 'HEAD'))).toBe(false);
});

test("hooks of the operator's run, may refuse, and may not change what is committed", async () => {
	hook('pre-commit', 'test -f pingdirectory/a.txt && test -f mine.txt && echo no such word >&2 && exit 1');
	await expect(commit({'a.txt': 'one\n'})).rejects.toMatchObject({
		parts: {code: 'git-failed', details: ['no such word']},
	});
	hook('pre-commit', 'echo secret > pingdirectory/added && git add pingdirectory/added');
	await expect(commit({'a.txt': 'one\n'})).rejects.toMatchObject({
		parts: {code: 'commit-changed', details: ['pingdirectory/added']},
	});
	expect(inRepository('branch', '--list', 'unroot/*')).toBe('');
	hook('pre-commit', 'exit 0');
	expect(inRepository('show', `${await commit({'a.txt': 'one\n'})}:pingdirectory/a.txt`)).toBe('one');
});

test('a branch that somebody has checked out is not moved below his feet', async () => {
	await commit({'a.txt': 'one\n'});
	inRepository('checkout', '--quiet', 'unroot/run');
	await expect(commit({'a.txt': 'two\n'})).rejects.toMatchObject({parts: {code: 'branch-checked-out'}});
	expect(inRepository('status', '--porcelain')).toBe('');
});

/** Kills git where it has made its locks: a reference transaction that is prepared holds them all. */
const killGitAt = (words: string): void => {
	hook('reference-transaction', `refs=$(cat)\ncase "$1 $refs" in\n${words}) kill -9 $PPID ;;\nesac`);
};

test("a git that is killed while it commits is in nobody's way", async () => {
	killGitAt("'prepared '*' HEAD'");
	await expect(commit({'a.txt': 'one\n'})).rejects.toMatchObject({parts: {code: 'git-failed', retryable: true}});
	hook('reference-transaction', 'exit 0');
	expect(execFileSync('find', [join(folder, 'repository', '.git'), '-name', '*.lock'], {encoding: 'utf8'})).toBe('');
	expect(existsSync(join(folder, 'worktree'))).toBe(false);
	await expect(commit({'a.txt': 'one\n'})).resolves.toMatch(/^[\da-f]{40}$/v);
});

test('a lock that a killed git left is named, and removed where that is allowed, and said', async () => {
	killGitAt("'prepared '*' refs/heads/unroot/run'");
	const lock = join(folder, 'repository', '.git', 'refs', 'heads', 'unroot', 'run.lock');
	await expect(commit({'a.txt': 'one\n'})).rejects.toMatchObject({
		parts: {code: 'git-locked', seen: expect.stringContaining(lock) as string, exit: 'blocked', retryable: true},
	});
	hook('reference-transaction', 'exit 0');
	await expect(commit({'a.txt': 'one\n'})).rejects.toMatchObject({parts: {code: 'git-locked'}});
	expect(existsSync(lock)).toBe(true);

	const others = ['HEAD.lock', 'config.lock', 'index.lock', 'refs/heads/main.lock'].map(name =>
		join(folder, 'repository', '.git', name),
	);
	for (const path of others) {
		writeFileSync(path, '');
	}

	const said: string[] = [];
	await commitFiles(git, createFiles({home: folder}), {
		...order({'a.txt': 'one\n'}),
		locks: {
			remove: true,
			say(line) {
				said.push(line);
			},
		},
	});
	for (const path of [lock, ...others]) {
		expect(existsSync(path)).toBe(false);
		expect(said.filter(line => line.startsWith(path))).toHaveLength(1);
	}
});

test("a lock beside which git works is nobody's to remove", async () => {
	const lock = join(folder, 'repository', '.git', 'refs', 'heads', 'unroot', 'run.lock');
	await commit({'a.txt': 'one\n'});
	writeFileSync(lock, '');
	const working = spawn('git', ['-C', join(folder, 'repository'), 'cat-file', '--batch'], {stdio: 'pipe'});
	await new Promise(resolve => {
		working.stdout.once('data', resolve);
		working.stdin.write('HEAD\n');
	});
	try {
		await expect(
			commitFiles(git, createFiles({home: folder}), {
				...order({'a.txt': 'two\n'}),
				locks: {
					remove: true,
					say(line) {
						throw new Error(line);
					},
				},
			}),
		).rejects.toMatchObject({
			parts: {code: 'git-busy', seen: expect.stringContaining(String(working.pid)) as string, retryable: true},
		});
		expect(existsSync(lock)).toBe(true);
	} finally {
		working.kill('SIGKILL');
	}
});
