import type {DirectoryServer} from '../../directory/server.js';
import {asWritability, writabilityCommand} from '../../directory/writability.js';
import {Failure} from '../../failure/failure.js';
import type {Frozen, FrozenServer, FrozenWorkload} from '../../migration/freeze.js';
import type {StepContext} from '../../migration/step.js';
import {outcomeOf} from '../outcomes.js';
import {oldServer} from '../servers/old-server.js';
import {controlledKind, endingPods, livingPods} from '../servers/workload-pods.js';

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

const notWhole = ({kind, name}: FrozenWorkload, seen: string, byHand: string): Failure =>
	new Failure({
		code: 'old-side-not-whole',
		seen: `${kind}/${name}: ${seen}.`,
		means:
			'A server that comes or goes would take writes under the freeze, and they would be missing on the new side. ' +
			'The freeze was not begun; clients are where they were.',
		todo: 'Wait until the workload has all its pods and none of them ends, then try again.',
		byHand,
		retryable: true,
	});

/**
All servers of the old workload, as they can be frozen. Rejects where one is ending, or they are not as many as the
workload is to have: whoever comes in the place of one that is missing was not told to refuse writes.
*/
export const wholeOldServers = async (
	context: StepContext<'cluster' | 'kubectl' | 'pods'>,
): Promise<readonly DirectoryServer[]> => {
	const {cluster, kubectl} = context.world;
	const workload = oldWorkloadOf(context);
	const [object, all] = await Promise.all([cluster.get(workload.kind, workload.name), cluster.list('Pod')]);
	const byHand = kubectl.byHand('get', 'pods', '-w');
	const ending = endingPods(all, workload);
	if (ending.length > 0) {
		throw notWhole(workload, `${ending.map(({metadata}) => metadata.name).join(', ')} was told to end`, byHand);
	}

	const living = livingPods(all, workload);
	const {replicas = 1} = (object?.spec ?? {}) as {readonly replicas?: number};
	if (living.length === 0 || living.length !== replicas) {
		throw notWhole(workload, `it has ${living.length} living pods and is to have ${replicas}`, byHand);
	}

	return living.map(({metadata}) => oldServer(context, metadata.name));
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
