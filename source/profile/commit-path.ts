import {Failure} from '../failure/failure.js';
import {quoted} from '../failure/quoted.js';
import type {Git} from '../migration/world.js';
import {runGit} from './repository.js';

/** A path below the top of a repository, as a pattern: no part of it leads up, is hidden or is git's own. */
export const pathPattern = String.raw`(?!\.)[\w\-.]+(?:\/(?!\.)[\w\-.]+)*\/?`;

const whole = new RegExp(`^${pathPattern}$`, 'v');

const refusedPath = (path: string, seen: string): Failure =>
	new Failure({
		code: 'commit-path',
		seen,
		means: 'Files would go where they do not belong. Nothing was written and nothing was committed.',
		todo: 'Begin again with a folder of the repository that is one, then try again.',
		byHand: `git ls-tree -r HEAD -- ${quoted(path)}`,
		exit: 'blocked',
	});

/** A path without a slash at its end. Throws a Failure where it leads out of the repository. */
export const cleanPath = (path: string): string => {
	if (!whole.test(path)) {
		throw refusedPath(path, `«${path}» is no path below the top of a repository.`);
	}

	return path.replace(/\/$/v, '');
};

type TreeEntry = {readonly mode: string; readonly name: string};

const entriesOf = async (git: Git, repository: string, tree: string): Promise<readonly TreeEntry[]> => {
	const text = await runGit(git, repository, ['ls-tree', '-z', tree]);
	return text
		.split('\0')
		.filter(Boolean)
		.map(line => ({mode: line.slice(0, 6), name: line.slice(line.indexOf('\t') + 1)}));
};

/** Git's mode of a folder; others are files, links and submodules. */
const folderMode = '040000';

const kindOf: Readonly<Record<string, string>> = {
	'120000': 'a link',
	'160000': 'a submodule',
};

/**
Makes sure that a path of a commit is a folder or is not there: a link is never followed, and a name that differs from
one that is there in case alone is another folder on some machines and the same on others.
*/
export const refuseOddPath = async (
	git: Git,
	repository: string,
	{commit, path}: {readonly commit: string; readonly path: string},
): Promise<void> => {
	let walked = '';
	for (const part of path.split('/')) {
		const entries = await entriesOf(git, repository, `${commit}:${walked}`);
		const here = walked === '' ? part : `${walked}/${part}`;
		const like = entries.find(({name}) => name !== part && name.toLowerCase() === part.toLowerCase());
		if (like) {
			throw refusedPath(path, `«${here}» differs from «${like.name}» of the repository in case alone.`);
		}

		const entry = entries.find(({name}) => name === part);
		if (!entry) {
			return;
		}

		if (entry.mode !== folderMode) {
			throw refusedPath(path, `«${here}» is ${kindOf[entry.mode] ?? 'a file'} of the repository and no folder.`);
		}

		walked = here;
	}
};
