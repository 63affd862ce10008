import {Buffer} from 'node:buffer';
import type {KubeObject} from '../store/object.js';

const namespace = 'identity';
const labels = {role: 'pingdirectory'};

const named = (kind: string, name: string, rest: Record<string, unknown> = {}, apiVersion = 'v1'): KubeObject => ({
	apiVersion,
	kind,
	metadata: {name},
	...rest,
});

const inNamespace = (kind: string, name: string, rest: Record<string, unknown>, apiVersion = 'v1'): KubeObject => ({
	apiVersion,
	kind,
	metadata: {name, namespace, ...(kind !== 'Secret' && {labels: name === 'portal' ? {app: 'portal'} : labels})},
	...rest,
});

const probe = (script: string, more: Record<string, number>) => ({exec: {command: ['/bin/sh', '-c', script]}, ...more});

/** What every cluster has, and what does not depend on how large the sandbox is. */
export const clusterObjects: readonly KubeObject[] = [
	...['kube-system', 'default', namespace, 'empty'].map(name => ({
		apiVersion: 'v1',
		kind: 'Namespace',
		metadata: {name, labels: {'kubernetes.io/metadata.name': name}},
		spec: {finalizers: ['kubernetes']},
		status: {phase: 'Active'},
	})),
	named('Node', 'sandbox-node', {
		spec: {},
		status: {
			conditions: [{type: 'Ready', status: 'True'}],
			nodeInfo: {kubeletVersion: 'v1.32.0-sandbox'},
			addresses: [{type: 'InternalIP', address: '10.0.0.1'}],
		},
	}),
	named(
		'CSIDriver',
		'csi.sandbox.example',
		{spec: {attachRequired: false, fsGroupPolicy: 'ReadWriteOnceWithFSType'}},
		'storage.k8s.io/v1',
	),
	{
		apiVersion: 'storage.k8s.io/v1',
		kind: 'StorageClass',
		metadata: {name: 'standard', annotations: {'storageclass.kubernetes.io/is-default-class': 'true'}},
		provisioner: 'csi.sandbox.example',
		reclaimPolicy: 'Delete',
		volumeBindingMode: 'Immediate',
	},
	...[namespace, 'default', 'empty'].map(name => ({
		apiVersion: 'v1',
		kind: 'ServiceAccount',
		metadata: {name: 'default', namespace: name},
	})),
];

const leftoverImage = 'pingidentity/pingdirectory:2102-8.2.0.1';

/**
What somebody's `kubectl run` of the old image left at a time: a pod that has run to its end and that nobody owns.
*/
export const leftoverPod = (time: string): KubeObject => ({
	apiVersion: 'v1',
	kind: 'Pod',
	metadata: {
		name: 'ldap-tools',
		namespace,
		labels: {run: 'ldap-tools'},
		creationTimestamp: time,
	},
	spec: {
		restartPolicy: 'Never',
		containers: [
			{
				name: 'ldap-tools',
				image: leftoverImage,
				args: [
					'ldapsearch',
					'--hostname',
					'pingdirectory',
					'--port',
					'636',
					'--useSSL',
					'--trustAll',
					'--baseDN',
					'dc=example,dc=com',
					'--scope',
					'base',
					'(&)',
				],
			},
		],
	},
	status: {
		phase: 'Succeeded',
		conditions: [
			['Initialized', 'True'],
			['Ready', 'False'],
			['ContainersReady', 'False'],
			['PodScheduled', 'True'],
		].map(([type, status]) => ({type, status, ...(type !== 'PodScheduled' && {reason: 'PodCompleted'})})),
		containerStatuses: [
			{
				name: 'ldap-tools',
				image: leftoverImage,
				imageID: `sandbox://${leftoverImage}`,
				ready: false,
				started: false,
				restartCount: 0,
				lastState: {},
				state: {
					terminated: {
						exitCode: 0,
						reason: 'Completed',
						startedAt: time,
						finishedAt: time,
					},
				},
			},
		],
	},
});

/**
Which servers' `ldapmodify` knows controls that keep a change as it is given: those of unprivileged images only, or
none.
*/
export type ModifyControls = 'all' | 'new' | 'none';

/** Whether a tool takes `--task`; `refused` is one whose help names it all the same. */
export type TaskSupport = boolean | 'refused';

/** How old the tools of the servers are. */
export type ToolAge = {
	readonly exportTask: TaskSupport;
	readonly importTask: TaskSupport;
	/** Whether an entry below cn=tasks is taken. */
	readonly ldapTasks: boolean;
	readonly modifyControls: ModifyControls;
};

/** What its servers were set up with. */
export const oldPassword = 'sandbox-root-password';

/** A PingDirectory of the old days with a client beside it, as an operator would have applied it. */
export const pingDirectoryObjects = (
	replicas: number,
	{exportTask, importTask, ldapTasks, modifyControls}: ToolAge,
	further: ReadonlyArray<{readonly id: string; readonly baseDn: string}>,
): readonly KubeObject[] => [
	inNamespace('ConfigMap', 'pingdirectory-environment-variables', {
		data: {
			K8S_STATEFUL_SET_NAME: 'pingdirectory',
			K8S_STATEFUL_SET_SERVICE_NAME: 'pingdirectory-cluster',
			MAKELDIF_USERS: '0',
			ORCHESTRATION_TYPE: 'KUBERNETES',
			PING_IDENTITY_ACCEPT_EULA: 'YES',
			TAIL_LOG_FILES: '""',
			...(exportTask !== true && {SANDBOX_EXPORT_TASK: String(exportTask)}),
			...(importTask !== true && {SANDBOX_IMPORT_TASK: String(importTask)}),
			...(!ldapTasks && {SANDBOX_LDAP_TASKS: 'false'}),
			...(further.length > 0 && {
				REPLICATION_BASE_DNS: further.map(({baseDn}) => baseDn).join(';'),
			}),
			...(modifyControls !== 'all' && {SANDBOX_MODIFY_CONTROLS: modifyControls}),
		},
	}),
	inNamespace('Secret', 'devops-secret', {
		type: 'Opaque',
		data: Object.fromEntries(
			Object.entries({
				PING_IDENTITY_DEVOPS_USER: 'sandbox@example.com',
				PING_IDENTITY_DEVOPS_KEY: 'sandbox-devops-key',
				PING_IDENTITY_PASSWORD: oldPassword,
			}).map(([name, text]) => [name, Buffer.from(text).toString('base64')]),
		),
	}),
	inNamespace('Service', 'pingdirectory', {
		spec: {
			selector: labels,
			ports: [
				{name: 'ldap', port: 389},
				{name: 'ldaps', port: 636},
				{name: 'https', port: 443},
			],
		},
	}),
	inNamespace('Service', 'pingdirectory-cluster', {
		spec: {
			clusterIP: 'None',
			publishNotReadyAddresses: true,
			selector: labels,
			ports: [{name: 'ldaps', port: 636}],
		},
	}),
	inNamespace(
		'StatefulSet',
		'pingdirectory',
		{
			spec: {
				replicas,
				serviceName: 'pingdirectory-cluster',
				selector: {matchLabels: labels},
				updateStrategy: {type: 'RollingUpdate'},
				template: {
					metadata: {labels},
					spec: {
						terminationGracePeriodSeconds: 300,
						containers: [
							{
								name: 'pingdirectory',
								image: 'pingidentity/pingdirectory:2102-8.2.0.1',
								envFrom: [
									{configMapRef: {name: 'pingdirectory-environment-variables'}},
									{secretRef: {name: 'devops-secret', optional: true}},
								],
								ports: [
									{name: 'ldap', containerPort: 389},
									{name: 'ldaps', containerPort: 636},
									{name: 'https', containerPort: 443},
								],
								livenessProbe: probe('/opt/liveness.sh', {initialDelaySeconds: 500, periodSeconds: 30}),
								readinessProbe: probe('/opt/readiness.sh', {periodSeconds: 30, failureThreshold: 4}),
								lifecycle: {preStop: {exec: {command: ['/bin/sh', '-c', '/preStop.sh']}}},
								resources: {requests: {cpu: '50m', memory: '2Gi'}, limits: {memory: '8Gi'}},
								volumeMounts: [{name: 'out-dir', mountPath: '/opt/out'}],
							},
						],
					},
				},
				volumeClaimTemplates: [
					{
						metadata: {name: 'out-dir'},
						spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '8Gi'}}},
					},
				],
			},
		},
		'apps/v1',
	),
	inNamespace(
		'Deployment',
		'portal',
		{
			spec: {
				replicas: 1,
				selector: {matchLabels: {app: 'portal'}},
				template: {
					metadata: {labels: {app: 'portal'}},
					spec: {
						containers: [
							{
								name: 'portal',
								image: 'example.com/portal:4.1',
								env: [{name: 'LDAP_URL', value: 'ldaps://pingdirectory:636'}],
								ports: [{name: 'http', containerPort: 8080}],
							},
						],
					},
				},
			},
		},
		'apps/v1',
	),
];
