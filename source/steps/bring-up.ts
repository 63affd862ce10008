import type {ManifestPlan} from '../manifests/strategy.js';
import type {Evidence, Fact, Step, StepContext} from '../migration/step.js';
import type {KubernetesObject} from '../migration/world.js';
import {debtEvidence, takeBackDebt, takeOnDebt} from './debt/annotation.js';
import {secretsToMake} from './delivery/secrets.js';
import {asOutcome, outcomeIfAny, outcomeOf} from './outcomes.js';
import {changeBackThroughOwner, changeThroughOwner, notePatch, previewOwner, type OwnerNeeds} from './owner/change.js';
import {isOnlyAskedFor, makerOf, makerQuestionOf, ownerFacts, ownedByApply, withoutReplicas} from './owner/index.js';
import {ownerQuestions, patchedText} from './owner/questions.js';
import {ownedEvidence} from './owner/wait.js';
import {
	behindPartition,
	isByPartition,
	letRoll,
	replicaEvidence,
	restartOneByOne,
	withPartitionOf,
} from './partition/index.js';
import {judgeRepository} from './questions/paths.js';
import {restartQuestion} from './questions/restart.js';
import {inNamespace, manifestsFolder, objectText, readPlan, refuseMasked, secretToMake} from './run/plan.js';
import {countText} from './run/words.js';
import {findNewServer, newPod} from './servers/new-server.js';
import {readStart, watchRollout, type Watched} from './servers/rollout.js';
import {controlledKind} from './servers/workload-pods.js';
import {asSeen, changeSeen, changeShared, type SharedChange} from './shared-objects/change.js';

type Needs = OwnerNeeds | 'pods';

const isRoot = (context: Pick<StepContext, 'outcomes'>): boolean => outcomeOf(context, 'strategy').strategy === 'root';

/**
Why a step is left out; undefined where it has something to do. A fresh deployment is applied before anything is
exported; as root the pods restart only after the copy. A version before did both in the step «Apply»: what it began
there is ended there.
*/
const isLeftOut = (
	context: Pick<StepContext, 'outcomes' | 'attempts'>,
	id: 'apply' | 'restart',
): string | undefined => {
	if (id === 'apply') {
		return isRoot(context) && context.attempts === 0
			? 'As root the workload goes on with its own volume: its pods restart once the copy is on this machine, in ' +
					'the step «Restart».'
			: undefined;
	}

	if (!isRoot(context)) {
		return 'A fresh deployment is up since the step «Apply»; the old server goes on as it is.';
	}

	return outcomeIfAny(context, 'apply') ? 'The step «Apply» of an earlier version of unroot has done it.' : undefined;
};

const watchedOf = (context: Pick<StepContext, 'outcomes'>): Watched => {
	const {workload} = outcomeOf(context, 'inventory');
	return {
		kind: controlledKind(workload),
		name: outcomeOf(context, 'strategy').newName,
		container: workload.container,
		isFresh: !isRoot(context),
	};
};

const imageOf = (object: KubernetesObject | undefined, container: string): string | undefined => {
	const {template} = (object?.spec ?? {}) as {
		readonly template?: {
			readonly spec?: {readonly containers?: ReadonlyArray<{readonly name: string; readonly image: string}>};
		};
	};
	return template?.spec?.containers?.find(({name}) => name === container)?.image;
};

const replicasOf = (object: KubernetesObject): number =>
	((object.spec ?? {}) as {readonly replicas?: number}).replicas ?? 1;

/**
What staying root changes of objects that are there, or takes back: on condition that they are as the plan saw or made
them.
*/
const changesOf = ({apply: wanted, before: seen}: ManifestPlan, direction: 'there' | 'back'): readonly SharedChange[] =>
	wanted.flatMap((after): readonly SharedChange[] => {
		const before = seen.find(object => objectText(object) === objectText(after));
		if (!before) {
			return [];
		}

		const [from, to] = direction === 'there' ? [before, after] : [after, before];
		return [{from, to, besides: direction === 'there' ? 'stop' : 'keep'}];
	});

/** Whether the nodes have the image, as it was seen when it was chosen. */
const pullFacts = (context: Pick<StepContext, 'outcomes'>): readonly Fact[] => {
	const {image, pull} = outcomeOf(context, 'strategy');
	return pull
		? [{label: `image ${image}`, value: pull.says, mark: pull.isSeen ? ('good' as const) : ('warning' as const)}]
		: [];
};

/**
What the two steps that bring a server up have in common: the objects go into the cluster, and the start is watched.
*/
export const bringUp = (id: 'apply' | 'restart'): Omit<Step<Needs>, 'title' | 'why'> => ({
	id,
	needs: ['cluster', 'kubectl', 'helm', 'git', 'clock', 'files', 'pods'],
	effect: 'cluster',
	async inspect(context) {
		const why = isLeftOut(context, id);
		if (why !== undefined) {
			return {state: 'not-needed', facts: [], why};
		}

		const [plan, owned] = await Promise.all([readPlan(context), ownedByApply(context)]);
		const present = await Promise.all(
			plan.apply.map(async object => ({
				object,
				is: await context.world.cluster.get(object.kind as 'StatefulSet', object.metadata.name),
			})),
		);
		return {
			state: 'to-do',
			facts: [
				...present.map(({object, is}) => ({
					label: objectText(object),
					value: is ? 'is there; it is changed to what was shown' : 'is not there yet',
				})),
				...pullFacts(context),
				...ownerFacts(owned),
			],
		};
	},
	questions: async context => [
		...(await ownerQuestions(context, await ownedByApply(context))),
		...(id === 'restart' ? [restartQuestion(context)] : []),
	],
	async preview(context) {
		const plan = await readPlan(context);
		const owned = await ownedByApply(context);
		const owner = await previewOwner(context, owned);
		if (owner) {
			return {
				...owner,
				summary: [
					...owner.summary,
					`The pods of ${watchedOf(context).name} restart then: clients lose their connections for that time. ` +
						'The rollout is watched.',
				],
			};
		}

		return {
			summary: [
				`${countText(plan.apply.length, 'object is', 'objects are')} applied, then the rollout of ` +
					`${watchedOf(context).name} is watched.`,
				isByPartition(context, plan.before)
					? 'The pods restart one by one, the last one first: each must be proved (user, ports, volume, data, ' +
						'replication) before the next, and the first that is not right stops it. Clients of a pod lose their ' +
						'connections while it restarts.'
					: isRoot(context)
						? 'The pods of the workload restart: clients lose their connections for that time.'
						: 'Clients stay on the old server.',
				...(owned.changes.length > 0 ? [patchedText(owned)] : []),
			],
			commands: [
				context.world.kubectl.byHand(
					'apply',
					'--server-side',
					'--field-manager=unroot',
					'-f',
					manifestsFolder(context),
				),
			],
			wayBack: isRoot(context)
				? 'unroot rollback applies the old template again. Data that a newer product version changed is not ' +
					'changed back: the export is the way back for that.'
				: 'unroot rollback scales the new workload to 0 and leaves it for you to look at.',
		};
	},
	async perform(context, reporter) {
		const owned = await ownedByApply(context);
		if (makerOf(context, owned) === 'patch') {
			await notePatch(owned, reporter);
			const plan = await readPlan(context);
			const isOneByOne = isByPartition(context, plan.before);
			const seen = isRoot(context) ? await asSeen(context, changesOf(plan, 'there')) : plan.apply;
			const objects = isOneByOne ? seen?.map(object => behindPartition(context, object)) : seen;
			refuseMasked(context, objects ?? []);
			const own = isRoot(context) ? undefined : await secretToMake(context, plan);
			const secrets = [...(await secretsToMake(context)), ...(own ? inNamespace(context, [own]) : [])];
			await context.world.kubectl.apply([...secrets, ...inNamespace(context, objects ?? [])], {force: isRoot(context)});
			if (secrets.length > 0) {
				reporter.log(`made ${secrets.map(object => objectText(object)).join(', ')}`);
			}

			reporter.log(`applied ${plan.apply.map(object => objectText(object)).join(', ')}`);
			if (isOneByOne) {
				await restartOneByOne(context, reporter);
				await letRoll(context, plan.before);
			}
		} else {
			await changeThroughOwner(context, owned, reporter);
		}

		await takeOnDebt(context);
		await watchRollout(context, watchedOf(context), reporter);
		const {target} = await findNewServer(context);
		const {runPlan} = await readStart(context, target.pod, target.container);
		return asOutcome<typeof id>({workload: watchedOf(context).name, pod: target.pod, runPlan: runPlan ?? null});
	},
	async verify(context) {
		const {name, kind, container} = watchedOf(context);
		const [object, podName] = await Promise.all([context.world.cluster.get(kind, name), newPod(context)]);
		const pod = podName === undefined ? undefined : await context.world.cluster.get('Pod', podName);
		const image = imageOf(object, container);
		const wanted = outcomeOf(context, 'strategy').image;
		const {runPlan} = outcomeOf(context, id);
		const statuses = (
			(pod?.status ?? {}) as {
				readonly containerStatuses?: ReadonlyArray<{
					readonly name: string;
					readonly ready?: boolean;
					readonly restartCount?: number;
				}>;
			}
		).containerStatuses;
		const status = statuses?.find(one => one.name === container);
		const owned = await ownedByApply(context);
		const shape =
			context.answers[makerQuestionOf(owned)] === undefined
				? []
				: await ownedEvidence(context, withoutReplicas(owned), 'there');
		const started: readonly Evidence[] =
			runPlan === null
				? []
				: [{label: 'start', value: `RUN_PLAN: ${runPlan}`, holds: isRoot(context) || runPlan === 'START'}];
		return [
			{
				label: `${kind}/${name}`,
				value: object ? `runs ${image ?? 'nothing'}` : 'is not there',
				holds: image === wanted,
			},
			{
				label: `pod ${podName ?? 'of the new workload'}`,
				value: status?.ready ? `is ready, ${status.restartCount ?? 0} restarts` : 'is not ready',
				holds: status?.ready === true,
			},
			...(await replicaEvidence(context)),
			...(await debtEvidence(context)),
			...shape,
			...started,
		];
	},
	// While an import runs, and after one that was cut off, the pod is not ready; the later steps ask the server
	// itself.
	verifiedUntil: ['import'],
	judge: async (context, question, answer) =>
		question === 'owner-repository' ? judgeRepository(context, answer) : undefined,
	mayDecideAnew: isOnlyAskedFor,
	undo: {
		kind: 'can',
		says:
			id === 'apply'
				? 'The new workload is scaled to 0 and left for you to look at.'
				: 'The old template is applied again, through its owner (helm rollback, or a change that is committed ' +
					'and waited for) where the owner made the change.',
		async run(context, reporter) {
			const {name, kind, container} = watchedOf(context);
			if (!isRoot(context)) {
				await changeSeen(context, {kind, name}, now =>
					now && replicasOf(now) > 0 ? {spec: {replicas: 0}} : undefined,
				);
				const object = await context.world.cluster.get(kind, name);
				return [
					{
						label: `${kind}/${name}`,
						value: object ? `${countText(replicasOf(object), 'replica')} wanted; its claims are kept` : 'is not there',
						holds: object === undefined || replicasOf(object) === 0,
					},
				];
			}

			const owned = await ownedByApply(context);
			const isPatched = makerOf(context, owned) === 'patch';
			const through = isPatched ? [] : await changeBackThroughOwner(context, owned, reporter);
			if (isPatched) {
				const plan = await readPlan(context);
				const isOneByOne = isByPartition(context, plan.before);
				const now = isOneByOne ? await context.world.cluster.get(kind, name) : undefined;
				for (const change of changesOf(plan, 'back')) {
					await changeShared(context, withPartitionOf(change, now), reporter);
				}

				if (isOneByOne) {
					await letRoll(context, plan.before);
				}
			}

			await takeBackDebt(context);
			await watchRollout(context, {...watchedOf(context), isFresh: false}, reporter);
			const image = imageOf(await context.world.cluster.get(kind, name), container);
			return [
				...through,
				{
					label: `${kind}/${name}`,
					value: `runs ${image ?? 'nothing'}`,
					holds: image === outcomeOf(context, 'inventory').workload.image,
				},
			];
		},
	},
	rehearsal: {kind: 'same'},
});
