import {Failure} from '../failure/failure.js';
import type {Fact, Step, StepContext} from '../migration/step.js';
import {asOutcome, outcomeOf} from './outcomes.js';
import {rehearsalQuestions, rehearsalRefusal} from './questions/rehearsal.js';
import {rightsOf, rightText, roleFor, type NeededRight} from './run/rights.js';

type Needs = 'cluster' | 'kubectl' | 'git';

type Seen = {
	readonly kubectl: string;
	readonly git: string;
	readonly cluster: {readonly uid: string; readonly version: string; readonly server: string};
	readonly missing: ReadonlyArray<{readonly right: NeededRight; readonly allowed: boolean}>;
};

const look = async ({world}: StepContext<Needs>): Promise<Seen> => {
	const [kubectl, git, cluster] = await Promise.all([
		world.kubectl.clientVersion(),
		world.git.version(),
		world.cluster.identity(),
	]);
	const rights = rightsOf(cluster);
	const reviews = await world.cluster.mayI(rights);
	const missing = rights.flatMap((right, index) => (reviews[index]?.allowed ? [] : [{right, allowed: false}]));
	return {
		kubectl,
		git,
		cluster,
		missing,
	};
};

const factsOf = (seen: Seen, context: StepContext<Needs>): readonly Fact[] => [
	{label: 'context', value: context.run.context},
	{label: 'namespace', value: context.run.namespace},
	{label: 'cluster', value: `Kubernetes ${seen.cluster.version} at ${seen.cluster.server}`},
	{label: 'cluster id', value: seen.cluster.uid},
	{label: 'kubectl', value: seen.kubectl},
	{label: 'git', value: seen.git},
	...seen.missing.map(({right}): Fact => ({
		label: 'permission missing',
		value: `${rightText(right)}, ${right.why}`,
		mark: right.isNeeded ? 'bad' : 'warning',
	})),
];

const rightsMissing = (seen: Seen, {run, world}: StepContext<Needs>): Failure | undefined => {
	const needed = seen.missing.filter(({right}) => right.isNeeded);
	return needed.length === 0
		? undefined
		: new Failure({
				code: 'rights-missing',
				seen:
					`You may not, in the namespace ${run.namespace}: ` +
					`${needed.map(({right}) => rightText(right)).join(', ')}.`,
				means: 'The run would stop half way. Nothing was changed.',
				todo: 'Let an administrator apply the Role below and bind it to you, then try again.',
				byHand: world.kubectl.byHand('auth', 'can-i', '--list'),
				exit: 'blocked',
				retryable: true,
				details: roleFor(needed, run.namespace).split('\n'),
			});
};

/** kubectl, git and the cluster answer, and the rights that the run needs are there. */
export const connect: Step<Needs> = {
	id: 'connect',
	title: 'Connect',
	why: 'A run that stops half way because a permission or a tool is missing is worse than one that never began.',
	needs: ['cluster', 'kubectl', 'git'],
	effect: 'none',
	async inspect(context) {
		const seen = await look(context);
		const failure = (await rehearsalRefusal(context, seen.cluster)) ?? rightsMissing(seen, context);
		return failure
			? {state: 'blocked', facts: factsOf(seen, context), failure: failure.parts}
			: {state: 'to-do', facts: factsOf(seen, context)};
	},
	questions: async context => rehearsalQuestions(context),
	async preview() {
		return {
			summary: ["Looks at versions, the cluster's identity and your permissions."],
			commands: [],
			wayBack: 'Nothing is changed.',
		};
	},
	async perform(context) {
		const seen = await look(context);
		const failure = (await rehearsalRefusal(context, seen.cluster)) ?? rightsMissing(seen, context);
		if (failure) {
			throw failure;
		}

		return asOutcome<'connect'>({
			cluster: seen.cluster,
			kubectl: seen.kubectl,
			git: seen.git,
			missing: seen.missing.map(({right}) => rightText(right)),
		});
	},
	async verify(context) {
		const known = outcomeOf(context, 'connect');
		const [cluster, reviews] = await Promise.all([
			context.world.cluster.identity(),
			context.world.cluster.mayI(rightsOf(known.cluster)),
		]);
		const needed = rightsOf(known.cluster).filter((right, index) => right.isNeeded && !reviews[index]?.allowed);
		return [
			{label: 'cluster', value: `${cluster.uid}, ${cluster.version}`, holds: cluster.uid === known.cluster.uid},
			{
				label: 'rights',
				value:
					needed.length === 0
						? `${reviews.length} asked, all that are needed are there`
						: `missing: ${needed.map(right => rightText(right)).join(', ')}`,
				holds: needed.length === 0,
			},
		];
	},
	undo: {kind: 'cannot', says: 'There is nothing to undo: it only looks.'},
	rehearsal: {kind: 'same'},
};
