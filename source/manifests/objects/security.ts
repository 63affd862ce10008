import {listOf, mapOf, textOf} from '../../ping/fields.js';
import type {Manifest} from '../../ping/workload.js';
import type {Decisions} from '../strategy.js';
import {podSpecPathOf, type ContainerPlace} from './containers.js';
import {remove, set, type Edit} from './edit.js';
import {rootInits} from './root-inits.js';
import {at} from './value.js';

/**
What root needs to bind the old ports and to read files of others, where a container drops all capabilities.
@see helm-charts, tag ping-devops-0.9.10, values.yaml: container.securityContext drops ALL
*/
const capabilitiesOfRoot = ['NET_BIND_SERVICE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER'];

/**
The user and group of the new pods, at pod level, where fsGroup is read. Where the platform assigns fsGroup (OpenShift)
it assigns the user too.
@see helm-charts, pull request 217; pingidentity-devops-getting-started, tag 2506, 30-helm/everything-openshift.yaml
*/
export const freshSecurityEdits = (
	object: Manifest,
	places: readonly ContainerPlace[],
	{identity, fsGroup}: Decisions,
): readonly Edit[] => {
	const pod = [...podSpecPathOf(object.kind), 'securityContext'];
	const isAssigned = fsGroup === undefined;
	const owned = places.filter(({role}) => role !== 'foreign');
	return [
		isAssigned ? remove([...pod, 'runAsUser']) : set([...pod, 'runAsUser'], identity.uid),
		isAssigned && identity.gid !== 0 ? remove([...pod, 'runAsGroup']) : set([...pod, 'runAsGroup'], identity.gid),
		isAssigned ? remove([...pod, 'fsGroup']) : set([...pod, 'fsGroup'], fsGroup),
		...(at(object, [...pod, 'runAsNonRoot']) === false ? [remove([...pod, 'runAsNonRoot'])] : []),
		...(isAssigned ? [] : rootInits(places)).map(({path}) => set([...path, 'securityContext', 'runAsUser'], 0)),
		...owned.flatMap(({path, container}): readonly Edit[] => {
			const own = mapOf(mapOf(container).securityContext);
			const place = [...path, 'securityContext'];
			return [
				...(own.runAsUser === undefined
					? []
					: [isAssigned ? remove([...place, 'runAsUser']) : set([...place, 'runAsUser'], identity.uid)]),
				...(own.runAsGroup === undefined
					? []
					: [
							isAssigned && identity.gid !== 0
								? remove([...place, 'runAsGroup'])
								: set([...place, 'runAsGroup'], identity.gid),
						]),
				...(own.runAsNonRoot === false ? [remove([...place, 'runAsNonRoot'])] : []),
			];
		}),
	];
};

const upper = (values: unknown): readonly string[] =>
	listOf(values).map(value => (textOf(value) ?? '').toUpperCase().replace(/^CAP_/v, ''));

/** The capabilities that root must get back where these are dropped and those are added. */
export const missingOf = (drop: unknown, add: unknown): readonly string[] => {
	const dropped = upper(drop);
	const added = upper(add);
	return capabilitiesOfRoot.filter(
		name => (dropped.includes('ALL') || dropped.includes(name)) && !added.includes(name) && !added.includes('ALL'),
	);
};

/** The capabilities a container must get back to run as root; empty where it drops none of them. */
export const missingCapabilities = (container: unknown): readonly string[] => {
	const {drop, add} = mapOf(at(container, ['securityContext', 'capabilities']));
	return missingOf(drop, add);
};

/** Root at pod level and, where a container says otherwise, there too; fsGroup is left as it is. */
export const rootSecurityEdits = (object: Manifest, places: readonly ContainerPlace[]): readonly Edit[] => {
	const pod = [...podSpecPathOf(object.kind), 'securityContext'];
	return [
		set([...pod, 'runAsUser'], 0),
		set([...pod, 'runAsGroup'], 0),
		set([...pod, 'runAsNonRoot'], false),
		...places
			.filter(({role}) => role !== 'foreign')
			.flatMap(({path, container}): readonly Edit[] => {
				const own = mapOf(mapOf(container).securityContext);
				const place = [...path, 'securityContext'];
				const missing = missingCapabilities(container);
				const kept = listOf(mapOf(own.capabilities).add);
				return [
					...(own.runAsUser === undefined ? [] : [set([...place, 'runAsUser'], 0)]),
					...(own.runAsGroup === undefined ? [] : [set([...place, 'runAsGroup'], 0)]),
					...(own.runAsNonRoot === undefined ? [] : [set([...place, 'runAsNonRoot'], false)]),
					...(missing.length > 0 ? [set([...place, 'capabilities', 'add'], [...kept, ...missing])] : []),
				];
			}),
	];
};
