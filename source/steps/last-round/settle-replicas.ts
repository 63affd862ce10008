import type {DirectoryServer} from '../../directory/server.js';
import type {Reporter, StepContext} from '../../migration/step.js';
import {untilReplicasAgree} from '../servers/replicas-agree.js';
import type {LastRoundNeeds} from './needs.js';

/** Waits until all replicas of a side agree, before an export of one of them is taken for all. */
export const settleReplicas = async (
	context: StepContext<LastRoundNeeds>,
	servers: readonly DirectoryServer[],
	reporter: Reporter,
): Promise<void> => {
	await untilReplicasAgree(context, servers, reporter, {
		means: 'What one replica took may be missing on another, so no export shows it all.',
	});
};
