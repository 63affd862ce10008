import type {DirectoryServer} from '../directory/server.js';
import type {StepContext} from '../migration/step.js';
import {outcomeOf} from './outcomes.js';

/** The server after the migration: the first pod of the new workload, on its new ports. */
export const newServer = (context: StepContext<'pods'>): DirectoryServer => {
	const {workload} = outcomeOf(context, 'inventory');
	const {newName, newPorts} = outcomeOf(context, 'strategy');
	return {
		pods: context.world.pods,
		target: {pod: `${newName}-0`, container: workload.container},
		ldapsPort: newPorts.LDAPS_PORT,
		signal: context.signal,
	};
};
