import {fieldOf, listOf, textOf} from '../fields.js';
import {nameOf, ofKind, podTemplateOf} from '../podspec.js';
import type {Manifest} from '../workload.js';
import type {Rule, Seen} from './finding.js';
import {variablePlace, type Look, type WorkloadLook} from './look.js';

/** What is said of a topology that is to move as a whole, and of what speaks of its pods. */
export const topologyRules = {
	'topology-taken-apart': {
		severity: 'warns',
		means:
			'Each pod that stops takes itself out of the topology, with images before 2211 the first one too. Scaling the ' +
			'old set down takes it apart, and with it the way back.',
		todo:
			'Keep the old pods running until you sign off; or set SKIP_SHUTDOWN_SEQUENCE to true (images of 2211 and ' +
			'later), which restarts them.',
		source: 'pingidentity-docker-builds 2102 and 2606 pingdirectory/opt/staging/hooks/90-shutdown-sequence.sh',
	},
	'claims-removed': {
		severity: 'warns',
		means: 'The volumes of pods that are scaled away, or of a set that is deleted, go with them: no way back is left.',
		todo: 'Set persistentVolumeClaimRetentionPolicy to Retain before anything is scaled.',
		source: 'Kubernetes documentation, StatefulSets, PersistentVolumeClaim retention',
	},
	'topology-of-clusters': {
		severity: 'warns',
		means: 'Members of this topology run in other clusters. What is seen here is a part of it.',
		todo: 'Move it by hand: the seed cluster complete first, then the first pod of each other cluster, then its rest.',
		source: 'pingidentity-devops-getting-started 2506 docs/deployment/deployPDMultiRegion.md',
	},
	'topology-in-parallel': {
		severity: 'warns',
		means:
			'Pods that start at the same time, or a first pod that always starts empty, can make two directories where one ' +
			'was meant.',
		todo:
			'Start the new set in order (OrderedReady, without PARALLEL_POD_MANAGEMENT_POLICY) and let it grow one by ' +
			'one.',
		source: 'pingidentity-docker-builds 2506 pingdatacommon/opt/staging/hooks/pingdata.lib.sh:880-920',
	},
	'scaled-by-others': {
		severity: 'warns',
		means: 'It adds and removes pods while they are moved; a new set of another name it does not know.',
		todo: 'Stop it for the migration. A directory is scaled by hand, after the import.',
		source: 'pingidentity-devops-getting-started issue 484',
	},
	'pod-named': {
		severity: 'warns',
		means: 'The new pods have other names: it goes on with the old ones, and fails once they are gone.',
		todo: 'Name the new pod at the cut-over, and see that it does not run while writes are refused.',
		source: 'ping-cloud-base v1.9.0 k8s-configs/ping-cloud/base/pingdirectory (backup jobs); Kubernetes, StatefulSets',
	},
} as const satisfies Readonly<Record<string, Rule>>;

type Code = keyof typeof topologyRules;
type Found = ReadonlyArray<Seen<Code>>;

const words = (value: unknown): string =>
	listOf(value)
		.map(word => textOf(word) ?? '')
		.join(' ');

const hooksFound = ({object, pod, containers}: WorkloadLook): Found =>
	containers
		.filter(({product}) => product.id === 'pingdirectory')
		.flatMap(({container}) => {
			const command = words(fieldOf(container.spec, 'lifecycle', 'preStop', 'exec', 'command'));
			return /90-shutdown-sequence|remove-defunct-server/v.test(command)
				? [
						{
							code: 'topology-taken-apart' as const,
							on: object,
							field: `${container.path}.lifecycle.preStop.exec.command`,
							seen: command.slice(0, 200),
						},
					]
				: [];
		})
		.filter(() => pod.kind !== 'Job');

const setFound = ({object, main}: WorkloadLook): Found => {
	if (main?.product.id !== 'pingdirectory') {
		return [];
	}

	const policy = fieldOf(object, 'spec', 'persistentVolumeClaimRetentionPolicy');
	const management = textOf(fieldOf(object, 'spec', 'podManagementPolicy'));
	return [
		...['whenScaled', 'whenDeleted']
			.filter(field => textOf(fieldOf(policy, field)) === 'Delete')
			.map(field => ({
				code: 'claims-removed' as const,
				on: object,
				field: `spec.persistentVolumeClaimRetentionPolicy.${field}`,
				seen: `${field}: Delete`,
			})),
		...(management === 'Parallel'
			? [
					{
						code: 'topology-in-parallel' as const,
						on: object,
						field: 'spec.podManagementPolicy',
						seen: 'podManagementPolicy: Parallel',
					},
				]
			: []),
	];
};

const variablesFound = (look: WorkloadLook): Found => {
	if (look.main?.product.id !== 'pingdirectory') {
		return [];
	}

	const {variables} = look.main;
	const [clusters, parallel] = [variables.get('K8S_CLUSTERS'), variables.get('PARALLEL_POD_MANAGEMENT_POLICY')];
	return [
		...(clusters?.value === undefined || clusters.value === ''
			? []
			: [
					{
						code: 'topology-of-clusters' as const,
						...variablePlace(look, clusters),
						seen: `K8S_CLUSTERS=${clusters.value}`,
					},
				]),
		...(parallel?.value === 'true'
			? [
					{
						code: 'topology-in-parallel' as const,
						...variablePlace(look, parallel),
						seen: 'PARALLEL_POD_MANAGEMENT_POLICY=true',
					},
				]
			: []),
	];
};

/** Kinds that scale another object, and the field that names it. */
const scalers = [
	['HorizontalPodAutoscaler', 'scaleTargetRef'],
	['VerticalPodAutoscaler', 'targetRef'],
	['ScaledObject', 'scaleTargetRef'],
] as const;

const isMigrated = ({main, pod}: WorkloadLook): boolean =>
	main !== undefined && main.side !== 'new' && ['StatefulSet', 'Deployment', 'DeploymentConfig'].includes(pod.kind);

const scalersFound = (look: Look): Found =>
	scalers.flatMap(([kind, reference]) =>
		ofKind(look.objects, kind).flatMap(object => {
			const target = textOf(fieldOf(object, 'spec', reference, 'name'));
			const isOurs = look
				.workloadsNear(object)
				.some(workload => isMigrated(workload) && nameOf(workload.object) === target);
			return isOurs
				? [
						{
							code: 'scaled-by-others' as const,
							on: object,
							field: `spec.${reference}.name`,
							seen: `${kind} ${nameOf(object)} scales ${target ?? ''}`,
						},
					]
				: [];
		}),
	);

/** Names in a command that can be those of a pod of a StatefulSet. */
const podNames = /(?<![\w\-.])(?<set>[a-z](?:[\-0-9a-z]*[0-9a-z])?)-\d{1,3}(?![\w\-])/gv;

const namedIn = (look: Look, object: Manifest): Found => {
	const pod = podTemplateOf(object);
	const sets = new Set(
		look
			.workloadsNear(object)
			.filter(workload => isMigrated(workload) && workload.pod.kind === 'StatefulSet' && workload.object !== object)
			.map(workload => nameOf(workload.object)),
	);
	return sets.size === 0 || !pod
		? []
		: pod.containers.flatMap(({spec, path}) =>
				['command', 'args'].flatMap(field =>
					words(spec[field])
						.matchAll(podNames)
						.filter(({groups}) => sets.has(groups?.set ?? ''))
						.map(([name]) => ({code: 'pod-named' as const, on: object, field: `${path}.${field}`, seen: name}))
						.take(1)
						.toArray(),
				),
			);
};

/** Findings about a topology as a whole, and about what speaks of its pods by their names. */
export const topologyFindings = (look: Look): Found => [
	...look.workloads.flatMap(workload => [...hooksFound(workload), ...setFound(workload), ...variablesFound(workload)]),
	...scalersFound(look),
	...['CronJob', 'Job', 'Deployment', 'StatefulSet'].flatMap(kind =>
		ofKind(look.objects, kind).flatMap(object => namedIn(look, object)),
	),
];
