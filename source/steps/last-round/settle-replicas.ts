import {converge, notConverged} from '../../directory/converge.js';
import type {DirectoryServer} from '../../directory/server.js';
import type {Reporter, StepContext} from '../../migration/step.js';
import type {LastRoundNeeds} from './needs.js';

/** Waits until all replicas of a side agree and nothing is under way among them. */
export const settleReplicas = async (
	{world: {clock}, signal}: StepContext<LastRoundNeeds>,
	servers: readonly DirectoryServer[],
	reporter: Reporter,
): Promise<void> => {
	const state = await converge({servers, clock, signal, onLog: reporter.log});
	if (!state.isAtRest) {
		throw notConverged(state, servers, 'What one replica took may be missing on another, so no export shows it all.');
	}
};
