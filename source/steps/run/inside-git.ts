import {Failure} from '../../failure/failure.js';
import type {StepContext} from '../../migration/step.js';

/**
What stands against keeping secrets in the run's folder: that it lies in a git work tree. `means` says what a careless
commit would publish.
*/
export const insideGit = async ({world, run}: StepContext<'git'>, means: string): Promise<Failure | undefined> => {
	const result = await world.git.run(run.folder, ['rev-parse', '--show-toplevel']);
	return result.exitCode === 0
		? new Failure({
				code: 'run-inside-git',
				seen: `The run's folder ${run.folder} lies inside the git work tree ${result.stdout.trim()}.`,
				means,
				todo: 'Start the run in a folder outside any git work tree, with --run.',
				byHand: 'unroot migrate --run ~/unroot-run',
				exit: 'blocked',
			})
		: undefined;
};
