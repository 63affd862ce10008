import {removeRemote} from '../directory/volume.js';
import {partsOf} from '../failure/failure.js';
import {servicePortsText} from '../manifests/objects/shape.js';
import type {Switch} from '../manifests/strategy.js';
import {throughOutages} from '../migration/engine/outage.js';
import {freezeOf, frozenNow} from '../migration/freeze.js';
import type {Evidence, Fact, Question, Reporter, Step, StepContext} from '../migration/step.js';
import {durationText, secondsBetween} from '../migration/words/figures.js';
import {runName} from '../migration/words/run-name.js';
import type {KubernetesObject} from '../migration/world.js';
import type {Manifest} from '../ping/workload.js';
import {budgetQuestion} from './freeze/budget.js';
import {leaveFrozen, liftFreeze} from './freeze/lift.js';
import {frozenEvidence} from './freeze/look.js';
import type {FreezeNeeds} from './freeze/servers.js';
import {asOutcome, outcomeIfAny, outcomeOf, type Gate} from './outcomes.js';
import {changeBackThroughOwner, changeThroughOwner, notePatch, previewOwner, type OwnerNeeds} from './owner/change.js';
import {isLeftToOwner, isOnlyAskedFor, makerOf, ownerFacts, ownedByCutOver, type Owned} from './owner/index.js';
import {ownerQuestions, patchedText} from './owner/questions.js';
import {cutOverProof} from './questions/cut-over.js';
import {judgeRepository} from './questions/paths.js';
import {baseLineOf} from './rounds/base-line.js';
import {roundText} from './rounds/figures.js';
import {forecastOf} from './rounds/forecast.js';
import {hasGate, lookOnceMore, requireFrozen, throughGate, type LastRoundNeeds} from './rounds/last-round.js';
import {carryBack, isToCarryBack, wayBackFacts, wayBackQuestions} from './rounds/way-back.js';
import {readPlan} from './run/plan.js';
import {remoteFiles} from './run/remote-files.js';
import {isOfRun, settlePods} from './run/settle.js';
import {countText} from './run/words.js';
import {isToFreeze} from './servers/freeze.js';
import {refuseEmptiedServer} from './servers/moved-data.js';
import {findOldServer} from './servers/old-server.js';
import {holdsDirectoryData} from './servers/products.js';
import {watchRollout} from './servers/rollout.js';
import {belongsTo, isFinished, kindOf, takesCommands, type Controlled} from './servers/workload-pods.js';
import {changeSeen, changeShared, standingOf, type SharedChange} from './shared-objects/change.js';

type Needs = FreezeNeeds | LastRoundNeeds | OwnerNeeds;

type Scaled = Controlled & {readonly replicas: number; readonly container: string};

const oldWorkload = (context: Pick<StepContext, 'outcomes'>): Scaled => {
	const {workload} = outcomeOf(context, 'inventory');
	return {
		kind: kindOf(workload),
		name: workload.name,
		replicas: workload.replicas,
		container: workload.container,
	};
};

const volumesOf = (context: Pick<StepContext, 'outcomes'>): readonly string[] => {
	const {workload, persistentVolumes} = outcomeOf(context, 'inventory');
	const ofFirst = workload.volumes.map(({persistentVolume}) => persistentVolume).filter(name => name !== undefined);
	return [...new Set([...ofFirst, ...(persistentVolumes ?? [])])];
};

const retain = {spec: {persistentVolumeReclaimPolicy: 'Retain'}};

/** A Service's switch, there or back, on condition that its selector and targets are as the plan saw or made them. What somebody else added meanwhile stops the way there, where it would lead to pods nobody thought of; on the way back it is kept. */
const switched = ({before, after}: Switch, direction: 'there' | 'back'): SharedChange =>
	direction === 'there' ? {from: before, to: after, besides: 'stop'} : {from: after, to: before, besides: 'keep'};

const withReplicas = ({kind, name}: Controlled, replicas: number): Manifest => ({
	apiVersion: 'apps/v1',
	kind,
	metadata: {name},
	spec: {replicas},
});

/** The old workload is scaled down, or up again. */
const scaled = (old: Scaled, direction: 'there' | 'back'): SharedChange => {
	const [from, to] = direction === 'there' ? [old.replicas, 0] : [0, old.replicas];
	return {from: withReplicas(old, from), to: withReplicas(old, to), besides: 'unseen'};
};

const confirm = (context: Pick<StepContext, 'run' | 'outcomes' | 'answers' | 'freezes'>): Question => ({
	kind: 'typed',
	id: 'cut-over',
	title: 'Type the name of the namespace to move the clients.',
	why: 'From here on clients talk to the new server. The way back is one command: unroot rollback.',
	expected: context.run.namespace,
	proof: cutOverProof(context),
});

/** Nothing was imported into a new server that has no directory data, and nothing proves what it has: the operator looks, and says so. */
const seen = ({product}: {readonly product: string}, newName: string): Question => ({
	kind: 'typed',
	id: 'configuration-seen',
	title: `Type the name of the product, once you have seen that ${newName} has its configuration and its data.`,
	why: `unroot imported nothing into ${newName} and cannot prove what it has. Bring it what the step «Server profile» left to decide (its key, the values of its variables, the profile), and look at it. Otherwise clients are led to an empty server. It can also wait: stop here, unroot resume goes on.`,
	expected: product,
});

const cutOverQuestions = (
	context: Pick<StepContext, 'run' | 'outcomes' | 'answers' | 'freezes'>,
): readonly Question[] => {
	const {workload} = outcomeOf(context, 'inventory');
	const {strategy, newName} = outcomeOf(context, 'strategy');
	return strategy === 'fresh' && !holdsDirectoryData(workload.product)
		? [seen(workload, newName ?? workload.name), confirm(context)]
		: [confirm(context)];
};

/** Whether the Services select what their switches say; other fields may have been changed meanwhile, and are named. */
const switchEvidence = async (
	context: StepContext<'cluster'>,
	switches: readonly Switch[],
	direction: 'there' | 'back',
): Promise<readonly Evidence[]> =>
	Promise.all(
		switches.map(async one => {
			const {state, beside} = await standingOf(context, switched(one, direction));
			const [pods, ports] = direction === 'there' ? ['new', one.after] : ['old', one.before];
			const leads =
				state === 'made' ? `selects the ${pods} pods, ${servicePortsText(ports)}` : `does not select the ${pods} pods`;
			return {
				label: `Service/${one.name}`,
				value: beside === '' ? leads : `${leads}; ${beside}`,
				holds: state === 'made',
			};
		}),
	);

const reclaimPolicyOf = (volume: KubernetesObject | undefined): string | undefined =>
	((volume?.spec ?? {}) as {readonly persistentVolumeReclaimPolicy?: string}).persistentVolumeReclaimPolicy;

/** A volume that may not be patched is told, not hidden: the old workload stays, so nothing is lost by it today. */
const retainVolumes = async (context: StepContext<Needs>, reporter: Reporter): Promise<void> => {
	for (const name of volumesOf(context)) {
		try {
			await changeSeen(context, {kind: 'PersistentVolume', name}, now =>
				reclaimPolicyOf(now) === 'Retain' ? undefined : retain,
			);
			await reporter.note({kind: 'retained', volume: name});
		} catch (error) {
			reporter.log(`${name}: ${partsOf(error).seen}`);
		}
	}
};

/** The volumes that are to be kept: those that could be set to Retain, or were. */
const retainedVolumes = (context: Pick<StepContext, 'notes' | 'outcomes'>): readonly string[] =>
	volumesOf(context).filter(name => context.notes.some(({kind, volume}) => kind === 'retained' && volume === name));

/** The old server's plain export goes before the server does: afterwards nobody can reach it. */
const removeOldExport = async (context: StepContext<Needs>, reporter: Reporter): Promise<void> => {
	const exported = outcomeIfAny(context, 'export');
	const {target} = await findOldServer(context);
	if (exported && (await takesCommands(context, target.pod))) {
		// The list names what this version made; a version before kept none.
		const settled = await settlePods(context, reporter, target.pod);
		const files = [...exported.files.map(({file}) => file), remoteFiles(context.run.id).passphrase].filter(file =>
			isOfRun(context.run.id, file),
		);
		const left = await removeRemote(context.world.pods, target, context.run.id, files);
		await reporter.note({kind: 'removed-export', left: left.length});
		for (const {label, value} of settled) {
			reporter.log(`${label}: ${value}`);
		}
	}
};

const replicasOf = (object: KubernetesObject | undefined): number =>
	((object?.spec ?? {}) as {readonly replicas?: number}).replicas ?? 1;

const readyOf = (object: KubernetesObject | undefined): number =>
	((object?.status ?? {}) as {readonly readyReplicas?: number}).readyReplicas ?? 0;

const waitGone = async (context: StepContext<Needs>, old: Controlled, reporter: Reporter): Promise<void> => {
	const {cluster, clock} = context.world;
	for (;;) {
		const all = await throughOutages(async () => cluster.list('Pod'), {
			clock,
			signal: context.signal,
			log: reporter.log,
		});
		const pods = all.filter(pod => belongsTo(old)(pod) && !isFinished(pod));
		if (pods.length === 0) {
			return;
		}

		reporter.progress({
			what: `${old.name} ends`,
			unit: 'pods',
			done: 0,
			total: pods.length,
		});
		await clock.sleep(1000, context.signal);
	}
};

/** What unroot changes itself: all of it, or what nobody else was asked to change. */
const ownShare = async (
	context: StepContext<Needs>,
): Promise<{
	readonly owned: Owned;
	readonly isThroughOwner: boolean;
	readonly switches: readonly Switch[];
	readonly isScaling: boolean;
}> => {
	const [plan, owned] = await Promise.all([readPlan(context), ownedByCutOver(context)]);
	const isThroughOwner = makerOf(context, owned) !== 'patch';
	const {kind, name} = oldWorkload(context);
	return {
		owned,
		isThroughOwner,
		switches: plan.switches.filter(({before}) => !isThroughOwner || !isLeftToOwner(owned, before)),
		isScaling: !isThroughOwner || !isLeftToOwner(owned, {kind, metadata: {name}}),
	};
};

/** What is known of writes before the last round: whether a freeze that was to last still does, and what the rounds foretell. */
const writesFacts = async (context: StepContext<Needs>): Promise<readonly Fact[]> => {
	const freeze = isToFreeze(context) ? frozenNow(context.freezes) : undefined;
	const evidence = freeze ? await frozenEvidence(context, freeze) : [];
	const open = evidence.filter(({holds}) => !holds);
	const {rounds} = baseLineOf(context, context.notes);
	const forecast = forecastOf(rounds);
	return [
		...open.map(({label, value}): Fact => ({
			label,
			value: `${value}: the freeze was lifted. The last round freezes again and carries what came in`,
			mark: 'warning',
		})),
		...rounds.slice(-3).map(round => ({label: 'caught up', value: roundText(round)})),
		...(forecast === undefined
			? []
			: [{label: 'freeze', value: `about ${durationText(forecast)} for the last round, by the rounds before it`}]),
	];
};

/** What happens before the clients move. */
const gateSummary = (context: Pick<StepContext, 'answers'>): readonly string[] => [
	isToFreeze(context)
		? 'Writes stay frozen on every old replica; that is read back.'
		: 'Writes are frozen on every old replica, and that is read back.',
	'The old server is exported once more, what differs is carried to the new one, and both are proved to hold the same.',
	...(context.answers.encryption === 'passphrase'
		? [
				'The exports are encrypted: all entries are imported once more under freeze, and counts and the hash of the file are the only proof. Entries cannot be compared.',
			]
		: []),
	'Where that fails, writes are allowed again and nothing moves.',
];

/** The old servers take writes again. */
const liftOld = async (context: StepContext<Needs>, reporter: Reporter): Promise<readonly Evidence[]> => {
	const freeze = freezeOf(context.freezes, oldWorkload(context).name);
	return freeze ? liftFreeze(context, freeze, reporter) : [];
};

/** Whether some client Service leads to the new pods already: then clients may have written there, and the old side is the base line no more. */
const isMoved = async (context: StepContext<Needs>, switches: readonly Switch[]): Promise<boolean> => {
	const standings = await Promise.all(switches.map(async one => standingOf(context, switched(one, 'there'))));
	return standings.some(({state}) => state === 'made');
};

/** The last round, then the move, then a last look at the old side. A move that an earlier try began is ended without another round. */
const moveThroughGate = async (
	context: StepContext<Needs>,
	{
		switches,
		isOldKept,
		move,
	}: {
		readonly switches: readonly Switch[];
		/** Whether the old side is still there once the clients have moved: its owner may scale it down in the same change. */
		readonly isOldKept: boolean;
		readonly move: () => Promise<void>;
	},
	reporter: Reporter,
): Promise<Gate | null> => {
	const {clock} = context.world;
	let movedAt = '';
	const moveOnce = async (): Promise<void> => {
		await reporter.note({kind: 'moving'});
		await move();
		movedAt = clock.now().toISOString();
	};

	if (await isMoved(context, switches)) {
		await moveOnce();
		if (isOldKept) {
			await lookOnceMore(context, baseLineOf(context, context.notes), reporter);
		}

		return null;
	}

	const {pictures, isSure} = baseLineOf(context, context.notes);
	if (isSure) {
		await refuseEmptiedServer(context, pictures);
	}

	const {line, freeze} = await throughGate(context, reporter, moveOnce);
	if (isOldKept) {
		await requireFrozen(context, freeze, 'After the clients moved');
	}

	await leaveFrozen(context, freeze, reporter);
	const late = isOldKept ? await lookOnceMore(context, line, reporter) : undefined;
	return {
		frozenAt: freeze.since,
		movedAt,
		refusedSeconds: secondsBetween(freeze.since, movedAt) ?? 0,
		proofs: line.pictures.map(({backend, digest, entries}) => ({backend, digest, entries})),
		remade: line.rounds.at(-1)?.remade ?? 0,
		lateLogins: late?.logins ?? null,
	};
};

/** The clients move. */
export const cutOver: Step<Needs> = {
	id: 'cut-over',
	title: 'Cut over',
	why: 'The client Service keeps its name and its ports; behind it, the new pods take over. The old workload is scaled down and kept, with its volume set to Retain.',
	needs: ['cluster', 'kubectl', 'helm', 'git', 'clock', 'files', 'pods', 'hold', 'transfer'],
	effect: 'cluster',
	async inspect(context) {
		if (outcomeOf(context, 'strategy').strategy === 'root') {
			return {
				state: 'not-needed',
				facts: [],
				why: 'The workload kept its name, its Services and its ports: clients are on it already.',
			};
		}

		const [plan, owned] = await Promise.all([readPlan(context), ownedByCutOver(context)]);
		return {
			state: 'to-do',
			facts: [
				...plan.switches.map(({name, before, after}) => ({
					label: `Service/${name}`,
					value: `now ${servicePortsText(before)}; after the cut-over ${servicePortsText(after)}`,
				})),
				{
					label: 'old workload',
					value: `${oldWorkload(context).name}, ${countText(oldWorkload(context).replicas, 'replica')}, is scaled to 0 and kept`,
				},
				...volumesOf(context).map(name => ({label: 'old volume', value: `${name} is set to Retain`})),
				...ownerFacts(owned),
				...(hasGate(context) ? await writesFacts(context) : []),
			],
		};
	},
	questions: async context => [
		...(await ownerQuestions(context, await ownedByCutOver(context))),
		...(hasGate(context) && !isToFreeze(context)
			? [budgetQuestion(forecastOf(baseLineOf(context, context.notes).rounds))]
			: []),
		...cutOverQuestions(context),
	],
	async preview(context) {
		const {owned, switches, isScaling} = await ownShare(context);
		const owner = await previewOwner(context, owned);
		const {kind, name, replicas} = oldWorkload(context);
		return {
			summary: [
				...(hasGate(context) ? gateSummary(context) : []),
				'The old volumes are set to Retain, the Services move, then the old workload is scaled to 0.',
				...(owner?.summary ?? (owned.changes.length > 0 ? [patchedText(owned)] : [])),
			],
			...(owner && {files: owner.files}),
			commands: [
				...volumesOf(context).map(volume =>
					context.world.kubectl.byHand(
						'patch',
						'persistentvolume',
						volume,
						'--type=merge',
						'--patch',
						JSON.stringify(retain),
					),
				),
				...switches.map(({name: service, patch}) =>
					context.world.kubectl.byHand('patch', 'service', service, '--type=merge', '--patch', JSON.stringify(patch)),
				),
				...(owner?.commands ?? []),
				...(isScaling
					? [
							context.world.kubectl.byHand(
								'scale',
								`${kind.toLowerCase()}/${name}`,
								`--current-replicas=${replicas}`,
								'--replicas=0',
							),
						]
					: []),
			],
			wayBack: `${owner ? `${owner.wayBack} With it, ` : ''}unroot rollback ${runName(context.run)}: the old workload comes up again, the Services go back to it, what clients wrote to the new server is carried back, and writes are allowed again.`,
		};
	},
	async perform(context, reporter) {
		const plan = await readPlan(context);
		const old = oldWorkload(context);
		const {owned, isThroughOwner, switches, isScaling} = await ownShare(context);
		if (!hasGate(context)) {
			await refuseEmptiedServer(context);
		}

		await retainVolumes(context, reporter);
		const move = async (): Promise<void> => {
			if (!isThroughOwner) {
				await notePatch(owned, reporter);
			}

			for (const one of switches) {
				await changeShared(context, switched(one, 'there'), reporter);
				reporter.log(`Service/${one.name} selects the new pods`);
			}

			if (isThroughOwner) {
				await removeOldExport(context, reporter);
				await changeThroughOwner(context, owned, reporter);
			}
		};

		const gate = hasGate(context)
			? await moveThroughGate(context, {switches: plan.switches, isOldKept: isScaling, move}, reporter)
			: null;
		if (!hasGate(context)) {
			await move();
		}

		const freeze = gate ? undefined : frozenNow(context.freezes);
		if (freeze) {
			await leaveFrozen(context, freeze, reporter);
		}

		await removeOldExport(context, reporter);
		if (isScaling) {
			await changeShared(context, scaled(old, 'there'), reporter);
		}

		await waitGone(context, old, reporter);
		return asOutcome<'cut-over'>({
			services: plan.switches.map(({name}) => name),
			replicas: old.replicas,
			gate,
		});
	},
	tell: context =>
		volumesOf(context)
			.filter(name => !retainedVolumes(context).includes(name))
			.map(name => ({
				label: `PersistentVolume/${name}`,
				value: 'could not be set to Retain: do not delete its claim, or let an administrator set it',
				mark: 'warning',
			})),
	async verify(context) {
		const plan = await readPlan(context);
		const old = oldWorkload(context);
		const [services, endpoints, workload, volumes] = await Promise.all([
			switchEvidence(context, plan.switches, 'there'),
			Promise.all(plan.switches.map(async ({name}) => context.world.cluster.get('Endpoints', name))),
			context.world.cluster.get(old.kind, old.name),
			Promise.all(
				retainedVolumes(context).map(async name => ({
					name,
					volume: await context.world.cluster.get('PersistentVolume', name).catch(() => undefined),
				})),
			),
		]);
		return [
			...services,
			...endpoints.map((object): Evidence => {
				const subsets = (object?.subsets ?? []) as ReadonlyArray<{
					readonly addresses?: ReadonlyArray<{readonly targetRef?: {readonly name?: string}}>;
				}>;
				const pods = subsets.flatMap(({addresses = []}) =>
					addresses.map(({targetRef}) => targetRef?.name ?? 'unnamed'),
				);
				return {
					label: `Endpoints/${object?.metadata.name ?? 'none'}`,
					value: pods.join(', ') || 'none',
					holds: pods.length > 0 && pods.every(pod => pod.startsWith(`${outcomeOf(context, 'strategy').newName}-`)),
				};
			}),
			{
				label: `${old.kind}/${old.name}`,
				value: `${countText(replicasOf(workload), 'replica')} wanted; kept`,
				holds: workload !== undefined && replicasOf(workload) === 0,
			},
			...volumes.map(({name, volume}): Evidence => {
				const policy = reclaimPolicyOf(volume);
				return {label: `PersistentVolume/${name}`, value: policy ?? 'could not be read', holds: policy === 'Retain'};
			}),
		];
	},
	judge: async (context, question, answer) =>
		question === 'owner-repository' ? judgeRepository(context, answer) : undefined,
	mayDecideAnew: isOnlyAskedFor,
	undo: {
		kind: 'can',
		says: 'The old workload comes up again, and the Services go back to it; what an owner changed, its owner has to undo.',
		async facts(context) {
			const plan = await readPlan(context);
			return (await isMoved(context, plan.switches)) && isToCarryBack(context) ? wayBackFacts(context) : [];
		},
		async questions(context) {
			const plan = await readPlan(context);
			return (await isMoved(context, plan.switches)) && isToCarryBack(context) ? wayBackQuestions(context) : [];
		},
		async run(context, reporter) {
			const plan = await readPlan(context);
			const old = oldWorkload(context);
			const {owned, isThroughOwner, switches, isScaling} = await ownShare(context);
			const isCarrying = (await isMoved(context, plan.switches)) && isToCarryBack(context);
			if (isScaling) {
				await changeShared(context, scaled(old, 'back'), reporter);
			}

			const throughOwner = async (): Promise<readonly Evidence[]> =>
				isThroughOwner ? changeBackThroughOwner(context, owned, reporter) : [];
			// Where no client Service is the owner's, his change only brings the old workload up.
			const isOwnerFirst = switches.length === plan.switches.length;
			const first = isOwnerFirst ? await throughOwner() : [];
			const move = async (): Promise<readonly Evidence[]> => {
				const through = isOwnerFirst ? first : await throughOwner();
				await watchRollout(context, {...old, isFresh: false}, reporter);
				for (const one of switches) {
					await changeShared(context, switched(one, 'back'), reporter);
					reporter.log(`Service/${one.name} selects the old pods`);
				}

				return through;
			};

			let through: readonly Evidence[];
			if (isCarrying) {
				await watchRollout(context, {...old, isFresh: false}, reporter);
				through = await carryBack(context, reporter, {isOldUp: isScaling || isOwnerFirst, move});
			} else {
				through = [...(await move()), ...(await liftOld(context, reporter))];
			}

			const [services, workload] = await Promise.all([
				switchEvidence(context, plan.switches, 'back'),
				context.world.cluster.get(old.kind, old.name),
			]);
			const ready = readyOf(workload);
			return [
				...through,
				{
					label: `${old.kind}/${old.name}`,
					value: `${ready} of ${countText(old.replicas, 'replica')} ready`,
					holds: ready === old.replicas,
				},
				...services,
			];
		},
	},
	rehearsal: {kind: 'same'},
};
