import {longName, namesRun, runsIn, unquote, type Flag, type RunLine} from '../docker-text.js';
import {textOf} from '../fields.js';
import {parseImage} from '../image.js';
import {composeRules, serviceFindings, type ServiceText} from './compose.js';
import type {InspectTarget, Located, Rule, Seen} from './finding.js';

/** What is said of `docker run` lines alone: as of Compose, in Docker's words. */
export const dockerRules: Readonly<Record<string, Rule>> = {
	'docker-port-old': composeRules['compose-port-old'],
	'docker-peer-old': {
		...composeRules['compose-peer-old'],
		means: "Containers of a Docker network reach each other on the container's own port; nothing can map it.",
	},
	'docker-volume-of-root': {
		...composeRules['compose-volume-of-root'],
		todo: 'Use a volume of a new name and import the data, or stay root: -u 0:0, with the four old ports as -e.',
	},
	'docker-bind-mount': composeRules['compose-bind-mount'],
	'docker-image-unknown': {
		severity: 'warns',
		means: 'The image is a variable that this text does not set, so nothing is said of what runs there.',
		todo: 'Look what the variable is set to, and inspect the line with the image in its place.',
		source: 'Docker documentation, docker run',
	},
	'docker-user-wrong': {
		...composeRules['compose-user-wrong'],
		todo: "Leave -u out, or write the pair of the image's sprint.",
	},
};

/** A text with `docker run` lines, as a document of its own. */
export type DockerText = {readonly dockerRun: string};

/** Whether a document is a text with `docker run` lines. */
export const isDockerText = (value: unknown): value is string => typeof value === 'string' && namesRun(value);

type Placed = ServiceText & {readonly places: ReadonlyMap<string, number>; readonly isImageUnknown: boolean};

const mountOf = ({value}: Flag): {readonly source: string; readonly target: string} => {
	const part = (names: string): string =>
		new RegExp(`(?:^|,)(?:${names})=(?<value>[^,]*)`, 'v').exec(value)?.groups?.value ?? '';
	return {source: part('source|src'), target: part('target|dst|destination')};
};

/** A line as the Compose service it would be, and where each of its fields stands in the text. */
const serviceOf = (line: RunLine & {readonly start: number}, taken: ReadonlySet<string>): Placed => {
	const named = (...names: readonly string[]): readonly Flag[] =>
		line.flags.filter(flag => names.includes(longName(flag)));
	const valueOf = (name: string): string | undefined => named(name).at(-1)?.value;
	const image = unquote(line.image.text);
	const name = valueOf('--name') ?? parseImage(image).name;
	const path = taken.has(name) ? `${name} (${line.start})` : name;
	const lists = {
		ports: named('--publish'),
		environment: named('--env'),
		volumes: named('--volume', '--mount'),
		cap_drop: named('--cap-drop'),
		cap_add: named('--cap-add'),
	};
	const entry = (flag: Flag): unknown => (longName(flag) === '--mount' ? mountOf(flag) : flag.value);
	const [user, entrypoint, hostname] = [
		named('--user').at(-1),
		named('--entrypoint').at(-1),
		named('--network-alias', '--hostname').at(-1),
	];
	const [firstWord] = line.command;
	return {
		name,
		path,
		isImageUnknown: line.isImageUnknown,
		spec: {
			image,
			command: line.command.map(word => unquote(word.text)).join(' '),
			...Object.fromEntries(Object.entries(lists).map(([field, flags]) => [field, flags.map(flag => entry(flag))])),
			...(user && {user: user.value}),
			...(entrypoint && {entrypoint: entrypoint.value}),
			...(hostname && {hostname: hostname.value}),
			...(valueOf('--pull') === 'always' && {pull_policy: 'always'}),
		},
		places: new Map([
			[path, line.start],
			[`${path}.image`, line.image.start],
			...(firstWord ? [[`${path}.command`, firstWord.start] as const] : []),
			...(user ? [[`${path}.user`, user.first.start] as const] : []),
			...lists.cap_drop.slice(0, 1).map(flag => [`${path}.cap_drop`, flag.first.start] as const),
			...(entrypoint ? [[`${path}.entrypoint`, entrypoint.first.start] as const] : []),
			...Object.entries(lists).flatMap(([field, flags]) =>
				flags.map((flag, index) => [`${path}.${field}[${index}]`, flag.first.start] as const),
			),
		]),
	};
};

const servicesIn = (text: string): readonly Placed[] => {
	const taken = new Set<string>();
	return runsIn(text).map(line => {
		const service = serviceOf(line, taken);
		taken.add(service.path);
		return service;
	});
};

/**
The document that findings about a text with `docker run` lines are placed in: each on the line of the script where its
flag stands.
*/
export const dockerDocument = ({value, ...located}: Located): Located => {
	const text = String(value);
	const places = new Map(servicesIn(text).flatMap(service => [...service.places]));
	return {
		...located,
		value: {dockerRun: text} satisfies DockerText,
		lineOf(field) {
			const at = places.get(field) ?? places.get(field.replace(/\.\w+(?:\[\d+\])?$/v, ''));
			return at === undefined ? undefined : text.slice(0, at).split('\n').length;
		},
	};
};

/** Findings about `docker run` lines, which reach one another by their names. */
export const dockerFindings = (value: DockerText, target: InspectTarget): readonly Seen[] => [
	...serviceFindings(value, servicesIn(value.dockerRun), target).map(seen => ({
		...seen,
		code: seen.code.replace(/^compose-/v, 'docker-'),
	})),
	...servicesIn(value.dockerRun)
		.filter(({isImageUnknown}) => isImageUnknown && /ping/iv.test(value.dockerRun))
		.map(({path, spec}) => ({
			code: 'docker-image-unknown',
			on: value,
			field: `${path}.image`,
			seen: `docker run … ${textOf(spec.image) ?? ''}`,
		})),
];
