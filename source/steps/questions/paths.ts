import {dirname} from 'node:path';
import {partsOf} from '../../failure/failure.js';
import type {StepContext} from '../../migration/step.js';

/** What a path must look like: an address of git is the usual mistake. */
export const absolutePath = {
	source: '/.+',
	says: 'The path must start with /. An address, such as git@… or https://…, is no folder: name your clone of it.',
} as const;

/** The nearest thing above a path that is there, and whether it is a folder. */
const nearest = async (
	{files}: StepContext<'files'>['world'],
	path: string,
): Promise<{readonly path: string; readonly isFolder: boolean}> => {
	const found = await files.stat(path);
	if (found) {
		return {path, isFolder: found.isFolder};
	}

	return path === dirname(path) ? {path, isFolder: true} : nearest({files}, dirname(path));
};

/**
Why a folder cannot be the repository that is committed to: it is a file, lies below one, is a bare repository or the
inside of one, or git refuses it. Undefined where it is a work tree, or where one can be made. Changes nothing.
*/
export const judgeRepository = async (
	{world}: StepContext<'git' | 'files'>,
	path: string,
): Promise<string | undefined> => {
	try {
		const found = await nearest(world, path);
		if (!found.isFolder) {
			return found.path === path
				? `${path} is a file. Name the folder of a repository.`
				: `${found.path} is a file, so there can be no folder below it.`;
		}

		if (found.path !== path) {
			return undefined;
		}
	} catch (error) {
		return partsOf(error).seen;
	}

	const [kind, inner] = await Promise.all([
		world.git.run(path, ['rev-parse', '--is-inside-work-tree', '--is-bare-repository']),
		world.files.stat(`${path}/.git`),
	]);
	if (kind.exitCode !== 0) {
		return inner === undefined ? undefined : `git refuses ${path}: ${kind.stderr.trim().split('\n', 1)[0] ?? ''}`;
	}

	return kind.stdout.startsWith('true')
		? undefined
		: `${path} is a bare repository, or the inside of one, and has no work tree. Name a clone of it.`;
};

/** Why a file cannot be the one that holds a passphrase or a password. Its content stays where it is. */
export const judgeSecretFile = async ({world}: StepContext<'files'>, path: string): Promise<string | undefined> => {
	try {
		const found = await world.files.stat(path);
		if (!found) {
			return `There is no file ${path}. Write the secret into it first, with mode 0600.`;
		}

		if (found.isFolder) {
			return `${path} is a folder. Name the file in it.`;
		}

		const text = await world.files.readText(path);
		return text?.trim() ? undefined : `${path} is empty. Write the secret into it first.`;
	} catch (error) {
		return partsOf(error).seen;
	}
};
