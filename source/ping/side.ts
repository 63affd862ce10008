import {stripVTControlCharacters} from 'node:util';
import type {Product} from './catalogue/product.js';
import {buildDateOf, compareVersions, sprintNumber} from './image.js';
import {isPrivileged} from './ports.js';
import type {Side, Sign, Workload} from './workload.js';

/** The day of the commit that made images run as 9031; an image built earlier runs as root. */
const firstUnprivilegedBuild = 210_317;

/** A text without the colours that the images print by default. */
export const withoutColours = (text: string): string => stripVTControlCharacters(text);

/**
Lines of the start-up log that only one side prints.
@see pingidentity-docker-builds, tags 2102 and 2103, pingcommon/opt/bootstrap.sh
*/
const logSigns: ReadonlyArray<{readonly pattern: RegExp; readonly says: 'old' | 'new'}> = [
	{pattern: /^### Pattern: (?:inside-out|outside-in)\b/v, says: 'old'},
	{pattern: /^### Stepdown requested to\b/v, says: 'old'},
	{pattern: /^### Warning: running container as root user\b/v, says: 'new'},
	{pattern: /^### Using the default container user and group\b/v, says: 'new'},
	{pattern: /^### Container user and group\b/v, says: 'new'},
];
const bannerVersion = /\bIMAGE_VERSION:\s*(?<version>[\w\-.]{8,200})/v;

const signOfVersion = (imageVersion: string, where: string): Sign | undefined => {
	const built = buildDateOf(imageVersion);
	return built === undefined
		? undefined
		: {
				says: built < firstUnprivilegedBuild ? 'old' : 'new',
				seen: `${where} says it was built on ${built} (YYMMDD)`,
				strength: 'strong',
			};
};

/**
The lines of a container's log that say which side of 2103 its image is on: at most 20, without colours, each clipped to
200 characters.
*/
export const signsInLog = (text: string): readonly string[] => {
	const found: string[] = [];
	for (const raw of text.split('\n')) {
		const line = withoutColours(raw.slice(0, 1000)).trim().slice(0, 200);
		if (found.length < 20 && !found.includes(line) && signOfLogLine(line)) {
			found.push(line);
		}
	}

	return found;
};

/** What a line of the log says, or undefined where it says nothing. */
const signOfLogLine = (line: string): Sign | undefined => {
	const banner = bannerVersion.exec(line)?.groups?.version;
	if (banner !== undefined) {
		return signOfVersion(banner, 'the start banner');
	}

	const found = logSigns.find(({pattern}) => pattern.test(line));
	return found && {says: found.says, seen: `the log says «${line}»`, strength: 'medium'};
};

/**
Whether an image before 2103 gives up being root by itself: it does so for any value that is not exactly «true».
@see pingidentity-docker-builds, tag 2102, pingcommon/opt/bootstrap.sh, line 134
*/
export const stepsDown = ({PING_CONTAINER_PRIVILEGED}: Readonly<Record<string, string>>): boolean =>
	PING_CONTAINER_PRIVILEGED !== undefined && PING_CONTAINER_PRIVILEGED !== 'true';

/** What is known of an image that may tell its side. */
export type SignSources = {
	readonly sprint?: string;
	readonly product?: Pick<Product, 'title' | 'firstSprint' | 'newestBefore'>;
	/** The product version in the tag. */
	readonly productVersion?: string;
	/** The user the manifests set. */
	readonly declaredUid?: number;
	/** The environment as it was seen inside the running container. */
	readonly running?: Readonly<Record<string, string>>;
	/** The environment as the manifests set it. */
	readonly declared: Readonly<Record<string, string>>;
	/** The user a command in the container runs as, where no manifest sets it: the image's own. */
	readonly imageUid?: number;
	readonly logLines: readonly string[];
};

/** What a version, or the product itself, says where the tag names no sprint. */
const signOfProduct = ({product, productVersion, sprint}: SignSources): Sign | undefined => {
	const {title, firstSprint, newestBefore} = product ?? {};
	const isNewProduct = firstSprint !== undefined && sprintNumber(firstSprint) >= 2103;
	const isNewVersion =
		productVersion !== undefined && newestBefore !== undefined && compareVersions(productVersion, newestBefore) > 0;
	const seen = isNewProduct
		? `the first image of ${title ?? ''} is of sprint ${firstSprint}`
		: `it is ${title ?? ''} ${productVersion ?? ''}, and no image before 2103 has a version above ` +
			(newestBefore ?? '');
	return sprint === undefined && (isNewProduct || isNewVersion) ? {says: 'new', seen, strength: 'strong'} : undefined;
};

/**
The signs, strongest first. What the manifests set says little of the image: `PING_CONTAINER_PRIVILEGED` may be a
leftover, and a port may be the operator's own. A user that is not root counts where nothing else tells: images before
2103 had to be told to use one.
*/
export const signsOf = (sources: SignSources): readonly Sign[] => {
	const {sprint, running, declared, imageUid, logLines, declaredUid} = sources;
	const signs: Array<Sign | undefined> = [signOfProduct(sources)];
	if (running) {
		const inImage = Object.keys(running).find(
			name => name.startsWith('PING_CONTAINER_') && !Object.hasOwn(declared, name),
		);
		signs.push(
			inImage === undefined
				? undefined
				: {says: 'old', seen: `the image's environment has ${inImage}`, strength: 'strong'},
			running.IMAGE_VERSION === undefined || Object.hasOwn(declared, 'IMAGE_VERSION')
				? undefined
				: signOfVersion(running.IMAGE_VERSION, 'IMAGE_VERSION'),
		);
		if (!Object.hasOwn(declared, 'LDAPS_PORT') && (running.LDAPS_PORT === '636' || running.LDAPS_PORT === '1636')) {
			signs.push({
				says: running.LDAPS_PORT === '636' ? 'old' : 'new',
				seen: `LDAPS_PORT is ${running.LDAPS_PORT} in the container and in no manifest`,
				strength: 'medium',
			});
		}
	}

	if (imageUid === 0 || imageUid === 9031) {
		signs.push({
			says: imageUid === 0 ? 'old' : 'new',
			seen: `commands in the container run as uid ${imageUid}, which no manifest sets`,
			strength: 'medium',
		});
	}

	signs.push(...logLines.map(line => signOfLogLine(line)));
	if (Object.keys(declared).some(name => name.startsWith('PING_CONTAINER_'))) {
		signs.push({
			says: 'old',
			seen: 'the manifests set PING_CONTAINER_… variables, which only images before 2103 read',
			strength: 'weak',
		});
	}

	if (sprint !== undefined) {
		signs.push({
			says: sprintNumber(sprint) < 2103 ? 'old' : 'new',
			seen: `the tag begins with sprint ${sprint}`,
			strength: 'weak',
		});
	}

	const found = signs.filter(sign => sign !== undefined);
	if (found.length === 0 && declaredUid !== undefined && declaredUid !== 0) {
		found.push({says: 'new', seen: `the manifests run it as uid ${declaredUid}, not as root`, strength: 'weak'});
	}

	return (['strong', 'medium', 'weak'] as const).flatMap(strength => found.filter(sign => sign.strength === strength));
};

/**
Which side the signs point to. Where they contradict one another nothing is settled, with one exception: strong signs
that agree outweigh a weak one, since tags get copied and variables get left behind. No sign at all is unknown too.
*/
export const sideOf = (signs: readonly Sign[]): Side => {
	const heavier = signs.filter(({strength}) => strength !== 'weak');
	const weighed = heavier.some(({strength}) => strength === 'strong') ? heavier : signs;
	if (weighed.length === 0) {
		return 'unknown';
	}

	if (weighed.every(({says}) => says === 'old')) {
		return 'old';
	}

	return weighed.every(({says}) => says === 'new') ? 'new' : 'unknown';
};

/**
Whether a workload does without root already. A manifest that names another user beside ports that only root may bind
contradicts itself and does not count: a chart may set the one and the values the other.
*/
export const isUnprivileged = ({
	identity,
	ports,
	portsFrom,
}: Pick<Workload, 'identity' | 'ports' | 'portsFrom'>): boolean => {
	const listeners = [ports.LDAP_PORT, ports.LDAPS_PORT, ports.HTTPS_PORT].filter(port => port !== undefined);
	const isDeclaredLow = portsFrom !== 'image' && listeners.length > 0 && listeners.every(port => isPrivileged(port));
	return identity !== undefined && identity.uid !== 0 && (identity.from === 'running' || !isDeclaredLow);
};
