import {Failure} from '../../failure/failure.js';
import {throughOutages} from '../../migration/engine/outage.js';
import type {Reporter, StepContext} from '../../migration/step.js';
import type {KubernetesObject} from '../../migration/world.js';
import {withoutColours} from '../../ping/side.js';
import {outcomeOf} from '../outcomes.js';
import {containersOf, isStuck, patienceMilliseconds, phaseOf, startFailed} from '../servers/rollout.js';
import {changeSeen} from '../shared-objects/change.js';

type Needs = 'cluster' | 'clock' | 'kubectl';

const pollMilliseconds = 1000;

/** A hook that fails ends its container, and the next start may do better: so often it is let try. */
const mostRestarts = 3;

/** How many pods the new set has to have: as many as the old one. */
export const wantedReplicas = (context: Pick<StepContext, 'outcomes'>): number =>
	outcomeOf(context, 'inventory').workload.replicas;

/** The pods of the new set, first to last. */
export const newPods = (context: Pick<StepContext, 'outcomes'>): readonly string[] =>
	Array.from({length: wantedReplicas(context)}, (_, ordinal) => `${outcomeOf(context, 'strategy').newName}-${ordinal}`);

const replicasOf = (object: KubernetesObject | undefined): number =>
	((object?.spec ?? {}) as {readonly replicas?: number}).replicas ?? 1;

/**
Lets the new set have as many pods, unless it has more. Its pods come one after the other: the next is asked for only
when this one is proved.
*/
export const growTo = async (context: StepContext<Needs>, replicas: number): Promise<void> =>
	changeSeen(context, {kind: 'StatefulSet', name: outcomeOf(context, 'strategy').newName}, now =>
		now && replicasOf(now) < replicas ? {spec: {replicas}} : undefined,
	);

const isReady = (pod: KubernetesObject | undefined): boolean =>
	(
		(pod?.status ?? {}) as {readonly conditions?: ReadonlyArray<{readonly type: string; readonly status: string}>}
	).conditions?.some(({type, status}) => type === 'Ready' && status === 'True') ?? false;

const restartsOf = (pod: KubernetesObject): number =>
	Math.max(0, ...containersOf(pod).map(({restartCount = 0}) => restartCount));

const isGivenUp = (pod: KubernetesObject): boolean =>
	isStuck(pod) && (phaseOf(pod) !== 'CrashLoopBackOff' || restartsOf(pod) >= mostRestarts);

/**
Waits until a pod is ready, which says that its start has ended and nothing of its data. A container that ends is let
try again a few times.
*/
export const awaitPod = async (context: StepContext<Needs>, name: string, reporter: Reporter): Promise<void> => {
	const {cluster, clock} = context.world;
	const {container} = outcomeOf(context, 'inventory').workload;
	const begun = clock.now().getTime();
	let told = '';
	for (;;) {
		context.signal.throwIfAborted();
		const pod = await throughOutages(async () => cluster.get('Pod', name), {
			clock,
			signal: context.signal,
			log: reporter.log,
		});
		if (isReady(pod)) {
			return;
		}

		const phase = pod ? phaseOf(pod) : 'is not there yet';
		if (phase !== told) {
			told = phase;
			reporter.log(`${name}: ${phase}`);
		}

		const isLate = clock.now().getTime() - begun > patienceMilliseconds;
		if (pod && (isLate || isGivenUp(pod))) {
			throw await startFailed(context, pod, {container, isFresh: false});
		}

		if (isLate) {
			throw new Failure({
				code: 'no-pod',
				seen: `${name} is not there after 30 minutes.`,
				means: 'Its StatefulSet could not create it. Clients are still on the old servers.',
				todo: 'Look at the events of the StatefulSet, fix the cause, then try again.',
				byHand: context.world.kubectl.byHand('describe', 'statefulset', outcomeOf(context, 'strategy').newName),
				retryable: true,
			});
		}

		await clock.sleep(pollMilliseconds, context.signal);
	}
};

/** What the hook of a pod that joins says of itself, in its logs before and after its last restart. */
export type HookWords = {
	readonly state: string | null;
	readonly enable: string | null;
	readonly initialize: string | null;
	readonly wasAlreadyFound: boolean;
};

/**
The lines of Ping's hooks (pingidentity-docker-builds 2103 pingdirectory/opt/staging/hooks/80-post-start.sh). They are
told, and are no proof: a pod that restarts after a failed initialisation says nothing of it.
*/
export const readHook = async ({world}: StepContext<'cluster'>, pod: string, container: string): Promise<HookWords> => {
	const [now, before] = await Promise.all([
		world.cluster.logs(pod, {container, tail: 5000}),
		world.cluster.logs(pod, {container, tail: 5000, previous: true}).catch(() => ''),
	]);
	const log = withoutColours(`${before}\n${now}`);
	const last = (pattern: RegExp): string | null => log.matchAll(pattern).toArray().at(-1)?.groups?.said ?? null;
	return {
		state: last(/PD_STATE:\s*(?<said>[A-Z]+)\b/gv),
		enable: last(/Replication enable for POD Server result=(?<said>\d+)/gv),
		initialize: last(/Replication initialize result=(?<said>\d+)/gv),
		wasAlreadyFound: log.includes('No need to enable replication'),
	};
};
