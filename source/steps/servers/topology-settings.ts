import {containersOf} from '../../manifests/objects/containers.js';
import {variablesOf} from '../../manifests/objects/environment.js';
import {at} from '../../manifests/objects/value.js';
import type {Fact} from '../../migration/step.js';
import {listOf, mapOf, textOf, textsOf} from '../../ping/fields.js';
import type {Manifest, Workload} from '../../ping/workload.js';
import type {Obstacle} from './old-topology.js';

/** What the manifests of a workload say of its topology: facts, and what stands in the way. */
export type TopologySettings = {readonly facts: readonly Fact[]; readonly obstacles: readonly Obstacle[]};

const stopWords = (object: Manifest, workload: Workload): readonly string[] =>
	containersOf(object, workload)
		.flatMap(({container}) => listOf(at(container, ['lifecycle', 'preStop', 'exec', 'command'])))
		.map(word => textOf(word) ?? '');

const obstacle = (workload: Workload, parts: Pick<Obstacle, 'code' | 'seen' | 'means' | 'todo'>): Obstacle => ({
	...parts,
	pod: workload.pods[0] ?? workload.name,
	command: ['env'],
});

/**
What a preStop hook does to the topology each time a pod stops (pingidentity-docker-builds 2103
pingdirectory/opt/staging/hooks/90-shutdown-sequence.sh).
*/
const stopHook = (
	object: Manifest,
	workload: Workload,
	environment: Readonly<Record<string, string>>,
): TopologySettings => {
	const text = stopWords(object, workload).join(' ');
	if (text === '') {
		return {facts: [], obstacles: []};
	}

	const deletes = /persistentvolumeclaim|\bpvc\b/iv.test(text);
	const leaves = /shutdown-sequence|remove-defunct-server/v.test(text) && environment.SKIP_SHUTDOWN_SEQUENCE !== 'true';
	return {
		facts: [{label: 'preStop', value: `runs «${text}» whenever a pod stops`, mark: 'warning'}],
		obstacles: [
			...(deletes
				? [
						obstacle(workload, {
							code: 'prestop-deletes-claims',
							seen: `The preStop hook of ${workload.name} deletes claims: «${text}».`,
							means: 'Stopping the old pods would delete their volumes, and the way back with them.',
							todo: 'Take the hook out of the pod template before you begin.',
						}),
					]
				: []),
			...(leaves && workload.replicas > 1
				? [
						obstacle(workload, {
							code: 'prestop-leaves-topology',
							seen: `The preStop hook of ${workload.name} takes a stopping pod out of its topology: «${text}».`,
							means: 'Every stop of an old pod would take the old topology apart, and the way back with it.',
							todo:
								'Set SKIP_SHUTDOWN_SEQUENCE to true (images of 2211 and later), or take the hook out of the pod ' +
								'template, before you begin.',
						}),
					]
				: []),
		],
	};
};

const clusters = (workload: Workload, environment: Readonly<Record<string, string>>): readonly Obstacle[] => {
	const names = (environment.K8S_CLUSTERS ?? '').split(/[\s,]+/v).filter(Boolean);
	return names.length > 1
		? [
				obstacle(workload, {
					code: 'several-clusters',
					seen: `K8S_CLUSTERS of ${workload.name} names ${names.join(', ')}: the topology spans several clusters.`,
					means: 'This run sees one of them. It can neither freeze nor compare what the others hold.',
					todo:
						'Take the other clusters out of the topology first, or move it by hand: the seed cluster complete ' +
						'first, then the first pod of each other one.',
				}),
			]
		: [];
};

const scalersOf = (objects: readonly Manifest[], {kind, name}: Workload): readonly string[] =>
	objects
		.filter(
			object =>
				object.kind === 'HorizontalPodAutoscaler' &&
				mapOf(at(object, ['spec', 'scaleTargetRef'])).kind === kind &&
				mapOf(at(object, ['spec', 'scaleTargetRef'])).name === name,
		)
		.map(({metadata}) => metadata.name);

const budgetsOf = (objects: readonly Manifest[], object: Manifest): readonly string[] => {
	const labels = textsOf(at(object, ['spec', 'template', 'metadata', 'labels']));
	return objects
		.filter(({kind}) => kind === 'PodDisruptionBudget')
		.filter(budget => {
			const wanted = Object.entries(textsOf(at(budget, ['spec', 'selector', 'matchLabels'])));
			return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
		})
		.map(({metadata}) => metadata.name);
};

/** Reads from the manifests what would change the topology during the move. */
export const topologySettings = (workload: Workload, objects: readonly Manifest[]): TopologySettings => {
	const object = objects.find(({kind, metadata}) => kind === workload.kind && metadata.name === workload.name);
	if (!object) {
		return {facts: [], obstacles: []};
	}

	const configMaps = objects.filter(({kind}) => kind === 'ConfigMap');
	const server = containersOf(object, workload).find(({role}) => role === 'server');
	const environment = variablesOf(server?.container, configMaps);
	const stop = stopHook(object, workload, environment);
	const scalers = scalersOf(objects, workload);
	const isParallel = textOf(at(object, ['spec', 'podManagementPolicy'])) === 'Parallel';
	return {
		facts: [
			...stop.facts,
			...(isParallel || environment.PARALLEL_POD_MANAGEMENT_POLICY === 'true'
				? [
						{
							label: 'pods start',
							value:
								'all at once: a first pod that lost its volume would begin a directory of its own. The new set ' +
								'grows one by one.',
							mark: 'warning' as const,
						},
					]
				: []),
			...budgetsOf(objects, object).map(name => ({
				label: 'disruption budget',
				value: `${name} counts these pods; the new ones get a copy of it`,
			})),
		],
		obstacles: [
			...stop.obstacles,
			...clusters(workload, environment),
			...scalers.map(name =>
				obstacle(workload, {
					code: 'autoscaled',
					seen: `The HorizontalPodAutoscaler ${name} scales ${workload.name}.`,
					means: 'It would bring up old pods during the move, or after it, which nobody has frozen.',
					todo: 'Delete it before you begin. A directory is scaled by hand: each new replica has to be filled first.',
				}),
			),
		],
	};
};
