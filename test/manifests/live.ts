import type {Decisions} from '../../source/manifests/strategy.js';
import type {Manifest, Workload} from '../../source/ping/workload.js';

const server = {
	uid: '4c1a',
	resourceVersion: '811',
	generation: 3,
	creationTimestamp: '2020-11-02T08:00:00Z',
	managedFields: [{manager: 'kubectl'}],
};

/** A directory as it stood in 2021: root, old ports, a claim template and three pods. */
export const oldSet: Manifest = {
	apiVersion: 'apps/v1',
	kind: 'StatefulSet',
	metadata: {
		name: 'users',
		namespace: 'identity',
		...server,
		labels: {app: 'users', team: 'iam'},
		annotations: {'kubectl.kubernetes.io/last-applied-configuration': '{}', owner: 'iam@example.com'},
	},
	spec: {
		replicas: 3,
		serviceName: 'users-cluster',
		podManagementPolicy: 'OrderedReady',
		selector: {matchLabels: {app: 'users'}},
		template: {
			metadata: {name: 'users', labels: {app: 'users', team: 'iam'}, creationTimestamp: null},
			spec: {
				terminationGracePeriodSeconds: 300,
				affinity: {
					podAntiAffinity: {
						requiredDuringSchedulingIgnoredDuringExecution: [
							{
								topologyKey: 'kubernetes.io/hostname',
								labelSelector: {matchExpressions: [{key: 'app', operator: 'In', values: ['users']}]},
							},
						],
					},
				},
				containers: [
					{
						name: 'pingdirectory',
						image: 'registry.example.com/pingidentity/pingdirectory:2102-8.2.0.1',
						env: [
							{name: 'LDAPS_PORT', value: '636'},
							{name: 'PING_CONTAINER_PRIVILEGED', value: 'true'},
							{name: 'ROOT_USER_PASSWORD_FILE', value: '/run/secrets/root-user-password'},
						],
						envFrom: [
							{configMapRef: {name: 'users-environment-variables'}},
							{secretRef: {name: 'devops-secret', optional: true}},
						],
						ports: [
							{containerPort: 389, name: 'ldap', protocol: 'TCP'},
							{containerPort: 636, name: 'ldaps', protocol: 'TCP'},
							{containerPort: 443, protocol: 'TCP'},
							{containerPort: 8989, name: 'replication', protocol: 'TCP'},
						],
						livenessProbe: {tcpSocket: {port: 636}, periodSeconds: 30},
						readinessProbe: {exec: {command: ['/bin/sh', '-c', 'ldapsearch -p 389 -b "" && nc -z localhost:636']}},
						volumeMounts: [
							{name: 'out-dir', mountPath: '/opt/out'},
							{name: 'ssh', mountPath: '/root/.ssh'},
						],
					},
				],
				volumes: [
					{name: 'out-dir', persistentVolumeClaim: {claimName: 'out-dir'}},
					{name: 'ssh', secret: {secretName: 'profile-key', defaultMode: 256}},
				],
			},
		},
		volumeClaimTemplates: [
			{
				apiVersion: 'v1',
				kind: 'PersistentVolumeClaim',
				metadata: {name: 'out-dir', creationTimestamp: null},
				spec: {accessModes: ['ReadWriteOnce'], storageClassName: 'fast', resources: {requests: {storage: '10Gi'}}},
				status: {phase: 'Pending'},
			},
		],
	},
	status: {replicas: 3},
};

export const environment: Manifest = {
	apiVersion: 'v1',
	kind: 'ConfigMap',
	metadata: {name: 'users-environment-variables', namespace: 'identity', labels: {app: 'users'}},
	data: {
		K8S_STATEFUL_SET_NAME: 'users',
		K8S_STATEFUL_SET_SERVICE_NAME: 'users-cluster',
		MAKELDIF_USERS: '1000',
		LDAP_PORT: '389',
		PING_IDENTITY_ACCEPT_EULA: 'YES',
		PING_CONTAINER_UID: '9031',
	},
};

export const clients: Manifest = {
	apiVersion: 'v1',
	kind: 'Service',
	metadata: {
		name: 'users',
		namespace: 'identity',
		...server,
		labels: {app: 'users'},
	},
	spec: {
		type: 'ClusterIP',
		clusterIP: '10.0.0.7',
		clusterIPs: ['10.0.0.7'],
		selector: {app: 'users'},
		ports: [
			{
				name: 'ldaps',
				port: 636,
				targetPort: 636,
				protocol: 'TCP',
			},
			{
				name: 'ldap',
				port: 389,
				targetPort: 'ldap',
				protocol: 'TCP',
			},
			{name: 'https', port: 443, protocol: 'TCP'},
		],
	},
};

export const governing: Manifest = {
	apiVersion: 'v1',
	kind: 'Service',
	metadata: {
		name: 'users-cluster',
		namespace: 'identity',
		...server,
		annotations: {'service.alpha.kubernetes.io/tolerate-unready-endpoints': 'true'},
	},
	spec: {
		clusterIP: 'None',
		clusterIPs: ['None'],
		selector: {app: 'users'},
		ports: [{name: 'ldaps', port: 636, protocol: 'TCP'}],
	},
};

export const facts: Workload = {
	kind: 'StatefulSet',
	name: 'users',
	product: 'pingdirectory',
	container: 'pingdirectory',
	image: 'registry.example.com/pingidentity/pingdirectory:2102-8.2.0.1',
	side: 'old',
	signs: [],
	ports: {LDAP_PORT: 389, LDAPS_PORT: 636},
	portsFrom: 'environment',
	volumes: [
		{
			name: 'out-dir',
			mountPath: '/opt/out',
			claim: 'out-dir-users-0',
			type: 'unknown',
			storageClass: 'fast',
			owners: [],
			isEphemeral: false,
		},
	],
	replicas: 3,
	pods: ['users-0', 'users-1', 'users-2'],
	services: [],
	oldPortPlaces: [],
	manager: {kind: 'nobody'},
};

export const fresh: Decisions = {
	strategy: 'fresh',
	image: 'registry.example.com/pingidentity/pingdirectory:2109-8.3.0.0',
	identity: {uid: 9031, gid: 0},
	fsGroup: 0,
	oldPorts: {
		LDAP_PORT: 389,
		LDAPS_PORT: 636,
		HTTPS_PORT: 443,
		JMX_PORT: 689,
	},
	newPorts: {
		LDAP_PORT: 1389,
		LDAPS_PORT: 1636,
		HTTPS_PORT: 1443,
		JMX_PORT: 1689,
	},
	newName: 'users-2109',
};

export const root: Decisions = {
	...fresh,
	strategy: 'root',
	newPorts: fresh.oldPorts,
	identity: {uid: 0, gid: 0},
};

export const namespaceObjects: readonly Manifest[] = [oldSet, environment, clients, governing];
