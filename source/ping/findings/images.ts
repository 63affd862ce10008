import {isPingData, productOf} from '../catalogue/index.js';
import {joinField, textOf} from '../fields.js';
import {compareVersions, readImage, readTarget, sprintNumber} from '../image.js';
import type {PodTemplate} from '../podspec.js';
import {isDerived, productIn, traitsOf} from '../recognise.js';
import type {Rule, Seen} from './finding.js';
import type {Look, PingContainer, WorkloadLook} from './look.js';

const releaseTags = 'pingidentity-devops-getting-started 2506 docs/docker-images/releaseTags.md';

/** What is said of images. */
export const imageRules = {
	'image-sliding-always': {
		severity: 'warns',
		means:
			'The tag moves with every build and is pulled at every start: the next restart of the pod can bring an ' +
			'image that does not run as root, on a volume and with ports of one that did. That is how workloads ' +
			'broke in 2021.',
		todo: 'Name a fixed tag (SPRINT-VERSION) or a digest before anything restarts.',
		source: `${releaseTags}; pingidentity-devops-getting-started issue 231`,
	},
	'image-sliding': {
		severity: 'warns',
		means: 'The tag moves with every build. A pod that starts on another node pulls what it means by then.',
		todo: 'Name a fixed tag (SPRINT-VERSION) or a digest.',
		source: releaseTags,
	},
	'side-unknown': {
		severity: 'warns',
		means:
			'Whether this image runs as root cannot be told from its name, so what is said of users and ports below ' +
			'holds for an image of sprint 2103 or later.',
		todo:
			"Look into the running pod: kubectl exec POD -- sh -c 'id -u; echo $LDAPS_PORT; echo $IMAGE_VERSION', or " +
			'run unroot inspect against the cluster.',
		source: 'pingidentity-docker-builds 2102 and 2103 pingbase/Dockerfile (USER, IMAGE_VERSION, LDAPS_PORT)',
	},
	'side-old': {
		severity: 'informs',
		means: 'Images before sprint 2103 start as root and listen on ports below 1024. Later ones do neither.',
		todo: 'Migrate it: unroot migrate, or unroot plan for the manifests alone.',
		source:
			'pingidentity-docker-builds 23360617; pingidentity-devops-getting-started 2104 ' +
			'docs/release-notes/relnotes-2103.md',
	},
	'image-gone': {
		severity: 'warns',
		means:
			'Docker Hub drops images a year after their last build. Where no node and no registry of yours has this ' +
			'one, there is no way back to it.',
		todo:
			'Push the image from a node that has it to a registry of your own, and note its digest, before anything is ' +
			'changed.',
		source: 'pingidentity-devops-getting-started 2506 docs/docker-images/imageSupport.md',
	},
	'image-impossible': {
		severity: 'warns',
		means:
			'Ping never published this product under a sprint that old, so the image was made by somebody else or ' +
			'the tag is wrong.',
		todo: 'Check which image really runs.',
		source: 'pingidentity-docker-builds 2103 pingauthorize/Dockerfile (first image)',
	},
	'product-unknown': {
		severity: 'warns',
		means:
			"The image is Ping's by its path, or is given what only images of Ping's read, but which product is in " +
			'it is not known here. Nothing is said of its users, ports and data.',
		todo: 'Check its Dockerfile for USER and ports, and treat it by hand.',
		source: 'pingidentity-docker-builds 2606 (the list of images)',
	},
	'target-old': {
		severity: 'blocks',
		means: 'The image to migrate to runs as root itself.',
		todo: 'Name an image of sprint 2103 or later.',
		source: 'pingidentity-docker-builds 23360617',
	},
	'target-downgrade': {
		severity: 'blocks',
		means: 'An older version does not read the data and the configuration of a later one.',
		todo: 'Name an image of the version that runs, or of a later one.',
		source:
			'pingidentity-docker-builds 2103 pingdirectory/opt/staging/hooks/20-restart-sequence.sh (manage-profile ' +
			'replace-profile with the bits of the image)',
	},
	'target-without-sprint': {
		severity: 'warns',
		means: 'User, group and fsGroup of the new pods depend on the sprint of the image, and this tag names none.',
		todo: 'Name a tag that begins with a sprint, such as 2109-8.3.0.0.',
		source: releaseTags,
	},
} as const satisfies Readonly<Record<string, Rule>>;

type Code = keyof typeof imageRules;

const pullsAlways = ({container, image}: PingContainer): boolean => {
	const policy = textOf(container.spec.imagePullPolicy) ?? '';
	return policy === '' ? image.tag === undefined || image.tag === 'latest' : policy === 'Always';
};

const isOnDockerHub = (registry: string | undefined): boolean =>
	registry === undefined || ['docker.io', 'index.docker.io'].includes(registry);

const inContainer = (look: WorkloadLook, ping: PingContainer): ReadonlyArray<Seen<Code>> => {
	const {container, image, product, side} = ping;
	const at = {on: look.object, field: `${container.path}.image`};
	const isMain = ping === look.main;
	const isAlways = pullsAlways(ping);
	// The version of a product is built again and again: 8.2.0.3 was of sprint 2103, later of 2105, with another group.
	const isSliding = image.kind === 'sliding' && (isAlways || side !== 'new' || image.productVersion !== undefined);
	const written = textOf(container.spec.imagePullPolicy) ?? '';
	const policy = isAlways
		? ` with imagePullPolicy ${written === '' ? 'Always (the default for latest)' : written}`
		: '';
	const seen: Array<Seen<Code>> = isSliding
		? [{...at, code: isAlways ? 'image-sliding-always' : 'image-sliding', seen: `${container.image}${policy}`}]
		: [];
	if (
		product.firstSprint !== undefined &&
		image.sprint !== undefined &&
		sprintNumber(image.sprint) < Number(product.firstSprint)
	) {
		seen.push({
			...at,
			code: 'image-impossible',
			seen: `${container.image}; the first image of ${product.title} is of sprint ${product.firstSprint}`,
		});
	} else if (side === 'old' && isMain) {
		const signs = look.workload?.signs
			.filter(({says}) => says === 'old')
			.map(sign => sign.seen)
			.join('; ');
		seen.push({...at, code: 'side-old', seen: `${container.image}: ${signs ?? ''}`});
	}

	if (isMain && side === 'old' && image.sprint !== undefined && isOnDockerHub(image.registry)) {
		seen.push({...at, code: 'image-gone', seen: `${container.image}, from Docker Hub`});
	}

	const signs = look.workload?.signs ?? [];
	if (isMain && side === 'new' && image.sprint === undefined && signs.every(({strength}) => strength === 'weak')) {
		seen.push({
			...at,
			code: 'side-unknown',
			severity: 'informs',
			seen: `${container.image}: ${signs.map(sign => sign.seen).join('; ')}`,
			means:
				'Whether this image would run as root by itself cannot be told from its name. As it is deployed it ' +
				'does not, so it was taken for one of sprint 2103 or later.',
		});
	}

	if (side === 'unknown' && isMain) {
		const why =
			signs.length === 0
				? {
						digest: 'a digest does not tell the sprint',
						sliding: 'the tag names no sprint',
						custom: 'the tag names no sprint',
						variable: 'the tag is still a variable',
						sprint: '',
					}[image.kind]
				: `the signs contradict one another: ${signs.map(sign => `${sign.says}, since ${sign.seen}`).join('; ')}`;
		seen.push({...at, code: 'side-unknown', seen: `${container.image}: ${why}`});
	}

	return seen;
};

/** Whether an image is Ping's by its path and none of the products that are known. */
export const isUnknownProduct = (reference: string): boolean => {
	const {repository} = readImage(reference);
	return productOf(reference) === undefined && repository.startsWith('pingidentity/ping');
};

const unknownProducts = (on: unknown, pod: PodTemplate): ReadonlyArray<Seen<Code>> =>
	pod.containers
		.filter(
			container =>
				isUnknownProduct(container.image) || (isDerived(traitsOf(container)) && productIn(container) === undefined),
		)
		.map(container => ({
			code: 'product-unknown',
			on,
			field: joinField(container.path, 'image'),
			seen: container.image,
		}));

/** Findings about images. */
export const imageFindings = ({workloads}: Look): ReadonlyArray<Seen<Code>> =>
	workloads.flatMap(look => [
		...look.containers.flatMap(ping => inContainer(look, ping)),
		...unknownProducts(look.object, look.pod),
	]);

/**
Whether the image that is migrated to is meant for a product: it is of that product, or a tag alone, whose version is
PingDirectory's and its relatives'.
*/
const isMeantFor = (target: string, {product}: PingContainer): boolean => {
	const named = productOf(target);
	return named ? named.id === product.id : isPingData(product.id);
};

const downgrades = ({workloads, target: {image}}: Look): ReadonlyArray<Seen<Code>> => {
	const version = image === undefined ? undefined : readTarget(image).productVersion;
	const mains = workloads.flatMap(({object, main}) => (main ? [{object, main}] : []));
	return version === undefined || image === undefined
		? []
		: mains
				.filter(
					({main}) =>
						main.image.productVersion !== undefined &&
						isMeantFor(image, main) &&
						compareVersions(version, main.image.productVersion) < 0,
				)
				.map(({object, main}) => ({
					code: 'target-downgrade',
					on: object,
					field: `${main.container.path}.image`,
					seen: `the target ${image}, and ${main.container.image} runs`,
				}));
};

/**
Findings about the image that is migrated to: its sprint, at the first workload of its product, and its version at each.
*/
export const targetFindings = (look: Look): ReadonlyArray<Seen<Code>> => [...sprintOfTarget(look), ...downgrades(look)];

const sprintOfTarget = ({workloads, target}: Look): ReadonlyArray<Seen<Code>> => {
	const first = workloads.find(({main}) => main !== undefined);
	if (target.image === undefined || !first?.main) {
		return [];
	}

	const {sprint} = readTarget(target.image);
	const at = {on: first.object, field: `${first.main.container.path}.image`};
	if (sprint === undefined) {
		return [{...at, code: 'target-without-sprint', seen: `the target ${target.image}`}];
	}

	return sprintNumber(sprint) < 2103 ? [{...at, code: 'target-old', seen: `the target ${target.image}`}] : [];
};
