import {partsOf} from '../../failure/failure.js';
import type {StepContext} from '../../migration/step.js';
import type {Kind, KubernetesObject} from '../../migration/world.js';
import {takeInventory} from '../../ping/inventory/index.js';
import {probeScript, readProbe} from '../../ping/probe.js';
import {signsInLog} from '../../ping/side.js';
import type {Inventory, Manifest, PodProbe, Workload} from '../../ping/workload.js';
import {lookingOnce} from './look-once.js';

type Needs = 'cluster' | 'pods';

/** What a look at the namespace gave. */
export type ServerLook = {
	readonly objects: readonly Manifest[];
	readonly probes: readonly PodProbe[];
	readonly inventory: Inventory;
	readonly isOpenShift: boolean;
	/** What could not be looked at, one sentence each: «cannot check» is not «all is well». */
	readonly unseen: readonly string[];
};

const kinds: readonly Kind[] = [
	'StatefulSet',
	'Deployment',
	'DaemonSet',
	'Job',
	'CronJob',
	'Pod',
	'Service',
	'ConfigMap',
	'PersistentVolumeClaim',
	'NetworkPolicy',
	'PodDisruptionBudget',
	'HorizontalPodAutoscaler',
	'Ingress',
];
const clusterKinds: readonly Kind[] = ['StorageClass', 'CSIDriver'];

/**
A kind that may not be listed is left out and said so; the kinds the run needs were asked for in the connect step.
*/
const listOrSay = async (
	{world}: StepContext<'cluster'>,
	kind: Kind,
): Promise<{readonly objects: readonly KubernetesObject[]; readonly unseen: readonly string[]}> => {
	try {
		return {objects: await world.cluster.list(kind), unseen: []};
	} catch (error) {
		return {objects: [], unseen: [`${kind}: ${partsOf(error).seen}`]};
	}
};

const volumesOfClaims = async (
	{world}: StepContext<'cluster'>,
	objects: readonly KubernetesObject[],
): Promise<{readonly objects: readonly KubernetesObject[]; readonly unseen: readonly string[]}> => {
	const names = objects
		.filter(({kind}) => kind === 'PersistentVolumeClaim')
		.map(({spec}) => (spec as {readonly volumeName?: string} | undefined)?.volumeName)
		.filter(name => name !== undefined);
	const results = await Promise.all(
		names.map(async name => {
			try {
				const volume = await world.cluster.get('PersistentVolume', name);
				return {objects: volume ? [volume] : [], unseen: []};
			} catch (error) {
				return {objects: [], unseen: [`PersistentVolume ${name}: ${partsOf(error).seen}`]};
			}
		}),
	);
	return {objects: results.flatMap(result => result.objects), unseen: results.flatMap(result => result.unseen)};
};

const probePod = async (
	{world, signal}: StepContext<Needs>,
	workload: Workload,
	pod: string,
): Promise<{readonly probe?: PodProbe; readonly unseen: readonly string[]}> => {
	const target = {pod, container: workload.container};
	try {
		const [result, log] = await Promise.all([
			world.pods.script(
				target,
				probeScript,
				workload.volumes.filter(({type}) => type !== 'secret' && type !== 'configMap').map(({mountPath}) => mountPath),
				{signal, timeoutSeconds: 60},
			),
			world.cluster.logs(pod, {container: workload.container, tail: 5000}),
		]);
		return {probe: {...readProbe(pod, workload.container, result.stdout), logSigns: signsInLog(log)}, unseen: []};
	} catch (error) {
		signal.throwIfAborted();
		return {unseen: [`inside ${pod}: ${partsOf(error).seen}`]};
	}
};

/**
Looks at the namespace and into its Ping pods. Read-only.
*/
export const lookAround = async (context: StepContext<Needs>): Promise<ServerLook> => {
	const [lists, clusterLists, namespace] = await Promise.all([
		Promise.all(kinds.map(async kind => listOrSay(context, kind))),
		Promise.all(clusterKinds.map(async kind => listOrSay(context, kind))),
		listNamespace(context),
	]);
	const listed = lists.flatMap(({objects}) => objects);
	const volumes = await volumesOfClaims(context, listed);
	const objects: readonly Manifest[] = [
		...listed,
		...volumes.objects,
		...clusterLists.flatMap(list => list.objects),
		...namespace,
	];
	const first = takeInventory(objects);
	const probed = await Promise.all(
		first.workloads.flatMap(workload => workload.pods.map(async pod => probePod(context, workload, pod))),
	);
	const probes = probed.map(({probe}) => probe).filter(probe => probe !== undefined);
	return {
		objects,
		probes,
		inventory: takeInventory(objects, probes),
		isOpenShift: namespace.some(({metadata}) =>
			Object.keys(metadata.annotations ?? {}).some(key => key.startsWith('openshift.io/sa.scc.')),
		),
		unseen: [...lists, volumes, ...clusterLists, ...probed].flatMap(({unseen}) => unseen),
	};
};

const listNamespace = async ({world, run}: StepContext<'cluster'>): Promise<readonly KubernetesObject[]> => {
	try {
		const namespace = await world.cluster.get('Namespace', run.namespace);
		return namespace ? [namespace] : [];
	} catch {
		// A namespace that may not be read tells nothing of OpenShift or Pod Security; the dry run of the preview asks the
		// server itself.
		return [];
	}
};

/** The look that all questions about the namespace share. */
export const lookOnce = lookingOnce(lookAround);
