import {stripVTControlCharacters} from 'node:util';
import {buildDateOf, sprintNumber} from './image.js';
import type {Side, Sign} from './workload.js';

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

/** The lines of a container's log that say which side of 2103 its image is on: at most 20, without colours, each clipped to 200 characters. */
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

/** What is known of an image that may tell its side. */
export type SignSources = {
	readonly sprint?: string;
	/** The environment as it was seen inside the running container. */
	readonly running?: Readonly<Record<string, string>>;
	/** The environment as the manifests set it. */
	readonly declared: Readonly<Record<string, string>>;
	/** The user a command in the container runs as, where no manifest sets it: the image's own. */
	readonly imageUid?: number;
	readonly logLines: readonly string[];
};

/**
The signs, strongest first. What the manifests set says little of the image: `PING_CONTAINER_PRIVILEGED` may be a leftover, and a port may be the operator's own.
*/
export const signsOf = ({sprint, running, declared, imageUid, logLines}: SignSources): readonly Sign[] => {
	const signs: Array<Sign | undefined> = [];
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

	return (['strong', 'medium', 'weak'] as const).flatMap(strength =>
		signs.filter(sign => sign !== undefined).filter(sign => sign.strength === strength),
	);
};

/**
Which side the signs point to. Where they contradict one another nothing is settled, with one exception: strong signs that agree outweigh a weak one, since tags get copied and variables get left behind. No sign at all is unknown too.
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
