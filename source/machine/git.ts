import {Failure} from '../failure/failure.js';
import type {CommandResult, Git} from '../migration/world.js';

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

const runGit = async (argv: readonly string[], input?: string): Promise<CommandResult> => {
	const {execa} = await import('execa');
	const result = await execa('git', [...argv], {
		reject: false,
		stripFinalNewline: false,
		// Nobody can answer a prompt below a wizard's screen.
		env: {...Object.fromEntries(ofAnotherRepository.map(name => [name, undefined])), GIT_TERMINAL_PROMPT: '0'},
		...(input === undefined ? {stdin: 'ignore'} : {input}),
	});
	if (result.exitCode === undefined && result.signal === undefined) {
		throw missing();
	}

	return {exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr};
};

/**
The operator's own git, with its configuration, hooks and signing. The exit status is handed back, not judged. Rejects with the Failure `git-missing`.
*/
export const createGit = (): Git => ({
	async version() {
		const {stdout} = await runGit(['--version']);
		return stdout.trim().replace(/^git version /v, '');
	},
	run: async (folder, argv, {input} = {}) => runGit(['-C', folder, ...argv], input),
});
