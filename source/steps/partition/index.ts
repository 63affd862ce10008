import {agreementOf, replicaOf} from '../../directory/converge.js';
import {readRuntime} from '../../directory/runtime.js';
import type {DirectoryServer} from '../../directory/server.js';
import {figureText, isZero, readServer, type ServerReading} from '../../directory/topology.js';
import {Failure} from '../../failure/failure.js';
import type {Evidence, Reporter, StepContext} from '../../migration/step.js';
import type {KubernetesObject} from '../../migration/world.js';
import type {Manifest} from '../../ping/workload.js';
import {outcomeOf} from '../outcomes.js';
import {awaitPod} from '../replicas/pods.js';
import {countText} from '../run/words.js';
import {serverIn} from '../servers/new-server.js';
import {holdsDirectoryData} from '../servers/products.js';
import {controlledKind, livingPods} from '../servers/workload-pods.js';
import {changeSeen, type SharedChange} from '../shared-objects/change.js';

type Needs = 'cluster' | 'clock' | 'kubectl' | 'pods';

const pauseMilliseconds = 1000;

/** A replica that gets no nearer to the others for this long is not going to. */
const patienceMilliseconds = 120_000;

const strategyOf = (object: Manifest | KubernetesObject | undefined) =>
	(
		(object?.spec ?? {}) as {
			readonly updateStrategy?: {readonly type?: string; readonly rollingUpdate?: {readonly partition?: number}};
		}
	).updateStrategy ?? {};

/**
Whether the replicas of a workload restart one by one, each proved before the next: as root, where there are several and
the controller rolls them.
*/
export const isByPartition = (context: Pick<StepContext, 'outcomes'>, before: readonly Manifest[]): boolean => {
	const {workload} = outcomeOf(context, 'inventory');
	const set = before.find(({kind, metadata}) => kind === 'StatefulSet' && metadata.name === workload.name);
	return (
		outcomeOf(context, 'strategy').strategy === 'root' &&
		set !== undefined &&
		workload.replicas > 1 &&
		holdsDirectoryData(workload.product) &&
		(strategyOf(set).type ?? 'RollingUpdate') === 'RollingUpdate'
	);
};

/** The partition that a workload has: 0 where it has none. */
const partitionOf = (object: Manifest | KubernetesObject | undefined): number =>
	strategyOf(object).rollingUpdate?.partition ?? 0;

/** Holds a rollout: pods below the partition keep the template they have. */
const setPartition = async (context: StepContext<Needs>, partition: number): Promise<void> =>
	changeSeen(context, {kind: 'StatefulSet', name: outcomeOf(context, 'inventory').workload.name}, now =>
		now && partitionOf(now) !== partition
			? {spec: {updateStrategy: {type: 'RollingUpdate', rollingUpdate: {partition}}}}
			: undefined,
	);

/** An object to be applied as it is to be, but for a partition above all pods: a new template restarts none of them. */
export const behindPartition = (context: Pick<StepContext, 'outcomes'>, object: KubernetesObject): KubernetesObject => {
	const {workload} = outcomeOf(context, 'inventory');
	return object.kind === 'StatefulSet' && object.metadata.name === workload.name
		? {
				...object,
				spec: {
					...(object.spec as object),
					updateStrategy: {type: 'RollingUpdate', rollingUpdate: {partition: workload.replicas}},
				},
			}
		: object;
};

/**
A change of the workload that leaves its partition as it is now: what restarted goes back, what was held back stays.
*/
export const withPartitionOf = (change: SharedChange, now: KubernetesObject | undefined): SharedChange => {
	const keep = (object: Manifest): Manifest =>
		now && object.kind === now.kind && object.metadata.name === now.metadata.name
			? {...object, spec: {...(object.spec as object), updateStrategy: strategyOf(now)}}
			: object;
	return {...change, from: keep(change.from), to: keep(change.to)};
};

/** Lets the controller roll pods as far as it could before. */
export const letRoll = async (context: StepContext<Needs>, before: readonly Manifest[]): Promise<void> =>
	setPartition(context, partitionOf(before.find(({kind}) => kind === 'StatefulSet')));

/** Whether every replica runs the new image, where they restart one by one. */
export const replicaEvidence = async (context: StepContext<'cluster'>): Promise<readonly Evidence[]> => {
	const {workload} = outcomeOf(context, 'inventory');
	const {strategy, image} = outcomeOf(context, 'strategy');
	if (strategy !== 'root' || workload.replicas < 2) {
		return [];
	}

	const living = livingPods(await context.world.cluster.list('Pod'), {
		kind: controlledKind(workload),
		name: workload.name,
	});
	const renewed = living.filter(pod => imagesOf(pod).includes(image));
	return [
		{
			label: `replicas of ${workload.name}`,
			value: `${renewed.length} of ${workload.replicas} run ${image}`,
			holds: renewed.length === workload.replicas,
		},
	];
};

const imagesOf = (pod: KubernetesObject | undefined): readonly string[] =>
	(((pod?.spec ?? {}) as {readonly containers?: ReadonlyArray<{readonly image: string}>}).containers ?? []).map(
		({image}) => image,
	);

/** Waits until a pod runs the new image and is ready. */
const awaitReplaced = async (context: StepContext<Needs>, pod: string, reporter: Reporter): Promise<void> => {
	const {image} = outcomeOf(context, 'strategy');
	const {clock, cluster} = context.world;
	for (;;) {
		context.signal.throwIfAborted();
		const living = livingPods(await cluster.list('Pod'), {
			kind: 'StatefulSet',
			name: outcomeOf(context, 'inventory').workload.name,
		});
		if (imagesOf(living.find(({metadata}) => metadata.name === pod)).includes(image)) {
			break;
		}

		reporter.progress({what: `${pod} restarts`, unit: 'pods', done: 0, total: 1});
		await clock.sleep(pauseMilliseconds, context.signal);
	}

	await awaitPod(context, pod, reporter);
};

/**
What keeps a restarted replica from being one of the others. Counts may differ while clients write; what is on its way
may not stay.
*/
const lagOf = (reading: ServerReading, others: readonly ServerReading[]): readonly string[] => {
	const generations = agreementOf([...others, reading])
		.restless.filter(({pod}) => pod === reading.pod)
		.flatMap(({reasons}) =>
			reasons.filter(reason => reason.includes('generation id') || reason.includes('reports no replication')),
		);
	const backlogs = reading.replicas
		.filter(({backlog, pending}) => !isZero(backlog) || !isZero(pending))
		.map(
			({baseDn, backlog, pending}) =>
				`${baseDn}: backlog ${figureText(backlog)}, pending updates ${figureText(pending)}`,
		);
	return [...generations, ...backlogs];
};

const notRight = (context: StepContext<Needs>, server: DirectoryServer, reasons: readonly string[]): Failure => {
	const {name} = outcomeOf(context, 'inventory').workload;
	return new Failure({
		code: 'replica-not-right',
		seen: `${server.target.pod} has restarted and is not right: ${reasons.join('; ')}.`,
		means: 'The other replicas were not restarted: the partition holds them back, and they serve as before.',
		todo:
			'Read its log and its replication status, fix the cause, then try again. The way back is unroot rollback: ' +
			'the old template is applied again, and only what has restarted restarts once more.',
		byHand: context.world.kubectl.byHand('rollout', 'status', `statefulset/${name}`),
		retryable: true,
	});
};

/** Proves a restarted pod: its user, its ports, its volume, its data and its replication. */
const proveRestarted = async (context: StepContext<Needs>, pod: string, reporter: Reporter): Promise<void> => {
	const {identity, newPorts} = outcomeOf(context, 'strategy');
	const {workload, backends} = outcomeOf(context, 'inventory');
	const server = serverIn(context, pod);
	const runtime = await readRuntime(context.world.pods, server.target, context.run.id);
	const wrong = [
		...(runtime.uid === identity.uid ? [] : [`it runs as ${runtime.uid}`]),
		...(runtime.listening.includes(newPorts.LDAPS_PORT) ? [] : [`nothing listens on ${newPorts.LDAPS_PORT}`]),
		...(runtime.canWrite ? [] : ['its volume takes no write']),
	];
	if (wrong.length > 0) {
		throw notRight(context, server, wrong);
	}

	const {clock} = context.world;
	const others = workload.pods.filter(other => other !== pod).map(other => serverIn(context, other));
	let least = Infinity;
	let since = clock.now().getTime();
	for (;;) {
		const [own, ...rest] = await Promise.all([server, ...others].map(async one => readServer(one)));
		const missing = backends
			.filter(({entries}) => entries > 0)
			.filter(({id}) => (own!.backends.find(backend => backend.id === id)?.entries ?? 0) === 0)
			.map(({id}) => `${id} is empty or not served`);
		const reasons = [...missing, ...lagOf(own!, rest)];
		if (reasons.length === 0) {
			reporter.log(
				`${pod}: uid ${runtime.uid}, ` +
					`${own!.backends.map(({id, entries}) => `${id} ${entries} entries`).join(', ')}, backlog 0, generation ` +
					own!.replicas.map(({baseDn}) => replicaOf(own!, baseDn)?.generationId ?? 'not said').join(', '),
			);
			return;
		}

		const changes = own!.replicas.reduce((sum, {backlog}) => sum + (typeof backlog === 'number' ? backlog : 0), 0);
		const now = clock.now().getTime();
		since = changes < least ? now : since;
		least = Math.min(least, changes);
		if (missing.length > 0 || now - since > patienceMilliseconds) {
			throw notRight(context, server, reasons);
		}

		reporter.progress({
			what: `${pod} catches up, ${countText(changes, 'change')} on the way`,
			unit: 'pods',
			done: 0,
			total: 1,
		});
		await clock.sleep(pauseMilliseconds, context.signal);
	}
};

/**
Restarts the replicas with the template that was applied, the last one first, each proved before the next. It stops at
the first that is not right: those below it keep the old template. Safe to run again: a pod that runs the new image is
only proved anew.
*/
export const restartOneByOne = async (context: StepContext<Needs>, reporter: Reporter): Promise<void> => {
	const {workload} = outcomeOf(context, 'inventory');
	for (let ordinal = workload.replicas - 1; ordinal >= 0; ordinal--) {
		const pod = `${workload.name}-${ordinal}`;
		reporter.progress({
			what: 'Replicas that have restarted and are proved',
			unit: 'pods',
			done: workload.replicas - 1 - ordinal,
			total: workload.replicas,
		});
		await setPartition(context, ordinal);
		await awaitReplaced(context, pod, reporter);
		await proveRestarted(context, pod, reporter);
	}
};
