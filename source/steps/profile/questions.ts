import {join} from 'node:path';
import type {Question, StepContext} from '../../migration/step.js';
import {readRepository, type Repository} from '../../profile/repository.js';
import {outcomeOf} from '../outcomes.js';
import type {Collecting} from './way.js';

/** The operator's repository. Where none is named, one is made in the run's folder. */
export const repositoryAnswer = ({answers, run}: Pick<StepContext, 'answers' | 'run'>): string =>
	answers['profile-repository'] ?? join(run.folder, 'server-profiles');

const repositoryQuestion = ({run}: StepContext<'git'>): Question => ({
	kind: 'text',
	id: 'profile-repository',
	title: 'Which git repository keeps the server profile?',
	why: 'The folder of your repository, as an absolute path. It gets a branch of its own; your work tree and current branch stay as they are. A folder that is no repository is made one.',
	recommended: join(run.folder, 'server-profiles'),
	pattern: {source: '/.+', says: 'An absolute path.'},
});

const pathQuestion = (why: string, product: string): Question => ({
	kind: 'text',
	id: 'profile-path',
	title: 'In which folder of the repository?',
	why,
	recommended: product,
	pattern: {source: String.raw`(?!\/|\.)[\w.\/\-]+`, says: 'A path below the top of the repository.'},
});

const dirtyQuestion = (dirty: readonly string[]): Question => ({
	kind: 'choice',
	id: 'profile-dirty',
	title: `Your repository has ${dirty.length} uncommitted changes. Go on?`,
	why: `They are not part of the commit and stay as they are: the branch begins at your last commit. The first are: ${dirty
		.slice(0, 3)
		.map(line => line.trim())
		.join(', ')}.`,
	recommended: 'go-on',
	options: [{value: 'go-on', label: 'Go on without them', reason: 'The commit is made in a work tree of its own.'}],
});

const detachedQuestion: Question = {
	kind: 'choice',
	id: 'profile-detached',
	title: 'HEAD is detached. Begin the branch there?',
	why: 'No branch is checked out, so the new branch begins at the commit that is. Stop here to check another out first.',
	recommended: 'go-on',
	options: [
		{value: 'go-on', label: 'Begin at that commit', reason: 'The commit you have checked out is the one you mean.'},
	],
};

const nameQuestion: Question = {
	kind: 'text',
	id: 'git-name',
	title: 'Who commits? git knows no user.name.',
	why: "It is used for this commit alone; git's configuration is not changed.",
	pattern: {source: String.raw`[^\n<>]+`, says: 'A name.'},
};

const emailQuestion: Question = {
	kind: 'text',
	id: 'git-email',
	title: 'And the address? git knows no user.email.',
	why: "It is used for this commit alone; git's configuration is not changed.",
	pattern: {source: String.raw`[^\s<>]+@[^\s<>]+`, says: 'An address such as you@example.com.'},
};

const pushQuestion = (remote: {readonly name: string; readonly url: string}): Question => ({
	kind: 'choice',
	id: 'profile-push',
	title: `Push the branch to ${remote.name}?`,
	why: `New servers read their profile from git when they start. A branch that is only here cannot be read by them. ${remote.name} is ${remote.url}.`,
	recommended: 'no',
	options: [
		{
			value: 'no',
			label: 'Do not push',
			reason: 'Somebody reviews it first. A fresh deployment then starts with the profile that the old workload names.',
		},
		{
			value: 'push',
			label: 'Push the branch',
			reason: 'The new server is given this repository, branch and path.',
			wayBack: `git push ${remote.name} --delete BRANCH`,
		},
	],
});

/** Questions whose answer git already gave are not asked; where git knows no identity, the sandbox has one to recommend. */
const identityQuestions = ({run}: StepContext<'git'>, repository: Repository): readonly Question[] => {
	const isKnown = repository.state === 'there' && repository.name !== undefined && repository.email !== undefined;
	return isKnown
		? []
		: [
				{...nameQuestion, ...(run.sandbox && {recommended: 'Sandbox'})},
				{...emailQuestion, ...(run.sandbox && {recommended: 'sandbox@example.com'})},
			];
};

/** What is to be decided before a profile is committed. */
export const profileQuestions = async (
	context: StepContext<'git' | 'files'>,
	{questions, pathWhy}: Pick<Collecting, 'questions' | 'pathWhy'>,
): Promise<readonly Question[]> => {
	const first = [
		repositoryQuestion(context),
		pathQuestion(pathWhy, outcomeOf(context, 'inventory').workload.product),
		...questions,
	];
	if (context.answers['profile-repository'] === undefined) {
		return first;
	}

	const repository = await repositoryFor(context, repositoryAnswer(context));
	return [
		...first,
		...stateQuestions(context, repository),
		...(repository.state === 'there' && repository.remote ? [pushQuestion(repository.remote)] : []),
	];
};

/** What is to be decided because of how a repository stands before a commit. */
const stateQuestions = (context: StepContext<'git'>, repository: Repository): readonly Question[] => [
	...(repository.state === 'there' && repository.dirty.length > 0 ? [dirtyQuestion(repository.dirty)] : []),
	...(repository.state === 'there' && repository.branch === undefined && repository.hasCommit
		? [detachedQuestion]
		: []),
	...identityQuestions(context, repository),
];

/** The same for a repository that is not the profile's. */
export const ownRepositoryQuestions = async (
	context: StepContext<'git' | 'files'>,
	folder: string,
): Promise<readonly Question[]> => stateQuestions(context, await repositoryFor(context, folder));

/** A folder that is not there yet has no repository, but git may still know who commits. */
const repositoryFor = async (context: StepContext<'git' | 'files'>, folder: string): Promise<Repository> => {
	const stat = await context.world.files.stat(folder);
	const repository = stat?.isFolder ? await readRepository(context.world.git, folder) : {state: 'none' as const};
	if (repository.state === 'there') {
		return repository;
	}

	const [name, email] = await Promise.all(
		['user.name', 'user.email'].map(async key =>
			context.world.git.run(context.run.folder, ['config', '--global', key]),
		),
	);
	const isKnown = name?.exitCode === 0 && email?.exitCode === 0;
	return isKnown
		? {
				state: 'there',
				top: folder,
				hasCommit: false,
				dirty: [],
				branch: 'main',
				name: name.stdout.trim(),
				email: email.stdout.trim(),
			}
		: repository;
};
