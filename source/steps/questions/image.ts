import type {StepContext} from '../../migration/step.js';
import type {KubernetesObject} from '../../migration/world.js';
import {productOf} from '../../ping/catalogue/index.js';
import {parseImage, readImage, sprintNumber} from '../../ping/image.js';
import type {Workload} from '../../ping/workload.js';

/** A whole image reference: a bare tag is put on the old image's repository. */
export const imageFrom = (answer: string, old: string): string => {
	if (/[\/:@]/v.test(answer)) {
		return answer;
	}

	const slash = old.lastIndexOf('/');
	const name = old.slice(slash + 1).split(/[:@]/v, 1)[0] ?? '';
	return `${old.slice(0, slash + 1)}${name}:${answer}`;
};

/** Below zero where the first version is the lower one. */
const byVersion = (one: string, other: string): number => {
	const [left, right] = [one, other].map(text => text.split('.').map(Number));
	const length = Math.max(left?.length ?? 0, right?.length ?? 0);
	const steps = Array.from({length}, (_, index) => (left?.[index] ?? 0) - (right?.[index] ?? 0));
	return steps.find(step => step !== 0) ?? 0;
};

type Judged = Pick<Workload, 'name' | 'product' | 'image'>;

/** Why an image cannot be the one to migrate to, by its name alone. */
const misfit = (image: string, workload: Judged): string | undefined => {
	const [target, running] = [readImage(image), readImage(workload.image)];
	if (target.kind === 'variable') {
		return `${image} still has a variable in it. Name the image that it stands for.`;
	}

	const product = productOf(image);
	if (product && product.id !== workload.product) {
		return `${image} is an image of ${product.title}, and ${workload.name} runs ${workload.product}.`;
	}

	if (target.sprint !== undefined && sprintNumber(target.sprint) < 2103) {
		return `${image} is of sprint ${target.sprint}. Images before 2103 run as root: name one of sprint 2103 or later.`;
	}

	return target.productVersion !== undefined &&
		running.productVersion !== undefined &&
		byVersion(target.productVersion, running.productVersion) < 0
		? `${image} has version ${target.productVersion}, and ${workload.name} runs ${running.productVersion}. A ` +
				'downgrade is not supported: name the same version or a later one.'
		: undefined;
};

/** References of one image are written with and without Docker Hub's name. */
const sameName = (reference: string): string => {
	const {registry, repository, tag, digest} = parseImage(reference);
	const isHub = registry === undefined || ['docker.io', 'index.docker.io'].includes(registry);
	const path = isHub && !repository.includes('/') ? `library/${repository}` : repository;
	return `${isHub ? 'docker.io' : registry}/${path}${digest ? `@${digest}` : `:${tag ?? 'latest'}`}`;
};

const pullFailures = new Set(['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull']);

type ContainerStatus = {
	readonly image?: string;
	readonly state?: {readonly waiting?: {readonly reason?: string; readonly message?: string}};
};

/** A pod of the namespace that waits for this image in vain, and what the node says. */
const waitingFor = (pods: readonly KubernetesObject[], image: string): string | undefined => {
	for (const {metadata, status} of pods) {
		const {containerStatuses = [], initContainerStatuses = []} = (status ?? {}) as {
			readonly containerStatuses?: readonly ContainerStatus[];
			readonly initContainerStatuses?: readonly ContainerStatus[];
		};
		const waiting = [...containerStatuses, ...initContainerStatuses].find(
			one => pullFailures.has(one.state?.waiting?.reason ?? '') && sameName(one.image ?? '') === sameName(image),
		)?.state?.waiting;
		if (waiting) {
			return (
				`The pod ${metadata.name} waits for ${image}: ` +
				`${waiting.reason ?? ''}${waiting.message ? `, ${waiting.message}` : ''}. A node could not pull it: name ` +
				'another image, or fix what kept the node from it.'
			);
		}
	}

	return undefined;
};

/**
Why an image cannot be the one to migrate to: its product, its sprint, a downgrade, or a node that has tried to pull it
and could not. Undefined where nothing speaks against it.
*/
export const judgeImage = async (
	{world}: StepContext<'cluster'>,
	workload: Judged,
	answer: string,
): Promise<string | undefined> => {
	const image = imageFrom(answer, workload.image);
	return misfit(image, workload) ?? waitingFor(await world.cluster.list('Pod'), image);
};

/** Whether a node can pull an image, as far as that can be seen without starting a pod. */
export type PullView = {readonly isSeen: boolean; readonly says: string};

/**
Looks which nodes have an image. A kubelet names its 50 largest images only, and an image that a node has need not be
there for the next.
*/
export const viewPull = async ({world}: StepContext<'cluster'>, image: string): Promise<PullView> => {
	let nodes: readonly KubernetesObject[];
	try {
		nodes = await world.cluster.list('Node');
	} catch {
		return {
			isSeen: false,
			says:
				'not checked: you may not list nodes, so unroot cannot see whether one has it. The first pod that starts ' +
				'with it shows whether it can be pulled',
		};
	}

	const having = nodes.filter(({status}) => {
		const {images = []} = (status ?? {}) as {
			readonly images?: ReadonlyArray<{readonly names?: readonly string[] | null}>;
		};
		return images.some(({names}) => names?.some(name => sameName(name) === sameName(image)));
	});
	return having.length > 0
		? {isSeen: true, says: `${having.length} of ${nodes.length} ${nodes.length === 1 ? 'node' : 'nodes'} have it`}
		: {
				isSeen: false,
				says:
					`not checked: no node is known to have it (${nodes.length} asked). The first pod that starts with it ` +
					'shows whether it can be pulled',
			};
};
