import type {DirectoryServer} from '../../directory/server.js';
import type {StepContext} from '../../migration/step.js';
import {oldPorts, portVariables} from '../../ping/ports.js';
import type {Ports} from '../../ping/workload.js';
import {outcomeOf} from '../outcomes.js';
import {findPod, controlledKind} from './workload-pods.js';

/** The old server: the first pod of the workload, as the inventory saw it, unless another is named. */
export const oldServer = (context: StepContext<'pods'>, pod?: string): DirectoryServer => {
	const {workload} = outcomeOf(context, 'inventory');
	return {
		pods: context.world.pods,
		target: {pod: pod ?? workload.pods[0] ?? `${workload.name}-0`, container: workload.container},
		ldapsPort: workload.ports.LDAPS_PORT ?? oldPorts.LDAPS_PORT,
		signal: context.signal,
	};
};

/**
The old server in the pod as it is called now: a pod of a Deployment that was replaced since the inventory has another
name.
*/
export const findOldServer = async (context: StepContext<'cluster' | 'pods'>): Promise<DirectoryServer> => {
	const {workload} = outcomeOf(context, 'inventory');
	return oldServer(
		context,
		controlledKind(workload) === 'Deployment'
			? await findPod(context, {kind: 'Deployment', name: workload.name}, workload.image)
			: undefined,
	);
};

/** The ports of the old server: what was seen, and the defaults for what was not. */
export const portsOfOld = (context: Pick<StepContext, 'outcomes'>): Ports => {
	const {workload} = outcomeOf(context, 'inventory');
	return {
		...oldPorts,
		...Object.fromEntries(
			portVariables.flatMap(name => (workload.ports[name] === undefined ? [] : [[name, workload.ports[name]]])),
		),
	};
};
