import {listOf, mapOf, textOf} from '../../ping/fields.js';
import type {Manifest, Workload} from '../../ping/workload.js';
import {podSpecPathOf, type ContainerPlace} from '../objects/containers.js';
import type {ServiceMove} from '../objects/draft.js';
import {applyEdits} from '../objects/edit.js';
import {lowPortNotes} from '../objects/low-ports.js';
import {managerNotes} from '../objects/manager-notes.js';
import {oldHostsIn} from '../objects/neighbours.js';
import {rootInits} from '../objects/root-inits.js';
import {isHeadless, unansweredTargets} from '../objects/services.js';
import {freshStartNotes} from '../objects/start-notes.js';
import {at} from '../objects/value.js';
import type {Decisions} from '../strategy.js';

/** What the notes of a fresh deployment are written from. */
export type FreshFacts = {
	readonly workload: Manifest;
	readonly newObject: Manifest;
	readonly facts: Workload;
	readonly decisions: Decisions;
	readonly places: readonly ContainerPlace[];
	/** Services that select the old pods. */
	readonly used: readonly Manifest[];
	readonly moves: readonly ServiceMove[];
	readonly objects: readonly Manifest[];
	readonly unseen: readonly string[];
	readonly environment: Readonly<Record<string, string>>;
	readonly copied: ReadonlyArray<readonly [string, string]>;
	readonly others: readonly string[];
};

const names = (list: readonly string[]): string => list.join(', ');

/** Whether no client is served by it. */
const runsToItsEnd = ({kind}: Manifest): boolean => kind === 'Job' || kind === 'CronJob';

const storageClassText = (storageClass: string | undefined): string => {
	if (storageClass === undefined) {
		return ', default storage class';
	}

	return storageClass === ''
		? ', no storage class, so a volume must be there for it'
		: `, storage class ${storageClass}`;
};

const claimNotes = ({newObject, decisions, objects}: FreshFacts): readonly string[] =>
	listOf(at(newObject, ['spec', 'volumeClaimTemplates'])).flatMap(template => {
		const claim = `${textOf(at(template, ['metadata', 'name'])) ?? ''}-${decisions.newName}-0`;
		const size = textOf(at(template, ['spec', 'resources', 'requests', 'storage']));
		const storageClass = textOf(at(template, ['spec', 'storageClassName']));
		const isThere = objects.some(object => object.kind === 'PersistentVolumeClaim' && object.metadata.name === claim);
		const isPlanned = objects.some(
			object => object.kind === newObject.kind && object.metadata.name === decisions.newName,
		);
		return [
			`New claim ${claim}${size === undefined ? '' : `, ${size}`}${storageClassText(storageClass)}; the old ` +
				'claims stay as they are.',
			...(isThere && !isPlanned
				? [
						`A claim ${claim} is there already, from an earlier deployment: a pod that finds its data restarts ` +
							'an old server instead of setting a new one up. Remove it or choose another name.',
					]
				: []),
		];
	});

const serviceNotes = ({used, moves, newObject, places, decisions, environment}: FreshFacts): readonly string[] => {
	const server = places.find(({role}) => role === 'server');
	const newServer = server && at(newObject, server.path);
	const headless = used.filter(service => isHeadless(service)).map(({metadata: {name}}) => name);
	return [
		moves.length > 0
			? 'Services that move to the new pods at the cut-over: ' +
				`${names(moves.map(({service}) => service.metadata.name))}. The ports the clients use stay as they are.`
			: 'No Service moves at the cut-over: none that maps ports selects the old pods. Clients have to be pointed ' +
				'to the new server by hand.',
		...headless.map(
			name =>
				`Service ${name} is headless: it names the old pods and maps no ports, so it is not moved. A client ` +
				`that connects through it must change to ${decisions.newPorts.LDAPS_PORT} and to another Service.`,
		),
		...moves.flatMap(({service, edits}) => {
			const unanswered = unansweredTargets(applyEdits(service, edits), newServer);
			return unanswered.length > 0
				? [
						`Service ${service.metadata.name} sends to ${names(unanswered)}, which is no declared port of the ` +
							'new container; check that the server listens there.',
					]
				: [];
		}),
		...(environment.SERVER_PROFILE_PARENT !== undefined && decisions.profile
			? [
					'The server profile has parents (SERVER_PROFILE_PARENT): layers below the new profile may still set ' +
						'old ports.',
				]
			: []),
	];
};

const podNotes = ({workload, newObject, decisions, places}: FreshFacts): readonly string[] => {
	const foreign = places
		.filter(({role, container}) => role === 'foreign' && at(container, ['securityContext', 'runAsUser']) === undefined)
		.filter(({name}) => rootInits(places).every(init => init.name !== name))
		.map(({name}) => name);
	const asRoot = places
		.filter(
			({container}) =>
				at(container, ['securityContext', 'runAsUser']) === 0 ||
				at(container, ['securityContext', 'privileged']) === true,
		)
		.filter(({role}) => role === 'foreign')
		.map(({name}) => name);
	const rootMounts = places
		.filter(({role}) => role !== 'foreign')
		.flatMap(({path}) => listOf(mapOf(at(newObject, path)).volumeMounts))
		.map(mount => textOf(mapOf(mount).mountPath) ?? '')
		.filter(path => path.startsWith('/root/'));
	const secrets = listOf(at(newObject, [...podSpecPathOf(workload.kind), 'volumes']))
		.filter(volume => [0o400, 0o600].includes(Number(at(volume, ['secret', 'defaultMode']))))
		.map(volume => textOf(mapOf(volume).name) ?? '');
	const hostPorts = places
		.flatMap(({container}) => listOf(mapOf(container).ports))
		.filter(port => mapOf(port).hostPort !== undefined);
	return [
		...(foreign.length > 0 && decisions.fsGroup !== undefined
			? [
					`The pod's user ${decisions.identity.uid} holds for these containers too, since they set none of ` +
						`their own: ${names(foreign)}.`,
				]
			: []),
		...(asRoot.length > 0 ? [`Containers that go on running as root: ${names(asRoot)}.`] : []),
		...rootMounts.map(path => `${path} is mounted below root's home, which ${decisions.identity.uid} cannot read.`),
		...(secrets.length > 0 && decisions.fsGroup === undefined
			? [
					`Secret ${names(secrets)} is for its owner only, and no fsGroup is set here: check that the server ` +
						'can read it.',
				]
			: []),
		...(hostPorts.length > 0
			? ['A container port is bound to the node (hostPort): old and new pod cannot run on one node.']
			: []),
		...(decisions.fsGroup === undefined ? ['User and fsGroup are left to the platform (OpenShift).'] : []),
	];
};

/** What an operator should know of a fresh deployment. */
export const freshNotes = (input: FreshFacts): readonly string[] => {
	const {workload, facts, decisions, places, unseen, environment, copied, others} = input;
	const {name} = workload.metadata;
	const hosts = oldHostsIn(environment, [name, textOf(at(workload, ['spec', 'serviceName'])) ?? name]).filter(
		variable =>
			!['K8S_STATEFUL_SET_NAME', 'K8S_STATEFUL_SET_SERVICE_NAME', 'DNS_QUERY_LOCATION'].includes(variable) &&
			!variable.startsWith('SERVER_PROFILE'),
	);
	return [
		...freshStartNotes(facts, decisions.newName),
		...claimNotes(input),
		...(runsToItsEnd(workload) ? [] : serviceNotes(input)),
		...podNotes(input),
		...lowPortNotes({
			name,
			product: facts.product,
			environment,
			decisions,
			followers: 'the targetPort of the Services',
		}),
		...copied.map(([from, to]) => `ConfigMap ${from} is not touched; ${to} is its copy for the new pods.`),
		...unseen.map(map => `ConfigMap ${map} was not seen: what it may set is set in the container itself, which wins.`),
		...hosts.map(
			variable => `${variable} names a host of the old deployment; look whether the new server should use it.`,
		),
		...(environment.DNS_QUERY_LOCATION === undefined
			? []
			: [
					`${decisions.newName} finds its cluster by DNS_QUERY_LOCATION=${environment.DNS_QUERY_LOCATION}, ` +
						'which is the old one: give all new members of the cluster, console and engines, one headless ' +
						'Service of their own, and the variable its name.',
				]),
		...rootInits(places).map(
			({name: init, why}) =>
				`Init container ${init} needs root (${why}) and keeps it: runAsUser: 0 was written to it, since the ` +
				"pod's user holds for it otherwise. Leave it out if what it does is no longer needed.",
		),
		...others,
		...managerNotes(facts.manager, name),
	];
};
