import {at} from '../../manifests/objects/value.js';
import {textOf} from '../../ping/fields.js';
import type {Manifest, Workload} from '../../ping/workload.js';

/** The claims of a volume: one for each replica where the workload makes them from a template. */
const claimsOf = ({kind, name, replicas}: Workload, volume: Workload['volumes'][number]): readonly string[] => {
	const {claim} = volume;
	if (claim === undefined) {
		return [];
	}

	return kind === 'StatefulSet' && claim === `${volume.name}-${name}-0`
		? Array.from({length: Math.max(1, replicas)}, (_, ordinal) => `${volume.name}-${name}-${ordinal}`)
		: [claim];
};

/** The persistent volumes of all replicas of a workload, as far as their claims were seen. */
export const claimedVolumes = (workload: Workload, objects: readonly Manifest[]): readonly string[] => {
	const claims = new Set(workload.volumes.flatMap(volume => claimsOf(workload, volume)));
	return objects
		.filter(({kind, metadata}) => kind === 'PersistentVolumeClaim' && claims.has(metadata.name))
		.map(claim => textOf(at(claim, ['spec', 'volumeName'])))
		.filter(name => name !== undefined)
		.toSorted();
};
