import {join} from 'node:path';
import type {Reporter, StepContext} from '../../migration/step.js';
import {commitFiles, type CommitOrder} from '../../profile/commit.js';

/** The branch that a run commits to. */
export const runBranch = ({run}: Pick<StepContext, 'run'>): string => `unroot/${run.id}`;

/** Who commits, where the operator was asked because git does not know. */
const committer = ({answers}: Pick<StepContext, 'answers'>): CommitOrder['identity'] => {
	const {'git-name': name, 'git-email': email} = answers;
	return name !== undefined && email !== undefined ? {name, email} : undefined;
};

/** The question what becomes of locks in the operator's repository. */
export const locksId = 'git-locks';

/** Whether a repository is the run's own: it lies in the run's folder, where nobody else works. */
export const isOwnRepository = ({run}: Pick<StepContext, 'run'>, repository: string): boolean =>
	repository.startsWith(`${run.folder}/`);

/** Commits files for a run, in a work tree of its own, and gives the commit's hash. Rejects as `commitFiles` does. */
export const commitForRun = async (
	context: StepContext<'git' | 'files'>,
	order: Omit<CommitOrder, 'worktree' | 'identity' | 'locks'>,
	reporter: Pick<Reporter, 'log'>,
): Promise<string> => {
	const identity = committer(context);
	return commitFiles(context.world.git, context.world.files, {
		...order,
		worktree: join(context.run.folder, 'worktree'),
		locks: {
			remove: isOwnRepository(context, order.repository) || context.answers[locksId] === 'remove',
			say(line) {
				reporter.log(line);
			},
		},
		...(identity && {identity}),
	});
};
