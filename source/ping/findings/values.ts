import {listenerVariables, productOfChartKey, type Product} from '../catalogue/index.js';
import {fieldOf, integerOf, joinField, mapOf, textOf} from '../fields.js';
import {readImage, readTarget, sprintNumber} from '../image.js';
import {isPrivileged, newPorts, variableOfOldPort} from '../ports.js';
import type {InspectTarget, Rule, Seen} from './finding.js';
import {missingForRoot} from './identity.js';

/** What is said of values of the ping-devops chart alone. */
export const valuesRules = {
	'values-port-pinned': {
		severity: 'blocks',
		means:
			"The chart's own containerPort is the new port from 0.5.3 on, and this overrides it. From 0.7.8 on the " +
			'chart also sets LDAP_PORT, LDAPS_PORT and HTTPS_PORT from it: the server, no longer root, cannot bind ' +
			'it.',
		todo: 'Remove containerPort, or write the new port; servicePort stays, so that clients need no change.',
		source: 'helm-charts ping-devops-0.5.3 values.yaml (29821d0); ping-devops-0.7.8 (eaca568)',
	},
	'values-blank-map': {
		severity: 'warns',
		means: 'Helm merges maps: an empty one changes nothing, and what the chart sets stays.',
		todo: 'Write null for each key that is to go, or null for the whole map (chart 0.9.3 and later).',
		source: 'helm-charts templates/pinglib/_workload.tpl; ping-devops-0.9.3',
	},
	'values-profile-default': {
		severity: 'warns',
		means:
			'From chart 0.7.8 on there is no default profile for this product: without SERVER_PROFILE_URL it starts ' +
			'with none, silently.',
		todo: 'Set SERVER_PROFILE_URL and SERVER_PROFILE_PATH in its envs.',
		source: 'helm-charts ping-devops-0.7.8 values.yaml',
	},
	'values-makeldif-default': {
		severity: 'warns',
		means:
			"The chart's default of MAKELDIF_USERS is 20000: with a profile made from the baseline, the first start " +
			'puts that many sample users beside the imported ones.',
		todo: 'Set pingdirectory.envs.MAKELDIF_USERS to "0".',
		source:
			'helm-charts 0.12.0 charts/ping-devops/values.yaml; pingidentity-docker-builds 2103 ' +
			'pingdirectory/opt/staging/hooks/182-pre-setup.sh',
	},
	'values-product-gone': {
		severity: 'blocks',
		means: 'Later charts have no block for this product: it is not deployed, and nothing says so.',
		todo: 'Pin a chart before it was removed, or move to its successor (PingAuthorize for PingDataGovernance).',
		source: 'helm-charts ping-devops-0.9.9 (pingdatagovernance), ping-devops-0.11.10 (pingintelligence)',
	},
	'values-replica-default': {
		severity: 'warns',
		means:
			"The chart's default went from 2 replicas to 1 with 0.5.6: values that never named it scale the topology " +
			'down with the chart.',
		todo: 'Set pingdirectory.container.replicaCount.',
		source: 'helm-charts ping-devops-0.5.6 values.yaml',
	},
} as const satisfies Readonly<Record<string, Rule>>;

type Found = readonly Seen[];
type Block = {
	readonly key: string;
	readonly product: Product;
	readonly value: Readonly<Record<string, unknown>>;
	readonly path: string;
};

const globalKeys = ['workload', 'container', 'externalImage', 'addReleaseNameToResource', 'envs', 'license', 'probes'];

/**
What the chart reads below the key of a product.
@see helm-charts, tags ping-devops-0.5.1 and 0.12.0, charts/ping-devops/values.yaml
*/
const blockKeys = new Set(
	(
		'enabled name image envs license container services ingress workload clustering secretVolumes ' +
		'configMapVolumes volumes volumeMounts cronjob utilitySidecar externalImage rbac privateCert masterPassword ' +
		'vault probes autoscaling pdbs pdb initContainers includeInitContainers includeSidecars includeVolumes ' +
		'includeVolumeMounts labels annotations addReleaseNameToResource podLabels httpRoute gateway'
	).split(' '),
);

/**
Whether a block is one of the chart's own: another chart may have a key of the same name, with other keys below it.
*/
export const isBlock = (block: unknown): boolean => {
	const keys = Object.keys(mapOf(block));
	return (
		typeof block === 'object' &&
		block !== null &&
		!Array.isArray(block) &&
		(keys.length === 0 ||
			['enabled', 'envs', 'container', 'services', 'workload'].some(key => keys.includes(key)) ||
			keys.every(key => blockKeys.has(key)))
	);
};

/** Where in a document the values of the chart stand: at the top, or below the chart's name in an umbrella chart. */
const rootOf = (value: unknown): {readonly values: Readonly<Record<string, unknown>>; readonly path: string} => {
	const below = mapOf(value)['ping-devops'];
	return below === undefined ? {values: mapOf(value), path: ''} : {values: mapOf(below), path: 'ping-devops'};
};

const blocksOf = (value: unknown): readonly Block[] => {
	const {values, path} = rootOf(value);
	return Object.entries(values).flatMap(([key, block]) => {
		const product = productOfChartKey(key);
		return product && isBlock(block) && fieldOf(block, 'enabled') !== false
			? [
					{
						key,
						product,
						value: mapOf(block),
						path: joinField(path, key),
					},
				]
			: [];
	});
};

/** Whether a document holds values of the ping-devops chart. */
export const isValues = (value: unknown): boolean => {
	const {values} = rootOf(value);
	return (
		values.apiVersion === undefined &&
		values.kind === undefined &&
		(Object.entries(values).some(([key, block]) => productOfChartKey(key) !== undefined && isBlock(block)) ||
			globalKeys.some(key => fieldOf(values.global, key) !== undefined))
	);
};

const levels = [
	['workload', 'securityContext'],
	['container', 'securityContext'],
] as const;

const contextsFound = (on: unknown, owner: unknown, path: string): Found =>
	levels.flatMap(([level, name]): Found => {
		const context = fieldOf(owner, level, name);
		const field = joinField(path, level, name);
		if (typeof context === 'string') {
			return [
				{
					code: 'context-not-a-map',
					on,
					field,
					seen: `securityContext is the text «${context}»`,
				},
			];
		}

		if (context !== undefined && context !== null && Object.keys(mapOf(context)).length === 0) {
			return [
				{
					code: 'values-blank-map',
					on,
					field,
					seen: 'securityContext: {}',
				},
			];
		}

		return level === 'container' && fieldOf(context, 'fsGroup') !== undefined && fieldOf(context, 'fsGroup') !== null
			? [
					{
						code: 'fsgroup-in-container',
						on,
						field: `${field}.fsGroup`,
						seen: `fsGroup: ${textOf(fieldOf(context, 'fsGroup'))}`,
					},
				]
			: [];
	});

const merged = (global: unknown, {value}: Block, level: string): Readonly<Record<string, unknown>> => ({
	...mapOf(fieldOf(global, level, 'securityContext')),
	...mapOf(fieldOf(value, level, 'securityContext')),
});

const usersFound = (on: unknown, global: unknown, block: Block, sprint: number | undefined): Found => {
	const pod = merged(global, block, 'workload');
	const [uid, gid, fsGroup] = [integerOf(pod.runAsUser), integerOf(pod.runAsGroup), integerOf(pod.fsGroup)];
	const at = {on, field: joinField(block.path, 'workload', 'securityContext')};
	if (uid === 0) {
		const missing = missingForRoot({
			capabilities: {drop: ['ALL'], ...mapOf(merged(global, block, 'container').capabilities)},
		});
		return [
			...(pod.runAsNonRoot === false || pod.runAsNonRoot === null
				? []
				: [
						{
							...at,
							code: 'root-refused',
							seen: 'runAsUser: 0, and runAsNonRoot stays true as chart 0.9.10 and later set it',
						},
					]),
			...(missing.length === 0
				? []
				: [
						{
							...at,
							code: 'root-without-capabilities',
							field: joinField(block.path, 'container', 'securityContext'),
							seen: `runAsUser: 0, and chart 0.9.10 and later drop ALL: ${missing.join(', ')} are missing`,
						},
					]),
		];
	}

	const group = sprint === undefined ? undefined : sprint < 2109 ? 9999 : 0;
	if (group === undefined || sprint === undefined || sprint < 2105) {
		return [];
	}

	return [
		...(gid === undefined || gid === group
			? []
			: [
					{
						...at,
						code: 'gid-wrong',
						seen: `runAsGroup: ${gid} on an image of sprint ${sprint}, whose group is ${group}`,
					},
				]),
		...(fsGroup === undefined || fsGroup === group
			? []
			: [
					{
						...at,
						code: 'fsgroup-of-other-sprint',
						seen: `fsGroup: ${fsGroup}; images of sprint ${sprint} have group ${group}`,
					},
				]),
		...(uid === undefined || uid === 9031 || (sprint >= 2109 && (gid ?? 0) === 0)
			? []
			: [{...at, code: 'uid-wrong', seen: `runAsUser: ${uid} on an image of sprint ${sprint}`}]),
	];
};

const servicesFound = (on: unknown, {value, path, product}: Block, isRoot: boolean): Found =>
	isRoot
		? []
		: Object.entries(mapOf(value.services)).flatMap(([name, service]): Found => {
				const port = integerOf(fieldOf(service, 'containerPort'));
				const variable = port === undefined ? undefined : variableOfOldPort(port);
				return variable && product.changedPorts.includes(variable)
					? [
							{
								code: 'values-port-pinned',
								on,
								field: joinField(path, 'services', name, 'containerPort'),
								seen: `containerPort: ${port}; the new port is ${newPorts[variable]}`,
							},
						]
					: [];
			});

/** Products that the chart once gave a profile of its own. */
const hadProfile = new Set([
	'pingdirectory',
	'pingdirectoryproxy',
	'pingdatasync',
	'pingdatagovernance',
	'pingauthorize',
	'pingfederate',
	'pingaccess',
	'pingcentral',
]);

const environmentFound = (on: unknown, global: unknown, {value, path, product}: Block, isRoot: boolean): Found => {
	const own = mapOf(value.envs);
	const all = {...mapOf(fieldOf(global, 'envs')), ...own};
	const at = {on, field: joinField(path, 'envs')};
	const isEnabled = value.enabled === true;
	const hasOtherSources =
		fieldOf(value, 'container', 'envFrom') !== undefined || fieldOf(global, 'container', 'envFrom') !== undefined;
	const makes = textOf(all.MAKELDIF_USERS);
	return [
		...(isEnabled && !hasOtherSources && all.SERVER_PROFILE_URL === undefined && hadProfile.has(product.id)
			? [{...at, code: 'values-profile-default', seen: 'SERVER_PROFILE_URL is set neither here nor in global.envs'}]
			: []),
		...(isEnabled && !isRoot && !hasOtherSources && makes === undefined && product.id === 'pingdirectory'
			? [{...at, code: 'values-makeldif-default', seen: 'MAKELDIF_USERS is not set'}]
			: []),
		...(!isRoot && makes !== undefined && product.id === 'pingdirectory' && (integerOf(makes) ?? 0) > 0
			? [{...at, code: 'makeldif-users', seen: `MAKELDIF_USERS: ${makes}`}]
			: []),
		...listenerVariables(product).flatMap((variable): Found =>
			!isRoot && isPrivileged(integerOf(own[variable]) ?? 0)
				? [
						{
							code: 'bind-privileged',
							on,
							field: joinField(path, 'envs', variable),
							seen: `${variable}: ${textOf(own[variable])}`,
						},
					]
				: [],
		),
		...(textOf(own.UNSAFE_CONTINUE_ON_ERROR) === 'true'
			? [{...at, code: 'unsafe-continue', seen: 'UNSAFE_CONTINUE_ON_ERROR: true'}]
			: []),
	];
};

const imageFound = (
	on: unknown,
	global: unknown,
	{key, path, value, product}: Block,
	tag: string | undefined,
): Found => {
	const at = {on, field: joinField(path, 'image', 'tag')};
	const policy = textOf(fieldOf(value, 'image', 'pullPolicy')) ?? textOf(fieldOf(global, 'image', 'pullPolicy'));
	const read = tag === undefined ? undefined : readImage(`${product.images[0]}:${tag}`);
	const isOld = read?.sprint !== undefined && sprintNumber(read.sprint) < 2103;
	return [
		...(read?.kind === 'sliding'
			? [{...at, code: policy === 'Always' ? 'image-sliding-always' : 'image-sliding', seen: `tag: ${tag}`}]
			: []),
		...(isOld ? [{...at, code: 'side-old', seen: `tag: ${tag}`}] : []),
		...(isOld && product.id === 'pingdirectory' && fieldOf(value, 'container', 'replicaCount') === undefined
			? [
					{
						code: 'values-replica-default',
						on,
						field: joinField(path, 'container', 'replicaCount'),
						seen: 'replicaCount is not set',
					},
				]
			: []),
		...(value.enabled === true && product.chart.until !== undefined
			? [
					{
						code: 'values-product-gone',
						on,
						field: path,
						seen: `${key}, which charts from ${product.chart.until} on do not have`,
					},
				]
			: []),
	];
};

const mountsFound = (on: unknown, {value, path}: Block): Found =>
	Object.entries(mapOf(value.secretVolumes)).flatMap(([name, volume]) =>
		Object.entries(mapOf(fieldOf(volume, 'items'))).flatMap(([item, place]): Found =>
			/^\/root(?:\/|$)/v.test(textOf(place) ?? '')
				? [
						{
							code: 'root-home-mount',
							on,
							field: joinField(path, 'secretVolumes', name, 'items', item),
							seen: `${textOf(place)}`,
						},
					]
				: [],
		),
	);

/** Findings about values of the ping-devops chart. */
export const valuesFindings = (value: unknown, target: InspectTarget): Found => {
	const {values, path} = rootOf(value);
	const {global} = values;
	return [
		...contextsFound(value, global, joinField(path, 'global')),
		...blocksOf(value).flatMap(block => {
			const tag =
				target.image === undefined
					? (textOf(fieldOf(block.value, 'image', 'tag')) ?? textOf(fieldOf(global, 'image', 'tag')))
					: readTarget(target.image).tag;
			const sprint = tag === undefined ? undefined : readImage(`image:${tag}`).sprint;
			const isRoot = target.strategy === 'root' || integerOf(merged(global, block, 'workload').runAsUser) === 0;
			return [
				...contextsFound(value, block.value, block.path),
				...imageFound(value, global, block, tag),
				...usersFound(value, global, block, sprint === undefined ? undefined : sprintNumber(sprint)),
				...servicesFound(value, block, isRoot),
				...environmentFound(value, global, block, isRoot),
				...mountsFound(value, block),
			];
		}),
	];
};
