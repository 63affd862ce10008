import {join} from 'node:path';
import {removeRemote, workFolder} from '../../directory/volume.js';
import {isOpen, remainsOf, type ListedFile} from '../../migration/listed.js';
import type {Evidence, Reporter, StepContext} from '../../migration/step.js';
import type {PodTarget} from '../../migration/world.js';
import {remoteFolder} from '../../profile/remote.js';
import {outcomeIfAny, outcomeOf} from '../outcomes.js';
import {findPod, controlledKind, takesCommands} from '../servers/workload-pods.js';

/**
Whether a path in a pod is one that a run of this name can have made: whatever a journal says, nothing else is removed.
*/
export const isOfRun = (run: string, path: string): boolean =>
	!path.split('/').includes('..') &&
	(path.startsWith(`${workFolder(run)}/`) ||
		path === remoteFolder(run) ||
		path.startsWith(`${remoteFolder(run)}/`) ||
		path.startsWith(`/tmp/unroot${workFolder(run).replaceAll('/', '.')}.`));

type InPod = ListedFile & {readonly place: Extract<ListedFile['place'], {readonly kind: 'pod'}>};

const isInPod = (file: ListedFile): file is InPod => file.place.kind === 'pod';

/** The files of the list that lie in pods and are not settled. */
const openInPods = ({run, listed}: Pick<StepContext, 'run' | 'listed'>): readonly InPod[] =>
	listed.filter(file => isInPod(file)).filter(file => isOpen(file) && isOfRun(run.id, file.path));

/**
The pod that has a pod's volume now: itself, or the one that a Deployment put in its place. Undefined where there is
none.
*/
const successorOf = async (context: StepContext<'cluster'>, pod: string): Promise<string | undefined> => {
	if (await takesCommands(context, pod)) {
		return pod;
	}

	const {workload} = outcomeOf(context, 'inventory');
	const {newName, image} = outcomeIfAny(context, 'strategy') ?? {newName: '', image: ''};
	const owner = [
		{name: newName, image},
		{name: workload.name, image: workload.image},
	].find(({name}) => name !== '' && pod.startsWith(`${name}-`));
	return controlledKind(workload) === 'Deployment' && owner
		? findPod(context, {kind: 'Deployment', name: owner.name}, owner.image)
		: undefined;
};

const keyOf = ({place: {pod, container}}: InPod): string => `${container} ${pod}`;

const leave = async (
	{world}: StepContext<'pods'>,
	reporter: Reporter,
	files: readonly InPod[],
	why: string,
): Promise<void> => {
	for (const file of files) {
		await reporter.settle(file, {
			kind: 'left',
			why,
			byHand: world.pods.byHand(file.place, ['rm', '-rf', file.path, ...remainsOf(file.path)]),
		});
	}
};

const settlePod = async (
	context: StepContext<'cluster' | 'pods'>,
	reporter: Reporter,
	files: readonly InPod[],
): Promise<Evidence | undefined> => {
	const [{place}] = files as [InPod];
	const pod = await successorOf(context, place.pod);
	if (pod === undefined) {
		await leave(context, reporter, files, `The pod ${place.pod} does not run, so its volume cannot be reached.`);
		return undefined;
	}

	const target: PodTarget = {pod, container: place.container};
	const left = await removeRemote(
		context.world.pods,
		target,
		context.run.id,
		files.map(({path}) => path),
	);
	const isLeft = ({path}: InPod): boolean => left.some(one => [path, ...remainsOf(path)].includes(one));
	await leave(
		context,
		reporter,
		files.filter(file => isLeft(file)),
		`rm in ${pod} did not remove it.`,
	);
	for (const file of pod === place.pod ? [] : files.filter(one => !isLeft(one))) {
		await reporter.settle(file, {kind: 'removed'});
	}

	return {
		label: `files of the run in ${pod}`,
		value: left.length === 0 ? 'removed, and looked for again' : `still there: ${left.join(', ')}`,
		holds: left.length === 0,
	};
};

/**
Removes what the run made in pods, all of it or that of one pod, and looks for it again. What lies on the volume of a
pod that does not run stands in the list as left, with the command that removes it. Gives what was seen in each pod that
was looked at.
*/
export const settlePods = async (
	context: StepContext<'cluster' | 'pods'>,
	reporter: Reporter,
	only?: string,
): Promise<readonly Evidence[]> => {
	const groups = Map.groupBy(
		openInPods(context).filter(({place}) => only === undefined || place.pod === only),
		file => keyOf(file),
	);
	const seen: Evidence[] = [];
	for (const files of groups.values()) {
		const evidence = await settlePod(context, reporter, files);
		if (evidence) {
			seen.push(evidence);
		}
	}

	return seen;
};

/** What the operator chose for the user data and the secrets that lie here. */
export type Keeping = 'keep' | 'seal' | 'shred';

/** Files of the run's folder that are only used while a step runs. */
const passing = /^(?:data\/proof-|profile\.tar$|export\.json$)/v;

/** Folders with user data and secrets. */
const sensitive = /^(?:data|secrets)\//v;

const kept: Readonly<Record<Exclude<Keeping, 'shred'>, string>> = {
	keep: 'You chose to keep the copies (mode 0600).',
	seal: 'It is encrypted with your passphrase.',
};

const settleOne = async (
	context: StepContext<'files'>,
	reporter: Reporter,
	file: ListedFile,
	keeping: Keeping,
): Promise<void> => {
	const {files} = context.world;
	const path = join(context.run.folder, file.path);
	for (const part of remainsOf(path)) {
		await files.shred(part);
	}

	if (!(await files.stat(path))) {
		await reporter.settle(file, {kind: 'removed'});
	} else if (!sensitive.test(file.path) && !passing.test(file.path)) {
		await reporter.settle(file, {kind: 'kept', why: 'It holds no entry and no secret.'});
	} else if (path.endsWith('.sealed')) {
		await reporter.settle(file, {kind: 'kept', why: kept.seal});
	} else if (passing.test(file.path) || keeping === 'shred') {
		await files.shred(path);
	} else if (keeping === 'keep') {
		await reporter.settle(file, {kind: 'kept', why: kept.keep});
	} else {
		const sealed = await files.seal(path, context.answers['seal-passphrase-file'] ?? '');
		reporter.log(`sealed as ${sealed}`);
		await files.shred(path);
		const listed: ListedFile = {place: file.place, path: `${file.path}.sealed`};
		await reporter.settle(listed, {kind: 'kept', why: kept.seal});
	}
};

/** The files of the list that lie here, are not settled and are the run's own. */
export const openHere = ({listed}: Pick<StepContext, 'listed'>): readonly ListedFile[] =>
	listed.filter(file => file.place.kind === 'here' && isOpen(file) && !file.path.split('/').includes('..'));

/**
Settles what the run made here: kept, encrypted or overwritten and removed, as the operator chose. What only passed
through is removed in any case.
*/
export const settleHere = async (
	context: StepContext<'files'>,
	reporter: Reporter,
	keeping: Keeping,
): Promise<void> => {
	for (const file of openHere(context)) {
		await settleOne(context, reporter, file, keeping);
	}
};
