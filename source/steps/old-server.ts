import {readBackends, type Backend} from '../directory/backends.js';
import type {DirectoryServer} from '../directory/server.js';
import type {StepContext} from '../migration/step.js';
import {oldPorts, portVariables} from '../ping/ports.js';
import type {Ports} from '../ping/workload.js';
import {outcomeOf} from './outcomes.js';

/** The old server: the first pod of the workload, unless another is named. */
export const oldServer = (context: StepContext<'pods'>, pod?: string): DirectoryServer => {
	const {workload} = outcomeOf(context, 'inventory');
	return {
		pods: context.world.pods,
		target: {pod: pod ?? workload.pods[0] ?? `${workload.name}-0`, container: workload.container},
		ldapsPort: workload.ports.LDAPS_PORT ?? oldPorts.LDAPS_PORT,
		signal: context.signal,
	};
};

/** The ports of the old server: what was seen, and the defaults for what was not. */
export const portsOfOld = (context: Pick<StepContext, 'outcomes'>): Ports => {
	const {workload} = outcomeOf(context, 'inventory');
	return {...oldPorts, ...Object.fromEntries(portVariables.flatMap(name => workload.ports[name] === undefined ? [] : [[name, workload.ports[name]]]))};
};

/** The backends with entries in them. */
export const dataOf = async (server: DirectoryServer): Promise<readonly Backend[]> => {
	const backends = await readBackends(server);
	return backends.filter(({entries}) => entries > 0);
};

