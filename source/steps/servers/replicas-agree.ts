import {converge, notConverged, type Convergence} from '../../directory/converge.js';
import type {DirectoryServer} from '../../directory/server.js';
import type {Reporter, StepContext} from '../../migration/step.js';

/**
Waits until all replicas of a side agree and nothing is under way among them. Rejects with a Failure that says what it
`means` where they do not. With `says`, for the changes still on their way, the wait is shown as progress.
*/
export const untilReplicasAgree = async (
	{world: {clock}, signal}: StepContext<'clock'>,
	servers: readonly DirectoryServer[],
	reporter: Reporter,
	{means, says}: {readonly means: string; readonly says?: (changes: number) => string},
): Promise<Convergence> => {
	const rest = await converge({
		servers,
		clock,
		signal,
		...(says && {
			onReading({changes, restless}) {
				reporter.progress({
					what: says(changes),
					unit: 'pods',
					done: servers.length - restless.length,
					total: servers.length,
				});
			},
		}),
		onLog: reporter.log,
	});
	if (!rest.isAtRest) {
		throw notConverged(rest, servers, means);
	}

	return rest;
};
