import {productOfChartKey} from '../../../ping/catalogue/index.js';
import {listOf, mapOf, textOf, textsOf} from '../../../ping/fields.js';
import {isBlock} from '../../../ping/findings/values.js';
import {sprintNumber, sprintOf} from '../../../ping/image.js';
import {portVariables} from '../../../ping/ports.js';
import type {Ports, PortVariable} from '../../../ping/workload.js';
import {isRemoval, remove, set, settle, type Edit} from '../../objects/edit.js';
import {lowPortNotes} from '../../objects/low-ports.js';
import {missingCapabilities} from '../../objects/security.js';
import {at, isMap, type Path} from '../../objects/value.js';
import type {Decisions} from '../../strategy.js';
import {freshWishes, rootWishes} from '../../wishes.js';
import {portsFor, sideNote, type Target} from '../target.js';

/** Names of services in the values, and the variable whose port each carries. */
const portOfService: Readonly<Record<string, PortVariable>> = {
	ldap: 'LDAP_PORT',
	ldaps: 'LDAPS_PORT',
	https: 'HTTPS_PORT',
};

/** A block of the values with the product it deploys, and where it stands. */
export type Block = {readonly name: string; readonly product: string; readonly value: unknown; readonly path: Path};

/** Where the chart's values stand: at the top, or below the chart's name in the values of a chart around it. */
const rootOf = (values: unknown): Path => (mapOf(values)['ping-devops'] === undefined ? [] : ['ping-devops']);

const chartValuesOf = (values: unknown): Readonly<Record<string, unknown>> => mapOf(at(values, rootOf(values)));

const globalOf = (values: unknown): unknown => at(values, [...rootOf(values), 'global']);

const tagOf = (values: unknown, block: unknown): string =>
	textOf(at(block, ['image', 'tag'])) ?? textOf(at(globalOf(values), ['image', 'tag'])) ?? '';

/** The blocks of a values file that deploy a product of an old image, or of the chart's own default. */
export const blocksIn = (values: unknown): readonly Block[] =>
	Object.entries(chartValuesOf(values)).flatMap(([name, value]) => {
		const product = productOfChartKey(name);
		const sprint = sprintOf(tagOf(values, value));
		const isNew = sprint !== undefined && sprintNumber(sprint) >= 2103;
		return product && !isNew && isMap(value) && isBlock(value) && value.enabled !== false
			? [
					{
						name,
						product: product.id,
						value,
						path: [...rootOf(values), name],
					},
				]
			: [];
	});

/** Maps without a key change nothing in Helm, and read as if they did: they go. */
const blankEdits = (owner: unknown, path: Path): readonly Edit[] =>
	[
		['workload', 'securityContext'],
		['container', 'securityContext'],
	].flatMap(field => {
		const map = at(owner, field);
		return isMap(map) && Object.keys(map).length === 0 ? [remove([...path, ...field])] : [];
	});

const isBelow = (path: Path, above: Path): boolean => above.every((key, depth) => path[depth] === key);

/** The decisions a block's edits are made from. */
const decisionsOf = ({name, product, value}: Block, target: Target): Decisions => {
	const envs = textsOf(at(value, ['envs']));
	const declared = Object.entries(portOfService).map(
		([service, variable]) => [variable, at(value, ['services', service, 'containerPort'])] as const,
	);
	const fromEnvs = portVariables
		.filter(variable => /^\d{1,5}$/v.test(envs[variable] ?? ''))
		.map(variable => [variable, Number(envs[variable])] as const);
	const known = Object.fromEntries([
		...declared.filter(([, port]) => typeof port === 'number'),
		...fromEnvs,
	]) as Partial<Ports>;
	return {
		strategy: target.strategy,
		image: target.tag,
		identity: target.strategy === 'root' ? {uid: 0, gid: 0} : target.identity,
		fsGroup: target.fsGroup,
		newName: name,
		...(target.profile && {profile: target.profile}),
		...portsFor(product, known, target.strategy),
	};
};

const envEdits = (path: Path, value: unknown, decisions: Decisions, product: string): readonly Edit[] => {
	const envs = mapOf(at(value, ['envs']));
	const wishes =
		decisions.strategy === 'root' ? rootWishes(decisions, product) : freshWishes(decisions, product, undefined);
	return [
		...wishes
			.filter(({name, when}) => when === 'always' || Object.hasOwn(envs, name))
			.map(wish => set([...path, 'envs', wish.name], wish.value)),
		...Object.keys(envs)
			.filter(name => name.startsWith('PING_CONTAINER_'))
			.map(name => remove([...path, 'envs', name])),
	];
};

/** Container ports of the services: from chart 0.7.8 on they set the server's own ports too. Service ports stay. */
const serviceEdits = ({path, product, value}: Block, {newPorts}: Decisions): readonly Edit[] => {
	const written = Object.keys(mapOf(at(value, ['services'])));
	const services =
		product === 'pingdirectory'
			? Object.keys(portOfService)
			: written.filter(service => typeof at(value, ['services', service, 'containerPort']) === 'number');
	return services.flatMap(service => {
		const variable = portOfService[service];
		return variable === undefined || product === 'pingaccess'
			? []
			: [set([...path, 'services', service, 'containerPort'], newPorts[variable])];
	});
};

const freshSecurity = ({path, value}: Block, values: unknown, {identity, fsGroup}: Decisions): readonly Edit[] => {
	const place = [...path, 'workload', 'securityContext'];
	const isPlatform = [value, globalOf(values)].some(
		block => at(block, ['workload', 'securityContext', 'fsGroup']) === null,
	);
	const own = mapOf(at(value, ['container', 'securityContext']));
	return isPlatform
		? []
		: [
				set([...place, 'runAsUser'], identity.uid),
				set([...place, 'runAsGroup'], identity.gid),
				...(fsGroup === undefined ? [] : [set([...place, 'fsGroup'], fsGroup)]),
				...(at(value, ['workload', 'securityContext', 'runAsNonRoot']) === false
					? [set([...place, 'runAsNonRoot'], true)]
					: []),
				...(own.runAsUser === 0 ? [set([...path, 'container', 'securityContext', 'runAsUser'], identity.uid)] : []),
			];
};

const rootSecurity = ({path, value}: Block, values: unknown): readonly Edit[] => {
	const place = [...path, 'workload', 'securityContext'];
	const fsGroup = [value, globalOf(values)]
		.map(block => at(block, ['workload', 'securityContext', 'fsGroup']))
		.find(group => group !== undefined);
	const own = at(value, ['container', 'securityContext']);
	const kept = listOf(at(own, ['capabilities', 'add']));
	const missing = missingCapabilities({securityContext: {capabilities: {drop: ['ALL'], add: kept}}});
	return [
		set([...place, 'runAsUser'], 0),
		set([...place, 'runAsGroup'], 0),
		set([...place, 'runAsNonRoot'], false),
		// The chart sets one by default, and {} would not clear it.
		...(fsGroup === undefined ? [set([...place, 'fsGroup'], null)] : []),
		set([...path, 'container', 'securityContext', 'capabilities', 'add'], [...kept, ...missing]),
		...['runAsUser', 'runAsGroup']
			.filter(field => mapOf(own)[field] !== undefined)
			.map(field => set([...path, 'container', 'securityContext', field], 0)),
	];
};

/** Whether a version of the chart, as numbers, comes before another. */
export const isBefore = (version: readonly number[], other: readonly number[]): boolean => {
	const place = version.findIndex((number, index) => number !== other[index]);
	return place !== -1 && version[place]! < other[place]!;
};

/**
Charts from 0.5.3 to 0.8.4 merge so that a zero of a product loses against the number the chart itself has in `global`;
from 0.8.5 on the product wins. A null in `global` takes the chart's number away, and the zero holds. Other products of
the release then run as the user of their image, which is the user the chart names. fsGroup stays the chart's: without
one the other products could not write to new volumes.
@see helm-charts, tags ping-devops-0.8.4 (merge) and ping-devops-0.8.5 (mergeOverwrite),
  charts/ping-devops/templates/pinglib/_merge-util.tpl
*/
const zeroEdits = (values: unknown, edits: readonly Edit[], {chart}: Target): readonly Edit[] =>
	chart !== undefined && !isBefore(chart, [0, 8, 5])
		? []
		: ['runAsUser', 'runAsGroup']
				.filter(field =>
					edits.some(
						edit =>
							edit.path.at(-1) === field && edit.path.includes('workload') && !isRemoval(edit) && edit.value === 0,
					),
				)
				.map(field => set([...rootOf(values), 'global', 'workload', 'securityContext', field], null));

const sshEdits = ({path, value}: Block): readonly Edit[] =>
	Object.entries(mapOf(at(value, ['secretVolumes']))).flatMap(([secret, volume]) =>
		Object.entries(mapOf(mapOf(volume).items)).flatMap(([key, mountPath]) =>
			typeof mountPath === 'string' && mountPath.startsWith('/root/.ssh/')
				? [set([...path, 'secretVolumes', secret, 'items', key], mountPath.replace('/root/', '/home/ping/'))]
				: [],
		),
	);

/** The edits of a values file, and what to know. */
export type HelmPlan = {
	readonly blocks: readonly Block[];
	readonly edits: readonly Edit[];
	readonly notes: readonly string[];
};

/** The tag a product's block gets: a product version in it holds for PingDirectory and its relatives only. */
export const sprintTag = ({tag, sprint, isMixed}: Target, product: string): string =>
	isMixed && ['pingfederate', 'pingaccess', 'pingcentral', 'pingdelegator', 'pingintelligence'].includes(product)
		? sprint
		: tag;

/** Tags of the values that name no sprint; where there is none, the chart's own holds, which was old before 0.5.3. */
const sideNotes = (found: readonly Block[], values: unknown): readonly string[] =>
	found.flatMap(({name, value}) => {
		const tag = tagOf(values, value);
		return sprintOf(tag) === undefined
			? [
					tag === ''
						? `The values name no image tag for ${name}; the chart's default was taken for an old one, as it is ` +
							'before chart 0.5.3.'
						: sideNote(tag, name),
				]
			: [];
	});

const notesOf = (found: readonly Block[], target: Target): readonly string[] => {
	const {strategy, sprint} = target;
	const directory = found.find(({product}) => product === 'pingdirectory');
	const replicas = at(directory?.value, ['container', 'replicaCount']);
	return [
		strategy === 'fresh'
			? 'Install the values as a new release beside the old one, with the chart version in use: helm install ' +
				`RELEASE-${sprint.replace('.', '-')} pingidentity/ping-devops --version VERSION -f FILE. The same ` +
				'release would find the old claims, which outlive it.'
			: 'helm upgrade RELEASE pingidentity/ping-devops --version VERSION -f FILE restarts the pods at once: do ' +
				'it after the export is proved. Keep the chart version in use, since a newer chart may change fields ' +
				'that cannot be changed.',
		"Charts before 0.9.5 do not read container.securityContext; from 0.7.8 on the server's own ports follow " +
			'services.*.containerPort, before that they follow envs.',
		'Charts from 0.5.3 to 0.8.4 keep an fsGroup of their own where the plan says 0 or null. Any group gives a ' +
			'pod its volumes; set one in global only if every product of the release may have it.',
		...(strategy === 'fresh' && typeof replicas === 'number' && replicas > 1
			? [
					'One pod first: the profile and the import need a single server. Set ' +
						`pingdirectory.container.replicaCount back to ${replicas} once the import is proved.`,
				]
			: []),
		...(directory && at(directory.value, ['envs', 'SERVER_PROFILE_URL']) === undefined
			? [
					'The values name no server profile: charts before 0.7.8 bring one of their own, later ones none. Set ' +
						'SERVER_PROFILE_URL and SERVER_PROFILE_PATH.',
				]
			: []),
		...found.flatMap(block =>
			lowPortNotes({
				name: block.name,
				product: block.product,
				environment: textsOf(at(block.value, ['envs'])),
				decisions: decisionsOf(block, target),
				followers: 'the containerPort of its service',
			}),
		),
		...found
			.filter(
				({value}) => at(value, ['utilitySidecar', 'enabled']) === true || at(value, ['cronjob', 'enabled']) === true,
			)
			.map(
				({name}) =>
					`${name} has a utility sidecar or a cron job with security settings of its own; look whether they ` +
					'fit the new user.',
			),
	];
};

/**
Plans a values file of the ping-devops chart. What the chart's templates add is not known here: render it to see the
whole.
*/
export const planHelm = (values: unknown, target: Target): HelmPlan => {
	const found = blocksIn(values);
	const ofBlocks = found.flatMap(block => {
		const decisions = decisionsOf(block, target);
		const {path} = block;
		const isRoot = target.strategy === 'root';
		return [
			set([...path, 'image', 'tag'], sprintTag(target, block.product)),
			...envEdits(path, block.value, decisions, block.product),
			...(isRoot ? rootSecurity(block, values) : freshSecurity(block, values, decisions)),
			...serviceEdits(block, decisions),
			...(isRoot || block.product !== 'pingdirectory' ? [] : [set([...path, 'container', 'replicaCount'], 1)]),
			...(isRoot ? [] : sshEdits(block)),
		];
	});
	const edits = [...ofBlocks, ...zeroEdits(values, ofBlocks, target)];
	const blanks =
		found.length === 0
			? []
			: [
					...blankEdits(globalOf(values), [...rootOf(values), 'global']),
					...found.flatMap(({value, path}) => blankEdits(value, path)),
				];
	return {
		blocks: found,
		edits: settle(values as object, [
			...edits,
			...blanks.filter(blank => edits.every(edit => !isBelow(edit.path, blank.path))),
		]),
		notes: found.length > 0 ? [...sideNotes(found, values), ...notesOf(found, target)] : [],
	};
};
