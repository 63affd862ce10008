import type {ClusterIdentity, Right, RightReview} from '../../migration/world.js';

/** A right and what it is for. A run does without those that are not needed, and says what it then cannot do. */
export type NeededRight = Right & {readonly isNeeded: boolean; readonly why: string};

const right = (
	verb: string,
	group: string,
	resource: string,
	why: string,
	rest: Partial<NeededRight> = {},
): NeededRight => ({
	verb,
	group,
	resource,
	why,
	isNeeded: true,
	...rest,
});

/** What is looked at where it may be: a run does without it, and says what it has not seen. */
const looks = [
	['apps', 'daemonsets'],
	['batch', 'jobs'],
	['batch', 'cronjobs'],
	['networking.k8s.io', 'networkpolicies'],
	['networking.k8s.io', 'ingresses'],
] as const;

/**
The rights of a run. From Kubernetes 1.35 on, exec over WebSocket needs `create` as well as `get` on `pods/exec`
(kubernetes PR 134577); before, SPDY needed `create` and WebSocket `get`.
*/
export const rightsOf = ({version}: Pick<ClusterIdentity, 'version'>): readonly NeededRight[] => {
	// A version that cannot be read may be a new one.
	const minor = Number(/^v?1\.(?<minor>\d{1,3})/v.exec(version)?.groups?.minor ?? 99);
	return [
		right('get', '', 'pods', "to find the workload's pods"),
		right('list', '', 'pods', "to find the workload's pods"),
		right('get', '', 'pods', 'to read what a starting server says', {subresource: 'log'}),
		right('create', '', 'pods', 'to run export-ldif and import-ldif', {subresource: 'exec'}),
		right('get', '', 'pods', 'to run commands in pods over WebSocket', {subresource: 'exec', isNeeded: minor >= 30}),
		...(['statefulsets', 'deployments'] as const).flatMap(resource => [
			right('get', 'apps', resource, 'to read the workload'),
			right('list', 'apps', resource, 'to find the workload, and workloads that name old ports'),
			right('create', 'apps', resource, 'to create the new workload'),
			right('patch', 'apps', resource, 'to apply the workload, and to scale the old one down'),
		]),
		right('list', '', 'services', 'to find how clients reach the server'),
		right('get', '', 'services', 'to read the client Service'),
		right('create', '', 'services', 'to create the headless Service'),
		right('patch', '', 'services', 'to move the clients at cut-over'),
		right('list', '', 'configmaps', 'to read the environment'),
		right('get', '', 'configmaps', 'to read the environment'),
		right('create', '', 'configmaps', 'to write the new environment'),
		right('patch', '', 'configmaps', 'to write the new environment'),
		right('list', '', 'persistentvolumeclaims', 'to see the volumes'),
		right('get', '', 'persistentvolumeclaims', 'to give a new Deployment its volume'),
		right('create', '', 'persistentvolumeclaims', 'to give a new Deployment its volume'),
		right('patch', '', 'persistentvolumeclaims', 'to give a new Deployment its volume'),
		...['create', 'patch'].map(verb =>
			right(verb, '', 'secrets', 'to give a new server what the old one has in the clear, or its key and values', {
				isNeeded: false,
			}),
		),
		right('get', '', 'endpoints', 'to see that clients reach the new pods'),
		right('get', 'coordination.k8s.io', 'leases', 'to keep two operators apart'),
		right('create', 'coordination.k8s.io', 'leases', 'to keep two operators apart'),
		right('update', 'coordination.k8s.io', 'leases', 'to keep two operators apart'),
		right('delete', 'coordination.k8s.io', 'leases', 'to free the namespace at once when the run ends', {
			isNeeded: false,
		}),
		right('list', 'policy', 'poddisruptionbudgets', 'to give the new pods a budget like the old ones', {
			isNeeded: false,
		}),
		right('list', 'autoscaling', 'horizontalpodautoscalers', 'to see what else scales the workload', {isNeeded: false}),
		right('list', '', 'events', 'to explain a start that fails'),
		right('get', '', 'persistentvolumes', 'to see the reclaim policy of the old volume', {
			clusterWide: true,
			isNeeded: false,
		}),
		right('patch', '', 'persistentvolumes', 'to set the old volume to Retain', {clusterWide: true, isNeeded: false}),
		right('get', '', 'namespaces', 'to name the cluster by its kube-system, and to see what the namespace enforces', {
			clusterWide: true,
			isNeeded: false,
		}),
		...looks.map(([group, resource]) =>
			right('list', group, resource, 'to find what names old ports or keeps clients away', {isNeeded: false}),
		),
		right('list', 'storage.k8s.io', 'storageclasses', 'to see what happens to a volume', {
			clusterWide: true,
			isNeeded: false,
		}),
		right('list', '', 'nodes', 'to see whether one has the image already', {clusterWide: true, isNeeded: false}),
		right('list', 'storage.k8s.io', 'csidrivers', 'to see whether volumes take an fsGroup', {
			clusterWide: true,
			isNeeded: false,
		}),
	];
};

const named = ({resource, subresource}: Right): string => (subresource ? `${resource}/${subresource}` : resource);

/** A right as an operator reads it, such as `patch statefulsets/scale`. */
export const rightText = (one: Right): string => `${one.verb} ${named(one)}${one.group ? `.${one.group}` : ''}`;

const ruleText = (rights: readonly Right[]): readonly string[] =>
	Map.groupBy(rights, one => `"${one.group}"], resources: ["${named(one)}"`)
		.entries()
		.map(([what, same]) => `- {apiGroups: [${what}], verbs: [${same.map(({verb}) => `"${verb}"`).join(', ')}]}`)
		.toArray();

/**
The Role that would grant these rights, and the ClusterRole beside it where some of them hold for the whole cluster: a
Role cannot grant those.
*/
export const roleFor = (missing: readonly RightReview[], namespace: string): string => {
	const rights = missing.map(({right: one}) => one);
	const [ofCluster, ofNamespace] = [rights.filter(one => one.clusterWide), rights.filter(one => !one.clusterWide)];
	const objects = [
		...(ofNamespace.length > 0 ? [['Role', [`  namespace: ${namespace}`], ofNamespace] as const] : []),
		...(ofCluster.length > 0 ? [['ClusterRole', [], ofCluster] as const] : []),
	];
	return objects
		.map(([kind, where, these]) =>
			[
				'apiVersion: rbac.authorization.k8s.io/v1',
				`kind: ${kind}`,
				'metadata:',
				'  name: unroot',
				...where,
				'rules:',
				...ruleText(these),
			].join('\n'),
		)
		.join('\n---\n');
};
