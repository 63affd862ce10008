import {basename, join} from 'node:path';
import {quoted} from '../../failure/quoted.js';
import {ownerPatch} from '../../manifests/objects/owner-patch.js';
import type {ManifestFile} from '../../manifests/strategy.js';
import type {Reporter, StepContext} from '../../migration/step.js';
import type {Manifest} from '../../ping/workload.js';
import {verifyCommit} from '../../profile/commit.js';
import {pushBranch, readRepository} from '../../profile/repository.js';
import {commitForRun, runBranch} from '../run/run-commit.js';
import {ownerRepository} from './questions.js';
import {objectsText, ownersText, type Owned, type OwnedChange, type Owner} from './index.js';

type Needs = 'git' | 'files' | 'helm' | 'kubectl';

/** Whether the change is made, or taken back. */
export type Direction = 'there' | 'back';

/** Where a change lies for its owner. */
export type HandedOver = {
	readonly direction: Direction;
	readonly repository: string;
	readonly branch: string;
	readonly isPushed: boolean;
	readonly commit: string;
	readonly files: readonly string[];
};

const folderName = ({step}: Owned, direction: Direction): string => (direction === 'there' ? step : `${step}-back`);

const folderOf = ({run}: Pick<StepContext, 'run'>, owned: Owned, direction: Direction): string =>
	join(run.folder, 'owner', folderName(owned, direction));

/** The way back has a branch of its own: the first one may be checked out by whoever merged it. */
const branchOf = (context: Pick<StepContext, 'run'>, direction: Direction): string =>
	`${runBranch(context)}${direction === 'there' ? '' : '-back'}`;

/**
What the owner is given: values of the release where its chart has them, or else a patch for each object. A GitOps tool
may take either.
*/
const filesOf = ({changes, values}: Owned, direction: Direction): readonly ManifestFile[] => {
	const patches = changes.map(({before, after}) =>
		direction === 'there' ? ownerPatch(before, after) : ownerPatch(after, before),
	);
	const ofRelease = values && direction === 'there' ? [{...values, name: basename(values.name)}] : [];
	return ofRelease.length > 0 && changes.every(({owner}) => owner.kind === 'helm')
		? ofRelease
		: [...ofRelease, ...patches];
};

/** The paths of the files here. */
export const handOverFiles = (
	context: Pick<StepContext, 'run'>,
	owned: Owned,
	direction: Direction,
): readonly string[] => filesOf(owned, direction).map(({name}) => join(folderOf(context, owned, direction), name));

const chartVersion = (chart: string | undefined): string =>
	/-(?<version>\d+\.\d+\.\d\S*)$/v.exec(chart ?? '')?.groups?.version ?? 'VERSION';

const helmCommand = (
	{world, answers}: StepContext<Needs>,
	{release, chart}: Extract<Owner, {readonly kind: 'helm'}>,
	values: string,
	direction: Direction,
): string =>
	direction === 'back'
		? world.helm.byHand('rollback', release)
		: world.helm.byHand(
				'upgrade',
				release,
				answers['helm-chart'] ?? 'pingidentity/ping-devops',
				'--version',
				chartVersion(chart),
				'--reuse-values',
				'--values',
				values,
			);

/**
Flux marks what it applies by whether a Kustomization or a HelmRelease of its made it, and in which namespace that is.
*/
const fluxCommand = ({run}: Pick<StepContext, 'run'>, {metadata: {labels = {}}}: Manifest): string => {
	const [kind, group] =
		labels['kustomize.toolkit.fluxcd.io/name'] === undefined ? ['helmrelease', 'helm'] : ['kustomization', 'kustomize'];
	const name = labels[`${group}.toolkit.fluxcd.io/name`] ?? '';
	const namespace = labels[`${group}.toolkit.fluxcd.io/namespace`] ?? run.namespace;
	return (
		`flux --context ${quoted(run.context)} --namespace ${quoted(namespace)} reconcile ${kind} ${quoted(name)} ` +
		'--with-source'
	);
};

const commandOf = (
	context: StepContext<Needs>,
	{owner, before, after}: OwnedChange,
	owned: Owned,
	direction: Direction,
): string => {
	if (owner.kind === 'gitops') {
		return owner.tool === 'argocd' ? `argocd app sync ${quoted(owner.application)}` : fluxCommand(context, before);
	}

	const folder = folderOf(context, owned, direction);
	const {name} = direction === 'there' ? ownerPatch(before, after) : ownerPatch(after, before);
	return owned.values
		? helmCommand(context, owner, join(folder, basename(owned.values.name)), direction)
		: context.world.kubectl.byHand(
				'patch',
				before.kind.toLowerCase(),
				before.metadata.name,
				'--patch-file',
				join(folder, name),
			);
};

/** What the owner would type, once the change is where his tool finds it. */
export const ownerCommands = (context: StepContext<Needs>, owned: Owned, direction: Direction): readonly string[] => [
	...new Set(owned.changes.map(change => commandOf(context, change, owned, direction))),
];

/** What is done for the owner, one sentence each. */
export const handOverText = (context: StepContext<Needs>, owned: Owned): readonly string[] => [
	`The change of ${objectsText(owned)} is written to ${folderOf(context, owned, 'there')} and committed to ` +
		`${ownerRepository(context)} on the branch ${branchOf(context, 'there')}, below ` +
		`${pathOf(context, owned, 'there')}.`,
	context.answers['owner-push'] === 'push' ? 'The branch is pushed.' : 'Nothing is pushed.',
	...(owned.changes.some(({owner}) => owner.kind === 'gitops')
		? [
				'Put the patches among those of the kustomization, or make the same change in the manifests or values, ' +
					'that the tool reads; then let it sync.',
			]
		: []),
];

const pathOf = ({run}: Pick<StepContext, 'run'>, owned: Owned, direction: Direction): string =>
	`unroot/${run.id}/${folderName(owned, direction)}`;

/**
What was committed before and is still on its branch: one that the owner has checked out meanwhile takes no commit.
*/
const handedOverBefore = async (
	{world, notes}: StepContext<Needs>,
	wanted: Omit<HandedOver, 'commit'>,
): Promise<HandedOver | undefined> => {
	const noted = notes.findLast(note => note.kind === 'handed-over' && note.direction === wanted.direction) as
		| HandedOver
		| undefined;
	const isSame =
		noted?.repository === wanted.repository &&
		noted.isPushed === wanted.isPushed &&
		noted.files.join('\n') === wanted.files.join('\n');
	const {isThere} =
		noted && isSame ? await verifyCommit(world.git, noted.repository, noted.branch, noted.commit) : {isThere: false};
	return isThere ? noted : undefined;
};

const messageOf = (owned: Owned, direction: Direction): string =>
	direction === 'there'
		? `Ask ${ownersText(owned)} for the change of ${objectsText(owned)}`
		: `Ask ${ownersText(owned)} to take back the change of ${objectsText(owned)}`;

const commitFor = async (
	context: StepContext<Needs>,
	owned: Owned,
	{direction, repository, branch, isPushed}: Omit<HandedOver, 'commit'>,
	reporter: Reporter,
): Promise<string> => {
	const {git} = context.world;
	const commit = await commitForRun(
		context,
		{
			repository,
			branch,
			path: pathOf(context, owned, direction),
			files: new Map(filesOf(owned, direction).map(({name, text}) => [name, new TextEncoder().encode(text)])),
			message: messageOf(owned, direction),
		},
		reporter,
	);
	const known = await readRepository(git, repository);
	if (isPushed && known.state === 'there' && known.remote) {
		await pushBranch(git, {top: known.top, remote: known.remote}, branch);
	}

	return commit;
};

/**
Writes the change into the run's folder and commits it to the owner's repository. Run again, it makes no second commit.
Rejects where a secret would reach the commit.
*/
export const handOver = async (
	context: StepContext<Needs>,
	owned: Owned,
	direction: Direction,
	reporter: Reporter,
): Promise<HandedOver> => {
	const wanted = {
		direction,
		repository: ownerRepository(context),
		branch: branchOf(context, direction),
		isPushed: context.answers['owner-push'] === 'push',
		files: handOverFiles(context, owned, direction),
	};
	for (const {name, text} of filesOf(owned, direction)) {
		await context.world.files.writeText(join(folderOf(context, owned, direction), name), text);
	}

	const before = await handedOverBefore(context, wanted);
	const handedOver = before ?? {...wanted, commit: await commitFor(context, owned, wanted, reporter)};
	if (!before) {
		await reporter.note({kind: 'handed-over', ...handedOver});
	}

	reporter.log(
		`${handedOver.files.join(', ')}: commit ${handedOver.commit.slice(0, 12)} on ${handedOver.branch} in ` +
			handedOver.repository,
	);
	return handedOver;
};
