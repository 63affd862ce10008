import type {Fact, StepContext} from '../../migration/step.js';
import {oldServers} from '../freeze/servers.js';
import {outcomeOf} from '../outcomes.js';
import {newServers} from './new-server.js';
import {topologyFacts, topologyNow} from './topology.js';

/**
Both sides as they are now, replica by replica: role, entries, backlog, generation, writes. Nothing where each has one.
*/
export const bothSides = async (context: StepContext<'cluster' | 'pods'>): Promise<readonly Fact[]> => {
	if (outcomeOf(context, 'inventory').workload.replicas < 2) {
		return [];
	}

	const [old, fresh] = await Promise.all([
		oldServers(context).then(async servers => topologyNow(servers)),
		newServers(context).then(async servers => topologyNow(servers)),
	]);
	return [...topologyFacts(old, 'old side'), ...topologyFacts(fresh, 'new side')];
};
