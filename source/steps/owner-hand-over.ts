import {basename, join} from 'node:path';
import type {Reporter, StepContext} from '../migration/step.js';
import {ownerPatch} from '../manifests/owner-patch.js';
import type {ManifestFile} from '../manifests/strategy.js';
import type {Manifest} from '../ping/workload.js';
import {commitFiles} from '../profile/commit.js';
import {readRepository, runGit} from '../profile/repository.js';
import {objectText} from './plan.js';
import {
	ownersText,
	type Owned,
	type OwnedChange,
	type Owner,
} from './owner.js';
import {ownerRepository} from './owner-questions.js';
import {committer} from './profile-questions.js';

type Needs = 'git' | 'files' | 'helm' | 'kubectl';

/** Whether the change is made, or taken back. */
export type Direction = 'there' | 'back';

/** Where a change lies for its owner. */
export type HandedOver = {readonly repository: string; readonly branch: string; readonly commit: string; readonly files: readonly string[]};

const folderName = ({step}: Owned, direction: Direction): string => direction === 'there' ? step : `${step}-back`;

const folderOf = ({run}: Pick<StepContext, 'run'>, owned: Owned, direction: Direction): string => join(run.folder, 'owner', folderName(owned, direction));

const branchOf = ({run}: Pick<StepContext, 'run'>): string => `unroot/${run.id}`;

/** What the owner is given: values of the release where its chart has them, or else a patch for each object. A GitOps tool may take either. */
const filesOf = ({changes, values}: Owned, direction: Direction): readonly ManifestFile[] => {
	const patches = changes.map(({before, after}) => direction === 'there' ? ownerPatch(before, after) : ownerPatch(after, before));
	const ofRelease = values && direction === 'there' ? [{...values, name: basename(values.name)}] : [];
	return ofRelease.length > 0 && changes.every(({owner}) => owner.kind === 'helm') ? ofRelease : [...ofRelease, ...patches];
};

/** The paths of the files here. */
export const handOverFiles = (context: Pick<StepContext, 'run'>, owned: Owned, direction: Direction): readonly string[] =>
	filesOf(owned, direction).map(({name}) => join(folderOf(context, owned, direction), name));

const chartVersion = (chart: string | undefined): string => /-(?<version>\d+\.\d+\.\d\S*)$/v.exec(chart ?? '')?.groups?.version ?? 'VERSION';

const helmCommand = ({world, answers}: StepContext<Needs>, {release, chart}: Extract<Owner, {readonly kind: 'helm'}>, values: string, direction: Direction): string => direction === 'back'
	? world.helm.byHand('rollback', release)
	: world.helm.byHand('upgrade', release, answers['helm-chart'] ?? 'pingidentity/ping-devops', '--version', chartVersion(chart), '--reuse-values', '--values', values);

/** Flux marks what it applies by whether a Kustomization or a HelmRelease of its made it, and in which namespace that is. */
const fluxCommand = ({run}: Pick<StepContext, 'run'>, {metadata: {labels = {}}}: Manifest): string => {
	const [kind, group] = labels['kustomize.toolkit.fluxcd.io/name'] === undefined ? ['helmrelease', 'helm'] : ['kustomization', 'kustomize'];
	const name = labels[`${group}.toolkit.fluxcd.io/name`] ?? '';
	return `flux --context ${run.context} --namespace ${labels[`${group}.toolkit.fluxcd.io/namespace`] ?? run.namespace} reconcile ${kind} ${name} --with-source`;
};

const commandOf = (context: StepContext<Needs>, {owner, before, after}: OwnedChange, owned: Owned, direction: Direction): string => {
	if (owner.kind === 'gitops') {
		return owner.tool === 'argocd' ? `argocd app sync ${owner.application}` : fluxCommand(context, before);
	}

	const folder = folderOf(context, owned, direction);
	const {name} = direction === 'there' ? ownerPatch(before, after) : ownerPatch(after, before);
	return owned.values
		? helmCommand(context, owner, join(folder, basename(owned.values.name)), direction)
		: context.world.kubectl.byHand('patch', before.kind.toLowerCase(), before.metadata.name, '--patch-file', join(folder, name));
};

/** What the owner would type, once the change is where his tool finds it. */
export const ownerCommands = (context: StepContext<Needs>, owned: Owned, direction: Direction): readonly string[] =>
	[...new Set(owned.changes.map(change => commandOf(context, change, owned, direction)))];

/** What is done for the owner, one sentence each. */
export const handOverText = (context: StepContext<Needs>, owned: Owned): readonly string[] => [
	`The change of ${owned.changes.map(({before}) => objectText(before)).join(', ')} is written to ${folderOf(context, owned, 'there')} and committed to ${ownerRepository(context)} on the branch ${branchOf(context)}, below ${pathOf(context, owned, 'there')}.`,
	context.answers['owner-push'] === 'push' ? 'The branch is pushed.' : 'Nothing is pushed.',
	...(owned.changes.some(({owner}) => owner.kind === 'gitops') ? ['Put the patches among those of the kustomization, or make the same change in the manifests or values, that the tool reads; then let it sync.'] : []),
];

const pathOf = ({run}: Pick<StepContext, 'run'>, owned: Owned, direction: Direction): string => `unroot/${run.id}/${folderName(owned, direction)}`;

/**
Writes the change into the run's folder and commits it to the owner's repository. Run again, it makes no second commit. Rejects where a secret would reach the commit.
*/
export const handOver = async (context: StepContext<Needs>, owned: Owned, direction: Direction, reporter: Reporter): Promise<HandedOver> => {
	const {world, run} = context;
	const files = filesOf(owned, direction);
	for (const {name, text} of files) {
		await world.files.writeText(join(folderOf(context, owned, direction), name), text);
	}

	const identity = committer(context);
	const repository = ownerRepository(context);
	const branch = branchOf(context);
	const commit = await commitFiles(world.git, world.files, {
		repository,
		branch,
		worktree: join(run.folder, 'worktree'),
		path: pathOf(context, owned, direction),
		files: new Map(files.map(({name, text}) => [name, new TextEncoder().encode(text)])),
		message: `${direction === 'there' ? 'Ask' : 'Take back what was asked of'} ${ownersText(owned)} ${direction === 'there' ? 'for the change of' : 'for'} ${owned.changes.map(({before}) => objectText(before)).join(', ')}`,
		...(identity && {identity}),
	});
	const known = await readRepository(world.git, repository);
	if (context.answers['owner-push'] === 'push' && known.state === 'there' && known.remote) {
		await runGit(world.git, known.top, ['push', known.remote.name, `refs/heads/${branch}:refs/heads/${branch}`]);
	}

	const handedOver = {
		repository, branch, commit, files: files.map(({name}) => join(folderOf(context, owned, direction), name)),
	};
	if (context.notes.every(note => !(note.kind === 'handed-over' && note.commit === commit))) {
		await reporter.note({kind: 'handed-over', direction, ...handedOver});
	}

	reporter.log(`${handedOver.files.join(', ')}: commit ${commit.slice(0, 12)} on ${branch} in ${repository}`);
	return handedOver;
};
