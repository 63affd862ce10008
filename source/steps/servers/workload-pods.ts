import type {StepContext} from '../../migration/step.js';
import type {KubernetesObject} from '../../migration/world.js';
import type {Workload} from '../../ping/workload.js';

/** A workload whose pods a controller makes. */
export type Controlled = {readonly kind: 'StatefulSet' | 'Deployment'; readonly name: string};

/** The kind to read and scale a workload by. */
export const controlledKind = ({kind}: Pick<Workload, 'kind'>): Controlled['kind'] =>
	kind === 'Deployment' ? kind : 'StatefulSet';

/**
Whether a pod is owned by the workload. A Deployment's pods belong to its ReplicaSets, which are called by its name and
a hash without a dash: those of `pingfederate-admin` are none of `pingfederate`'s.
*/
export const belongsTo =
	({kind, name}: Controlled) =>
	(pod: KubernetesObject): boolean => {
		const owners = (pod.metadata.ownerReferences ?? []) as ReadonlyArray<{
			readonly kind: string;
			readonly name: string;
		}>;
		return owners.some(owner =>
			kind === 'StatefulSet'
				? owner.kind === kind && owner.name === name
				: owner.kind === 'ReplicaSet' &&
					owner.name.startsWith(`${name}-`) &&
					!owner.name.slice(name.length + 1).includes('-'),
		);
	};

type Status = {
	readonly phase?: string;
	readonly conditions?: ReadonlyArray<{readonly type: string; readonly status: string}>;
};

const statusOf = (pod: KubernetesObject): Status => pod.status ?? {};

/** Whether a pod has run to its end, as one that was evicted: its workload has another, and nothing removes it soon. */
export const hasEnded = (pod: KubernetesObject): boolean => ['Succeeded', 'Failed'].includes(statusOf(pod).phase ?? '');

/**
Whether commands can run in a pod. One that has ended is still in the list of Kubernetes 1.27 and later for a moment.
*/
export const takesCommands = async ({world}: StepContext<'cluster'>, name: string): Promise<boolean> => {
	const pod = await world.cluster.get('Pod', name);
	return pod !== undefined && !hasEnded(pod);
};

/** Whether a pod neither ended nor was told to. */
const isLiving = (pod: KubernetesObject): boolean => !hasEnded(pod) && pod.metadata.deletionTimestamp === undefined;

const isReady = (pod: KubernetesObject): boolean =>
	statusOf(pod).conditions?.some(({type, status}) => type === 'Ready' && status === 'True') ?? false;

const runs = (pod: KubernetesObject, image: string): boolean =>
	((pod.spec ?? {}) as {readonly containers?: ReadonlyArray<{readonly image: string}>}).containers?.some(
		container => container.image === image,
	) ?? false;

const weightOf = (pod: KubernetesObject, image: string): number => (runs(pod, image) ? 2 : 0) + (isReady(pod) ? 1 : 0);

const byName = (one: KubernetesObject, other: KubernetesObject): number =>
	one.metadata.name.localeCompare(other.metadata.name, 'en', {numeric: true});

/** The pods of a workload that live, by name. */
export const livingPods = (all: readonly KubernetesObject[], workload: Controlled): readonly KubernetesObject[] =>
	all.filter(pod => belongsTo(workload)(pod) && isLiving(pod)).toSorted((one, other) => byName(one, other));

/** The pods of a workload that were told to end and have not yet: they serve to their end, and others follow them. */
export const endingPods = (all: readonly KubernetesObject[], workload: Controlled): readonly KubernetesObject[] =>
	all.filter(pod => belongsTo(workload)(pod) && !hasEnded(pod) && !isLiving(pod));

/**
The name of the pod to talk to; undefined where there is none. Of a StatefulSet it is the first. Of a Deployment it is
one that runs the image, if any does, and is ready, if any is: these have another name after each start, so it is looked
for each time.
*/
export const findPod = async (
	{world}: StepContext<'cluster'>,
	workload: Controlled,
	image: string,
): Promise<string | undefined> => {
	const living = livingPods(await world.cluster.list('Pod'), workload);
	const [first] =
		workload.kind === 'StatefulSet'
			? living
			: living.toSorted((one, other) => weightOf(other, image) - weightOf(one, image));
	return first?.metadata.name;
};
