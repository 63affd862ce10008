import {join} from 'node:path';
import type {StepContext} from '../../migration/step.js';
import {commitFiles, type CommitOrder} from '../../profile/commit.js';

/** The branch that a run commits to. */
export const runBranch = ({run}: Pick<StepContext, 'run'>): string => `unroot/${run.id}`;

/** Who commits, where the operator was asked because git does not know. */
const committer = ({answers}: Pick<StepContext, 'answers'>): CommitOrder['identity'] => {
	const {'git-name': name, 'git-email': email} = answers;
	return name !== undefined && email !== undefined ? {name, email} : undefined;
};

/** Commits files for a run, in a work tree of its own, and gives the commit's hash. Rejects as `commitFiles` does. */
export const commitForRun = async (
	context: StepContext<'git' | 'files'>,
	order: Omit<CommitOrder, 'worktree' | 'identity'>,
): Promise<string> => {
	const identity = committer(context);
	return commitFiles(context.world.git, context.world.files, {
		...order,
		worktree: join(context.run.folder, 'worktree'),
		...(identity && {identity}),
	});
};
