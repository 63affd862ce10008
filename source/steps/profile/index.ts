import {join} from 'node:path';
import {Failure} from '../../failure/failure.js';
import type {JsonObject} from '../../migration/json.js';
import type {Fact, Reporter, Step, StepContext} from '../../migration/step.js';
import {verifyCommit} from '../../profile/commit.js';
import {pushBranch, readRepository, type Repository} from '../../profile/repository.js';
import type {ProfileTree} from '../../profile/tree.js';
import {asOutcome, outcomeOf} from '../outcomes.js';
import {judgeRepository, judgeSecretFile} from '../questions/paths.js';
import {commitForRun, runBranch} from '../run/run-commit.js';
import {countText} from '../run/words.js';
import {letInBy, letInQuestions, sortDraft} from './let-in.js';
import {profileQuestions, repositoryAnswer} from './questions.js';
import {passwordFileQuestion, secretsEvidence} from './secrets.js';
import {methodByDefault, methodId, type Collecting, type ProfileDraft, type ProfileNeeds} from './way.js';
import {profileWayOf} from './ways.js';

type Needs = ProfileNeeds;

/** What is known of a draft beside its files. */
type Noted = Omit<ProfileDraft, 'files'>;

/**
Where the cleaned profile lies in the run's folder: what stands there is what is committed, so an operator can mend it.
*/
const draftOf = ({run}: Pick<StepContext, 'run'>): string => join(run.folder, 'profile');

const productOf = (context: Pick<StepContext, 'outcomes'>): string => outcomeOf(context, 'inventory').workload.product;

const pathOf = (context: Pick<StepContext, 'answers' | 'outcomes'>): string =>
	context.answers['profile-path'] ?? productOf(context);

/** The way of the workload's product. A step that is not needed is neither asked about nor performed. */
const wayOf = (context: Pick<StepContext, 'outcomes'>): Collecting => {
	const way = profileWayOf(productOf(context));
	if (way.kind === 'leave') {
		throw new Failure({
			code: 'profile-by-hand',
			seen: way.why,
			means: 'There is nothing that this step could do.',
			todo: 'Save the configuration by hand.',
			byHand: 'unroot resume',
		});
	}

	return way;
};

/** Which of its ways a draft was made by; only some products have more than one. */
const methodOf = ({answers}: Pick<StepContext, 'answers'>): string => answers[methodId] ?? methodByDefault;

/** What was noted of the draft, where it has been made in the way that is wanted and its files are there. */
const draftMade = async (
	context: Pick<StepContext<Needs>, 'answers' | 'notes' | 'run' | 'world'>,
): Promise<JsonObject | undefined> => {
	const noted = context.notes.findLast(note => note.kind === 'draft');
	const present =
		noted && (noted.method ?? methodByDefault) === methodOf(context)
			? await context.world.files.list(draftOf(context))
			: [];
	return present.length > 0 ? noted : undefined;
};

/** Makes the draft once: a second try commits what the operator has mended. */
const draft = async (context: StepContext<Needs>, reporter: Reporter): Promise<Noted> => {
	const noted = await draftMade(context);
	if (noted) {
		reporter.log(`Going on with the files in ${draftOf(context)}`);
		const {
			removed,
			toDecide,
			toProvide = [],
			secrets = null,
		} = noted as Partial<Noted> & Pick<Noted, 'removed' | 'toDecide'>;
		return {
			removed,
			toDecide,
			toProvide,
			secrets,
		};
	}

	const {files, ...result} = await wayOf(context).draft(context, reporter);
	// The folder itself goes, and where it is a link, the link: what that leads to is not the run's.
	await context.world.files.remove(draftOf(context));
	for (const [path, bytes] of files) {
		await context.world.files.writeBytes(join(draftOf(context), path), bytes);
	}

	await reporter.note({kind: 'draft', method: methodOf(context), ...result});
	return result;
};

const readDraft = async (context: StepContext<Needs>): Promise<ProfileTree> => {
	const paths = await context.world.files.list(draftOf(context));
	const read = await Promise.all(
		paths.map(async path => [path, await context.world.files.readBytes(join(draftOf(context), path))] as const),
	);
	return new Map(read.flatMap(([path, bytes]) => (bytes ? [[path, bytes] as const] : [])));
};

const isToPush = ({answers}: Pick<StepContext, 'answers'>): boolean => answers['profile-push'] === 'push';

const push = async (context: StepContext<Needs>, repository: Repository): Promise<string | null> => {
	if (!isToPush(context) || repository.state === 'none' || !repository.remote) {
		return null;
	}

	const {top, remote} = repository;
	await pushBranch(context.world.git, {top, remote}, runBranch(context));
	return remote.url;
};

/** Locks of a repository, and who may hold them. */
const lockFacts = async (context: StepContext<Needs>, repository: Repository): Promise<readonly Fact[]> => {
	const locks = repository.state === 'there' ? await context.world.git.locks(repository.gitDir, repository.top) : [];
	return locks.map(({path, holder}) => ({
		label: 'lock',
		value:
			`${path}: ` +
			(holder === undefined
				? 'no process of git works there; a git that was killed left it'
				: `process ${holder} works there`),
		mark: 'warning' as const,
	}));
};

/** The configuration is saved as a server profile, in git. */
export const profile: Step<Needs> = {
	id: 'profile',
	title: 'Server profile',
	why:
		'The configuration made by hand in a running server is in no manifest. The server writes it down as a ' +
		'profile, and git keeps it.',
	needs: ['cluster', 'pods', 'transfer', 'files', 'git'],
	effect: 'local',
	async inspect(context) {
		const way = profileWayOf(productOf(context));
		if (way.kind === 'leave') {
			return {state: 'not-needed', facts: [], why: way.why};
		}

		const seen = await way.look(context);
		if (seen.state !== 'to-do') {
			return seen;
		}

		const repository = await readRepository(context.world.git, repositoryAnswer(context));
		return {
			state: 'to-do',
			facts: [
				...seen.facts,
				{
					label: 'repository',
					value:
						repository.state === 'none'
							? `${repositoryAnswer(context)} is not a git repository yet; unroot will create one`
							: repository.top,
				},
				{label: 'branch', value: `${runBranch(context)}, a new one`},
				...(await lockFacts(context, repository)),
				...(repository.state === 'there' && repository.dirty.length > 0
					? [
							{
								label: 'uncommitted',
								value: `${countText(repository.dirty.length, 'change')} of yours, left as they are`,
								mark: 'warning' as const,
							},
						]
					: []),
				...(repository.state === 'there' && repository.branch === undefined && repository.hasCommit
					? [{label: 'HEAD', value: 'is detached; the branch begins at that commit', mark: 'warning' as const}]
					: []),
			],
		};
	},
	async questions(context) {
		const way = wayOf(context);
		const [questions, made] = await Promise.all([profileQuestions(context, way), draftMade(context)]);
		return made
			? [...questions, ...(await letInQuestions(context, await readDraft(context), draftOf(context)))]
			: [...questions, ...way.secrets(context)];
	},
	async judge(context, question, answer) {
		if (question === 'profile-repository') {
			return judgeRepository(context, answer);
		}

		return question === passwordFileQuestion.id && answer !== '' ? judgeSecretFile(context, answer) : undefined;
	},
	async preview(context) {
		const {summary, commands, files} = await wayOf(context).preview(context);
		return {
			summary: [
				...summary,
				`It is committed to ${repositoryAnswer(context)} on the branch ${runBranch(context)}, below ` +
					`${pathOf(context)}. Your work tree stays as it is.`,
				isToPush(context) ? 'The branch is pushed.' : 'Nothing is pushed.',
			],
			commands: [
				...commands,
				`git -C ${repositoryAnswer(context)} commit    # on ${runBranch(context)}`,
				...(isToPush(context) ? [`git -C ${repositoryAnswer(context)} push origin ${runBranch(context)}`] : []),
			],
			files: [draftOf(context), ...files],
			wayBack: `git -C ${repositoryAnswer(context)} branch -D ${runBranch(context)}`,
		};
	},
	async perform(context, reporter) {
		const noted = await draft(context, reporter);
		const drafted = await readDraft(context);
		if (drafted.size === 0) {
			throw new Failure({
				code: 'profile-empty',
				seen: `There is no file below ${draftOf(context)}.`,
				means: 'There is nothing to commit.',
				todo: 'Try again: the profile is created again.',
				byHand: `ls -R ${draftOf(context)}`,
				retryable: true,
			});
		}

		const {files, leftOut} = await sortDraft(context, drafted, draftOf(context), reporter);
		const commit = await commitForRun(
			context,
			{
				repository: repositoryAnswer(context),
				branch: runBranch(context),
				path: pathOf(context),
				files,
				source: draftOf(context),
				letIn: letInBy(context),
				message:
					'Save the server profile of ' +
					`${outcomeOf(context, 'inventory').workload.name}\n\n${wayOf(context).madeBy(context)}`,
			},
			reporter,
		);
		const repository = await readRepository(context.world.git, repositoryAnswer(context));
		return asOutcome<'profile'>({
			repository: repositoryAnswer(context),
			branch: runBranch(context),
			commit,
			path: pathOf(context),
			files: files.size,
			...noted,
			removed: [...noted.removed, ...leftOut],
			url: await push(context, repository),
		});
	},
	tell(context) {
		const {branch, url, removed, toDecide, toProvide = [], secrets = null} = outcomeOf(context, 'profile');
		const open = [
			...(toDecide.length > 0
				? [`${countText(toDecide.length, 'place')} with old ports or host names: ` + toDecide.slice(0, 3).join('; ')]
				: []),
			...toProvide,
		];
		return [
			...(secrets ? [] : [{label: 'left out', value: `${countText(removed.length, 'file')} that must not be in git`}]),
			...open.map((value): Fact => ({label: 'left to decide', value, mark: 'warning'})),
			...(url === null ? [] : [{label: 'pushed', value: `${branch} to ${url}`}]),
		];
	},
	async verify(context) {
		const {repository, branch, commit, files, path, secrets = null} = outcomeOf(context, 'profile');
		const {isThere, files: committed} = await verifyCommit(context.world.git, repository, branch, commit, path);
		return [
			{label: 'commit', value: `${commit.slice(0, 12)} on ${branch} in ${repository}`, holds: isThere},
			{label: 'files', value: `${files} of the profile, ${committed} in the commit`, holds: committed === files},
			...(secrets ? await secretsEvidence(context, secrets) : []),
		];
	},
	undo: {kind: 'cannot', says: 'The branch stays in your repository; nothing else of it was changed.'},
	rehearsal: {kind: 'same'},
};
