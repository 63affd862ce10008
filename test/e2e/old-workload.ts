import {images, type KubeObject} from './cluster.js';
import type {PodNames} from './names.js';
import type {World} from './world.js';

/** The password of the old server's root user, cn=administrator. */
export const password = 'Never-in-production-1';

/** What may differ between old workloads. */
export type OldWorkload = {
	readonly image?: string;
	readonly securityContext?: Readonly<Record<string, unknown>>;
	/** Variables beside those every PingDirectory has. */
	readonly environment?: Readonly<Record<string, string>>;
	/**
	How many there are, 1 unless said. Several replicate, and need what lets their pods find each other's names.
	*/
	readonly replicas?: number;
	readonly names?: PodNames['template'];
};

/** What tells the images' hooks of a set whose pods replicate. */
const ofSet = {
	ORCHESTRATION_TYPE: 'KUBERNETES',
	K8S_STATEFUL_SET_NAME: 'pingdirectory',
	K8S_STATEFUL_SET_SERVICE_NAME: 'pingdirectory-cluster',
} as const;

const labels = {role: 'pingdirectory'};

const services: readonly KubeObject[] = [
	{
		apiVersion: 'v1',
		kind: 'Service',
		metadata: {name: 'pingdirectory', labels},
		spec: {
			selector: labels,
			ports: [
				{name: 'ldap', port: 389, protocol: 'TCP'},
				{name: 'ldaps', port: 636, protocol: 'TCP'},
				{name: 'https', port: 443, protocol: 'TCP'},
			],
		},
	},
	{
		apiVersion: 'v1',
		kind: 'Service',
		metadata: {name: 'pingdirectory-cluster', labels},
		spec: {
			clusterIP: 'None',
			publishNotReadyAddresses: true,
			selector: labels,
			ports: [{name: 'ldaps', port: 636, protocol: 'TCP'}],
		},
	},
];

const probe = (script: string, periodSeconds: number) => ({
	exec: {command: [script]},
	periodSeconds,
	timeoutSeconds: 10,
	failureThreshold: 6,
});

/**
The objects of PingDirectory as it was deployed before sprint 2103: a StatefulSet with a claim at /opt/out, a Service
for clients, a headless one for its peers, variables in a ConfigMap and the password in a Secret.
*/
export const oldWorkload = (
	storageClassName: string | undefined,
	{image = images.old, securityContext, environment, replicas = 1, names}: OldWorkload = {},
): readonly KubeObject[] => [
	...services,
	{
		apiVersion: 'v1',
		kind: 'ConfigMap',
		metadata: {name: 'pingdirectory-environment-variables', labels},
		data: {
			PING_IDENTITY_ACCEPT_EULA: 'YES',
			USER_BASE_DN: 'dc=example,dc=com',
			MAX_HEAP_SIZE: '320m',
			TAIL_LOG_FILES: '',
			...(replicas > 1 ? ofSet : {}),
			...environment,
		},
	},
	{
		apiVersion: 'v1',
		kind: 'Secret',
		metadata: {name: 'devops-secret', labels},
		stringData: {PING_IDENTITY_PASSWORD: password},
	},
	{
		apiVersion: 'apps/v1',
		kind: 'StatefulSet',
		metadata: {name: 'pingdirectory', labels},
		spec: {
			replicas,
			serviceName: 'pingdirectory-cluster',
			selector: {matchLabels: labels},
			template: {
				metadata: {labels},
				spec: {
					...(securityContext ? {securityContext} : {}),
					...names,
					automountServiceAccountToken: false,
					terminationGracePeriodSeconds: 15,
					containers: [
						{
							name: 'pingdirectory',
							image,
							imagePullPolicy: 'IfNotPresent',
							envFrom: [
								{configMapRef: {name: 'pingdirectory-environment-variables'}},
								{secretRef: {name: 'devops-secret'}},
							],
							ports: [
								{name: 'ldap', containerPort: 389, protocol: 'TCP'},
								{name: 'ldaps', containerPort: 636, protocol: 'TCP'},
								{name: 'https', containerPort: 443, protocol: 'TCP'},
							],
							readinessProbe: probe('/opt/readiness.sh', 2),
							livenessProbe: {...probe('/opt/liveness.sh', 30), initialDelaySeconds: 60},
							volumeMounts: [{name: 'out-dir', mountPath: '/opt/out'}],
						},
					],
				},
			},
			volumeClaimTemplates: [
				{
					metadata: {name: 'out-dir'},
					spec: {
						accessModes: ['ReadWriteOnce'],
						resources: {requests: {storage: '4Gi'}},
						...(storageClassName === undefined ? {} : {storageClassName}),
					},
				},
			],
		},
	},
];

/**
Deploys the old workload and waits until each of its servers answers and, where there are several, has joined the
first.
*/
export const deployOld = async (world: World, options?: OldWorkload): Promise<void> => {
	await world.apply(...oldWorkload(world.storageClassName, options));
	await world.scale('pingdirectory', options?.replicas ?? 1);
};
