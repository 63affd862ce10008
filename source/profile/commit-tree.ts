import {join} from 'node:path';
import {Failure} from '../failure/failure.js';
import {quoted} from '../failure/quoted.js';
import type {Files, Git, OwnWorkTree} from '../migration/world.js';
import {runGit} from './repository.js';
import type {ProfileTree} from './tree.js';

/** What a commit is made of. */
export type CommitContent = {
	/**
	A folder of the run's own, where the commit is made, so that the operator's work tree is never touched. It is emptied.
	*/
	readonly worktree: string;
	/** The folder of the repository that the files replace, relative to its top. */
	readonly path: string;
	/** All that is committed. */
	readonly files: ProfileTree;
	readonly message: string;
	/** Who commits, where git does not know. */
	readonly identity?: {readonly name: string; readonly email: string};
};

/** A commit to be made, before any branch knows of it. */
type TreeOrder = CommitContent & {
	readonly gitDir: string;
	readonly top: string;
	/** The commit that it follows; undefined where there is none. */
	readonly parent: string | undefined;
};

/** Nothing of git's own is started that outlives the commit, and no watcher of files. */
const quiet = ['-c', 'gc.auto=0', '-c', 'maintenance.auto=false', '-c', 'core.fsmonitor=false'];

const identityFlags = ({identity}: TreeOrder): readonly string[] =>
	identity ? ['-c', `user.name=${identity.name}`, '-c', `user.email=${identity.email}`] : [];

/**
A folder that no earlier try used: whatever a git that was killed, or one that still runs, has there is in nobody's way.
*/
const freshFolder = async (files: Files, folder: string): Promise<string> => {
	await files.remove(folder).catch(() => undefined);
	for (let number = 1; ; number++) {
		const path = join(folder, String(number));
		if (!(await files.stat(path))) {
			return path;
		}
	}
};

/** The first commit of a repository that has none, without files. */
const firstCommit = async (git: Git, order: TreeOrder): Promise<string> => {
	const tree = await runGit(git, order.top, ['mktree'], {input: ''});
	const signs = await git.run(order.top, ['config', '--type=bool', 'commit.gpgSign']);
	return runGit(git, order.top, [
		...identityFlags(order),
		'commit-tree',
		...(signs.stdout.trim() === 'true' ? ['-S'] : []),
		'-m',
		'Begin',
		tree,
	]);
};

/** Hands the files to git as they are, and gives the name of each as git has it. */
const keepBlobs = async (
	git: Git,
	files: Files,
	{top, files: tree}: TreeOrder,
	folder: string,
): Promise<ReadonlyMap<string, string>> => {
	const paths = [...tree].map(([path], index) => [path, join(folder, String(index))] as const);
	for (const [path, kept] of paths) {
		await files.writeBytes(kept, tree.get(path) ?? new Uint8Array());
	}

	const names = await runGit(git, top, ['hash-object', '-w', '--no-filters', '--stdin-paths'], {
		input: paths.map(([, kept]) => `${kept}\n`).join(''),
	});
	const lines = names.split('\n');
	return new Map(paths.map(([path], index) => [path, lines[index] ?? '']));
};

/**
Puts the files in the index at their folder, in place of all that it has there. No file of any work tree is looked at.
*/
const stage = async (git: Git, own: OwnWorkTree, path: string, blobs: ReadonlyMap<string, string>): Promise<void> => {
	const known = await runGit(git, own.workTree, ['ls-files', '-z', '--', `:(literal)${path}`], {own});
	const wanted = new Set(blobs.keys().map(name => `${path}/${name}`));
	const gone = known.split('\0').filter(name => name !== '' && !wanted.has(name));
	await runGit(git, own.workTree, ['update-index', '-z', '--index-info'], {
		own,
		input: [
			...gone.map(name => `0 ${'0'.repeat(40)}\t${name}\0`),
			...[...blobs].map(([name, blob]) => `100644 ${blob}\t${path}/${name}\0`),
		].join(''),
	});
};

const changedByHook = (path: string, names: readonly string[], top: string): Failure =>
	new Failure({
		code: 'commit-changed',
		seen:
			'The commit that git made holds something else than the files that were checked: ' +
			`${names.slice(0, 3).join(', ')}.`,
		means:
			'A hook of the repository may have changed it. No branch has that commit; nothing else than what was ' +
			`checked below ${path} goes into git.`,
		todo: 'Let the hooks check and refuse, and not change what is committed; then try again.',
		byHand: `git -C ${quoted(top)} config core.hooksPath`,
		exit: 'blocked',
		retryable: true,
		details: names,
	});

/** What git itself committed, and not what we meant to hand it. */
const refuseOthers = async (
	git: Git,
	order: TreeOrder,
	{
		parent,
		commit,
		blobs,
	}: {readonly parent: string; readonly commit: string; readonly blobs: ReadonlyMap<string, string>},
): Promise<void> => {
	const [listed, changed] = await Promise.all([
		runGit(git, order.top, ['ls-tree', '-r', '-z', '--full-tree', `${commit}:${order.path}`]),
		runGit(git, order.top, ['diff-tree', '-r', '-z', '--no-renames', '--name-only', parent, commit]),
	]);
	const held = new Map(
		listed
			.split('\0')
			.filter(Boolean)
			.map(line => [line.slice(line.indexOf('\t') + 1), line.slice(0, line.indexOf('\t'))]),
	);
	const odd = [
		...[...held].flatMap(([name, entry]) =>
			entry === `100644 blob ${blobs.get(name) ?? ''}` ? [] : [`${order.path}/${name}`],
		),
		...blobs.keys().flatMap(name => (held.has(name) ? [] : [`${order.path}/${name}`])),
		...changed.split('\0').filter(name => name !== '' && !name.startsWith(`${order.path}/`)),
	];
	if (odd.length > 0) {
		throw changedByHook(order.path, odd, order.top);
	}
};

const commitIn = async (git: Git, files: Files, order: TreeOrder, folder: string): Promise<string> => {
	const own = {gitDir: join(folder, 'git'), commonDir: order.gitDir, workTree: join(folder, 'tree')};
	await files.makeFolder(own.workTree);
	const parent = order.parent ?? (await firstCommit(git, order));
	await files.writeText(join(own.gitDir, 'HEAD'), `${parent}\n`);
	const blobs = await keepBlobs(git, files, order, join(folder, 'blobs'));
	await runGit(git, own.workTree, [...quiet, 'read-tree', parent], {own});
	await stage(git, own, order.path, blobs);
	const staged = await git.run(own.workTree, ['diff', '--cached', '--quiet'], {own});
	if (staged.exitCode === 0) {
		return parent;
	}

	// For hooks that look at files: git itself writes them, and through no link.
	await runGit(git, own.workTree, [...quiet, 'checkout-index', '--all', '--quiet'], {own});
	await runGit(
		git,
		own.workTree,
		[...quiet, ...identityFlags(order), 'commit', '--quiet', '--message', order.message],
		{own},
	);
	const commit = await runGit(git, own.workTree, ['rev-parse', 'HEAD'], {own});
	await refuseOthers(git, order, {parent, commit, blobs});
	return commit;
};

/**
Makes a commit in a work tree whose HEAD and index lie in a folder of the run's own, and gives its hash; its parent
where nothing differs. No branch is moved, and no lock is made in the repository.
*/
export const commitTree = async (git: Git, files: Files, order: TreeOrder): Promise<string> => {
	const folder = await freshFolder(files, order.worktree);
	try {
		return await commitIn(git, files, order, folder);
	} finally {
		await files.remove(order.worktree).catch(() => undefined);
	}
};
