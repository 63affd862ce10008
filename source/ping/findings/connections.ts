import {catalogue, listensOn} from '../catalogue/index.js';
import {fieldOf, integerOf, joinField, listOf, mapOf, textOf, textsOf} from '../fields.js';
import {actionsOf, commandOf} from '../inventory/ports.js';
import {mentionsOf, waitsWithoutPort, type Mention} from '../mentions.js';
import {namespaceOf, nameOf, ofKind, type Container} from '../podspec.js';
import {isPortVariable, newPortOf} from '../ports.js';
import type {Manifest} from '../workload.js';
import type {Rule, Seen} from './finding.js';
import type {Look, PingContainer, WorkloadLook} from './look.js';
import {movedPort, targetNumber} from './ports.js';

const change =
	'pingidentity-docker-builds 2102 and 2103 pingbase/Dockerfile; pingidentity-devops-getting-started 2103 ' +
	'(manifests and compose files moved from 389, 636, 443)';

/** What is said of clients that name a port. */
export const connectionRules = {
	'connection-old-port': {
		severity: 'warns',
		means: 'It goes on working only as long as a Service maps this port to the new one.',
		todo: 'Keep the port of the Service and set its targetPort to the new port; then nothing has to change here.',
		source: change,
	},
	'connection-unmapped': {
		severity: 'blocks',
		means: 'Nothing maps this port: the Service is headless or does not have it, so the client reaches nobody.',
		todo: 'Write the new port here, or give the Service this port with the new one as its targetPort.',
		source: change,
	},
	'wait-for-without-port': {
		severity: 'warns',
		means:
			'The default port of wait-for moved from 443 to 1443 with the image it comes from: it waits for ever ' +
			'where the Service keeps 443.',
		todo: 'Name the port: wait-for HOST:PORT.',
		source: 'pingidentity-docker-builds 2102 and 2103 pingcommon/opt/wait-for',
	},
	'ingress-old-port': {
		severity: 'warns',
		means: 'The Ingress names a port of the Service, and goes on working only as long as the Service keeps it.',
		todo: 'Keep the port of the Service and set its targetPort to the new port; then nothing has to change here.',
		source: `${change}; pingidentity-devops-getting-started 2102 20-kubernetes/10-ingress/pingdatagovernance.yaml`,
	},
} as const satisfies Readonly<Record<string, Rule>>;

type Code = keyof typeof connectionRules;
type Found = ReadonlyArray<Seen<Code>>;

const movedNames = catalogue.filter(({changedPorts}) => changedPorts.length > 0).map(({id}) => id);
const pingHost = new RegExp(String.raw`(?:^|[\-_.])(?:${movedNames.join('|')})(?:[\-_.]|\d|$)`, 'iv');
const pingVariable = /^(?:PD|PDS|PDP|PDG|PA|PAZ|PING)_|PINGDIRECTORY|PINGDATA|PINGACCESS|PINGAUTHORIZE/v;

/**
The chart gives every product's host and port to every workload, also of products that are not deployed; the port is
that of the Service, which stays (helm-charts templates/pinglib/_env-vars.tpl).
*/
const chartVariable = /_PRIVATE_PORT_[A-Z]+$/v;

/** Where a client's address leads. */
type Reach =
	| {readonly kind: 'elsewhere'}
	/** Right as it is: the port is one the server will have, or a Service maps it. */
	| {readonly kind: 'right'}
	| {readonly kind: 'mapped-to-old'}
	| {readonly kind: 'unmapped'; readonly why: string}
	/** Ping's by its name, but neither a Service nor a workload of that name was seen. */
	| {readonly kind: 'unseen'};

const reachService = (service: Manifest, main: PingContainer, port: number): Reach => {
	const entry = listOf(fieldOf(service, 'spec', 'ports')).find(
		candidate => integerOf(fieldOf(candidate, 'port')) === port,
	);
	if (fieldOf(service, 'spec', 'clusterIP') === 'None') {
		return movedPort(main, port) === undefined
			? {kind: 'right'}
			: {kind: 'unmapped', why: `the Service ${nameOf(service)} is headless`};
	}

	if (!entry) {
		return {kind: 'unmapped', why: `the Service ${nameOf(service)} has no port ${port}`};
	}

	const target = fieldOf(entry, 'targetPort') ?? port;
	return {kind: movedPort(main, targetNumber(main.container, target)) === undefined ? 'right' : 'mapped-to-old'};
};

/** Follows host and port to a workload of Ping's, through the Service of that name where there is one. */
const reach = (look: Look, from: Manifest, host: string, port: number): Reach => {
	const [name = '', second] = host.split('.', 2);
	const isForeignNamespace = second !== undefined && namespaceOf(from) !== undefined && second !== namespaceOf(from);
	const services = isForeignNamespace ? [] : look.servicesNamed(name, from);
	const [found] = services;
	if (found) {
		const [main] = found.behind.flatMap(workload => workload.main ?? []);
		return main && main.product.changedPorts.length > 0 ? reachService(found.service, main, port) : {kind: 'elsewhere'};
	}

	// The name of one pod below a headless Service: pod.service.
	const headless = second === undefined ? [] : look.servicesNamed(second, from).flatMap(({behind}) => behind);
	const [pod] = headless.flatMap(({main}) => main ?? []);
	if (pod) {
		return movedPort(pod, port) === undefined
			? {kind: 'right'}
			: {kind: 'unmapped', why: `${host} is a pod's own name`};
	}

	if (host.startsWith('$')) {
		return {kind: pingVariable.test(host.replaceAll(/[$\{\}]/gv, '')) ? 'unseen' : 'elsewhere'};
	}

	const isOutside = second !== undefined && /\.(?:com|net|org|io)$/v.test(host);
	return {kind: !isOutside && pingHost.test(name) ? 'unseen' : 'elsewhere'};
};

const judge = (reached: Reach, at: Pick<Seen<Code>, 'on' | 'field'>, words: string, port: number): Found => {
	switch (reached.kind) {
		case 'elsewhere':
		case 'right': {
			return [];
		}

		case 'mapped-to-old': {
			return [{...at, code: 'connection-old-port', seen: words}];
		}

		case 'unseen': {
			return [{...at, code: 'connection-old-port', seen: `${words} (its Service was not seen)`}];
		}

		case 'unmapped': {
			return [
				{...at, code: 'connection-unmapped', seen: `${words}: ${reached.why}; the new port is ${newPortOf(port)}`},
			];
		}
	}
};

const onMention = (
	look: Look,
	at: {readonly on: Manifest; readonly field: string},
	{host, port, words}: Mention,
	own: PingContainer | undefined,
): Found => {
	if (host !== undefined && host !== 'localhost') {
		return judge(reach(look, at.on, host, port), at, words, port);
	}

	// Without a host it is the server itself that is meant, where it is one of Ping's.
	const moved = own && !words.includes('_PORT') ? movedPort(own, port) : undefined;
	return moved === undefined
		? []
		: [{...at, code: 'connection-unmapped', seen: `${words}: the server itself will listen on ${moved}`}];
};

/** The findings of one text of an object: addresses in it that lead to Ping. */
const inText = (look: Look, on: Manifest, field: string, text: string, own: PingContainer | undefined): Found =>
	/389|636|443|689/v.test(text) ? mentionsOf(text).flatMap(mention => onMention(look, {on, field}, mention, own)) : [];

/** Variables that hold host and port apart, such as LDAP_HOST and LDAP_PORT. */
const inPairs = (
	look: Look,
	on: Manifest,
	variables: Readonly<Record<string, {readonly value: string; readonly field: string}>>,
	isOwn: (name: string) => boolean,
): Found =>
	Object.entries(variables).flatMap(([name, {value, field}]): Found => {
		const port = integerOf(value);
		const prefix = /^(?<prefix>\w*?)_?port(?:_|$)/iv.exec(name)?.groups?.prefix;
		if (prefix === undefined || port === undefined || newPortOf(port) === undefined || isOwn(name)) {
			return [];
		}

		const [hostName, host] =
			Object.entries(variables).find(
				([other]) => other.startsWith(prefix) && /host|server|addr/iv.test(other.slice(prefix.length)),
			) ?? [];
		if (hostName === undefined || host === undefined) {
			return [];
		}

		const reached = reach(look, on, host.value, port);
		return reached.kind === 'unseen' && chartVariable.test(name)
			? []
			: judge(reached, {on, field}, `${name}=${value} beside ${hostName}=${host.value}`, port);
	});

const waits = (look: Look, {object}: WorkloadLook, container: Container, field: string): Found => {
	const host = waitsWithoutPort(commandOf(container.spec));
	if (host === undefined) {
		return [];
	}

	const reached = reach(look, object, host, 1443);
	return reached.kind === 'elsewhere' || reached.kind === 'right'
		? []
		: [
				{
					code: 'wait-for-without-port',
					on: object,
					field,
					seen: `wait-for ${host}`,
					...(reached.kind === 'unmapped' && {
						severity: 'blocks',
						means:
							'The default port of wait-for moved from 443 to 1443 with the image it comes from, and ' +
							`${reached.why}: it waits for ever.`,
					}),
				},
			];
};

const inContainer = (look: Look, workload: WorkloadLook, container: Container): Found => {
	const {object} = workload;
	const own = workload.containers.find(ping => ping.container === container);
	const self = own?.product.changedPorts.length ? own : workload.main;
	const env = listOf(container.spec.env);
	const literals = Object.fromEntries(
		env.flatMap((entry, index) => {
			const [name, value] = [textOf(fieldOf(entry, 'name')), textOf(fieldOf(entry, 'value'))];
			return name === undefined || value === undefined
				? []
				: [[name, {value, field: `${container.path}.env[${index}].value`}]];
		}),
	);
	const command = joinField(container.path, container.spec.command === undefined ? 'args' : 'command');
	const isOwn = (name: string): boolean => listensOn(own?.product, name);
	return [
		...inText(look, object, command, commandOf(container.spec), container.isInit ? undefined : self),
		...waits(look, workload, container, command),
		...Object.values(literals).flatMap(({value, field}) => inText(look, object, field, value, undefined)),
		...inPairs(look, object, literals, isOwn),
		...actionsOf(container).flatMap(({field, action}) =>
			inText(look, object, `${field}.exec.command`, commandOf(fieldOf(action, 'exec')), self),
		),
	];
};

/** Whether a key of a ConfigMap is the environment of one of Ping's containers: then its port is the server's own. */
const isOwnPort = (look: Look, object: Manifest, name: string): boolean =>
	isPortVariable(name) &&
	look.workloads.some(({containers}) => containers.some(({variables}) => variables.get(name)?.from.object === object));

const inConfigMap = (look: Look, object: Manifest): Found => {
	const data = textsOf(object.data);
	const variables = Object.fromEntries(
		Object.entries(data).map(([name, value]) => [name, {value, field: joinField('data', name)}]),
	);
	return [
		...Object.values(variables).flatMap(({value, field}) => inText(look, object, field, value, undefined)),
		...inPairs(look, object, variables, name => isOwnPort(look, object, name)),
	];
};

/** The backends an Ingress names, of both versions of its API. */
const backendsOf = (
	ingress: Manifest,
): ReadonlyArray<{readonly field: string; readonly service: string; readonly port: number}> => {
	const rules = listOf(fieldOf(ingress, 'spec', 'rules')).flatMap((rule, index) =>
		listOf(fieldOf(rule, 'http', 'paths')).map((entry, place) => ({
			field: `spec.rules[${index}].http.paths[${place}].backend`,
			backend: mapOf(fieldOf(entry, 'backend')),
		})),
	);
	const defaults = ['defaultBackend', 'backend'].map(name => ({
		field: `spec.${name}`,
		backend: mapOf(fieldOf(ingress, 'spec', name)),
	}));
	return [...rules, ...defaults].flatMap(({field, backend}) => {
		const service = textOf(fieldOf(backend, 'service', 'name')) ?? textOf(backend.serviceName);
		const port = integerOf(fieldOf(backend, 'service', 'port', 'number')) ?? integerOf(backend.servicePort);
		return service === undefined || port === undefined
			? []
			: [
					{
						field: backend.service === undefined ? `${field}.servicePort` : `${field}.service.port.number`,
						service,
						port,
					},
				];
	});
};

const inIngress = (look: Look, ingress: Manifest): Found =>
	backendsOf(ingress).flatMap(({field, service, port}): Found =>
		newPortOf(port) === undefined
			? []
			: judge(
					reach(look, ingress, service, port),
					{on: ingress, field},
					`the Service ${service} on port ${port}`,
					port,
				).map(found => (found.code === 'connection-old-port' ? {...found, code: 'ingress-old-port'} : found)),
	);

/** Findings about whoever talks to Ping's workloads: commands, variables, ConfigMaps and Ingresses of the namespace. */
export const connectionFindings = (look: Look): Found => [
	...look.workloads.flatMap(workload =>
		workload.pod.containers.flatMap(container => inContainer(look, workload, container)),
	),
	...ofKind(look.objects, 'ConfigMap').flatMap(object => inConfigMap(look, object)),
	...ofKind(look.objects, 'Ingress').flatMap(ingress => inIngress(look, ingress)),
];
