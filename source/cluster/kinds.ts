import type {Kind} from '../migration/world.js';

/** Where the API keeps objects of a kind. */
export type KindPlace = {
	/** Empty for the core group. */
	readonly group: string;
	/** The versions that may serve it, the one to prefer first. */
	readonly versions: readonly [string, ...string[]];
	/** The plural of the URL and of RBAC. */
	readonly resource: string;
	readonly isNamespaced: boolean;
};

const core = (resource: string, isNamespaced = true): KindPlace => ({
	group: '',
	versions: ['v1'],
	resource,
	isNamespaced,
});

/**
The kinds of Kubernetes 1.20 to 1.35. CronJob is served as batch/v1 from 1.21 on and as batch/v1beta1 until 1.24,
PodDisruptionBudget likewise as policy/v1 and policy/v1beta1, HorizontalPodAutoscaler as autoscaling/v2 from 1.23 on and
as v1 throughout; all others here have one version.
Source: kubernetes.io, reference/using-api/deprecation-guide.
*/
export const kinds: Readonly<Record<Kind, KindPlace>> = {
	ConfigMap: core('configmaps'),
	CronJob: {
		group: 'batch',
		versions: ['v1', 'v1beta1'],
		resource: 'cronjobs',
		isNamespaced: true,
	},
	CSIDriver: {
		group: 'storage.k8s.io',
		versions: ['v1'],
		resource: 'csidrivers',
		isNamespaced: false,
	},
	DaemonSet: {
		group: 'apps',
		versions: ['v1'],
		resource: 'daemonsets',
		isNamespaced: true,
	},
	Deployment: {
		group: 'apps',
		versions: ['v1'],
		resource: 'deployments',
		isNamespaced: true,
	},
	Endpoints: core('endpoints'),
	Event: core('events'),
	HorizontalPodAutoscaler: {
		group: 'autoscaling',
		versions: ['v2', 'v1'],
		resource: 'horizontalpodautoscalers',
		isNamespaced: true,
	},
	Ingress: {
		group: 'networking.k8s.io',
		versions: ['v1'],
		resource: 'ingresses',
		isNamespaced: true,
	},
	Job: {
		group: 'batch',
		versions: ['v1'],
		resource: 'jobs',
		isNamespaced: true,
	},
	Namespace: core('namespaces', false),
	NetworkPolicy: {
		group: 'networking.k8s.io',
		versions: ['v1'],
		resource: 'networkpolicies',
		isNamespaced: true,
	},
	Node: core('nodes', false),
	PersistentVolume: core('persistentvolumes', false),
	PersistentVolumeClaim: core('persistentvolumeclaims'),
	Pod: core('pods'),
	PodDisruptionBudget: {
		group: 'policy',
		versions: ['v1', 'v1beta1'],
		resource: 'poddisruptionbudgets',
		isNamespaced: true,
	},
	Secret: core('secrets'),
	Service: core('services'),
	StatefulSet: {
		group: 'apps',
		versions: ['v1'],
		resource: 'statefulsets',
		isNamespaced: true,
	},
	StorageClass: {
		group: 'storage.k8s.io',
		versions: ['v1'],
		resource: 'storageclasses',
		isNamespaced: false,
	},
};

/** The root of a group's version in the API. */
export const apiRoot = (group: string, version: string): string =>
	group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
