import {readdir, realpath} from 'node:fs/promises';
import {join} from 'node:path';
import type {GitLock} from '../migration/world.js';
import {gitProcesses} from './git-processes.js';

/**
Where git makes lock files in a repository, and whether folders below are looked at: not among the objects, which are
many. Source: gitrepository-layout(5).
*/
const places: ReadonlyArray<{readonly folder: string; readonly recursive: boolean}> = [
	{folder: '', recursive: false},
	{folder: 'refs', recursive: true},
	{folder: 'worktrees', recursive: true},
	{folder: 'info', recursive: false},
	{folder: 'objects/info', recursive: false},
	{folder: 'objects/pack', recursive: false},
];

const locksIn = async (gitDir: string, {folder, recursive}: (typeof places)[number]): Promise<readonly string[]> => {
	const entries = await readdir(join(gitDir, folder), {recursive, withFileTypes: true}).catch(() => []);
	return entries
		.filter(entry => entry.isFile() && entry.name.endsWith('.lock'))
		.map(entry => join(entry.parentPath, entry.name));
};

/**
The lock files of a repository, with a process of git that may hold them. `gitDir` is its git directory, `top` its work
tree, if it has one.
*/
export const findLocks = async (gitDir: string, top: string): Promise<readonly GitLock[]> => {
	const found = await Promise.all(places.map(async place => locksIn(gitDir, place)));
	const paths = found.flat().toSorted();
	if (paths.length === 0) {
		return [];
	}

	const folders = await Promise.all([gitDir, top].map(async folder => realpath(folder).catch(() => folder)));
	const [holder] = await gitProcesses([...new Set([gitDir, top, ...folders])]);
	return paths.map(path => ({path, ...(holder && {holder: `${holder.pid} (${holder.command})`})}));
};
