import type {DirectoryServer} from '../../directory/server.js';
import {Failure} from '../../failure/failure.js';
import type {StepContext} from '../../migration/step.js';
import {outcomeIfAny, outcomeOf} from '../outcomes.js';
import {findPod, controlledKind, livingPods} from './workload-pods.js';

/** The server in a pod of the workload after the migration. */
export const serverIn = (context: StepContext<'pods'>, pod: string): DirectoryServer => ({
	pods: context.world.pods,
	target: {pod, container: outcomeOf(context, 'inventory').workload.container},
	ldapsPort: outcomeOf(context, 'strategy').newPorts.LDAPS_PORT,
	signal: context.signal,
});

/** The server after the migration, on its new ports: the pod that came up, which keeps its name in a StatefulSet. */
export const newServer = (context: StepContext<'pods'>): DirectoryServer =>
	serverIn(
		context,
		(outcomeIfAny(context, 'restart') ?? outcomeIfAny(context, 'apply'))?.pod ??
			`${outcomeOf(context, 'strategy').newName}-0`,
	);

/** All servers of the new workload. */
export const newServers = async (context: StepContext<'cluster' | 'pods'>): Promise<readonly DirectoryServer[]> => {
	const {newName} = outcomeOf(context, 'strategy');
	const workload = {kind: controlledKind(outcomeOf(context, 'inventory').workload), name: newName};
	return livingPods(await context.world.cluster.list('Pod'), workload).map(({metadata}) =>
		serverIn(context, metadata.name),
	);
};

/** The pod of the new workload as it is called now; undefined where there is none. */
export const newPod = async (context: StepContext<'cluster'>): Promise<string | undefined> => {
	const {newName, image} = outcomeOf(context, 'strategy');
	return findPod(context, {kind: controlledKind(outcomeOf(context, 'inventory').workload), name: newName}, image);
};

/** The server after the migration, in the pod as it is called now. A Failure where there is none. */
export const findNewServer = async (context: StepContext<'cluster' | 'pods'>): Promise<DirectoryServer> => {
	const pod = await newPod(context);
	if (pod === undefined) {
		const {newName, image} = outcomeOf(context, 'strategy');
		const kind = controlledKind(outcomeOf(context, 'inventory').workload);
		throw new Failure({
			code: 'no-pod',
			seen: `${kind} ${newName} has no pod that runs ${image}.`,
			means: 'The new server cannot be looked at.',
			todo: 'Find out why its controller makes none, fix the cause, then try again.',
			byHand:
				`kubectl --context ${context.run.context} --namespace ${context.run.namespace} describe ` +
				`${kind.toLowerCase()} ${newName}`,
			retryable: true,
		});
	}

	return serverIn(context, pod);
};
