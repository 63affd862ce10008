/** A kind of object that the sandbox serves. */
export type Resource = {
	readonly kind: string;
	readonly plural: string;
	readonly group: string;
	readonly version: string;
	readonly namespaced: boolean;
	readonly shortNames: readonly string[];
	readonly subresources: readonly string[];
	readonly categories: readonly string[];
	/** Reviews are answered and not kept. */
	readonly isReview: boolean;
};

type Row = readonly [
	kind: string,
	plural: string,
	scope: 'namespaced' | 'cluster',
	shortNames?: string,
	subresources?: string,
	categories?: string,
];

const table: Readonly<Record<string, readonly Row[]>> = {
	v1: [
		['ConfigMap', 'configmaps', 'namespaced', 'cm'],
		['Endpoints', 'endpoints', 'namespaced', 'ep'],
		['Event', 'events', 'namespaced', 'ev'],
		['Namespace', 'namespaces', 'cluster', 'ns', 'status'],
		['Node', 'nodes', 'cluster', 'no', 'status'],
		['PersistentVolume', 'persistentvolumes', 'cluster', 'pv', 'status'],
		['PersistentVolumeClaim', 'persistentvolumeclaims', 'namespaced', 'pvc', 'status'],
		['Pod', 'pods', 'namespaced', 'po', 'exec log status', 'all'],
		['Secret', 'secrets', 'namespaced'],
		['Service', 'services', 'namespaced', 'svc', 'status', 'all'],
		['ServiceAccount', 'serviceaccounts', 'namespaced', 'sa'],
	],
	'apps/v1': [
		['ControllerRevision', 'controllerrevisions', 'namespaced'],
		['DaemonSet', 'daemonsets', 'namespaced', 'ds', 'status', 'all'],
		['Deployment', 'deployments', 'namespaced', 'deploy', 'scale status', 'all'],
		['ReplicaSet', 'replicasets', 'namespaced', 'rs', 'scale status', 'all'],
		['StatefulSet', 'statefulsets', 'namespaced', 'sts', 'scale status', 'all'],
	],
	'autoscaling/v2': [['HorizontalPodAutoscaler', 'horizontalpodautoscalers', 'namespaced', 'hpa', 'status']],
	'batch/v1': [
		['CronJob', 'cronjobs', 'namespaced', 'cj', 'status', 'all'],
		['Job', 'jobs', 'namespaced', '', 'status', 'all'],
	],
	'networking.k8s.io/v1': [
		['Ingress', 'ingresses', 'namespaced', 'ing', 'status'],
		['NetworkPolicy', 'networkpolicies', 'namespaced', 'netpol'],
	],
	'policy/v1': [['PodDisruptionBudget', 'poddisruptionbudgets', 'namespaced', 'pdb', 'status']],
	'rbac.authorization.k8s.io/v1': [
		['Role', 'roles', 'namespaced'],
		['RoleBinding', 'rolebindings', 'namespaced'],
	],
	'storage.k8s.io/v1': [
		['CSIDriver', 'csidrivers', 'cluster'],
		['StorageClass', 'storageclasses', 'cluster', 'sc'],
	],
	'coordination.k8s.io/v1': [['Lease', 'leases', 'namespaced']],
	'authorization.k8s.io/v1': [
		['SelfSubjectAccessReview', 'selfsubjectaccessreviews', 'cluster'],
		['SelfSubjectRulesReview', 'selfsubjectrulesreviews', 'cluster'],
	],
};

const words = (text: string | undefined): readonly string[] => text?.split(' ').filter(Boolean) ?? [];

/** Every kind that is served, by group and version. */
export const resources: readonly Resource[] = Object.entries(table).flatMap(([groupVersion, rows]) => {
	const [group, version] = groupVersion.includes('/') ? groupVersion.split('/') : ['', groupVersion];
	return rows.map(([kind, plural, scope, shortNames, subresources, categories]) => ({
		kind,
		plural,
		group: group!,
		version: version!,
		namespaced: scope === 'namespaced',
		shortNames: words(shortNames),
		subresources: words(subresources),
		categories: words(categories),
		isReview: kind.endsWith('Review'),
	}));
});

const byKind = new Map(resources.map(resource => [resource.kind, resource]));

/** The row of a kind. The kinds of the sandbox are unique over all groups. */
export const resourceOf = (kind: string): Resource => {
	const resource = byKind.get(kind);
	if (!resource) {
		throw new Error(`The sandbox has no kind ${kind}.`);
	}

	return resource;
};

/** `apps/v1`, or `v1` for the core group. */
export const groupVersion = ({group, version}: Pick<Resource, 'group' | 'version'>): string =>
	group === '' ? version : `${group}/${version}`;

/** The row behind a path of the API. */
export const findResource = (group: string, version: string, plural: string): Resource | undefined =>
	resources.find(resource => resource.group === group && resource.version === version && resource.plural === plural);
