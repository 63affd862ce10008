import type {DirectoryServer} from '../../directory/server.js';
import {asWritability, writabilityCommand} from '../../directory/writability.js';
import type {Frozen, FrozenServer, FrozenWorkload} from '../../migration/freeze.js';
import type {StepContext} from '../../migration/step.js';
import {outcomeOf} from '../outcomes.js';
import {oldServer} from '../servers/old-server.js';
import {controlledKind, livingPods} from '../servers/workload-pods.js';

/** What is used of the world to freeze servers, to look at them and to let them go. */
export type FreezeNeeds = 'cluster' | 'kubectl' | 'pods' | 'hold' | 'clock';

/** The workload that clients are on before the cut-over. */
export const oldWorkloadOf = (context: Pick<StepContext, 'outcomes'>): FrozenWorkload => {
	const {workload} = outcomeOf(context, 'inventory');
	return {kind: controlledKind(workload), name: workload.name};
};

/** The servers of the old workload, in the pods as they are called now. */
export const oldServers = async (context: StepContext<'cluster' | 'pods'>): Promise<readonly DirectoryServer[]> => {
	const pods = livingPods(await context.world.cluster.list('Pod'), oldWorkloadOf(context));
	return pods.map(({metadata}) => oldServer(context, metadata.name));
};

/** A frozen server, to be asked. */
export const serverOf = (
	{world, signal}: StepContext<'pods'>,
	{pod, container, ldapsPort}: FrozenServer,
): DirectoryServer => ({pods: world.pods, target: {pod, container}, ldapsPort, signal});

/**
The commands that let a server take writes again, as they would be typed: the server-wide one, or one for each backend
where there is none.
*/
export const liftWords = ({
	global,
	backends,
}: Pick<FrozenServer, 'global' | 'backends'>): ReadonlyArray<readonly string[]> =>
	global === null
		? backends.map(({id, was}) => writabilityCommand(id, asWritability(was)))
		: [writabilityCommand(undefined, asWritability(global))];

/** The commands that lift a freeze, one for each server. */
export const liftCommands = ({servers}: Pick<Frozen, 'servers'>): readonly string[] => servers.map(({lift}) => lift);
