import {Failure} from '../failure/failure.js';
import type {CommandResult, Git} from '../migration/world.js';

/** What git says of a folder. */
export type Repository =
	| {readonly state: 'none'}
	| {
			readonly state: 'there';
			readonly top: string;
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

const gitFailed = (folder: string, argv: readonly string[], result: CommandResult): Failure =>
	new Failure({
		code: 'git-failed',
		seen: `git ${argv[0] ?? ''} in ${folder} ended with exit status ${result.exitCode ?? 'none'}.`,
		means: 'The server profile is not committed.',
		todo: 'Read what git said, mend it, then try again.',
		byHand: `git -C ${folder} ${argv.join(' ')}`,
		retryable: true,
		details: result.stderr.split('\n').filter(Boolean).slice(-10),
	});

/** Runs git and gives what it printed; a Failure where it did not end well. */
export const runGit = async (git: Git, folder: string, argv: readonly string[]): Promise<string> => {
	const result = await git.run(folder, argv);
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

/** Looks at the operator's repository; changes nothing. */
export const readRepository = async (git: Git, folder: string): Promise<Repository> => {
	const top = await ask(git, folder, ['rev-parse', '--show-toplevel']);
	if (top === undefined) {
		return {state: 'none'};
	}

	const [branch, head, dirty, name, email, remotes] = await Promise.all([
		ask(git, top, ['symbolic-ref', '--quiet', '--short', 'HEAD']),
		ask(git, top, ['rev-parse', '--verify', '--quiet', 'HEAD']),
		ask(git, top, ['status', '--porcelain']),
		ask(git, top, ['config', 'user.name']),
		ask(git, top, ['config', 'user.email']),
		ask(git, top, ['remote']),
	]);
	const remote = remotes?.split('\n', 1)[0];
	const url = remote === undefined ? undefined : await ask(git, top, ['remote', 'get-url', remote]);
	return {
		state: 'there',
		top,
		hasCommit: head !== undefined,
		dirty: dirty?.split('\n') ?? [],
		...(branch !== undefined && {branch}),
		...(name !== undefined && {name}),
		...(email !== undefined && {email}),
		...(remote !== undefined && url !== undefined && {remote: {name: remote, url: withoutCredentials(url)}}),
	};
};
