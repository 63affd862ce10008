import {join} from 'node:path';
import {Failure} from '../failure/failure.js';
import type {
	Evidence,
	Reporter,
	Step,
	StepContext,
} from '../migration/step.js';
import {cleanProfile} from '../profile/clean.js';
import {collectProfile, generateWords} from '../profile/collect.js';
import {commitFiles, verifyCommit} from '../profile/commit.js';
import {readRepository, runGit, type Repository} from '../profile/repository.js';
import type {ProfileTree} from '../profile/tree.js';
import {freeProfile, type Place} from '../profile/variables.js';
import {portVariables, oldPorts} from '../ping/ports.js';
import {oldServer} from './old-server.js';
import {asOutcome, outcomeOf} from './outcomes.js';
import {generatesProfile} from './products.js';
import {committer, profileQuestions, repositoryAnswer} from './profile-questions.js';

type Needs = 'pods' | 'transfer' | 'files' | 'git';

/** Where the cleaned profile lies in the run's folder: what stands there is what is committed, so an operator can mend it. */
const draftOf = ({run}: Pick<StepContext, 'run'>): string => join(run.folder, 'profile');

const pathOf = ({answers}: Pick<StepContext, 'answers'>): string => answers['profile-path'] ?? 'pingdirectory';

const branchOf = ({run}: Pick<StepContext, 'run'>): string => `unroot/${run.id}`;

const placeText = ({path, line, what}: Place): string => `${path}:${line}: ${what}`;

/** Makes the draft once: a second try commits what the operator has mended. */
const draft = async (context: StepContext<Needs>, reporter: Reporter): Promise<{readonly removed: readonly string[]; readonly toDecide: readonly string[]}> => {
	const noted = context.notes.findLast(note => note.kind === 'draft');
	const present = await context.world.files.list(draftOf(context));
	if (noted && present.length > 0) {
		reporter.log(`Going on with the files in ${draftOf(context)}`);
		return {removed: noted.removed as readonly string[], toDecide: noted.toDecide as readonly string[]};
	}

	const {workload} = outcomeOf(context, 'inventory');
	const {target} = oldServer(context);
	const {tree, excluded} = await collectProfile({
		...context.world, target, folder: context.run.folder, run: context.run.id, signal: context.signal,
	}, line => {
		reporter.log(line);
	});
	const {kept, removed} = cleanProfile(tree);
	const ports = {...oldPorts, ...Object.fromEntries(portVariables.flatMap(name => workload.ports[name] === undefined ? [] : [[name, workload.ports[name]]]))};
	const headless = workload.services.filter(({isHeadless}) => isHeadless).map(({name}) => name);
	const freed = freeProfile(kept, {ports, hosts: headless.map(name => `${target.pod}.${name}`)});
	for (const [path, bytes] of freed.tree) {
		await context.world.files.writeBytes(join(draftOf(context), 'pd.profile', path), bytes);
	}

	const result = {
		removed: [...removed.map(({path, why}) => `${path}: ${why}`), ...excluded.map(path => `${path}: left out by manage-profile; bring it by a Secret if the new server needs it`)],
		toDecide: freed.toDecide.map(place => placeText(place)),
	};
	for (const place of freed.replaced) {
		reporter.log(placeText(place));
	}

	await reporter.note({kind: 'draft', ...result});
	return result;
};

const readDraft = async (context: StepContext<Needs>): Promise<ProfileTree> => {
	const paths = await context.world.files.list(draftOf(context));
	const read = await Promise.all(paths.map(async path => [path, await context.world.files.readBytes(join(draftOf(context), path))] as const));
	return new Map(read.flatMap(([path, bytes]) => bytes ? [[path, bytes] as const] : []));
};

const isToPush = ({answers}: Pick<StepContext, 'answers'>): boolean => answers['profile-push'] === 'push';

const push = async (context: StepContext<Needs>, repository: Repository): Promise<string | null> => {
	if (!isToPush(context) || repository.state === 'none' || !repository.remote) {
		return null;
	}

	await runGit(context.world.git, repository.top, ['push', repository.remote.name, `refs/heads/${branchOf(context)}:refs/heads/${branchOf(context)}`]);
	return repository.remote.url;
};

/** The configuration is saved as a server profile, in git. */
export const profile: Step<Needs> = {
	id: 'profile',
	title: 'Server profile',
	why: 'The configuration made by hand in a running server is in no manifest. The server writes it down as a profile, and git keeps it.',
	needs: ['pods', 'transfer', 'files', 'git'],
	effect: 'local',
	async inspect(context) {
		const {workload} = outcomeOf(context, 'inventory');
		if (!generatesProfile(workload.product)) {
			return {state: 'not-needed', facts: [], why: `${workload.product} has no manage-profile: save its configuration as its documentation says.`};
		}

		const repository = await readRepository(context.world.git, repositoryAnswer(context));
		return {
			state: 'to-do',
			facts: [
				{label: 'repository', value: repository.state === 'none' ? `${repositoryAnswer(context)} is none yet: it is made` : repository.top},
				{label: 'branch', value: `${branchOf(context)}, a new one`},
				...(repository.state === 'there' && repository.dirty.length > 0 ? [{label: 'uncommitted', value: `${repository.dirty.length} changes of yours, which stay as they are`, mark: 'warning' as const}] : []),
				...(repository.state === 'there' && repository.branch === undefined && repository.hasCommit ? [{label: 'HEAD', value: 'is detached; the branch begins at that commit', mark: 'warning' as const}] : []),
			],
		};
	},
	questions: async context => profileQuestions(context),
	async preview(context) {
		const {target} = oldServer(context);
		return {
			summary: [
				`${target.pod} generates its profile below /tmp; it is copied out and cleaned of licence, pins, keys, setup-arguments.txt and user data.`,
				`It is committed to ${repositoryAnswer(context)} on the branch ${branchOf(context)}, below ${pathOf(context)}. Your work tree stays as it is.`,
				isToPush(context) ? 'The branch is pushed.' : 'Nothing is pushed.',
			],
			commands: [
				context.world.pods.byHand(target, generateWords(context.run.id)),
				`git -C ${repositoryAnswer(context)} commit    # on ${branchOf(context)}`,
				...(isToPush(context) ? [`git -C ${repositoryAnswer(context)} push origin ${branchOf(context)}`] : []),
			],
			files: [draftOf(context)],
			wayBack: `git -C ${repositoryAnswer(context)} branch -D ${branchOf(context)}`,
		};
	},
	async perform(context, reporter) {
		const {removed, toDecide} = await draft(context, reporter);
		const files = await readDraft(context);
		if (files.size === 0) {
			throw new Failure({
				code: 'profile-empty',
				seen: `There is no file below ${draftOf(context)}.`,
				means: 'There is nothing to commit.',
				todo: 'Try again: the profile is generated anew.',
				byHand: `ls -R ${draftOf(context)}`,
				retryable: true,
			});
		}

		const identity = committer(context);
		const commit = await commitFiles(context.world.git, context.world.files, {
			repository: repositoryAnswer(context),
			branch: branchOf(context),
			worktree: join(context.run.folder, 'worktree'),
			path: pathOf(context),
			files,
			message: `Save the server profile of ${outcomeOf(context, 'inventory').workload.name}\n\nGenerated by manage-profile from the running server, without secrets and user data.`,
			...(identity && {identity}),
		});
		const repository = await readRepository(context.world.git, repositoryAnswer(context));
		return asOutcome<'profile'>({
			repository: repositoryAnswer(context),
			branch: branchOf(context),
			commit,
			path: pathOf(context),
			files: files.size,
			removed,
			toDecide,
			url: await push(context, repository),
		});
	},
	async verify(context) {
		const {repository, branch, commit, files, url, removed, toDecide} = outcomeOf(context, 'profile');
		const {isThere, files: committed} = await verifyCommit(context.world.git, repository, branch, commit);
		const pushed: readonly Evidence[] = url === null ? [] : [{label: 'pushed', value: `${branch} to ${url}`, holds: true}];
		return [
			{label: 'commit', value: `${commit.slice(0, 12)} on ${branch} in ${repository}`, holds: isThere},
			{label: 'files', value: `${files} of the profile, ${committed} in the commit`, holds: committed >= files},
			{label: 'kept out', value: `${removed.length} files that never go into git`, holds: true},
			...(toDecide.length > 0 ? [{label: 'left to decide', value: `${toDecide.length} places name old ports or host names: ${toDecide.slice(0, 3).join('; ')}`, holds: true}] : []),
			...pushed,
		];
	},
	undo: {kind: 'cannot', says: 'The branch stays in your repository; nothing else of it was changed.'},
	rehearsal: {kind: 'same'},
};
