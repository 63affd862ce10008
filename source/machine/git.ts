import {lstat, mkdir, rename, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {Failure} from '../failure/failure.js';
import {quoted} from '../failure/quoted.js';
import type {CommandResult, Git, OwnWorkTree} from '../migration/world.js';
import {folderMode} from './durable.js';
import {isAbsent, withPath} from './file-failure.js';
import {findLocks} from './git-locks.js';

/** Set by git for its hooks: were this program started from one, they would lead it into another repository. */
const ofAnotherRepository = [
	'GIT_DIR',
	'GIT_WORK_TREE',
	'GIT_INDEX_FILE',
	'GIT_OBJECT_DIRECTORY',
	'GIT_COMMON_DIR',
	'GIT_PREFIX',
];

const missing = (): Failure =>
	new Failure({
		code: 'git-missing',
		seen: 'There is no git on the PATH.',
		means: 'The server profile is kept in a git repository, so git is needed. Nothing was done.',
		todo: 'Install git.',
		byHand: 'git --version',
		exit: 'blocked',
	});

const ownEnvironment = ({gitDir, commonDir, workTree}: OwnWorkTree): Readonly<Record<string, string>> => ({
	GIT_DIR: gitDir,
	GIT_COMMON_DIR: commonDir,
	GIT_WORK_TREE: workTree,
});

const runGit = async (
	argv: readonly string[],
	{input, own}: {readonly input?: string; readonly own?: OwnWorkTree} = {},
): Promise<CommandResult> => {
	const {execa} = await import('execa');
	const result = await execa('git', [...argv], {
		reject: false,
		stripFinalNewline: false,
		env: {
			...Object.fromEntries(ofAnotherRepository.map(name => [name, undefined])),
			...(own && ownEnvironment(own)),
			// Nobody can answer a prompt below a wizard's screen.
			GIT_TERMINAL_PROMPT: '0',
			// What git says of a folder is read: its messages, and no other setting, are those it was written with.
			LANGUAGE: 'C',
		},
		...(input === undefined ? {stdin: 'ignore'} : {input}),
	});
	if (result.exitCode === undefined && result.signal === undefined) {
		throw missing();
	}

	return {exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr};
};

const isThere = async (path: string): Promise<boolean> => {
	try {
		await lstat(path);
		return true;
	} catch (error) {
		if (isAbsent(error)) {
			return false;
		}

		throw error;
	}
};

/**
A git that is killed while it makes a repository leaves half of one, with locks: it is made beside, and renamed into
place.
*/
const init = async (folder: string): Promise<void> => {
	const [whole, beside] = [join(folder, '.git'), join(folder, '.unroot-new-repository')];
	if (await isThere(whole)) {
		throw new Failure({
			code: 'repository-damaged',
			seen: `There is ${whole}, and git knows no repository there.`,
			means: 'It may be a repository that is damaged. Nothing was made in its place, and nothing was committed.',
			todo: 'Find out what it is. Repair it, or move it away, then try again.',
			byHand: `git -C ${quoted(folder)} status`,
			retryable: true,
		});
	}

	await mkdir(folder, {recursive: true, mode: folderMode});
	await rm(beside, {recursive: true, force: true});
	const {exitCode, stderr} = await runGit(['init', '--quiet', '--initial-branch', 'main', beside]);
	if (exitCode !== 0) {
		throw new Failure({
			code: 'git-failed',
			seen: `git init in ${folder} ended with exit status ${exitCode ?? 'none'}.`,
			means: 'There is no repository to commit to.',
			todo: 'Read what git said, fix the cause, then try again.',
			byHand: `git init ${quoted(folder)}`,
			retryable: true,
			details: stderr.split('\n').filter(Boolean).slice(-10),
		});
	}

	await rename(join(beside, '.git'), whole);
	await rm(beside, {recursive: true, force: true});
};

/**
The operator's own git, with its configuration, hooks and signing. The exit status is handed back, not judged. Rejects
with the Failure `git-missing`.
*/
export const createGit = (): Git => ({
	async version() {
		const {stdout} = await runGit(['--version']);
		return stdout.trim().replace(/^git version /v, '');
	},
	run: async (folder, argv, options) => runGit(['-C', folder, ...argv], options),
	init: async folder => withPath('made', folder, async () => init(folder)),
	locks: findLocks,
});
