import {listensOn, type Product} from '../catalogue/index.js';
import {fieldOf, integerOf, joinField, listOf, mapOf, textOf, textsOf} from '../fields.js';
import {sprintNumber, type ImageReading} from '../image.js';
import {addressesWithoutPort, hostPairs, mentionsOf, waitsWithoutPort} from '../mentions.js';
import {isPrivileged, newPorts, oldPorts, variableOfOldPort} from '../ports.js';
import {containerPort, readServiceFacts, withDefaults} from '../service.js';
import type {PortVariable, Side, Sign} from '../workload.js';
import type {InspectTarget, Rule, Seen} from './finding.js';
import {missingForRoot} from './identity.js';
import {isUnknownProduct} from './images.js';
import {isReadable} from './platform.js';

const gettingStarted = 'pingidentity-devops-getting-started 2102 and 2103 11-docker-compose';

/** What is said of Compose files alone. */
export const composeRules = {
	'compose-port-old': {
		severity: 'blocks',
		means: 'The right side is the port in the container, and nobody listens there any more.',
		todo: 'Change the right side only, so that clients need no change: "1636:636" becomes "1636:1636".',
		source: gettingStarted,
	},
	'compose-peer-old': {
		severity: 'blocks',
		means: "Containers of a Compose network reach each other on the container's own port; nothing can map it.",
		todo: 'Write the new port: 389 becomes 1389, 636 becomes 1636, 443 becomes 1443.',
		source: gettingStarted,
	},
	'compose-image-unknown': {
		severity: 'warns',
		means: 'The image is a variable that is set neither here nor in .env, so nothing is said of what runs there.',
		todo: 'Put the image in its place, or write the variable into .env, and inspect it again.',
		source: 'Docker documentation, Compose, Interpolation',
	},
	'compose-volume-of-root': {
		severity: 'warns',
		means:
			"A named volume takes the owner of the image's folder when it is first used and keeps it: one that an " +
			'old image has used belongs to root, and user 9031 cannot write to it.',
		todo:
			'Use a volume of a new name and import the data, or stay root: user: "0:0", with the four old ports in the ' +
			'environment.',
		source:
			'pingidentity-devops-getting-started docs/how-to/migratingRootToUnprivileged.md; Docker documentation, Volumes',
	},
	'compose-bind-mount': {
		severity: 'warns',
		means: 'Docker creates the folder as root where it is not there, and user 9031 cannot write to it.',
		todo: 'Create it before, owned by 9031, or use a named volume.',
		source: 'pingidentity-devops-getting-started 2506 docs/how-to/saveConfigs.md',
	},
	'compose-user-wrong': {
		severity: 'warns',
		means:
			'What the image holds below /opt is for its own user and group: 9031:9999 for sprints 2103 to 2108, ' +
			'9031:0 from 2109.',
		todo: "Leave `user` out, or write the pair of the image's sprint.",
		source: 'pingidentity-docker-builds 23360617 and 0ae0ce3c',
	},
} as const satisfies Readonly<Record<string, Rule>>;

type Found = readonly Seen[];
type Service = {
	readonly name: string;
	readonly path: string;
	readonly spec: Readonly<Record<string, unknown>>;
	readonly image: ImageReading | undefined;
	readonly product: Product | undefined;
	readonly side: Side;
	readonly signs: readonly Sign[];
	readonly environment: Readonly<Record<string, {readonly value: string; readonly field: string}>>;
	readonly isRoot: boolean;
	readonly portAfter: (variable: PortVariable) => number;
};

const environmentOf = (spec: Readonly<Record<string, unknown>>, path: string): Service['environment'] => {
	const asList = listOf(spec.environment).flatMap((entry, index) => {
		const text = textOf(entry) ?? '';
		const equals = text.indexOf('=');
		return equals > 0
			? [[text.slice(0, equals), {value: text.slice(equals + 1), field: `${path}.environment[${index}]`}] as const]
			: [];
	});
	const asMap = Object.entries(textsOf(spec.environment)).map(
		([name, value]) => [name, {value, field: joinField(`${path}.environment`, name)}] as const,
	);
	return Object.fromEntries([...asList, ...asMap]);
};

const isRootUser = (user: string | undefined): boolean => user !== undefined && /^(?:root|0)(?::|$)/v.test(user);

/** A service as Compose writes it, under the path its fields are named by. */
export type ServiceText = {
	readonly name: string;
	readonly path: string;
	readonly spec: Readonly<Record<string, unknown>>;
};

const readService = ({name, path, spec}: ServiceText, {strategy}: InspectTarget): Service => {
	const reference = textOf(spec.image);
	const environment = environmentOf(spec, path);
	const facts = readServiceFacts(name, spec);
	const isRoot = (strategy === 'root' && !facts.isUnprivileged) || isRootUser(textOf(spec.user));
	return {
		name,
		path,
		spec,
		image: reference === undefined ? undefined : facts.image,
		product: facts.product,
		side: facts.side,
		signs: facts.signs,
		environment,
		isRoot,
		portAfter: variable => integerOf(environment[variable]?.value) ?? (isRoot ? oldPorts : newPorts)[variable],
	};
};

const moved = ({product, portAfter}: Service, port: number | undefined): number | undefined => {
	const variable = port === undefined ? undefined : variableOfOldPort(port);
	const after = variable && product?.changedPorts.includes(variable) ? portAfter(variable) : undefined;
	return after === port ? undefined : after;
};

const portsFound = (on: unknown, service: Service): Found =>
	listOf(service.spec.ports).flatMap((entry, index): Found => {
		const port = containerPort(entry);
		const after = moved(service, port);
		return after === undefined
			? []
			: [
					{
						code: 'compose-port-old',
						on,
						field: `${service.path}.ports[${index}]`,
						seen: `${textOf(entry) ?? `target: ${port}`}; the server will listen on ${after}`,
					},
				];
	});

const imageFound = (on: unknown, {path, spec, image, product, side, signs}: Service): Found => {
	const at = {on, field: `${path}.image`};
	const reference = textOf(spec.image) ?? '';
	if (!image || !product) {
		return isUnknownProduct(withDefaults(reference)) ? [{...at, code: 'product-unknown', seen: reference}] : [];
	}

	const isAlways = textOf(spec.pull_policy) === 'always';
	const told = signs.map(sign => sign.seen).join('; ');
	return [
		...(image.kind === 'sliding'
			? [
					{
						...at,
						code: isAlways ? 'image-sliding-always' : 'image-sliding',
						seen: reference,
						means: isAlways
							? 'The tag moves with every build and is pulled at every start: the next start can bring an image ' +
								'that does not run as root, on a volume and with ports of one that did.'
							: 'The tag moves with every build. The next pull, or a start where the image is not there yet, ' +
								'brings what it means by then.',
						todo: 'Name a fixed tag (SPRINT-VERSION) or a digest.',
					},
				]
			: []),
		...(side === 'old' ? [{...at, code: 'side-old', seen: `${reference}: ${told}`}] : []),
		...(side === 'unknown'
			? [
					{
						...at,
						code: 'side-unknown',
						seen:
							`${reference}: ` +
							(told === ''
								? image.kind === 'variable'
									? 'the tag is still a variable'
									: 'its name tells no sprint'
								: told),
						todo:
							'Ask the image: docker inspect --format "{{.Config.User}}" IMAGE. No user is root, 9031 is an ' +
							'image of sprint 2103 or later.',
					},
				]
			: []),
	];
};

/** Source and target of a mount, in the short form or the long one. */
const mountOf = (entry: unknown): readonly [source: string, target: string] => {
	const [source = '', target = ''] =
		typeof entry === 'string'
			? entry.split(':')
			: [textOf(fieldOf(entry, 'source')) ?? '', textOf(fieldOf(entry, 'target')) ?? ''];
	return [source, target];
};

const homeFound = (on: unknown, {isRoot, product, path, spec}: Service): Found =>
	isRoot || !product
		? []
		: listOf(spec.volumes).flatMap((entry, index): Found => {
				const [source, target] = mountOf(entry);
				return /^\/root(?:\/|$)/v.test(target)
					? [
							{
								code: 'root-home-mount',
								on,
								field: `${path}.volumes[${index}]`,
								seen: `${source}:${target}`,
							},
						]
					: [];
			});

const volumesFound = (on: unknown, service: Service): Found =>
	service.isRoot || (service.product?.data.path === undefined && service.product?.id !== 'pingdelegator')
		? []
		: listOf(service.spec.volumes).flatMap((entry, index): Found => {
				const [source, target] = mountOf(entry);
				const isOut = target === '/opt/out' || target.startsWith('/opt/out/');
				const isNewSide = service.side === 'new';
				const isPath = /^[.\/~]|^\$\{?(?:HOME|PWD)/v.test(source);
				return isOut && !isNewSide
					? [
							{
								code: isPath ? 'compose-bind-mount' : 'compose-volume-of-root',
								on,
								field: `${service.path}.volumes[${index}]`,
								seen: `${source}:${target}`,
							},
						]
					: [];
			});

const userFound = (on: unknown, {path, spec, image, isRoot}: Service): Found => {
	const user = textOf(spec.user);
	const sprint = image?.sprint === undefined ? undefined : sprintNumber(image.sprint);
	if (user === undefined || isRoot || sprint === undefined || sprint < 2105) {
		return [];
	}

	const [uid, gid] = user.split(':', 2);
	const isRight =
		(uid === '9031' || (sprint >= 2109 && uid !== undefined && /^\d+$/v.test(uid))) &&
		(gid === undefined || gid === (sprint < 2109 ? '9999' : '0'));
	return isRight
		? []
		: [
				{
					code: 'compose-user-wrong',
					on,
					field: `${path}.user`,
					seen: `user: ${user} on an image of sprint ${sprint}`,
				},
			];
};

const capabilitiesFound = (on: unknown, {isRoot, product, path, spec}: Service): Found => {
	const missing = isRoot && product ? missingForRoot({capabilities: {drop: spec.cap_drop, add: spec.cap_add}}) : [];
	return missing.length === 0
		? []
		: [
				{
					code: 'root-without-capabilities',
					on,
					field: `${path}.cap_drop`,
					seen: `runs as root and lacks ${missing.join(', ')}`,
					todo: `Add them again: cap_add, or --cap-add, with ${missing.join(', ')}.`,
				},
			];
};

const secretsFound = (on: unknown, {isRoot, product, path, spec}: Service): Found =>
	isRoot || !product
		? []
		: listOf(spec.secrets).flatMap((secret, index): Found => {
				const mode = fieldOf(secret, 'mode');
				const isOwn = textOf(fieldOf(secret, 'uid')) === '9031';
				return isOwn || isReadable(mode)
					? []
					: [
							{
								code: 'secret-unreadable',
								on,
								field: `${path}.secrets[${index}].mode`,
								seen:
									`${textOf(fieldOf(secret, 'source')) ?? 'a secret'} has mode ` +
									`0${(integerOf(mode) ?? 0).toString(8)}, and belongs to ` +
									(textOf(fieldOf(secret, 'uid')) ?? '0'),
								means: 'The file belongs to root and only its owner may read it. The user of the new images cannot.',
								todo: 'Give it mode 0444, or uid: "9031".',
							},
						];
			});

const replicasFound = (on: unknown, {product, path, spec}: Service): Found => {
	const [field, replicas] =
		fieldOf(spec, 'deploy', 'replicas') === undefined
			? ['scale', integerOf(spec.scale)]
			: ['deploy.replicas', integerOf(fieldOf(spec, 'deploy', 'replicas'))];
	return product?.id === 'pingdirectory' && replicas !== undefined && replicas > 1
		? [{code: 'topology-of-several', on, field: `${path}.${field}`, seen: `${replicas} containers of PingDirectory`}]
		: [];
};

const environmentFound = (on: unknown, {environment, isRoot, product, side}: Service): Found =>
	Object.entries(environment).flatMap(([name, {value, field}]): Found => {
		const at = {on, field, seen: `${name}=${value}`};
		const isOwnPort = listensOn(product, name);
		const isNew = side === 'new';
		return [
			...(isOwnPort && !isRoot && isPrivileged(integerOf(value) ?? 0) ? [{...at, code: 'bind-privileged'}] : []),
			...(product && isNew && name.startsWith('PING_CONTAINER_') ? [{...at, code: 'privileged-variable'}] : []),
			...(name === 'MAKELDIF_USERS' && product?.id === 'pingdirectory' && (integerOf(value) ?? 0) > 0
				? [{...at, code: 'makeldif-users'}]
				: []),
			...(product && name === 'UNSAFE_CONTINUE_ON_ERROR' && value === 'true' ? [{...at, code: 'unsafe-continue'}] : []),
		];
	});

const words = (value: unknown): string =>
	typeof value === 'string'
		? value
		: listOf(value)
				.map(word => textOf(word) ?? '')
				.join(' ');

/** The names by which other services reach one: its own, those it is given, and aliases in its networks. */
const namesOf = ({name, spec}: Pick<Service, 'name' | 'spec'>): readonly string[] => [
	name,
	...[spec.hostname, spec.container_name].map(text => textOf(text) ?? '').filter(Boolean),
	...Object.values(mapOf(spec.networks))
		.flatMap(network => listOf(mapOf(network).aliases))
		.map(alias => textOf(alias) ?? ''),
];

const peerNamed = (host: string, services: readonly Service[]): Service | undefined =>
	services.find(service => namesOf(service).includes(host));

const movedPeer = (on: unknown, field: string, seen: string, peer: Service, port: number): Found => {
	const after = moved(peer, port);
	return after === undefined
		? []
		: [{code: 'compose-peer-old', on, field, seen: `${seen}; ${peer.name} will listen on ${after}`}];
};

/** Addresses without a port, which go to the default of their scheme. */
const withoutPort = (on: unknown, field: string, text: string, services: readonly Service[]): Found =>
	addressesWithoutPort(text).flatMap(({host, port, words: seen}) => {
		const peer = peerNamed(host, services);
		return peer ? movedPeer(on, field, `${seen} (port ${port})`, peer, port) : [];
	});

/** Variables that hold host and port apart, such as LDAP_HOST and LDAP_PORT. */
const pairsFound = (on: unknown, {environment, product}: Service, services: readonly Service[]): Found =>
	hostPairs(Object.fromEntries(Object.entries(environment).map(([name, {value}]) => [name, value]))).flatMap(
		({name, port, host}) => {
			const peer = listensOn(product, name) ? undefined : peerNamed(host, services);
			return peer ? movedPeer(on, environment[name]!.field, `${name}=${port} beside ${host}`, peer, port) : [];
		},
	);

/** What a proxy reads from a service: its labels, however they are written. */
const labelsOf = ({
	path,
	spec,
}: Service): ReadonlyArray<{readonly name: string; readonly value: string; readonly field: string}> =>
	['labels', 'deploy.labels'].flatMap(place => {
		const labels = fieldOf(spec, ...place.split('.'));
		return [
			...listOf(labels).flatMap((entry, index) => {
				const [name = '', ...value] = (textOf(entry) ?? '').split('=');
				return [{name, value: value.join('='), field: `${path}.${place}[${index}]`}];
			}),
			...Object.entries(textsOf(labels)).map(([name, value]) => ({
				name,
				value,
				field: joinField(`${path}.${place}`, name),
			})),
		];
	});

/** Labels by which a proxy is told the port of the container: `….loadbalancer.server.port=636`. */
const labelsFound = (on: unknown, service: Service): Found =>
	labelsOf(service).flatMap(({name, value, field}) => {
		const port = /port$/iv.test(name) ? integerOf(value) : undefined;
		return port === undefined ? [] : movedPeer(on, field, `${name}=${value}`, service, port);
	});

const peersFound = (on: unknown, service: Service, services: readonly Service[]): Found => {
	const texts = [
		...['command', 'entrypoint'].map(name => ({field: `${service.path}.${name}`, text: words(service.spec[name])})),
		{field: `${service.path}.healthcheck.test`, text: words(fieldOf(service.spec, 'healthcheck', 'test'))},
		...Object.values(service.environment).map(({value, field}) => ({field, text: value})),
		...labelsOf(service).map(({value, field}) => ({field, text: value})),
	];
	return texts.flatMap(({field, text}): Found => [
		...withoutPort(on, field, text, services),
		...mentionsOf(text).flatMap(({host, port, words: seen}): Found => {
			const peer = host === undefined || host === 'localhost' ? undefined : peerNamed(host, services);
			// A tool such as authrate names host and port apart.
			const target =
				peer ??
				(host === undefined && !seen.includes('_PORT')
					? (services.find(
							({name, product}) => text.includes(name) && product !== undefined && product.changedPorts.length > 0,
						) ?? service)
					: host === 'localhost'
						? service
						: undefined);
			const after = target && moved(target, port);
			return after === undefined
				? []
				: [
						{
							code: 'compose-peer-old',
							on,
							field,
							seen: `${seen}; ${target?.name} will listen on ${after}`,
						},
					];
		}),
		...[waitsWithoutPort(text)].flatMap((host): Found => {
			const peer = services.find(({name}) => name === host);
			return host !== undefined && peer?.product && peer.product.changedPorts.length > 0
				? [
						{
							code: 'wait-for-without-port',
							on,
							field,
							seen: `wait-for ${host}`,
						},
					]
				: [];
		}),
	]);
};

const pinsFound = (on: unknown, service: Service, {strategy}: InspectTarget): Found => {
	const missing = service.product?.changedPorts.filter(variable => service.environment[variable] === undefined) ?? [];
	return service.side === 'old' || strategy === 'root' || !service.isRoot || missing.length === 0
		? []
		: [
				{
					code: 'ports-of-root-not-pinned',
					on,
					field: `${service.path}.environment`,
					seen: `runs as root, and ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not set`,
					severity: 'warns',
				},
			];
};

/** Whether a document is a Compose file. */
export const isCompose = (value: unknown): boolean => {
	const services = Object.values(mapOf(fieldOf(value, 'services')));
	return (
		fieldOf(value, 'apiVersion') === undefined &&
		services.length > 0 &&
		services.every(service => {
			const spec = mapOf(service);
			return spec.image !== undefined || spec.build !== undefined || spec.extends !== undefined;
		})
	);
};

/** What there is to say of the format of a Compose file, which is no finding: a version of 2. */
export const composeNote = (value: unknown): string | undefined => {
	const version = textOf(fieldOf(value, 'version'));
	return version !== undefined && /^2(?:\.|$)/v.test(version)
		? `it says version "${version}", which today's Compose ignores and docker-compose 1 reads as the old format; ` +
				'what is said here holds for both'
		: undefined;
};

/** Images whose name is a variable still: they may be Ping's where the file speaks of Ping. */
const unknownImages = (on: unknown, services: readonly ServiceText[]): Found =>
	services
		.filter(({spec}) => /\$/v.test(withDefaults(textOf(spec.image) ?? '').replace(/:[^\/:]*$/v, '')))
		.filter(({spec, name}) => /ping/iv.test(`${name} ${JSON.stringify(spec)}`))
		.map(({path, spec}) => ({
			code: 'compose-image-unknown',
			on,
			field: `${path}.image`,
			seen: textOf(spec.image) ?? '',
		}));

/** Findings about containers that reach one another by their names; nothing where none of them is Ping's. */
export const serviceFindings = (on: unknown, written: readonly ServiceText[], target: InspectTarget): Found => {
	const services = written.map(service => readService(service, target));
	return services.every(
		({product, spec}) => product === undefined && !isUnknownProduct(withDefaults(textOf(spec.image) ?? '')),
	)
		? []
		: services.flatMap(service => [
				...imageFound(on, service),
				...portsFound(on, service),
				...volumesFound(on, service),
				...homeFound(on, service),
				...userFound(on, service),
				...capabilitiesFound(on, service),
				...secretsFound(on, service),
				...replicasFound(on, service),
				...environmentFound(on, service),
				...pinsFound(on, service, target),
				...peersFound(on, service, services),
				...pairsFound(on, service, services),
				...labelsFound(on, service),
			]);
};

/** Findings about a Compose file. */
export const composeFindings = (value: unknown, target: InspectTarget): Found => {
	const services = Object.entries(mapOf(fieldOf(value, 'services'))).map(([name, service]) => ({
		name,
		path: joinField('services', name),
		spec: mapOf(service),
	}));
	return [...unknownImages(value, services), ...serviceFindings(value, services, target)];
};
