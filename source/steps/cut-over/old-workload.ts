import {throughOutages} from '../../migration/engine/outage.js';
import type {Reporter, StepContext} from '../../migration/step.js';
import type {KubernetesObject} from '../../migration/world.js';
import type {Manifest} from '../../ping/workload.js';
import {outcomeOf} from '../outcomes.js';
import {belongsTo, hasEnded, controlledKind, type Controlled} from '../servers/workload-pods.js';
import type {SharedChange} from '../shared-objects/change.js';
import type {Needs} from './needs.js';

/** The workload that clients are on before the cut-over, as it was found. */
export type Scaled = Controlled & {readonly replicas: number; readonly container: string};

/** The old workload, with the replicas that it had. */
export const oldWorkload = (context: Pick<StepContext, 'outcomes'>): Scaled => {
	const {workload} = outcomeOf(context, 'inventory');
	return {
		kind: controlledKind(workload),
		name: workload.name,
		replicas: workload.replicas,
		container: workload.container,
	};
};

const withReplicas = ({kind, name}: Controlled, replicas: number): Manifest => ({
	apiVersion: 'apps/v1',
	kind,
	metadata: {name},
	spec: {replicas},
});

/** The old workload is scaled down, or up again. */
export const scaled = (old: Scaled, direction: 'there' | 'back'): SharedChange => {
	const [from, to] = direction === 'there' ? [old.replicas, 0] : [0, old.replicas];
	return {from: withReplicas(old, from), to: withReplicas(old, to), besides: 'unseen'};
};

/** How many replicas a workload is to have. */
export const replicasOf = (object: KubernetesObject | undefined): number =>
	((object?.spec ?? {}) as {readonly replicas?: number}).replicas ?? 1;

/** How many replicas of a workload are ready. */
export const readyOf = (object: KubernetesObject | undefined): number =>
	((object?.status ?? {}) as {readonly readyReplicas?: number}).readyReplicas ?? 0;

/** Waits until the last pod of the old workload has ended. */
export const waitGone = async (context: StepContext<Needs>, old: Controlled, reporter: Reporter): Promise<void> => {
	const {cluster, clock} = context.world;
	for (;;) {
		const all = await throughOutages(async () => cluster.list('Pod'), {
			clock,
			signal: context.signal,
			log: reporter.log,
		});
		const pods = all.filter(pod => belongsTo(old)(pod) && !hasEnded(pod));
		if (pods.length === 0) {
			return;
		}

		reporter.progress({
			what: `${old.name} ends`,
			unit: 'pods',
			done: 0,
			total: pods.length,
		});
		await clock.sleep(1000, context.signal);
	}
};
