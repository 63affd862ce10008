import {fieldOf, integerOf, joinField, listOf, textOf} from '../fields.js';
import {actionsOf} from '../inventory/ports.js';
import {nameOf, neighboursOf, ofKind, selects, type Container} from '../podspec.js';
import {oldPorts, variableOfOldPort} from '../ports.js';
import type {Rule, Seen} from './finding.js';
import type {Look, PingContainer, WorkloadLook} from './look.js';

const defaults = 'pingidentity-docker-builds 2102 pingbase/Dockerfile:137-143 and 2103 pingbase/Dockerfile:135-141';

/** What is said of ports in the objects of a workload. */
export const portRules = {
	'port-container-old': {
		severity: 'warns',
		means:
			'The server will listen on the new default instead. The list of container ports is for people and for ' +
			'names: whatever is looked up in it goes to a port nobody listens on.',
		todo: 'Write the new port: 389 becomes 1389, 636 becomes 1636, 443 becomes 1443, 689 becomes 1689.',
		source: defaults,
	},
	'port-probe-old': {
		severity: 'blocks',
		means:
			'The probe knocks at a port nobody listens on any more: the pod never becomes ready, or is restarted for ever.',
		todo: 'Write the new port, or the name of the container port.',
		source: defaults,
	},
	'port-service-old': {
		severity: 'blocks',
		means: 'The Service sends clients to a port nobody listens on any more.',
		todo: 'Keep `port`, so that clients need no change, and set `targetPort` to the new port.',
		source: `${defaults}; helm-charts ping-devops-0.5.3 values.yaml (servicePort stays, containerPort moves)`,
	},
	'port-headless-old': {
		severity: 'warns',
		means: "A headless Service maps no ports: who asks for the pods' addresses must know the new port.",
		todo: 'Write the new port, and look for peers that use the old one.',
		source:
			'helm-charts pull request 136 (cluster service: port is containerPort); Kubernetes documentation, ' +
			'headless Services',
	},
	'port-networkpolicy-old': {
		severity: 'blocks',
		means:
			'A NetworkPolicy is applied to the port of the pod, after the Service has mapped it: the new port is closed.',
		todo: 'Allow the new port beside the old one until the cut-over is done.',
		source: `${defaults}; Kubernetes documentation, NetworkPolicy`,
	},
	'port-route-old': {
		severity: 'blocks',
		means: 'A Route names the port of the pod: it goes to a port nobody listens on any more.',
		todo: "Write the new port, or the name of the Service's port.",
		source: `${defaults}; OpenShift documentation, Route spec.port.targetPort`,
	},
	'ports-of-root-not-pinned': {
		severity: 'blocks',
		means:
			"It stays root to keep the old ports, but the image's own defaults are the new ones: on the old volume " +
			'PingDirectory ends with exit status 20, its relatives never become ready.',
		todo:
			'Set LDAP_PORT, LDAPS_PORT, HTTPS_PORT and JMX_PORT in the environment to what the server was set up with ' +
			'(389, 636, 443, 689 unless changed).',
		source:
			'pingidentity-docker-builds 2103 pingdatacommon/opt/staging/hooks/pingdata.lib.sh:347-370; ' +
			'pingidentity-devops-getting-started docs/how-to/migratingRootToUnprivileged.md',
	},
	'port-change-guarded': {
		severity: 'blocks',
		means:
			'Started on its old volume with the new image, the container refuses: LDAP/LDAPS/HTTPS ports from ' +
			'original settings may not be changed on restart (exit status 20).',
		todo: 'Deploy afresh, with a new name and new claims; or stay root and pin the four original ports.',
		source:
			'pingidentity-docker-builds 2103 pingdatacommon/opt/staging/hooks/pingdata.lib.sh:347-370, ' +
			'generateSetupArguments',
	},
	'port-change-silent': {
		severity: 'blocks',
		means:
			'Started on its old volume with the new image, the server keeps its old listeners while probes and ' +
			'Services go to the new ones. No guard tells: the pod runs and never becomes ready.',
		todo: 'Deploy afresh, with a new name and new claims; or stay root and pin the original ports.',
		source:
			'pingidentity-docker-builds 2103 pingdatacommon/opt/staging/hooks/20-restart-sequence.sh (only ' +
			'PingDirectory calls the guard)',
	},
} as const satisfies Readonly<Record<string, Rule>>;

type Code = keyof typeof portRules;
type Found = ReadonlyArray<Seen<Code>>;

/**
Whether a number is an old default that the product will no longer listen on; where it is, the number it will listen on.
*/
export const movedPort = ({product, portAfter}: PingContainer, port: number | undefined): number | undefined => {
	const variable = port === undefined ? undefined : variableOfOldPort(port);
	if (!variable || !product.changedPorts.includes(variable)) {
		return undefined;
	}

	const after = portAfter(variable);
	return after === port || product.changedPorts.some(other => portAfter(other) === port) ? undefined : after;
};

const containerFound = (look: WorkloadLook, ping: PingContainer, named: ReadonlySet<string>): Found =>
	listOf(ping.container.spec.ports).flatMap((entry, index): Found => {
		const port = integerOf(fieldOf(entry, 'containerPort'));
		const after = movedPort(ping, port);
		const name = textOf(fieldOf(entry, 'name'));
		return after === undefined
			? []
			: [
					{
						code: 'port-container-old',
						on: look.object,
						field: `${ping.container.path}.ports[${index}].containerPort`,
						seen: `containerPort: ${port}; the server will listen on ${after}`,
						...(name !== undefined &&
							named.has(name) && {
								severity: 'blocks',
								means:
									`A Service or a probe goes to the port by its name «${name}», and so to a port nobody listens ` +
									'on any more.',
							}),
					},
				];
	});

const probesFound = (look: WorkloadLook, ping: PingContainer): Found =>
	actionsOf(ping.container).flatMap(({field, action}) =>
		['tcpSocket', 'httpGet'].flatMap((kind): Found => {
			const port = integerOf(fieldOf(action, kind, 'port'));
			const after = movedPort(ping, port);
			return after === undefined
				? []
				: [
						{
							code: 'port-probe-old',
							on: look.object,
							field: `${field}.${kind}.port`,
							seen: `port: ${port}; the server will listen on ${after}`,
						},
					];
		}),
	);

/** The number a Service's target leads to in a container: itself, or that of the port with the name. */
export const targetNumber = (container: Container, target: unknown): number | undefined =>
	integerOf(target) ??
	integerOf(
		fieldOf(
			listOf(container.spec.ports).find(entry => fieldOf(entry, 'name') === target),
			'containerPort',
		),
	);

const servicesFound = (look: Look): Found =>
	look.services.flatMap(({service, behind}): Found => {
		const [main] = behind.flatMap(workload => workload.main ?? []);
		if (!main) {
			return [];
		}

		const isHeadless = fieldOf(service, 'spec', 'clusterIP') === 'None';
		return listOf(fieldOf(service, 'spec', 'ports')).flatMap((entry, index): Found => {
			const target = fieldOf(entry, 'targetPort');
			const port = integerOf(fieldOf(entry, 'port'));
			const number = target === undefined ? port : integerOf(target);
			const after = movedPort(main, isHeadless ? port : number);
			const field = joinField('', 'spec', 'ports', index, target === undefined || isHeadless ? 'port' : 'targetPort');
			return after === undefined
				? []
				: [
						{
							code: isHeadless ? 'port-headless-old' : 'port-service-old',
							on: service,
							field,
							seen:
								`${isHeadless || target === undefined ? `port: ${port}` : `port: ${port}, targetPort: ${number}`}; ` +
								`the server will listen on ${after}`,
						},
					];
		});
	});

const policiesFound = ({objects, workloadsNear}: Look): Found =>
	ofKind(objects, 'NetworkPolicy').flatMap(policy => {
		const matching = (selector: unknown): readonly PingContainer[] =>
			workloadsNear(policy).flatMap(({main, pod}) =>
				main && selects(fieldOf(selector, 'matchLabels'), pod.labels) ? [main] : [],
			);
		const inRules = (direction: 'ingress' | 'egress', pingsOf: (rule: unknown) => readonly PingContainer[]): Found =>
			listOf(fieldOf(policy, 'spec', direction)).flatMap((rule, index) => {
				const [ping] = pingsOf(rule);
				const ports = listOf(fieldOf(rule, 'ports'));
				return ping
					? ports.flatMap((entry, place): Found => {
							const port = integerOf(fieldOf(entry, 'port'));
							const after = movedPort(ping, port);
							const isOpen = ports.some(other => integerOf(fieldOf(other, 'port')) === after);
							return after === undefined || isOpen
								? []
								: [
										{
											code: 'port-networkpolicy-old',
											on: policy,
											field: `spec.${direction}[${index}].ports[${place}].port`,
											seen: `port: ${port}; the server will listen on ${after}`,
										},
									];
						})
					: [];
			});
		return [
			...inRules('ingress', () => matching(fieldOf(policy, 'spec', 'podSelector'))),
			...inRules('egress', rule => listOf(fieldOf(rule, 'to')).flatMap(peer => matching(fieldOf(peer, 'podSelector')))),
		];
	});

const routesFound = ({objects, servicesNamed}: Look): Found =>
	ofKind(objects, 'Route').flatMap((route): Found => {
		const service = textOf(fieldOf(route, 'spec', 'to', 'name')) ?? '';
		const [main] = servicesNamed(service, route)
			.flatMap(({behind}) => behind)
			.flatMap(workload => workload.main ?? []);
		const port = integerOf(fieldOf(route, 'spec', 'port', 'targetPort'));
		const after = main && movedPort(main, port);
		return after === undefined
			? []
			: [
					{
						code: 'port-route-old',
						on: route,
						field: 'spec.port.targetPort',
						seen: `targetPort: ${port}, through the Service ${service}; the server will listen on ${after}`,
					},
				];
	});

const pinsFound = (look: WorkloadLook): Found => {
	const {main} = look;
	if (!main?.willBeRoot || look.strategy === 'root' || main.product.changedPorts.length === 0) {
		return [];
	}

	const missing = main.product.changedPorts.filter(
		variable => !main.variables.has(variable) && main.portAfter(variable) === oldPorts[variable],
	);
	const pinned = main.product.changedPorts.some(
		variable => main.variables.get(variable)?.value === String(oldPorts[variable]),
	);
	const unpinned = pinned ? main.product.changedPorts.filter(variable => !main.variables.has(variable)) : missing;
	const isCertain = main.environment.unseen.length === 0;
	return main.side === 'old' || unpinned.length === 0
		? []
		: [
				{
					code: 'ports-of-root-not-pinned',
					on: look.object,
					field: joinField(main.container.path, 'env'),
					seen:
						`runs as root with old ports, and ${unpinned.join(', ')} ${unpinned.length === 1 ? 'is' : 'are'} not ` +
						`set${isCertain ? '' : ` (${main.environment.unseen.join(', ')} was not seen)`}`,
					...(!isCertain || unpinned.every(variable => variable === 'JMX_PORT') ? {severity: 'warns'} : {}),
				},
			];
};

const isClaimed = (look: WorkloadLook): boolean =>
	look.workload?.volumes.some(({claim}) => claim !== undefined) ?? false;

const changeFound = (look: WorkloadLook): Found => {
	const {main, workload} = look;
	const change = main?.product.portChange;
	if (
		!main ||
		!workload ||
		workload.side === 'new' ||
		look.strategy !== undefined ||
		main.willBeRoot ||
		!isClaimed(look) ||
		(change !== 'guarded' && change !== 'silent')
	) {
		return [];
	}

	const guarded = main.product.changedPorts.filter(variable => variable !== 'JMX_PORT');
	const before = workload.side === 'old' || workload.portsFrom !== 'image' ? workload.ports : {};
	const changed = guarded.filter(
		variable => before[variable] !== undefined && before[variable] !== main.portAfter(variable),
	);
	return changed.length === 0
		? []
		: [
				{
					code: change === 'guarded' ? 'port-change-guarded' : 'port-change-silent',
					on: look.object,
					field: joinField(main.container.path, 'image'),
					seen:
						`${changed.map(variable => `${variable} ${before[variable]} → ${main.portAfter(variable)}`).join(', ')} ` +
						`on the volume of ${nameOf(look.object)}`,
					...(workload.side === 'unknown' && {severity: 'warns'}),
				},
			];
};

const namedTargets = (look: Look, {object, pod}: WorkloadLook): ReadonlySet<string> =>
	new Set([
		...neighboursOf(look.objects, 'Service', object)
			.filter(service => selects(fieldOf(service, 'spec', 'selector'), pod.labels))
			.flatMap(service =>
				listOf(fieldOf(service, 'spec', 'ports')).map(entry => textOf(fieldOf(entry, 'targetPort')) ?? ''),
			),
		...pod.containers.flatMap(container =>
			actionsOf(container).flatMap(({action}) =>
				['tcpSocket', 'httpGet'].map(kind => textOf(fieldOf(action, kind, 'port')) ?? ''),
			),
		),
	]);

/** Findings about ports in workloads, Services, NetworkPolicies and Routes. */
export const portFindings = (look: Look): Found => [
	...look.workloads
		.filter(({containers}) => containers.length > 0)
		.flatMap(workload => [
			...workload.containers.flatMap(ping => [
				...containerFound(workload, ping, namedTargets(look, workload)),
				...probesFound(workload, ping),
			]),
			...pinsFound(workload),
			...changeFound(workload),
		]),
	...servicesFound(look),
	...policiesFound(look),
	...routesFound(look),
];
