import {resolve} from 'node:path';
import {Failure} from '../failure/failure.js';
import {quoted} from '../failure/quoted.js';
import type {CommandResult, Git, OwnWorkTree} from '../migration/world.js';

/** What git says of a folder. */
export type Repository =
	| {readonly state: 'none'}
	| {
			readonly state: 'there';
			/** The top of its work tree; the repository itself where it has none. */
			readonly top: string;
			/** Its git directory, which its linked work trees share. */
			readonly gitDir: string;
			/** A repository without a work tree. */
			readonly isBare: boolean;
			/** The branch that is checked out; undefined where HEAD is detached. */
			readonly branch?: string;
			/** Whether there is a commit at all. */
			readonly hasCommit: boolean;
			/** Uncommitted changes, as `git status --porcelain` lists them. */
			readonly dirty: readonly string[];
			readonly name?: string;
			readonly email?: string;
			/** The first remote and its address. */
			readonly remote?: {readonly name: string; readonly url: string};
	  };

const linesOf = ({stderr}: CommandResult): readonly string[] => stderr.split('\n').filter(Boolean).slice(-10);

const gitFailed = (folder: string, argv: readonly string[], result: CommandResult): Failure =>
	new Failure({
		code: 'git-failed',
		seen:
			`git ${argv.find(word => !word.startsWith('-') && !word.includes('=')) ?? ''} in ${folder} ended with exit ` +
			`status ${result.exitCode ?? 'none: it was killed'}.`,
		means: 'Nothing was committed to your branches.',
		todo: 'Read what git said, fix the cause, then try again.',
		byHand: `git -C ${quoted(folder)} ${argv.map(word => quoted(word)).join(' ')}`,
		retryable: true,
		details: linesOf(result),
	});

/** Runs git and gives what it printed; a Failure where it did not end well. */
export const runGit = async (
	git: Git,
	folder: string,
	argv: readonly string[],
	options?: {readonly input?: string; readonly own?: OwnWorkTree},
): Promise<string> => {
	const result = await git.run(folder, argv, options);
	if (result.exitCode !== 0) {
		throw gitFailed(folder, argv, result);
	}

	return result.stdout.trimEnd();
};

const ask = async (git: Git, folder: string, argv: readonly string[]): Promise<string | undefined> => {
	const result = await git.run(folder, argv);
	const text = result.stdout.trimEnd();
	return result.exitCode === 0 && text !== '' ? text : undefined;
};

/** Pushes a branch to the remote's branch of the same name; a Failure where it is refused. */
export const pushBranch = async (
	git: Git,
	{top, remote}: {readonly top: string; readonly remote: {readonly name: string}},
	branch: string,
): Promise<void> => {
	await runGit(git, top, ['push', remote.name, `refs/heads/${branch}:refs/heads/${branch}`]);
};

/** An address without the user and password that it may carry. */
const withoutCredentials = (url: string): string => url.replace(/^(?<scheme>[+a-z]+:\/\/)[^\/@]*@/iv, '$<scheme>');

/**
What git says where there is no repository at all. Anything else it refuses with, such as another owner or a `.git` that
leads nowhere, is no leave to make one. Source: setup.c of git.
*/
const saysNone = /not a git repository(?!:)|cannot change to .*No such file or directory/v;

const unreadable = (folder: string, result: CommandResult): Failure =>
	new Failure({
		code: 'repository-unreadable',
		seen: `git does not read the repository at ${folder}: ${linesOf(result).at(0) ?? 'it said nothing'}`,
		means: 'Nothing was made there, and nothing was committed.',
		todo: 'Do what git says, or name another repository, then try again.',
		byHand: `git -C ${quoted(folder)} status`,
		exit: 'blocked',
		retryable: true,
		details: linesOf(result),
	});

const insideGitFolder = (folder: string, gitDir: string): Failure =>
	new Failure({
		code: 'repository-inside-git',
		seen: `${folder} lies inside ${gitDir}, where git keeps a repository's own files.`,
		means: 'Nothing was committed.',
		todo: 'Name the folder of the work tree instead, then try again.',
		byHand: `git -C ${quoted(resolve(gitDir, '..'))} rev-parse --show-toplevel`,
		exit: 'blocked',
		retryable: true,
	});

type Place = Pick<Extract<Repository, {readonly state: 'there'}>, 'top' | 'gitDir' | 'isBare'>;

/** Where the repository of a folder lies; undefined where there is none. */
const placeOf = async (git: Git, folder: string): Promise<Place | undefined> => {
	const result = await git.run(folder, [
		'rev-parse',
		'--is-bare-repository',
		'--is-inside-git-dir',
		'--git-common-dir',
	]);
	if (result.exitCode !== 0) {
		if (saysNone.test(result.stderr)) {
			return undefined;
		}

		throw unreadable(folder, result);
	}

	const [bare, inside, common = ''] = result.stdout.split('\n', 3);
	const gitDir = resolve(folder, common);
	if (bare === 'true') {
		return {top: gitDir, gitDir, isBare: true};
	}

	if (inside === 'true') {
		throw insideGitFolder(folder, gitDir);
	}

	return {top: await runGit(git, folder, ['rev-parse', '--show-toplevel']), gitDir, isBare: false};
};

/** Looks at the operator's repository; changes nothing. Rejects with a Failure where git does not read it. */
export const readRepository = async (git: Git, folder: string): Promise<Repository> => {
	const place = await placeOf(git, folder);
	if (!place) {
		return {state: 'none'};
	}

	const {top, isBare} = place;
	const [branch, head, dirty, name, email, remotes] = await Promise.all([
		ask(git, top, ['symbolic-ref', '--quiet', '--short', 'HEAD']),
		ask(git, top, ['rev-parse', '--verify', '--quiet', 'HEAD']),
		isBare ? undefined : ask(git, top, ['status', '--porcelain']),
		ask(git, top, ['config', 'user.name']),
		ask(git, top, ['config', 'user.email']),
		ask(git, top, ['remote']),
	]);
	const remote = remotes?.split('\n', 1)[0];
	const url = remote === undefined ? undefined : await ask(git, top, ['remote', 'get-url', remote]);
	return {
		state: 'there',
		...place,
		hasCommit: head !== undefined,
		dirty: dirty?.split('\n') ?? [],
		...(branch !== undefined && {branch}),
		...(name !== undefined && {name}),
		...(email !== undefined && {email}),
		...(remote !== undefined && url !== undefined && {remote: {name: remote, url: withoutCredentials(url)}}),
	};
};
