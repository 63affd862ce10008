import {join} from 'node:path';
import {placeText, secretByHand, type ReferredSecret} from '../manifests/objects/referred.js';
import {maskedText} from '../manifests/secrets/objects.js';
import type {ManifestPlan} from '../manifests/strategy.js';
import type {Question, Reporter, Step, StepContext} from '../migration/step.js';
import {verifyCommit} from '../profile/commit.js';
import {deliveryNote, deliveryQuestions} from './delivery/questions.js';
import {asOutcome, outcomeIfAny, outcomeOf} from './outcomes.js';
import {
	inNamespace,
	keepPlan,
	makePlan,
	manifestsFolder,
	objectText,
	readPlan,
	secretQuestionId,
	secretsOfPlan,
} from './run/plan.js';
import {commitForRun} from './run/run-commit.js';
import {countText} from './run/words.js';

type Needs = 'cluster' | 'pods' | 'kubectl' | 'files' | 'git';

const commitQuestion = (repository: string, branch: string): Question => ({
	kind: 'choice',
	id: 'manifests-commit',
	title: 'Commit the manifests beside the profile?',
	why: `They go to ${repository} on ${branch}. A ConfigMap with a password in it is refused.`,
	recommended: 'commit',
	options: [
		{value: 'commit', label: 'Commit them', reason: 'What was applied can be read in git later.'},
		{value: 'keep', label: 'Only keep the files', reason: "They stay in the run's folder."},
	],
});

/**
As root the workload that is there is changed: fields that another manager applied become ours. A fresh deployment meets
nobody's.
*/
const isForced = (context: Pick<StepContext, 'outcomes'>): boolean =>
	outcomeOf(context, 'strategy').strategy === 'root';

/** Who makes the Secret with what the old workload has in the clear. */
const secretQuestion = (secret: ReferredSecret): Question => ({
	kind: 'choice',
	id: secretQuestionId,
	title: `Who makes the Secret ${secret.name}?`,
	why:
		`The old workload has in the clear: ${secret.keys.map(({from}) => placeText(from)).join(', ')}. The new ` +
		'one refers ' +
		'to a Secret for it, so that no manifest holds it.',
	recommended: 'make',
	options: [
		{
			value: 'make',
			label: 'unroot makes it when it applies the plan',
			reason: 'The values go from the old workload to the API server, through memory alone.',
		},
		{value: 'mine', label: 'I make it before', reason: `By hand: ${secretByHand(secret)}`},
	],
});

/** Whether the next step changes what somebody else applies. */
const isOwned = (context: Pick<StepContext, 'outcomes'>): boolean =>
	isForced(context) && outcomeOf(context, 'inventory').workload.manager.kind !== 'nobody';

const secretQuestions = async (context: StepContext<Needs>): Promise<readonly Question[]> => {
	const {secret} = await makePlan(context, false);
	return secret ? [secretQuestion(secret)] : [];
};

const commitManifests = async (
	context: StepContext<Needs>,
	plan: ManifestPlan,
	reporter: Reporter,
): Promise<string | null> => {
	const profile = outcomeIfAny(context, 'profile');
	if (!profile || context.answers['manifests-commit'] !== 'commit') {
		return null;
	}

	return commitForRun(
		context,
		{
			repository: profile.repository,
			branch: profile.branch,
			path: `manifests/${context.run.id}`,
			files: new Map(plan.files.map(file => [file.name, new TextEncoder().encode(file.text)])),
			message: `Keep the manifests that move ${outcomeOf(context, 'inventory').workload.name}`,
		},
		reporter,
	);
};

/** The manifests before and after, and what the API server says of them. */
export const preview: Step<Needs> = {
	id: 'preview',
	title: 'Preview',
	why:
		'What is applied is exactly what is shown here. The API server checks it in a dry run first: it knows ' +
		'quotas, Pod Security and immutable fields.',
	needs: ['cluster', 'pods', 'kubectl', 'files', 'git'],
	effect: 'local',
	async inspect(context) {
		const plan = await makePlan(context, true);
		await context.world.kubectl.dryRun(inNamespace(context, plan.apply), {force: isForced(context)});
		return {
			state: 'to-do',
			facts: [
				...plan.apply.map(object => ({
					label: plan.before.some(one => objectText(one) === objectText(object)) ? 'changes' : 'creates',
					value: objectText(object),
				})),
				...plan.switches.map(({name}) => ({label: 'at cut-over', value: `Service/${name} moves to the new pods`})),
				{label: 'dry run', value: 'the API server takes these objects', mark: 'good'},
				...plan.notes.map(value => ({label: 'note', value})),
			],
		};
	},
	async questions(context) {
		const profile = outcomeIfAny(context, 'profile');
		return [
			...(await deliveryQuestions(context)),
			...(await secretQuestions(context)),
			...(profile ? [commitQuestion(profile.repository, profile.branch)] : []),
		];
	},
	async preview(context) {
		const plan = await makePlan(context, false);
		const [note, secrets] = await Promise.all([deliveryNote(context), secretsOfPlan(context)]);
		const text = await context.world.kubectl.diff(inNamespace(context, plan.apply), {force: isForced(context)});
		return {
			summary: [
				...(note === undefined ? [] : [note]),
				'Only files are written here; the next step ' +
					`${isOwned(context) ? 'asks who makes the change, since the workload has an owner' : 'applies them'}.`,
			],
			commands: [
				context.world.kubectl.byHand(
					'apply',
					'--server-side',
					'--field-manager=unroot',
					'--dry-run=server',
					'-f',
					manifestsFolder(context),
				),
			],
			diffs: [{title: 'now → then', text: maskedText(text, [...plan.before, ...plan.apply], secrets)}],
			files: plan.files.map(({name}) => join(manifestsFolder(context), name)),
			wayBack: 'Nothing is changed in the cluster.',
		};
	},
	async perform(context, reporter) {
		const plan = await makePlan(context, false);
		const path = await keepPlan(context, plan, await secretsOfPlan(context));
		await context.world.kubectl.dryRun(inNamespace(context, plan.apply), {force: isForced(context)});
		for (const note of plan.notes) {
			reporter.log(note);
		}

		const print = await context.world.files.fingerprint(path);
		return asOutcome<'preview'>({
			folder: manifestsFolder(context),
			files: plan.files.map(({name}) => name),
			plan: print ?? {bytes: 0, sha256: ''},
			commit: await commitManifests(context, plan, reporter),
		});
	},
	async verify(context) {
		const {folder, files, commit} = outcomeOf(context, 'preview');
		const [plan, present] = await Promise.all([readPlan(context), context.world.files.list(folder)]);
		const profile = outcomeIfAny(context, 'profile');
		const committed =
			commit !== null && profile
				? await verifyCommit(context.world.git, profile.repository, profile.branch, commit)
				: undefined;
		return [
			{
				label: 'manifests',
				value:
					`${countText(files.length, 'file')} in ${folder}: ` + plan.apply.map(object => objectText(object)).join(', '),
				holds: files.length > 0 && files.every(file => present.includes(file)),
			},
			...(committed && commit !== null
				? [{label: 'commit', value: `${commit.slice(0, 12)} on ${profile?.branch ?? ''}`, holds: committed.isThere}]
				: []),
		];
	},
	verifiedUntil: ['apply', 'restart'],
	undo: {kind: 'cannot', says: 'There is nothing to undo: only files were written.'},
	rehearsal: {kind: 'same'},
};
