import {Failure} from '../../failure/failure.js';
import {isPingData} from '../../ping/catalogue/index.js';
import {compareVersions, identityOf, parseImage, readTarget, sprintOf} from '../../ping/image.js';
import {newPorts as imagePorts, oldPorts as defaultPorts, portVariables, variableOfOldPort} from '../../ping/ports.js';
import {isUnprivileged} from '../../ping/side.js';
import type {Identity, Ports, Sign, Workload} from '../../ping/workload.js';
import type {Decisions, ProfileSource, Strategy} from '../strategy.js';
import {changedPortsOf} from '../wishes.js';

/** What files are changed to. */
export type Target = {
	readonly strategy: Strategy;
	/** The tag of the new image, such as `2109-8.3.0.0`. */
	readonly tag: string;
	readonly sprint: string;
	/** The user and the group the image has. */
	readonly identity: Identity;
	readonly fsGroup: number | undefined;
	/**
	Whether more than one product is planned: then a product version in the tag holds for PingDirectory and its relatives
	only.
	*/
	readonly isMixed: boolean;
	/** Where new servers find their server profile, where that was decided. */
	readonly profile?: ProfileSource;
	/** The version of the ping-devops chart as three numbers, where it is known. */
	readonly chart?: readonly number[];
};

/**
Reads the tag to migrate to. The user and the group of the new pods depend on its sprint, so a tag without one does not
do.
@throws Failure `image-tag-missing`, `image-tag-sprint`, `image-tag-old`
*/
export const readTag = (tag: string | undefined): Pick<Target, 'tag' | 'sprint' | 'identity'> => {
	const sprint = tag === undefined ? undefined : sprintOf(tag);
	const identity = sprint === undefined ? undefined : identityOf(sprint);
	if (tag !== undefined && sprint !== undefined && identity) {
		return {tag, sprint, identity: {uid: identity.uid, gid: identity.gid}};
	}

	const parts = {
		byHand: 'unroot plan -f FILE -o DIR --strategy fresh --image-tag 2109-8.3.0.0',
		exit: 'blocked',
		means: 'User, group and fsGroup of the new pods depend on the sprint of the image they run. Nothing was planned.',
	} as const;
	if (tag === undefined) {
		throw new Failure({
			...parts,
			code: 'image-tag-missing',
			seen: 'No image to migrate to was named.',
			todo: 'Name its tag with --image-tag: a sprint of 2103 or later, alone or with a product version.',
		});
	}

	throw new Failure(
		sprint === undefined
			? {
					...parts,
					code: 'image-tag-sprint',
					seen: `The tag «${tag}» names no sprint.`,
					todo:
						'Name a tag that begins with a sprint, such as 2109 or 2109-8.3.0.0; a tag that slides (latest, ' +
						'edge, 8.3.0.0) does not say which user the image has.',
				}
			: {
					...parts,
					code: 'image-tag-old',
					seen: `Images of sprint ${sprint} run as root.`,
					todo: 'Name a tag of sprint 2103 or later.',
				},
	);
};

/** The image of a product at the target: the same registry and repository with the new tag. */
export const imageFor = (image: string, product: string, {tag, sprint, isMixed}: Target): string => {
	const {registry, repository} = parseImage(image);
	const isWhole = !isMixed || isPingData(product);
	return `${registry === undefined ? '' : `${registry}/`}${repository}:${isWhole ? tag : sprint}`;
};

const newPortNumbers = new Set(Object.values(imagePorts));

/** Ports before and after, for a product whose defaults changed; a port of one's own above 1023 stays. */
export const portsFor = (
	product: string,
	known: Readonly<Partial<Ports>>,
	strategy: Strategy,
): Pick<Decisions, 'oldPorts' | 'newPorts'> => {
	const changed = changedPortsOf(product);
	const named = changed.flatMap(name => known[name] ?? []);
	// A server that has a new default, and none of the old ones, was set up by an image with the new defaults.
	const isOfNewImage =
		named.some(port => newPortNumbers.has(port)) && named.every(port => variableOfOldPort(port) === undefined);
	const defaults = isOfNewImage ? imagePorts : defaultPorts;
	const oldPorts = Object.fromEntries(
		portVariables.map(name => [name, changed.includes(name) ? (known[name] ?? defaults[name]) : imagePorts[name]]),
	) as Ports;
	const newPorts = Object.fromEntries(
		portVariables.map(name => [name, oldPorts[name] < 1024 ? imagePorts[name] : oldPorts[name]]),
	) as Ports;
	return {oldPorts, newPorts: strategy === 'root' ? oldPorts : newPorts};
};

/** A name for what is deployed beside the old: the old one with the sprint. */
const newNameFor = (name: string, {sprint}: Pick<Target, 'sprint'>): string =>
	`${name.slice(0, 44)}-${sprint.replace('.', '-')}`;

/** Who goes on in place: root, or whoever it is where it is not root already. */
const rootIdentity = (workload: Workload): Identity =>
	isUnprivileged(workload) && workload.identity
		? {uid: workload.identity.uid, gid: workload.identity.gid}
		: {uid: 0, gid: 0};

/** What is decided for a workload of a file. */
export const decisionsFor = (workload: Workload, target: Target): Decisions => ({
	strategy: target.strategy,
	image: imageFor(workload.image, workload.product, target),
	identity: target.strategy === 'root' ? rootIdentity(workload) : target.identity,
	fsGroup: target.strategy === 'root' ? undefined : target.fsGroup,
	...portsFor(workload.product, workload.ports, target.strategy),
	newName: newNameFor(workload.name, target),
});

/** What becomes of a workload that does not run as root in a plan for root. */
export const notRootNote = (name: string, uid: number | undefined): string =>
	`${name} does not run as root${uid === undefined ? '' : ` (uid ${uid})`}, so it is not made root: its image ` +
	'is changed, and its user and its ports stay.';

/** Why a workload is left out of a plan: what tells that it is on the new side. */
export const newSideNote = (name: string, image: string, signs: readonly Sign[]): string =>
	`${name} runs an image of 2103 or later already (${image}: ${signs.map(({seen}) => seen).join('; ')}); it is ` +
	'left as it is.';

/**
The product version that a target's tag means for a product; a version in the tag of a mixed plan holds for
PingDirectory and its relatives only.
*/
const versionFor = (product: string, {tag, isMixed}: Target): string | undefined =>
	!isMixed || isPingData(product) ? readTarget(tag).productVersion : undefined;

/**
Refuses a target of a lower version than what runs: no product reads the data and the configuration of a later version.
@throws Failure `image-downgrade`
*/
export const refuseDowngrade = (name: string, product: string, version: string | undefined, target: Target): void => {
	const next = versionFor(product, target);
	if (version !== undefined && next !== undefined && compareVersions(next, version) < 0) {
		throw new Failure({
			code: 'image-downgrade',
			seen: `${name} is of version ${version}, and the tag «${target.tag}» is of ${next}.`,
			means: 'An older version does not read the data and the configuration of a later one. Nothing was planned.',
			todo: `Name an image of version ${version} or later.`,
			byHand: 'unroot plan -f FILE -o DIR --strategy fresh --image-tag SPRINT-VERSION',
			exit: 'blocked',
		});
	}
};

/** What to know of an image that was planned without knowing which side of sprint 2103 it is on. */
export const sideNote = (image: string, name: string): string =>
	`The image ${image} of ${name} does not say which side of sprint 2103 it is on; it was taken for an old one.`;
