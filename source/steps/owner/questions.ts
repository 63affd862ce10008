import type {Option, Question, StepContext} from '../../migration/step.js';
import {readRepository} from '../../profile/repository.js';
import {outcomeIfAny} from '../outcomes.js';
import {ownRepositoryQuestions, repositoryAnswer} from '../profile/questions.js';
import {absolutePath} from '../questions/paths.js';
import {makerOf, makerQuestionOf, objectsText, ownersText, releaseOf, type Owned} from './index.js';

type Needs = 'helm' | 'git' | 'files';

/** What a patch past the owner means, said before it is decided and before it is made. */
export const patchedText = (owned: Owned): string =>
	`The next sync or upgrade of ${ownersText(owned)} may undo it: ` +
	(owned.step === 'apply'
		? 'the old image would then start on data that the new one may have changed.'
		: 'clients would then be led to a server that is scaled down.');

const waitOption = (owned: Owned): Option => ({
	value: 'wait',
	label: 'The owner makes it; unroot waits',
	reason:
		`What is to change is written down and committed for ${ownersText(owned)}. unroot looks at the cluster until ` +
		'it is so, and can be stopped meanwhile.',
	wayBack: 'The change that takes it back is written down and committed in the same way, and unroot waits again.',
});

const upgradeOption = (release: string): Option => ({
	value: 'upgrade',
	label: 'unroot runs helm upgrade',
	reason:
		`The values are committed, Helm renders them in a dry run, then upgrades ${release} with --reuse-values. The ` +
		'release knows of the change.',
	wayBack: `helm rollback ${release} to the revision it has now.`,
});

const patchOption = (owned: Owned): Option => ({
	value: 'patch',
	label: 'unroot patches the object',
	reason: 'You decide it here, and tell the owner.',
	cost: patchedText(owned),
	wayBack: 'unroot rollback patches it back.',
});

/** Whether `helm upgrade` can make the change, and if not, why. */
const upgradeOf = async (
	{world}: StepContext<Needs>,
	owned: Owned,
): Promise<{readonly option?: Option; readonly why?: string}> => {
	const release = releaseOf(owned);
	if (release === undefined || !owned.values) {
		return {};
	}

	const found = await world.helm.release(release);
	const isRendered = owned.changes.every(
		({before}) => before.metadata.annotations?.['meta.helm.sh/release-name'] === undefined,
	);
	return 'missing' in found
		? {
				why:
					`unroot cannot run helm upgrade: ${found.missing}` +
					(isRendered
						? ' The objects have the labels of a chart and no mark of an installed release: ' +
							'a GitOps tool may render it.'
						: ''),
			}
		: {option: upgradeOption(release)};
};

const makerQuestion = async (context: StepContext<Needs>, owned: Owned): Promise<Question> => {
	const {option, why} = await upgradeOf(context, owned);
	return {
		kind: 'choice',
		id: makerQuestionOf(owned),
		title: `Who changes ${objectsText(owned)}?`,
		why: [`It is owned by ${ownersText(owned)}, which would take back what is changed behind it.`, owned.cannot, why]
			.filter(text => text !== undefined)
			.join(' '),
		options: [
			...(option ? [option] : []),
			waitOption(owned),
			...(owned.cannot === undefined ? [] : [patchOption(owned)]),
		],
		recommended: option ? 'upgrade' : 'wait',
	};
};

const chartQuestion = (release: string): Question => ({
	kind: 'text',
	id: 'helm-chart',
	title: `Where is the chart of ${release}?`,
	why:
		'A release does not record where its chart came from. Give it as REPOSITORY/CHART, an oci:// address or a ' +
		'path. The version stays the one that is in use.',
	recommended: 'pingidentity/ping-devops',
	pattern: {
		source: String.raw`[^\s\-]\S*`,
		says:
			'One word, such as pingidentity/ping-devops, oci://registry.example.com/ping-devops or ' +
			'/charts/ping-devops-0.9.10.tgz.',
	},
});

/** The owner's repository: the one of the profile, unless another is named. */
export const ownerRepository = (context: Pick<StepContext, 'answers' | 'run' | 'outcomes'>): string =>
	context.answers['owner-repository'] ?? outcomeIfAny(context, 'profile')?.repository ?? repositoryAnswer(context);

const repositoryQuestion = (context: StepContext<Needs>, owned: Owned): Question => ({
	kind: 'text',
	id: 'owner-repository',
	title: 'Which git repository is the change committed to?',
	why:
		`The folder of your repository, as an absolute path: best the one that ${ownersText(owned)} is made from. ` +
		'The change goes on a branch of its own, below unroot/; your work tree and current branch stay as they are.',
	recommended: ownerRepository(context),
	pattern: absolutePath,
});

const pushQuestion = (remote: {readonly name: string; readonly url: string}): Question => ({
	kind: 'choice',
	id: 'owner-push',
	title: `Push the branch to ${remote.name}?`,
	why:
		`Whoever makes the change must be able to read it. ${remote.name} is ${remote.url}. A tool that follows ` +
		'another branch does nothing until you merge it.',
	recommended: 'no',
	options: [
		{value: 'no', label: 'Do not push', reason: 'You hand it over yourself.'},
		{
			value: 'push',
			label: 'Push the branch',
			reason: 'It can be reviewed and merged there.',
			wayBack: `git push ${remote.name} --delete BRANCH`,
		},
	],
});

/**
What is to be decided before objects of an owner change: who changes them and, unless that is a patch, where the change
is committed. Nothing where nobody owns them.
*/
export const ownerQuestions = async (context: StepContext<Needs>, owned: Owned): Promise<readonly Question[]> => {
	if (owned.changes.length === 0) {
		return [];
	}

	if (context.answers[makerQuestionOf(owned)] === undefined) {
		return [await makerQuestion(context, owned)];
	}

	const maker = makerOf(context, owned);
	if (maker === 'patch') {
		return [];
	}

	const first = [
		...(maker === 'upgrade' ? [chartQuestion(releaseOf(owned) ?? '')] : []),
		repositoryQuestion(context, owned),
	];
	if (context.answers['owner-repository'] === undefined) {
		return first;
	}

	const stat = await context.world.files.stat(ownerRepository(context));
	const repository = stat?.isFolder
		? await readRepository(context.world.git, ownerRepository(context))
		: {state: 'none' as const};
	return [
		...first,
		...(ownerRepository(context) === outcomeIfAny(context, 'profile')?.repository
			? []
			: await ownRepositoryQuestions(context, ownerRepository(context))),
		...(repository.state === 'there' && repository.remote ? [pushQuestion(repository.remote)] : []),
	];
};
