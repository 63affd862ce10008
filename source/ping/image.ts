import type {Identity} from './workload.js';

/** The parts of an image reference. */
export type ImageReference = {
	/** Such as `docker.io` or `registry.example.com:5000`; left out where the reference names none. */
	readonly registry?: string;
	/** The path without registry, tag and digest, such as `pingidentity/pingdirectory`. */
	readonly repository: string;
	/** The last part of the path, which names the product. */
	readonly name: string;
	readonly tag?: string;
	/** Such as `sha256:…`. */
	readonly digest?: string;
};

/**
What a tag promises.
- `sprint`: a release of Ping's, fixed
- `sliding`: moves with every build (`latest`, `edge`, `8.2.0.3`, `8.2.0.3-edge`, or no tag at all)
- `digest`: fixed, but says nothing of the sprint
- `variable`: still a variable, such as `${PING_IDENTITY_DEVOPS_TAG}`
- `custom`: a name of the operator's own
@see pingidentity-devops-getting-started, tag 2506, docs/docker-images/releaseTags.md
*/
export type TagKind = 'sprint' | 'sliding' | 'digest' | 'variable' | 'custom';

/** What can be read from an image reference alone. */
export type ImageReading = ImageReference & {
	readonly kind: TagKind;
	/** Such as `2102` or `2012.1`. */
	readonly sprint?: string;
	/** Such as `8.2.0.3`. */
	readonly productVersion?: string;
};

const version = /^\d+(?:\.\d+){1,3}/v;
const variableExpression = /\$\{[^\}]*\}|\$\w+|\{\{[^\}]{0,200}\}\}/gv;

/** Parses an image reference. Variables such as `${TAG:-2102}` are kept as they are. */
export const parseImage = (reference: string): ImageReference => {
	const variables: string[] = [];
	// A variable may hold colons and slashes of its own: it is one letter while the reference is taken apart.
	const masked = reference.trim().replaceAll(variableExpression, found => {
		variables.push(found);
		return '\u{0}';
	});
	let next = 0;
	const unmask = (part: string): string => part.replaceAll('\u{0}', () => variables[next++] ?? '');

	const [beforeDigest = '', digest] = masked.split('@', 2);
	const lastSlash = beforeDigest.lastIndexOf('/');
	const colon = beforeDigest.indexOf(':', lastSlash + 1);
	const path = colon === -1 ? beforeDigest : beforeDigest.slice(0, colon);
	const tag = colon === -1 ? undefined : beforeDigest.slice(colon + 1);
	const [first = '', ...rest] = path.split('/');
	const hasRegistry = rest.length > 0 && (/[\0.:]/v.test(first) || first === 'localhost');
	const registry = hasRegistry ? unmask(first) : undefined;
	const repository = unmask(hasRegistry ? rest.join('/') : path);
	return {
		...(registry !== undefined && {registry}),
		repository,
		name: repository.split('/').at(-1) ?? repository,
		...(tag && {tag: unmask(tag)}),
		...(digest && {digest: unmask(digest)}),
	};
};

/**
The sprint a tag begins with: two digits of the year, a month from 01 to 12, and maybe a point release. A product
version such as `10.2.2` is none, and neither is a year before the images existed.
*/
export const sprintOf = (tag: string): string | undefined => {
	const found = /^(?<year>\d{2})(?:0[1-9]|1[0-2])(?:\.\d+)?(?=-|$)/v.exec(tag);
	return found && Number(found.groups?.year) >= 18 ? found[0] : undefined;
};

/** A sprint as a number to compare with: `2012.1` is 2012. */
export const sprintNumber = (sprint: string): number => Math.trunc(Number(sprint));

const kindOf = ({tag, digest}: ImageReference, sprint: string | undefined): TagKind => {
	if (digest) {
		return 'digest';
	}

	if (tag !== undefined && /\$|\{\{/v.test(tag)) {
		return 'variable';
	}

	if (sprint) {
		return 'sprint';
	}

	const slides =
		tag === undefined ||
		tag === 'latest' ||
		tag === 'edge' ||
		/^\d+(?:\.\d+){1,3}(?:-[\w\-.]*(?:latest|edge))?$/v.test(tag);
	return slides ? 'sliding' : 'custom';
};

/** Reads what an image reference says by itself. */
export const readImage = (reference: string): ImageReading => {
	const parts = parseImage(reference);
	const sprint = parts.tag === undefined ? undefined : sprintOf(parts.tag);
	const afterSprint = sprint ? parts.tag?.slice(sprint.length + 1) : parts.tag;
	const productVersion = afterSprint ? version.exec(afterSprint)?.[0] : undefined;
	return {
		...parts,
		kind: kindOf(parts, sprint),
		...(sprint && {sprint}),
		...(productVersion && {productVersion}),
	};
};

/** Compares versions such as `8.2.0.3` by their numbers: below zero where the first comes before the second. */
export const compareVersions = (one: string, other: string): number => {
	const [first, second] = [one, other].map(text => text.split('.').map(Number));
	const place = first!.findIndex((number, index) => number !== (second![index] ?? 0));
	return place === -1 ? first!.length - second!.length : first![place]! - (second![place] ?? 0);
};

/** Reads the image that is migrated to, which may be given as its tag alone: `2109-8.3.0.0`. */
export const readTarget = (target: string): ImageReading =>
	readImage(/[\/:@]/v.test(target) ? target : `target:${target}`);

/**
The user, the group and the fsGroup of an image by its sprint: 9031:9999 from 2103 to 2108, 9031:0 from 2109. Undefined
for sprints before 2103, whose images run as root, and for what is no sprint. The group 0 is a real value.
@see pingidentity-docker-builds, commits 23360617 (2103) and 0ae0ce3c (2109)
*/
export const identityOf = (sprint: string): (Identity & {readonly fsGroup: number}) | undefined => {
	if (!sprintOf(sprint) || sprintNumber(sprint) < 2103) {
		return undefined;
	}

	const gid = sprintNumber(sprint) < 2109 ? 9999 : 0;
	return {uid: 9031, gid, fsGroup: gid};
};

/**
When an image was built, as YYMMDD, from its IMAGE_VERSION (`product-OS-jdk-version-YYMMDD-gitrev`).
@see pingidentity-docker-builds, label image-version
*/
export const buildDateOf = (imageVersion: string): number | undefined => {
	const date = /-(?<date>\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))-[\da-f]{4,40}$/v.exec(imageVersion.trim())
		?.groups?.date;
	return date === undefined ? undefined : Number(date);
};
