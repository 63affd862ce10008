import {Failure} from '../failure/failure.js';
import {quoted} from '../failure/quoted.js';
import type {Files, Git, GitLock} from '../migration/world.js';

/** What may be done about locks that no process holds. */
export type LockRule = {
	/** They are removed: in a repository of the run's own, or on the operator's word. */
	readonly remove: boolean;
	/** Told of each lock that was removed. */
	readonly say: (line: string) => void;
};

const busy = ({path, holder = ''}: GitLock): Failure =>
	new Failure({
		code: 'git-busy',
		seen: `${path} is there, and git is at work in that repository: process ${holder}.`,
		means: 'Two of them at once would spoil what the other one does. Nothing was committed.',
		todo: 'Let it finish, or end it, then try again.',
		byHand: `ls -l ${quoted(path)}`,
		retryable: true,
	});

const left = (locks: readonly GitLock[]): Failure =>
	new Failure({
		code: 'git-locked',
		seen:
			`A git that was killed left ${locks.map(({path}) => path).join(', ')}; no process of git works in that ` +
			'repository.',
		means:
			'git changes nothing there while a lock is in its way. The repository is yours, so it was not removed. ' +
			'Nothing was committed.',
		todo:
			'Make sure that no editor and no other machine works in the repository. Then remove the lock, or let ' +
			'unroot do so by the answer «remove» to git-locks, and try again.',
		byHand: `rm ${locks.map(({path}) => quoted(path)).join(' ')}`,
		exit: 'blocked',
		retryable: true,
	});

/** Removes what no process holds, where that is allowed, and says so. */
export const clearLocks = async (
	git: Git,
	files: Files,
	{gitDir, top}: {readonly gitDir: string; readonly top: string},
	{remove, say}: LockRule,
): Promise<void> => {
	if (!remove) {
		return;
	}

	const locks = await git.locks(gitDir, top);
	const unheld = locks.filter(({holder}) => holder === undefined);
	for (const {path} of unheld) {
		await files.remove(path);
		say(`${path} was left by a git that was killed; no process holds it, so it was removed.`);
	}
};

/** The Failure of a lock that is in the way of a branch, or undefined where there is none. */
export const lockInTheWay = async (
	git: Git,
	{gitDir, top}: {readonly gitDir: string; readonly top: string},
	branch: string,
): Promise<Failure | undefined> => {
	const locks = await git.locks(gitDir, top);
	const inTheWay = locks.filter(({path}) =>
		[`refs/heads/${branch}.lock`, 'packed-refs.lock'].some(name => path === `${gitDir}/${name}`),
	);
	const held = inTheWay.find(({holder}) => holder !== undefined);
	return held ? busy(held) : inTheWay.length > 0 ? left(inTheWay) : undefined;
};
