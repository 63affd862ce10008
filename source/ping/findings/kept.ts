import {fieldOf, integerOf, textOf} from '../fields.js';
import type {Manifest} from '../workload.js';
import type {Finding} from './finding.js';

const kinds = new Set(['StatefulSet', 'Deployment']);

/** Workloads that a run has made carry this label, and the old one's name with a short mark of the run. */
const isMade = ({metadata}: Manifest): boolean => metadata.labels?.['app.kubernetes.io/managed-by'] === 'unroot';

const successor = /^(?<old>.+)-[\da-f]{6}$/v;

/** The old sides of moves that are done: they run nowhere, and what a run made in their place does. */
export const keptWorkloads = (objects: readonly Manifest[]): ReadonlySet<string> => {
	const workloads = objects.filter(({kind}) => kinds.has(kind));
	const replicasOf = (object: Manifest): number => integerOf(fieldOf(object, 'spec', 'replicas')) ?? 1;
	const followed = new Set(
		workloads
			.filter(object => isMade(object) && replicasOf(object) > 0)
			.map(({kind, metadata}) => `${kind}/${successor.exec(metadata.name)?.groups?.old ?? ''}`),
	);
	return new Set(
		workloads
			.filter(object => replicasOf(object) === 0)
			.map(object => `${object.kind}/${textOf(object.metadata.name) ?? ''}`)
			.filter(name => followed.has(name)),
	);
};

/** What stands in a workload that is kept for the way back blocks nothing: it is not going to be started anew. */
export const settledOfKept = (findings: readonly Finding[], kept: ReadonlySet<string>): readonly Finding[] =>
	findings.map(finding =>
		kept.has(finding.where.object) && finding.severity !== 'informs'
			? {
					...finding,
					severity: 'informs',
					means:
						'It is the old side of a move that is done, scaled to 0 and kept for the way back. This would matter ' +
						`if it were started with a new image: ${finding.means}`,
				}
			: finding,
	);
