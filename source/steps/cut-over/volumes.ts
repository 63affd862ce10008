import {partsOf} from '../../failure/failure.js';
import type {Reporter, StepContext} from '../../migration/step.js';
import type {KubernetesObject} from '../../migration/world.js';
import {outcomeOf} from '../outcomes.js';
import {changeSeen} from '../shared-objects/change.js';
import type {Needs} from './needs.js';

/** The volumes of all old replicas. */
export const keptVolumes = (context: Pick<StepContext, 'outcomes'>): readonly string[] => {
	const {workload, persistentVolumes} = outcomeOf(context, 'inventory');
	const ofFirst = workload.volumes.map(({persistentVolume}) => persistentVolume).filter(name => name !== undefined);
	return [...new Set([...ofFirst, ...(persistentVolumes ?? [])])];
};

/** What is patched into a volume, so that it outlives its claim. */
export const retain = {spec: {persistentVolumeReclaimPolicy: 'Retain'}};

export const reclaimPolicyOf = (volume: KubernetesObject | undefined): string | undefined =>
	((volume?.spec ?? {}) as {readonly persistentVolumeReclaimPolicy?: string}).persistentVolumeReclaimPolicy;

/** A volume that may not be patched is told, not hidden: the old workload stays, so nothing is lost by it today. */
export const retainVolumes = async (context: StepContext<Needs>, reporter: Reporter): Promise<void> => {
	for (const name of keptVolumes(context)) {
		try {
			await changeSeen(context, {kind: 'PersistentVolume', name}, now =>
				reclaimPolicyOf(now) === 'Retain' ? undefined : retain,
			);
			await reporter.note({kind: 'retained', volume: name});
		} catch (error) {
			reporter.log(`${name}: ${partsOf(error).seen}`);
		}
	}
};

/** The volumes that are to be kept: those that could be set to Retain, or were. */
export const retainedVolumes = (context: Pick<StepContext, 'notes' | 'outcomes'>): readonly string[] =>
	keptVolumes(context).filter(name => context.notes.some(({kind, volume}) => kind === 'retained' && volume === name));
