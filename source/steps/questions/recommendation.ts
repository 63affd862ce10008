import type {Strategy} from '../../manifests/strategy.js';
import {isPrivileged, portVariables} from '../../ping/ports.js';
import type {Workload} from '../../ping/workload.js';

/** What the inventory speaks for, and why. */
export type Recommendation = {readonly strategy: Strategy; readonly reasons: readonly string[]};

/**
Which of the two ways the vendor documents fits the workload. A fresh deployment is the way out; running as root is a
debt that has to be paid later, and is only recommended where a fresh deployment has nothing to gain or cannot carry the
data.
*/
export const recommend = (workload: Workload): Recommendation => {
	const rootOwned = workload.volumes.filter(({owners}) => owners.some(({uid}) => uid === 0));
	const low = portVariables.filter(name => isPrivileged(workload.ports[name] ?? 0));
	const reasons = [
		...rootOwned.map(
			({mountPath, claim}) =>
				`Root owns files below ${mountPath}${claim ? ` (claim ${claim})` : ''}: uid 9031 cannot use them, and ` +
				'fsGroup does not change their owner.',
		),
		...(low.length > 0
			? [
					`The server was set up with ${low.map(name => `${name} ${workload.ports[name] ?? ''}`).join(', ')}: ` +
						'only root may bind them, and they may not be changed on restart.',
				]
			: []),
		...(workload.volumes.some(({isEphemeral}) => isEphemeral) ||
		workload.volumes.every(({claim}) => claim === undefined)
			? ['The data has no persistent volume of its own: a new image in place would start without it.']
			: []),
	];
	return {
		strategy: 'fresh',
		reasons:
			reasons.length > 0
				? reasons
				: [
						'Nothing on the volume or in the ports stands in the way; a fresh deployment still leaves the old ' +
							'one untouched until you sign off.',
					],
	};
};
