import type {Evidence, StepContext} from '../../migration/step.js';
import {outcomeOf} from '../outcomes.js';
import {readPlan} from '../run/plan.js';
import {countText} from '../run/words.js';
import type {Needs} from './needs.js';
import {oldWorkload, replicasOf} from './old-workload.js';
import {switchEvidence} from './services.js';
import {reclaimPolicyOf, retainedVolumes} from './volumes.js';

/** Where the clients are now, and what became of the old workload. */
export const movedEvidence = async (context: StepContext<Needs>): Promise<readonly Evidence[]> => {
	const plan = await readPlan(context);
	const old = oldWorkload(context);
	const [services, endpoints, workload, volumes] = await Promise.all([
		switchEvidence(context, plan.switches, 'there'),
		Promise.all(plan.switches.map(async ({name}) => context.world.cluster.get('Endpoints', name))),
		context.world.cluster.get(old.kind, old.name),
		Promise.all(
			retainedVolumes(context).map(async name => ({
				name,
				volume: await context.world.cluster.get('PersistentVolume', name).catch(() => undefined),
			})),
		),
	]);
	return [
		...services,
		...endpoints.map((object): Evidence => {
			const subsets = (object?.subsets ?? []) as ReadonlyArray<{
				readonly addresses?: ReadonlyArray<{readonly targetRef?: {readonly name?: string}}>;
			}>;
			const pods = subsets.flatMap(({addresses = []}) => addresses.map(({targetRef}) => targetRef?.name ?? 'unnamed'));
			return {
				label: `Endpoints/${object?.metadata.name ?? 'none'}`,
				value: pods.join(', ') || 'none',
				holds: pods.length > 0 && pods.every(pod => pod.startsWith(`${outcomeOf(context, 'strategy').newName}-`)),
			};
		}),
		{
			label: `${old.kind}/${old.name}`,
			value: `${countText(replicasOf(workload), 'replica')} wanted; kept`,
			holds: workload !== undefined && replicasOf(workload) === 0,
		},
		...volumes.map(({name, volume}): Evidence => {
			const policy = reclaimPolicyOf(volume);
			return {label: `PersistentVolume/${name}`, value: policy ?? 'could not be read', holds: policy === 'Retain'};
		}),
	];
};
