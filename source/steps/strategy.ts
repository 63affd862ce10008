import {createHash} from 'node:crypto';
import {Failure} from '../failure/failure.js';
import type {Strategy} from '../manifests/strategy.js';
import type {Fact, Question, Step, StepContext, StepId} from '../migration/step.js';
import {identityOf, readImage} from '../ping/image.js';
import {newPorts, oldPorts} from '../ping/ports.js';
import type {Identity, Ports, Workload} from '../ping/workload.js';
import {debtQuestions, judgeUntil} from './debt/questions.js';
import {asOutcome, outcomeOf, type Outcomes} from './outcomes.js';
import {imageFrom, judgeImage, viewPull} from './questions/image.js';
import {recommend} from './questions/recommendation.js';
import {
	differencesId,
	differencesNow,
	differencesQuestions,
	judgeAccepted,
	rehearsalFacts,
} from './rehearsed/accept.js';
import type {Difference} from './rehearsed/compare.js';
import {holdsDirectoryData} from './servers/products.js';
import {controlledKind} from './servers/workload-pods.js';

type Needs = 'cluster' | 'clock';

/**
An image of 2103 that this version was checked against (facts of the release notes: getting-started
2104:docs/release-notes/relnotes-2103.md); only the sandbox is sure to have it.
*/
const sandboxTag = '2103-8.2.0.3';

const strategyQuestion = (workload: Workload): Question => {
	const {strategy, reasons} = recommend(workload);
	return {
		kind: 'choice',
		id: 'strategy',
		title: `How is ${workload.name} to be migrated?`,
		why: reasons.join(' '),
		recommended: strategy,
		options: [
			{
				value: 'fresh',
				label: 'Fresh deployment',
				reason:
					`A new ${controlledKind(workload)} with new volumes beside the old one; ` +
					(holdsDirectoryData(workload.product)
						? 'the entries are exported, copied, imported and compared.'
						: 'its configuration comes from the server profile.'),
				cost: 'Space for a second volume, and a short write freeze before the clients move.',
				wayBack: 'The old workload stays, scaled down, with its volume: unroot rollback puts the clients back on it.',
			},
			{
				value: 'root',
				label: 'Run as root',
				reason: `The same ${controlledKind(workload)} and volume; the new image runs as 0:0 with the old ports.`,
				cost:
					'The pods restart. Root stays, as a debt; the new image writes root-owned files, and a newer product ' +
					'version may change the data in place.',
				wayBack:
					'The old template can be applied again while the old image can still be pulled; data that a newer ' +
					'version has changed is not changed back.',
			},
		],
	};
};

const imageQuestion = (workload: Workload, context: StepContext<Needs>): Question => ({
	kind: 'text',
	id: 'image',
	title: 'Which image is it to run?',
	why:
		`It runs ${workload.image}. Give a tag, or a whole image reference. A fixed tag with a sprint of 2103 or ` +
		`later, such as ${sandboxTag}, says which user and group the image has; Docker Hub drops images a year after ` +
		'their last build, so name one that your nodes can pull.',
	...(context.run.sandbox && {recommended: sandboxTag}),
	pattern: {source: String.raw`[\w.\/:@\-]+`, says: 'A tag such as 2103-8.2.0.3, or a whole image reference.'},
});

/** Identities by their name in an answer. */
const identities: Readonly<Record<string, Identity>> = {
	'9031:9999': {uid: 9031, gid: 9999},
	'9031:0': {uid: 9031, gid: 0},
};

const identityQuestion = (image: string): Question => ({
	kind: 'choice',
	id: 'identity',
	title: `Which user and group does ${image} run as?`,
	why:
		'The tag does not name a sprint, and the group decides whether the server can read its own files. docker ' +
		'inspect shows it as Config.User.',
	options: [
		{value: '9031:9999', label: '9031:9999', reason: 'Sprints 2103 to 2108.'},
		{value: '9031:0', label: '9031:0', reason: 'Sprint 2109 and later.'},
	],
});

const sprintOfImage = (image: string): string | undefined => {
	const {sprint} = readImage(image);
	return sprint;
};

const tooOld = (image: string): Failure =>
	new Failure({
		code: 'image-too-old',
		seen: `${image} is of a sprint before 2103.`,
		means: 'It would run as root, which is what is to be left behind.',
		todo: 'Go back and name an image of sprint 2103 or later.',
		byHand: 'unroot resume',
		exit: 'blocked',
	});

const identityFor = (image: string, answer: string | undefined): Identity & {readonly fsGroup: number} => {
	const sprint = sprintOfImage(image);
	const known = sprint === undefined ? identities[answer ?? ''] : identityOf(sprint);
	if (!known) {
		throw tooOld(image);
	}

	return {...known, fsGroup: known.gid};
};

/**
Names end in a short mark of the run, so that a second run never meets the first one's objects, and stay below 52
characters, the limit of a StatefulSet's pods.
*/
const newNameOf = (name: string, run: string): string =>
	`${name.slice(0, 40)}-${createHash('sha256').update(run).digest('hex').slice(0, 6)}`;

/** The steps that go by the image; what is exported and copied is the same whichever it is. */
const goingByImage: readonly StepId[] = [
	'preview',
	'apply',
	'restart',
	'import',
	'prove',
	'replicas',
	'catch-up',
	'cut-over',
	'clean-up',
];

const portsBefore = ({ports}: Workload): Ports => ({...oldPorts, ...ports});

/** A port the operator chose himself above 1023 need not move. */
const portsAfter = (workload: Workload, strategy: Strategy): Ports => {
	const before = portsBefore(workload);
	const moved = Object.fromEntries(
		Object.entries(before).map(([name, port]) => [name, port < 1024 ? newPorts[name as keyof Ports] : port]),
	) as Ports;
	return strategy === 'root' ? before : moved;
};

const decide = (context: StepContext<Needs>): Outcomes['strategy'] => {
	const {workload, isOpenShift} = outcomeOf(context, 'inventory');
	const strategy: Strategy = context.answers.strategy === 'root' ? 'root' : 'fresh';
	const image = imageFrom(context.answers.image ?? '', workload.image);
	const {uid, gid, fsGroup} = identityFor(image, context.answers.identity);
	return {
		strategy,
		image,
		identity: strategy === 'root' ? {uid: 0, gid: 0} : {uid, gid},
		fsGroup: isOpenShift || strategy === 'root' ? null : fsGroup,
		oldPorts: portsBefore(workload),
		newPorts: portsAfter(workload, strategy),
		newName: strategy === 'root' ? workload.name : newNameOf(workload.name, context.run.id),
	};
};

/** What is decided so far; undefined before the image is named. */
const decidedSoFar = ({answers, outcomes}: Pick<StepContext, 'answers' | 'outcomes'>) =>
	answers.image === undefined
		? undefined
		: {
				strategy: answers.strategy === 'root' ? ('root' as const) : ('fresh' as const),
				image: imageFrom(answers.image, outcomeOf({outcomes}, 'inventory').workload.image),
			};

/** Where the run differs from its rehearsal, once the image is named. */
const differencesSoFar = (context: Pick<StepContext, 'answers' | 'outcomes' | 'run'>): readonly Difference[] => {
	const decided = decidedSoFar(context);
	return decided ? differencesNow(context, decided) : [];
};

/** Fresh deployment or run as root, and the image. */
export const strategy: Step<Needs> = {
	id: 'strategy',
	title: 'Strategy',
	why:
		'The vendor documents two ways: a fresh deployment, or running on as root. It is decided before the export, ' +
		'because only a fresh deployment needs a write freeze.',
	needs: ['cluster', 'clock'],
	effect: 'none',
	async inspect(context) {
		const {workload} = outcomeOf(context, 'inventory');
		const {strategy: recommended, reasons} = recommend(workload);
		return {
			state: 'to-do',
			facts: [
				...rehearsalFacts(context, decidedSoFar(context)),
				{label: 'recommended', value: recommended === 'fresh' ? 'fresh deployment' : 'run as root'},
				...reasons.map((value): Fact => ({label: 'because', value})),
			],
		};
	},
	async questions(context) {
		const {workload} = outcomeOf(context, 'inventory');
		const image = context.answers.image === undefined ? undefined : imageFrom(context.answers.image, workload.image);
		return [
			strategyQuestion(workload),
			imageQuestion(workload, context),
			...(image !== undefined && sprintOfImage(image) === undefined ? [identityQuestion(image)] : []),
			...(context.answers.strategy === 'root' ? debtQuestions(context) : []),
			...differencesQuestions(differencesSoFar(context)),
		];
	},
	async judge(context, question, answer) {
		switch (question) {
			case 'image': {
				return judgeImage(context, outcomeOf(context, 'inventory').workload, answer);
			}

			case differencesId: {
				return judgeAccepted(differencesSoFar(context), answer);
			}

			case 'root-until': {
				return judgeUntil(context, answer);
			}

			default: {
				return undefined;
			}
		}
	},
	decides: {
		image: goingByImage,
		identity: goingByImage,
		'root-until': ['restart'],
		'root-why': ['restart'],
	},
	async preview() {
		return {summary: ['Nothing is done yet: this only decides.'], commands: [], wayBack: 'Go back and decide again.'};
	},
	async perform(context, reporter) {
		const decided = decide(context);
		const pull = await viewPull(context, decided.image);
		reporter.log(`${decided.image}: ${pull.says}`);
		return asOutcome<'strategy'>({...decided, pull});
	},
	tell(context) {
		const {strategy: way, image, identity, fsGroup} = outcomeOf(context, 'strategy');
		return [
			...rehearsalFacts(context, {strategy: way, image}),
			{label: 'strategy', value: way === 'fresh' ? 'fresh deployment' : 'run as root'},
			{
				label: 'image',
				value: `${image}, as ${identity.uid}:${identity.gid}${fsGroup === null ? '' : `, fsGroup ${fsGroup}`}`,
			},
		];
	},
	async verify(context) {
		const decided = outcomeOf(context, 'strategy');
		const kind = controlledKind(outcomeOf(context, 'inventory').workload);
		const taken = decided.strategy === 'fresh' ? await context.world.cluster.get(kind, decided.newName) : undefined;
		return [
			{
				label: 'name',
				value: taken
					? `${decided.newName} is taken by another ${kind}`
					: `${decided.newName} is ${decided.strategy === 'fresh' ? 'free' : 'kept'}`,
				holds: taken === undefined,
			},
		];
	},
	verifiedUntil: ['apply', 'restart'],
	undo: {kind: 'cannot', says: 'There is nothing to undo: it only decides.'},
	rehearsal: {kind: 'same'},
};
