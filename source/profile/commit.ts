import {join} from 'node:path';
import {Failure} from '../failure/failure.js';
import {quoted} from '../failure/quoted.js';
import type {Files, Git} from '../migration/world.js';
import {cleanPath, refuseOddPath} from './commit-path.js';
import {commitTree, type CommitContent} from './commit-tree.js';
import {heldBack} from './held-back.js';
import {clearLocks, lockInTheWay, type LockRule} from './locks.js';
import {readRepository, runGit, type Repository} from './repository.js';
import {leakText, type Leak} from './secrets.js';

/** A commit to be made on a branch of its own. */
export type CommitOrder = CommitContent & {
	/** The operator's repository. It is made where there is none. */
	readonly repository: string;
	readonly branch: string;
	/**
	The folder that the files were read from and that is read again by the next try; undefined where they are made anew.
	*/
	readonly source?: string;
	/** What the operator let in by name, though the gate holds it back. */
	readonly letIn?: ReadonlySet<string>;
	/** What becomes of locks that no process holds. Left out, they are left alone. */
	readonly locks?: LockRule;
};

type Known = Extract<Repository, {readonly state: 'there'}>;

/** The Failure of a commit that would publish a secret or a user entry: it names file and line, never the value. */
const leaksFailure = (leaks: readonly Leak[], {source, repository}: CommitOrder): Failure => {
	const [first] = leaks;
	return new Failure({
		code: 'secret-in-commit',
		seen: `${leaks.length === 1 ? 'Something is' : `${leaks.length} things are`} held back from the commit: ${leaks
			.slice(0, 3)
			.map(({path, line, what}) => `${path}:${line} (${what})`)
			.join(', ')}.`,
		means: 'What is once in git stays in its history. Nothing was committed.',
		todo:
			source === undefined
				? 'Keep the files out of git.'
				: `Correct the files below ${source}: take it out, or put a variable such as \${PASSWORD} in its place. ` +
					'Then try again: what lies there is what is committed. What is no secret you may let in by name.',
		byHand:
			source === undefined
				? `git -C ${quoted(repository)} status`
				: `$EDITOR ${quoted(join(source, first?.path ?? ''))}`,
		exit: 'blocked',
		retryable: true,
		details: leaks.map(leak => leakText(leak)),
	});
};

const checkedOut = (branch: string, where: string): Failure =>
	new Failure({
		code: 'branch-checked-out',
		seen: `The branch ${branch} is checked out in ${where}.`,
		means: 'A commit to it would change what that work tree stands on. Nothing was committed.',
		todo: 'Check another branch out there, then try again.',
		byHand: `git -C ${quoted(where)} switch --detach`,
		exit: 'blocked',
		retryable: true,
	});

/**
Makes sure that nobody works on the branch. An earlier version checked it out in the run's folder: that is taken back.
*/
const freeBranch = async (git: Git, {top}: Known, {branch, worktree}: CommitOrder): Promise<void> => {
	const listed = await runGit(git, top, ['worktree', 'list', '--porcelain']);
	for (const block of listed.split('\n\n')) {
		const [first = '', ...lines] = block.split('\n');
		const where = first.replace(/^worktree /v, '');
		if (where === worktree) {
			await runGit(git, top, ['worktree', 'remove', '--force', '--force', worktree]);
		} else if (lines.includes(`branch refs/heads/${branch}`)) {
			throw checkedOut(branch, where);
		}
	}
};

/** Makes sure that there is a repository. */
const repositoryFor = async (git: Git, {repository}: CommitOrder): Promise<Known> => {
	const known = await readRepository(git, repository);
	if (known.state === 'there') {
		return known;
	}

	await git.init(repository);
	const made = await readRepository(git, repository);
	if (made.state === 'none') {
		throw new Failure({
			code: 'repository-unreadable',
			seen: `git made a repository at ${repository} and does not find it there.`,
			means: 'Nothing was committed.',
			todo: 'Look at that folder, or name another repository, then try again.',
			byHand: `git -C ${quoted(repository)} status`,
			retryable: true,
		});
	}

	return made;
};

const commitAt = async (git: Git, top: string, name: string): Promise<string | undefined> => {
	const {exitCode, stdout} = await git.run(top, ['rev-parse', '--verify', '--quiet', [name, '^{commit}'].join('')]);
	return exitCode === 0 ? stdout.trim() : undefined;
};

const nothing = '0'.repeat(40);

type Move = {readonly branch: string; readonly from: string | undefined; readonly to: string};

const branchMoved = ({top}: Known, {branch, from, to}: Move, details: readonly string[]): Failure =>
	new Failure({
		code: 'branch-moved',
		seen:
			`The branch ${branch} in ${top} could not be moved from ${from?.slice(0, 12) ?? 'nothing'} to ` +
			`${to.slice(0, 12)}.`,
		means: 'Somebody may have changed it meanwhile. It was left as it is.',
		todo: 'Look at the branch, then try again.',
		byHand: `git -C ${quoted(top)} log ${quoted(branch)}`,
		retryable: true,
		details,
	});

/** Moves the branch to a commit, if it still is where it was. */
const moveBranch = async (git: Git, files: Files, known: Known, {locks}: CommitOrder, move: Move): Promise<void> => {
	const argv = ['update-ref', '-m', 'commit: by unroot', `refs/heads/${move.branch}`, move.to, move.from ?? nothing];
	const first = await git.run(known.top, argv);
	if (first.exitCode === 0) {
		return;
	}

	// This git itself may have been killed; where its locks may be removed, that is no reason to stop.
	if (locks?.remove) {
		await clearLocks(git, files, known, locks);
		const second = await git.run(known.top, argv);
		if (second.exitCode === 0) {
			return;
		}
	}

	throw (
		(await lockInTheWay(git, known, move.branch)) ??
		branchMoved(known, move, first.stderr.split('\n').filter(Boolean).slice(-10))
	);
};

/**
Commits files on a branch of their own and gives the commit's hash. The operator's work tree, index and current branch
stay as they are, and nothing is deleted or written outside of the folder of the run's own; his hooks and his signing
run as always. Run again with the same files, it makes no second commit.

Rejects where a secret or a user entry would reach the commit, and where the commit holds anything but the files that
were checked.
*/
export const commitFiles = async (git: Git, files: Files, order: CommitOrder): Promise<string> => {
	const leaks = await heldBack(order.files, order.letIn);
	if (leaks.length > 0) {
		throw leaksFailure(leaks, order);
	}

	const path = cleanPath(order.path);
	const known = await repositoryFor(git, order);
	if (order.locks) {
		await clearLocks(git, files, known, order.locks);
	}

	const inTheWay = await lockInTheWay(git, known, order.branch);
	if (inTheWay) {
		throw inTheWay;
	}

	await freeBranch(git, known, order);
	const before = await commitAt(git, known.top, `refs/heads/${order.branch}`);
	const parent = before ?? (await commitAt(git, known.top, 'HEAD'));
	if (parent !== undefined) {
		await refuseOddPath(git, known.top, {commit: parent, path});
	}

	const commit = await commitTree(git, files, {...order, path, gitDir: known.gitDir, top: known.top, parent});
	if (commit !== before) {
		await moveBranch(git, files, known, order, {branch: order.branch, from: before, to: commit});
	}

	return commit;
};

/**
Whether a commit is on the branch, and how many files it holds at the path. Later commits may follow it there: the
manifests are committed on top of the profile.
*/
export const verifyCommit = async (
	git: Git,
	repository: string,
	branch: string,
	commit: string,
	path = '',
): Promise<{readonly isThere: boolean; readonly files: number}> => {
	const isAncestor = await git.run(repository, ['merge-base', '--is-ancestor', commit, `refs/heads/${branch}`]);
	const tree = await git.run(repository, [
		'ls-tree',
		'-r',
		'-z',
		'--name-only',
		`${commit}:${path.replace(/\/$/v, '')}`,
	]);
	return {isThere: isAncestor.exitCode === 0, files: tree.stdout.split('\0').filter(Boolean).length};
};
