import {join} from 'node:path';
import type {Question, StepContext} from '../../migration/step.js';
import type {GitLock} from '../../migration/world.js';
import {pathPattern} from '../../profile/commit-path.js';
import {lockInTheWay} from '../../profile/locks.js';
import {readRepository, type Repository} from '../../profile/repository.js';
import {outcomeOf} from '../outcomes.js';
import {absolutePath} from '../questions/paths.js';
import {isOwnRepository, locksId, runBranch} from '../run/run-commit.js';
import {countText} from '../run/words.js';
import type {Collecting} from './way.js';

/** The operator's repository. Where none is named, one is made in the run's folder. */
export const repositoryAnswer = ({answers, run}: Pick<StepContext, 'answers' | 'run'>): string =>
	answers['profile-repository'] ?? join(run.folder, 'server-profiles');

const repositoryQuestion = ({run}: StepContext<'git'>): Question => ({
	kind: 'text',
	id: 'profile-repository',
	title: 'Which git repository keeps the server profile?',
	why:
		'The folder of your repository, as an absolute path. It gets a branch of its own; your work tree and current ' +
		'branch stay as they are. If it is not a git repository yet, unroot creates one.',
	recommended: join(run.folder, 'server-profiles'),
	pattern: absolutePath,
});

const pathQuestion = (why: string, product: string): Question => ({
	kind: 'text',
	id: 'profile-path',
	title: 'In which folder of the repository?',
	why,
	recommended: product,
	pattern: {source: pathPattern, says: 'A path below the top of the repository, such as pingdirectory or sites/paris.'},
});

const dirtyQuestion = (dirty: readonly string[]): Question => ({
	kind: 'choice',
	id: 'profile-dirty',
	title: `Your repository has ${dirty.length} uncommitted changes. Go on?`,
	why:
		'They are not part of the commit and stay as they are: the branch begins at your last commit. The first are: ' +
		`${dirty
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
	why:
		'No branch is checked out, so the new branch begins at the commit that is. Stop here to check another out ' +
		'first.',
	recommended: 'go-on',
	options: [
		{value: 'go-on', label: 'Begin at that commit', reason: 'The commit you have checked out is the one you mean.'},
	],
};

const nameQuestion: Question = {
	kind: 'text',
	id: 'git-name',
	title: "Committer's name? git has no user.name.",
	why: "It is used for this commit alone; git's configuration is not changed.",
	pattern: {source: String.raw`[^\n<>]+`, says: 'Enter a name.'},
};

const emailQuestion: Question = {
	kind: 'text',
	id: 'git-email',
	title: "Committer's e-mail? git has no user.email.",
	why: "It is used for this commit alone; git's configuration is not changed.",
	pattern: {source: String.raw`[^\s<>]+@[^\s<>]+`, says: 'Enter an address such as you@example.com.'},
};

const pushQuestion = (remote: {readonly name: string; readonly url: string}): Question => ({
	kind: 'choice',
	id: 'profile-push',
	title: `Push the branch to ${remote.name}?`,
	why:
		'New servers read their profile from git when they start. A branch that is only here cannot be read by them. ' +
		`${remote.name} is ${remote.url}.`,
	recommended: 'no',
	options: [
		{
			value: 'no',
			label: 'Do not push',
			reason:
				'Somebody reviews it first. The new server is given the profile by another way then, which is asked ' +
				'for with the plan.',
		},
		{
			value: 'push',
			label: 'Push the branch',
			reason: 'The new server can clone it: it is given this repository, branch and path.',
			wayBack: `git push ${remote.name} --delete BRANCH`,
		},
	],
});

/**
Questions whose answer git already gave are not asked; where git knows no identity, the sandbox has one to recommend.
*/
const identityQuestions = async (
	{world, run}: StepContext<'git'>,
	repository: Repository,
): Promise<readonly Question[]> => {
	// A folder that is not there yet has no repository, but git may still know who commits.
	const known =
		repository.state === 'there'
			? [repository.name, repository.email]
			: await Promise.all(
					['user.name', 'user.email'].map(async key => {
						const {exitCode, stdout} = await world.git.run(run.folder, ['config', '--global', key]);
						return exitCode === 0 && stdout.trim() !== '' ? stdout.trim() : undefined;
					}),
				);
	return known.every(one => one !== undefined)
		? []
		: [
				{...nameQuestion, ...(run.sandbox && {recommended: 'Sandbox'})},
				{...emailQuestion, ...(run.sandbox && {recommended: 'sandbox@example.com'})},
			];
};

const locksQuestion = (locks: readonly GitLock[], isInTheWay: boolean): Question => ({
	kind: 'choice',
	id: locksId,
	title:
		`A git that was killed left ${countText(locks.length, 'lock', 'locks')} in your repository. Remove ` +
		`${locks.length === 1 ? 'it' : 'them'}?`,
	why: `No process of git works there on this machine: ${locks.map(({path}) => path).join(', ')}. ${
		isInTheWay ? 'git cannot commit to the branch of this run before.' : 'They are not in the way of this commit.'
	}`,
	...(!isInTheWay && {recommended: 'leave'}),
	options: [
		{
			value: 'remove',
			label: 'Remove what no process holds',
			reason: 'git works there again.',
			cost: 'An editor or another machine that shares the folder and works in it right now would be disturbed.',
		},
		{value: 'leave', label: 'Leave them', reason: 'You look after your repository yourself.'},
	],
});

/**
Locks that nobody holds, in a repository that is the operator's. In one of the run's own they are removed without
asking.
*/
const locksQuestions = async (
	context: StepContext<'git'>,
	folder: string,
	repository: Repository,
): Promise<readonly Question[]> => {
	if (repository.state === 'none' || isOwnRepository(context, folder)) {
		return [];
	}

	const [locks, inTheWay] = await Promise.all([
		context.world.git.locks(repository.gitDir, repository.top),
		lockInTheWay(context.world.git, repository, runBranch(context)),
	]);
	const left = locks.filter(({holder}) => holder === undefined);
	return left.length > 0 ? [locksQuestion(left, inTheWay !== undefined)] : [];
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

	const repository = await readRepository(context.world.git, repositoryAnswer(context));
	return [
		...first,
		...(await stateQuestions(context, repositoryAnswer(context), repository)),
		...(repository.state === 'there' && repository.remote ? [pushQuestion(repository.remote)] : []),
	];
};

/** What is to be decided because of how a repository stands before a commit. */
const stateQuestions = async (
	context: StepContext<'git'>,
	folder: string,
	repository: Repository,
): Promise<readonly Question[]> => [
	...(await locksQuestions(context, folder, repository)),
	...(repository.state === 'there' && repository.dirty.length > 0 ? [dirtyQuestion(repository.dirty)] : []),
	...(repository.state === 'there' && repository.branch === undefined && repository.hasCommit
		? [detachedQuestion]
		: []),
	...(await identityQuestions(context, repository)),
];

/** The same for a repository that is not the profile's. */
export const ownRepositoryQuestions = async (
	context: StepContext<'git' | 'files'>,
	folder: string,
): Promise<readonly Question[]> => stateQuestions(context, folder, await readRepository(context.world.git, folder));
