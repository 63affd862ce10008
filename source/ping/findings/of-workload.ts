import type {Workload} from '../workload.js';
import type {Finding} from './finding.js';

/** The objects that are a workload's own: itself, its pods, the Services that select it, the claims it mounts. */
const objectsOf = ({kind, name, pods, services, volumes}: Workload): ReadonlySet<string> =>
	new Set([
		`${kind}/${name}`,
		...pods.map(pod => `Pod/${pod}`),
		...services.map(service => `Service/${service.name}`),
		...volumes.flatMap(({claim}) => (claim === undefined ? [] : [`PersistentVolumeClaim/${claim}`])),
	]);

/** The findings that stand in a workload's own objects, in the order they came. */
export const findingsOfWorkload = (workload: Workload, findings: readonly Finding[]): readonly Finding[] => {
	const own = objectsOf(workload);
	return findings.filter(({where}) => own.has(where.object));
};
