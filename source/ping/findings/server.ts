import {fieldOf, integerOf, joinField, textOf} from '../fields.js';
import {nameOf, namespaceOf, neighboursOf, selects} from '../podspec.js';
import type {Manifest} from '../workload.js';
import type {Rule, Seen} from './finding.js';
import {variablePlace, type Look, type WorkloadLook} from './look.js';

/** What is said of the server, its topology and the objects that hold it. */
export const serverRules = {
	'statefulset-immutable': {
		severity: 'blocks',
		means:
			'The API server refuses the change: updates to statefulset spec for fields other than replicas, ' +
			'ordinals, template, updateStrategy, … are forbidden.',
		todo: 'Give the new StatefulSet another name, or delete the old one with --cascade=orphan first.',
		source: 'Kubernetes API, StatefulSet validation',
	},
	'kind-changes': {
		severity: 'blocks',
		means:
			'A Deployment does not become a StatefulSet: both would run side by side, with the same labels behind ' +
			'the same Service.',
		todo: 'Give the new workload another name and labels of its own, and scale the old one down at the cut-over.',
		source: 'helm-charts ping-devops-0.5.2 and 0.9.0 (pingaccess-admin and pingdatasync became StatefulSets)',
	},
	'headless-hides-pods': {
		severity: 'blocks',
		means:
			'From PingDirectory 8.2 on, servers look each other up before they are ready. Without ' +
			'publishNotReadyAddresses set-up ends with: Resolve issues with pingdirectory Kubernetes cluster ' +
			'service, and restart.',
		todo: 'Set publishNotReadyAddresses: true on the headless Service.',
		source: 'pingidentity-docker-builds 2103 pingdirectory/opt/staging/hooks/182-pre-setup.sh',
	},
	'topology-of-several': {
		severity: 'warns',
		means:
			'Members must not be moved one after the other: the hooks take one LDAPS_PORT for all, and two ' +
			'topologies of more than one server each cannot be merged.',
		todo: 'Deploy one new server, import into it and prove it, then scale up: the others initialise from it.',
		source:
			'pingidentity-devops-getting-started 2506 docs/deployment/restorePDMultiRegionSeedFailure.md; ' +
			'pingidentity-docker-builds 2103 pingdirectory/opt/staging/hooks/80-post-start.sh',
	},
	'cluster-by-dns': {
		severity: 'warns',
		means:
			'The servers of this cluster find each other by this name. New ones that keep it join the old cluster, ' +
			'with another version; new ones with a name each find nobody.',
		todo:
			'Give all new members of the cluster, console and engines, one headless Service of their own, and this ' +
			'variable its name.',
		source: 'pingidentity-devops-getting-started 2506 30-helm/pingfederate-cluster.yaml (DNS_QUERY_LOCATION)',
	},
	'increment-ports': {
		severity: 'warns',
		means: 'Every pod adds its ordinal to the ports, so no two pods have the same and none has the default.',
		todo: 'Read the ports of every pod from its own set-up before they are planned.',
		source: 'pingidentity-docker-builds 2103 pingdatacommon/opt/staging/hooks/pingdata.lib.sh, buildRunPlan',
	},
	'makeldif-users': {
		severity: 'warns',
		means: 'The first start makes this many sample users beside the imported ones: no count agrees any more.',
		todo: 'Set MAKELDIF_USERS to 0.',
		source: 'pingidentity-docker-builds 2103 pingdirectory/opt/staging/hooks/182-pre-setup.sh',
	},
	'unsafe-continue': {
		severity: 'warns',
		means: "Every failure of the start is passed over, the port guard's too: the server runs in a state nobody meant.",
		todo: 'Remove UNSAFE_CONTINUE_ON_ERROR.',
		source: 'pingidentity-docker-builds 2103 pingcommon/opt/staging/hooks/pingcommon.lib.sh, container_failure',
	},
	'access-admin-network': {
		severity: 'informs',
		means:
			'The hook takes the network down while the configuration is imported, which needs root. Without root ' +
			'that fails silently, and engines may reach the console too early.',
		todo: 'Start the engines after the console is ready.',
		source: 'pingidentity-docker-builds 2103 pingaccess/opt/staging/hooks/50-before-post-start.sh',
	},
} as const satisfies Readonly<Record<string, Rule>>;

type Code = keyof typeof serverRules;
type Found = ReadonlyArray<Seen<Code>>;

const immutable = ['serviceName', 'selector', 'volumeClaimTemplates', 'podManagementPolicy'] as const;

const identityOfObject = (object: Manifest): string => `${namespaceOf(object) ?? ''}/${nameOf(object)}`;

/** Two descriptions of one StatefulSet among the objects: what is there and what is to be. */
const changesFound = ({workloads}: Look): Found => {
	const byName = Map.groupBy(
		workloads.filter(({main, pod}) => main !== undefined && ['StatefulSet', 'Deployment'].includes(pod.kind)),
		({object}) => identityOfObject(object),
	);
	return byName
		.values()
		.flatMap(([first, ...others]) =>
			others.flatMap(({object, pod}): Found => {
				if (!first) {
					return [];
				}

				if (pod.kind !== first.pod.kind) {
					return [
						{
							code: 'kind-changes',
							on: object,
							field: 'kind',
							seen: `${nameOf(object)} is a ${first.pod.kind} and a ${pod.kind}`,
						},
					];
				}

				const changed =
					pod.kind === 'StatefulSet'
						? immutable.filter(
								name =>
									JSON.stringify(fieldOf(first.object, 'spec', name)) !== JSON.stringify(fieldOf(object, 'spec', name)),
							)
						: [];
				return changed.map(name => ({
					code: 'statefulset-immutable',
					on: object,
					field: joinField('spec', name),
					seen: `${name} differs between the two descriptions of ${nameOf(object)}`,
				}));
			}),
		)
		.toArray();
};

const isBefore82 = (version: string | undefined): boolean =>
	version !== undefined && /^(?:[0-7]\.|8\.[01](?:\.|$))/v.test(version);

const headlessFound = (look: Look, {object, pod, main, workload}: WorkloadLook): Found => {
	if (main?.product.id !== 'pingdirectory' || (isBefore82(workload?.productVersion) && workload?.side === 'new')) {
		return [];
	}

	const serviceName = textOf(fieldOf(object, 'spec', 'serviceName'));

	return neighboursOf(look.objects, 'Service', object)
		.filter(
			service =>
				nameOf(service) === serviceName &&
				fieldOf(service, 'spec', 'clusterIP') === 'None' &&
				selects(fieldOf(service, 'spec', 'selector'), pod.labels),
		)
		.filter(service => fieldOf(service, 'spec', 'publishNotReadyAddresses') !== true)
		.map(service => ({
			code: 'headless-hides-pods',
			on: service,
			field: 'spec.publishNotReadyAddresses',
			seen: `publishNotReadyAddresses is not true on ${nameOf(service)}`,
			// Set-up is what looks for the others, and on an old volume there is none.
			...(main.willBeRoot && {severity: 'warns'}),
		}));
};

const serverFound = (look: WorkloadLook): Found => {
	const {object, main, workload, strategy} = look;
	if (!main || !workload) {
		return [];
	}

	const {variables, product} = main;
	const makes = variables.get('MAKELDIF_USERS');
	const unsafe = variables.get('UNSAFE_CONTINUE_ON_ERROR');
	const increments = variables.get('K8S_INCREMENT_PORTS');
	const mode = variables.get('OPERATIONAL_MODE');
	const dns = variables.get('DNS_QUERY_LOCATION');
	const found: Array<Seen<Code> | undefined> = [
		strategy !== 'root' && product.id === 'pingdirectory' && workload.side !== 'new' && workload.replicas > 1
			? {
					code: 'topology-of-several',
					on: object,
					field: 'spec.replicas',
					seen: `replicas: ${workload.replicas}`,
				}
			: undefined,
		increments?.value === 'true'
			? {code: 'increment-ports', ...variablePlace(look, increments), seen: 'K8S_INCREMENT_PORTS=true'}
			: undefined,
		dns && strategy !== 'root' && product.id === 'pingfederate' && workload.side !== 'new' && !main.willBeRoot
			? {code: 'cluster-by-dns', ...variablePlace(look, dns), seen: `DNS_QUERY_LOCATION=${dns.value}`}
			: undefined,
		makes && !main.willBeRoot && product.id === 'pingdirectory' && (integerOf(makes.value) ?? 0) > 0
			? {code: 'makeldif-users', ...variablePlace(look, makes), seen: `MAKELDIF_USERS=${makes.value}`}
			: undefined,
		unsafe?.value === 'true'
			? {code: 'unsafe-continue', ...variablePlace(look, unsafe), seen: 'UNSAFE_CONTINUE_ON_ERROR=true'}
			: undefined,
		product.id === 'pingaccess' && workload.side !== 'new' && !main.willBeRoot && mode?.value === 'CLUSTERED_CONSOLE'
			? {code: 'access-admin-network', ...variablePlace(look, mode), seen: 'OPERATIONAL_MODE=CLUSTERED_CONSOLE'}
			: undefined,
	];
	return found.filter(seen => seen !== undefined);
};

/** Findings about servers, their topology and what cannot be changed in place. */
export const serverFindings = (look: Look): Found => [
	...look.workloads
		.filter(({main}) => main !== undefined)
		.flatMap(workload => [...serverFound(workload), ...headlessFound(look, workload)]),
	...changesFound(look),
];
