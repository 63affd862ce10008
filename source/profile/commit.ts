import {join} from 'node:path';
import {Failure} from '../failure/failure.js';
import type {Files, Git} from '../migration/world.js';
import {readRepository, runGit} from './repository.js';
import {findLeaks, type Leak} from './secrets.js';
import type {ProfileTree} from './tree.js';

/** A commit to be made on a branch of its own. */
export type CommitOrder = {
	/** The operator's repository. It is made where there is none. */
	readonly repository: string;
	readonly branch: string;
	/** A folder of the run's own, where the branch is checked out for the commit, so that the operator's work tree is never touched. */
	readonly worktree: string;
	/** The folder of the repository that the files replace, relative to its top. */
	readonly path: string;
	readonly files: ProfileTree;
	readonly message: string;
	/** Who commits, where git does not know. */
	readonly identity?: {readonly name: string; readonly email: string};
};

/** The Failure of a commit that would publish a secret or a user entry: it names file and line, never the value. */
const leaksFailure = (leaks: readonly Leak[], where: string): Failure =>
	new Failure({
		code: 'secret-in-commit',
		seen: `${leaks.length === 1 ? 'A secret or user entry' : `${leaks.length} secrets or user entries`} would reach the commit: ${leaks
			.slice(0, 3)
			.map(({path, line, what}) => `${path}:${line} (${what})`)
			.join(', ')}.`,
		means: 'What is once in git stays in its history. Nothing was committed.',
		todo: `Take it out of the files below ${where}, or put a variable such as \${PASSWORD} in its place, then try again: the files there are what is committed.`,
		byHand: `$EDITOR ${join(where, leaks[0]?.path ?? '')}`,
		exit: 'blocked',
		retryable: true,
		details: leaks.map(({path, line, what}) => `${path}:${line}: ${what}`),
	});

const identityFlags = ({identity}: CommitOrder): readonly string[] =>
	identity ? ['-c', `user.name=${identity.name}`, '-c', `user.email=${identity.email}`] : [];

/** Makes sure that there is a repository with a commit to branch from. */
const prepareRepository = async (git: Git, files: Files, order: CommitOrder): Promise<void> => {
	await files.makeFolder(order.repository);
	const repository = await readRepository(git, order.repository);
	if (repository.state === 'none') {
		await runGit(git, order.repository, ['init', '--quiet', '--initial-branch', 'main']);
	}

	if (repository.state === 'none' || !repository.hasCommit) {
		await runGit(git, order.repository, [
			...identityFlags(order),
			'commit',
			'--quiet',
			'--allow-empty',
			'--message',
			'Begin',
		]);
	}
};

const checkOut = async (git: Git, order: CommitOrder): Promise<void> => {
	await runGit(git, order.repository, ['worktree', 'prune']);
	const listed = await runGit(git, order.repository, ['worktree', 'list', '--porcelain']);
	if (listed.split('\n').includes(`worktree ${order.worktree}`)) {
		return;
	}

	const known = await git.run(order.repository, ['rev-parse', '--verify', '--quiet', `refs/heads/${order.branch}`]);
	await runGit(git, order.repository, [
		'worktree',
		'add',
		'--quiet',
		...(known.exitCode === 0 ? [order.worktree, order.branch] : ['-b', order.branch, order.worktree, 'HEAD']),
	]);
};

/**
Commits files on a branch of their own and gives the commit's hash. The operator's work tree, index and current branch stay as they are; his hooks and his signing run as always. Run again with the same files, it makes no second commit.

Rejects where a secret or a user entry would reach the commit.
*/
export const commitFiles = async (git: Git, files: Files, order: CommitOrder): Promise<string> => {
	const leaks = findLeaks(order.files);
	if (leaks.length > 0) {
		throw leaksFailure(leaks, order.path);
	}

	await prepareRepository(git, files, order);
	await checkOut(git, order);
	const before = await files.list(join(order.worktree, order.path));
	const gone = before.filter(one => !order.files.has(one));
	for (const path of gone) {
		await files.remove(join(order.worktree, order.path, path));
	}

	for (const [path, bytes] of order.files) {
		await files.writeBytes(join(order.worktree, order.path, path), bytes, 0o644);
	}

	await runGit(git, order.worktree, ['add', '--force', '--all', '--', order.path]);
	const staged = await git.run(order.worktree, ['diff', '--cached', '--quiet']);
	if (staged.exitCode !== 0) {
		await refuseStagedLeaks(git, order);
		await runGit(git, order.worktree, [...identityFlags(order), 'commit', '--quiet', '--message', order.message]);
	}

	const commit = await runGit(git, order.worktree, ['rev-parse', 'HEAD']);
	await runGit(git, order.repository, ['worktree', 'remove', '--force', order.worktree]);
	return commit;
};

/** Looks at what git itself is about to commit, not at what we meant to hand it. */
const refuseStagedLeaks = async (git: Git, order: CommitOrder): Promise<void> => {
	const names = await runGit(git, order.worktree, ['diff', '--cached', '--name-only', '--diff-filter=d', '-z']);
	const staged = new Map<string, Uint8Array>();
	const paths = names.split('\0').filter(Boolean);
	for (const name of paths) {
		const text = await runGit(git, order.worktree, ['show', `:${name}`]);
		staged.set(name, new TextEncoder().encode(text));
	}

	const leaks = findLeaks(staged);
	if (leaks.length > 0) {
		throw leaksFailure(leaks, order.worktree);
	}
};

/** Whether a commit is on the branch, and how many files it holds. Later commits may follow it there: the manifests are committed on top of the profile. */
export const verifyCommit = async (
	git: Git,
	repository: string,
	branch: string,
	commit: string,
): Promise<{readonly isThere: boolean; readonly files: number}> => {
	const isAncestor = await git.run(repository, ['merge-base', '--is-ancestor', commit, `refs/heads/${branch}`]);
	const tree = await git.run(repository, ['ls-tree', '-r', '--name-only', commit]);
	return {isThere: isAncestor.exitCode === 0, files: tree.stdout.split('\n').filter(Boolean).length};
};
