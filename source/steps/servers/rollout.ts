import {Failure} from '../../failure/failure.js';
import {tellableDetails} from '../../failure/tellable.js';
import {throughOutages} from '../../migration/engine/outage.js';
import type {Reporter, StepContext} from '../../migration/step.js';
import type {KubernetesObject} from '../../migration/world.js';
import {recogniseFailure} from '../../ping/failures.js';
import {withoutColours} from '../../ping/side.js';
import {outcomeOf} from '../outcomes.js';
import {livingPods, type Controlled} from './workload-pods.js';

type Needs = 'cluster' | 'clock' | 'kubectl';

const pollMilliseconds = 1000;

/**
A new server that is not ready after this long is not going to be by itself: the chart's start-up probe gives
PingDirectory 30 minutes (values.yaml: 180 tries, 10 s apart).
*/
export const patienceMilliseconds = 30 * 60 * 1000;

/** A workload whose rollout is watched. */
export type Watched = Controlled & {readonly container: string; readonly isFresh: boolean};

type Status = {
	readonly observedGeneration?: number;
	readonly replicas?: number;
	readonly readyReplicas?: number;
	readonly updatedReplicas?: number;
	readonly currentRevision?: string;
	readonly updateRevision?: string;
};

type ContainerStatus = {
	readonly name: string;
	readonly ready?: boolean;
	readonly restartCount?: number;
	readonly state?: {
		readonly waiting?: {readonly reason?: string; readonly message?: string};
		readonly terminated?: {readonly exitCode?: number; readonly reason?: string};
	};
};

/** The containers of a pod as its status has them. */
export const containersOf = (pod: KubernetesObject): readonly ContainerStatus[] =>
	(pod.status as {readonly containerStatuses?: readonly ContainerStatus[]} | undefined)?.containerStatuses ?? [];

/** The phase of a pod, or what its container waits for. */
export const phaseOf = (pod: KubernetesObject): string => {
	const status = pod.status as {readonly phase?: string} | undefined;
	const waiting = containersOf(pod)
		.map(({state}) => state?.waiting?.reason)
		.find(reason => reason !== undefined);
	return waiting ?? status?.phase ?? 'unknown';
};

const isRolledOut = (object: KubernetesObject): boolean => {
	const {replicas = 1} = object.spec as {readonly replicas?: number};
	const status = (object.status ?? {}) as Status;
	const isObserved = (status.observedGeneration ?? 0) >= (object.metadata.generation ?? 0);
	const isUpdated =
		(status.updatedReplicas ?? 0) >= replicas ||
		(status.updateRevision !== undefined && status.updateRevision === status.currentRevision);
	return isObserved && isUpdated && (status.readyReplicas ?? 0) >= replicas && (status.replicas ?? 0) === replicas;
};

/** A pod that will not come up by itself. */
export const isStuck = (pod: KubernetesObject): boolean =>
	[
		'CrashLoopBackOff',
		'ImagePullBackOff',
		'ErrImagePull',
		'ErrImageNeverPull',
		'InvalidImageName',
		'CreateContainerConfigError',
		'CreateContainerError',
		'RunContainerError',
	].includes(phaseOf(pod));

const logsOf = async ({world}: StepContext<Needs>, pod: string, container: string): Promise<string> => {
	const [now, before] = await Promise.all([
		world.cluster.logs(pod, {container, tail: 400}).catch(() => ''),
		world.cluster.logs(pod, {container, tail: 400, previous: true}).catch(() => ''),
	]);
	return `${before}\n${now}`;
};

/** Why a pod does not start, from its log, its events and its status. */
export const startFailed = async (
	context: StepContext<Needs>,
	pod: KubernetesObject,
	watched: Pick<Watched, 'container' | 'isFresh'>,
): Promise<Failure> => {
	const {name} = pod.metadata;
	const [log, events] = await Promise.all([
		logsOf(context, name, watched.container),
		context.world.cluster.events(name).catch(() => []),
	]);
	const messages = containersOf(pod).map(({state}) => state?.waiting?.message ?? '');
	const known = recogniseFailure([log, ...messages, ...events.map(({message}) => message)].join('\n'), watched.isFresh);
	const warnings = events
		.filter(({type}) => type === 'Warning')
		.slice(-4)
		.map(({reason, message}) => `${reason}: ${message}`);
	const lines = withoutColours(log)
		.split('\n')
		.map(line => line.trim())
		.filter(Boolean);
	return new Failure(
		{
			code: known ? `start-${known.code}` : 'start-failed',
			seen: known ? `${name} does not start: ${known.seen[0] ?? ''}` : `${name} does not start: ${phaseOf(pod)}.`,
			means: known?.means ?? 'The new server is not up. The old one goes on as before, and clients are still on it.',
			todo: known?.todo ?? 'Read the events and the log below, fix the cause, then try again.',
			byHand: context.world.kubectl.byHand('logs', name, '-c', watched.container, '--previous'),
			retryable: true,
			details: [
				...(known?.seen.slice(1) ?? []),
				...warnings,
				...tellableDetails(lines),
				...(known ? [`source: ${known.source}`] : []),
			],
		},
		{said: lines},
	);
};

/**
What the log of a server that is ready says against it: an old volume or another topology where a fresh deployment was
meant, or a profile that was not taken.
*/
const badStart = async (context: StepContext<Needs>, watched: Watched, pod: string): Promise<Failure | undefined> => {
	const {runPlan, state, replaced} = await readStart(context, pod, watched.container);
	const {byHand} = context.world.kubectl;
	if (!watched.isFresh) {
		return replaced === undefined || replaced === 0
			? undefined
			: new Failure({
					code: 'start-profile-not-replaced',
					seen:
						`The log of ${pod} says that manage-profile replace-profile returned ${replaced}; the server started ` +
						'all the same.',
					means: 'It runs with a configuration that is not, or not wholly, that of its profile.',
					todo: 'Read the log of manage-profile in the pod, correct the profile, then try again.',
					byHand: byHand('logs', pod, '-c', watched.container),
					exit: 'blocked',
					retryable: true,
				});
	}

	if (runPlan === 'RESTART') {
		return new Failure({
			code: 'start-old-volume-attached',
			seen: `The log of ${pod} says RUN_PLAN: RESTART; a fresh deployment says START.`,
			means: 'An old volume was attached, so this is not a fresh deployment.',
			todo: 'Look which claim the pod has, scale it down, and begin with a new name.',
			byHand: byHand('describe', 'pod', pod),
			exit: 'blocked',
		});
	}

	const {product} = outcomeOf(context, 'inventory').workload;
	return product === 'pingdirectory' && state !== undefined && state !== 'GENESIS'
		? new Failure({
				code: 'start-joined',
				seen: `The log of ${pod} says PD_STATE: ${state}; the first server of a fresh deployment says GENESIS.`,
				means:
					'It found other servers in its headless Service and joined their topology: it took their data and ' +
					'imported nothing of its profile.',
				todo: 'Look which pods the headless Service selects, scale the new workload down, and begin with a new name.',
				byHand: byHand('get', 'endpoints'),
				exit: 'blocked',
			})
		: undefined;
};

/**
What the start-up log says of the server's state: `RUN_PLAN: START` for a fresh one, `RESTART` for one that found an old
volume (docker-builds 2103:pingdatacommon/opt/staging/hooks/pingdata.lib.sh). Products that are not of the PingData
family print a blank before the colon (pingcommon/opt/staging/hooks/03-build-run-plan.sh).
*/
export const readStart = async (
	{world}: StepContext<'cluster'>,
	pod: string,
	container: string,
): Promise<{readonly runPlan?: string; readonly state?: string; readonly replaced?: number}> => {
	const log = withoutColours(await world.cluster.logs(pod, {container, tail: 5000}));
	const runPlan = /RUN_PLAN\s*:\s*(?<plan>START|RESTART)\b/v.exec(log)?.groups?.plan;
	const state = /PD_STATE\s*:\s*(?<state>[A-Z]+)\b/v.exec(log)?.groups?.state;
	const replaced = /manage-profile replace-profile returned (?<status>\d+)/v.exec(log)?.groups?.status;
	return {
		...(runPlan !== undefined && {runPlan}),
		...(state !== undefined && {state}),
		...(replaced !== undefined && {replaced: Number(replaced)}),
	};
};

/**
Watches a rollout to its end: tells which pod is in which phase, passes events on, and explains a start that fails.
*/
export const watchRollout = async (
	context: StepContext<Needs>,
	watched: Watched,
	reporter: Reporter,
): Promise<void> => {
	const {world, signal} = context;
	const told = new Set<string>();
	const tell = (line: string): void => {
		if (told.has(line)) {
			return;
		}

		told.add(line);
		reporter.log(line);
	};

	const begun = world.clock.now().getTime();
	for (;;) {
		signal.throwIfAborted();
		const [object, all] = await throughOutages(
			async () => Promise.all([world.cluster.get(watched.kind, watched.name), world.cluster.list('Pod')]),
			{clock: world.clock, signal, log: reporter.log},
		);
		const pods = livingPods(all, watched);
		for (const pod of pods) {
			tell(`${pod.metadata.name}: ${phaseOf(pod)}`);
		}

		const {replicas = 1} = (object?.spec ?? {}) as {readonly replicas?: number};
		reporter.progress({
			what: `Rollout of ${watched.name}`,
			unit: 'pods',
			done: ((object?.status ?? {}) as Status).readyReplicas ?? 0,
			total: replicas,
		});
		if (object && isRolledOut(object)) {
			const [failure] = await Promise.all(
				pods.slice(0, 1).map(async pod => badStart(context, watched, pod.metadata.name)),
			);
			if (failure) {
				throw failure;
			}

			return;
		}

		const stuck = pods.find(pod => isStuck(pod));
		if (stuck) {
			throw await startFailed(context, stuck, watched);
		}

		for (const pod of pods) {
			const events = await world.cluster.events(pod.metadata.name).catch(() => []);
			const warnings = events.filter(event => event.type === 'Warning');
			for (const {type, reason, message} of warnings) {
				tell(`${type} ${reason}: ${message}`);
			}
		}

		if (world.clock.now().getTime() - begun > patienceMilliseconds) {
			const [pod] = pods;
			throw pod
				? await startFailed(context, pod, watched)
				: new Failure({
						code: 'no-pod',
						seen: `${watched.kind} ${watched.name} has no pod after 30 minutes.`,
						means: 'The controller could not create it.',
						todo: 'Look at its events, fix the cause, then try again.',
						byHand: world.kubectl.byHand('describe', watched.kind.toLowerCase(), watched.name),
						retryable: true,
					});
		}

		await world.clock.sleep(pollMilliseconds, signal);
	}
};
