import type {KubeObject} from '../store/object.js';

type Cell = number | string;
type Fields = Record<string, unknown>;
type Column = readonly [name: string, value: (object: KubeObject) => Cell, priority?: 0 | 1];

/** From how many seconds on an age is told in which unit. */
const ageUnits = [
	[172_800, 86_400, 'd'],
	[7200, 3600, 'h'],
	[120, 60, 'm'],
	[0, 1, 's'],
] as const;

const age = (time: unknown): string => {
	if (typeof time !== 'string') {
		return '<unknown>';
	}

	const seconds = Math.max(0, Math.round((Date.now() - Date.parse(time)) / 1000));
	const [, size, unit] = ageUnits.find(([from]) => seconds >= from)!;
	return `${Math.floor(seconds / size)}${unit}`;
};

const spec = (object: KubeObject): Fields => (object.spec ?? {}) as Fields;
const status = (object: KubeObject): Fields => (object.status ?? {}) as Fields;
const text = (value: unknown, otherwise = '<none>'): string =>
	typeof value === 'string' || typeof value === 'number' ? String(value) : otherwise;
const count = (value: unknown): number => (typeof value === 'number' ? value : 0);
const join = (values: unknown): string => (Array.isArray(values) && values.length > 0 ? values.join(',') : '<none>');

type ContainerStatus = {
	ready?: boolean;
	restartCount?: number;
	state?: {waiting?: {reason?: string}; terminated?: {reason?: string}};
};

const containerStatuses = (pod: KubeObject): ContainerStatus[] =>
	(status(pod).containerStatuses ?? []) as ContainerStatus[];

const podStatus = (pod: KubeObject): string => {
	if (pod.metadata.deletionTimestamp) {
		return 'Terminating';
	}

	const stopped = containerStatuses(pod)
		.map(({state}) => state?.waiting?.reason ?? state?.terminated?.reason)
		.find(reason => reason !== undefined);
	return stopped ?? text(status(pod).phase, 'Unknown');
};

const images = (object: KubeObject, field: 'image' | 'name'): string =>
	join(
		((spec(object).template as {spec?: {containers?: Fields[]}} | undefined)?.spec?.containers ?? []).map(
			container => container[field],
		),
	);
const readyOf = (object: KubeObject): string =>
	`${count(status(object).readyReplicas)}/${count(spec(object).replicas)}`;
const labelsOf = (value: unknown): string => {
	const pairs = Object.entries((value ?? {}) as Record<string, string>).map(([key, label]) => `${key}=${label}`);
	return join(pairs);
};

const name: Column = ['Name', object => object.metadata.name];
const created: Column = ['Age', object => age(object.metadata.creationTimestamp)];

const columns: Readonly<Record<string, readonly Column[]>> = {
	ConfigMap: [name, ['Data', object => Object.keys(object.data ?? {}).length], created],
	Deployment: [
		name,
		['Ready', readyOf],
		['Up-to-date', object => count(status(object).updatedReplicas)],
		['Available', object => count(status(object).availableReplicas)],
		created,
		['Containers', object => images(object, 'name'), 1],
		['Images', object => images(object, 'image'), 1],
	],
	Endpoints: [
		name,
		[
			'Endpoints',
			object =>
				join(
					((object.subsets ?? []) as Array<{addresses?: Array<{ip: string}>; ports?: Array<{port: number}>}>).flatMap(
						({addresses = [], ports = []}) => addresses.flatMap(({ip}) => ports.map(({port}) => `${ip}:${port}`)),
					),
				),
		],
		created,
	],
	Event: [
		['Last Seen', object => age(object.lastTimestamp)],
		['Type', object => text(object.type)],
		['Reason', object => text(object.reason)],
		[
			'Object',
			object => {
				const involved = (object.involvedObject ?? {}) as Fields;
				return `${text(involved.kind).toLowerCase()}/${text(involved.name)}`;
			},
		],
		['Message', object => text(object.message)],
	],
	Namespace: [name, ['Status', object => text(status(object).phase, 'Active')], created],
	Node: [name, ['Status', () => 'Ready'], ['Roles', () => '<none>'], created, ['Version', () => 'v1.32.0-sandbox']],
	PersistentVolume: [
		name,
		['Capacity', object => text((spec(object).capacity as Fields | undefined)?.storage)],
		['Access Modes', () => 'RWO'],
		['Reclaim Policy', object => text(spec(object).persistentVolumeReclaimPolicy)],
		['Status', object => text(status(object).phase)],
		[
			'Claim',
			object => {
				const claim = (spec(object).claimRef ?? {}) as Fields;
				return claim.name ? `${text(claim.namespace)}/${text(claim.name)}` : '';
			},
		],
		['StorageClass', object => text(spec(object).storageClassName, '')],
		created,
	],
	PersistentVolumeClaim: [
		name,
		['Status', object => text(status(object).phase)],
		['Volume', object => text(spec(object).volumeName, '')],
		['Capacity', object => text((status(object).capacity as Fields | undefined)?.storage, '')],
		['Access Modes', () => 'RWO'],
		['StorageClass', object => text(spec(object).storageClassName, '')],
		created,
	],
	Pod: [
		name,
		[
			'Ready',
			pod =>
				`${containerStatuses(pod).filter(({ready}) => ready).length}/${((spec(pod).containers ?? []) as unknown[]).length}`,
		],
		['Status', podStatus],
		['Restarts', pod => containerStatuses(pod).reduce((sum, {restartCount = 0}) => sum + restartCount, 0)],
		created,
		['IP', pod => text(status(pod).podIP), 1],
		['Node', pod => text(spec(pod).nodeName), 1],
	],
	Secret: [
		name,
		['Type', object => text(object.type)],
		['Data', object => Object.keys(object.data ?? {}).length],
		created,
	],
	Service: [
		name,
		['Type', object => text(spec(object).type)],
		['Cluster-IP', object => text(spec(object).clusterIP)],
		['External-IP', () => '<none>'],
		[
			'Port(s)',
			object =>
				join(((spec(object).ports ?? []) as Fields[]).map(port => `${text(port.port)}/${text(port.protocol, 'TCP')}`)),
		],
		created,
		['Selector', object => labelsOf(spec(object).selector), 1],
	],
	StatefulSet: [
		name,
		['Ready', readyOf],
		created,
		['Containers', object => images(object, 'name'), 1],
		['Images', object => images(object, 'image'), 1],
	],
	StorageClass: [
		name,
		['Provisioner', object => text(object.provisioner)],
		['ReclaimPolicy', object => text(object.reclaimPolicy)],
		['VolumeBindingMode', object => text(object.volumeBindingMode)],
		created,
	],
};

/** Objects as the table that `kubectl get` prints. With whole objects in it, kubectl can sort by any field. */
export const tableOf = (
	kind: string,
	objects: readonly KubeObject[],
	{resourceVersion, isWhole}: {readonly resourceVersion: string; readonly isWhole: boolean},
): Fields => {
	const chosen = columns[kind] ?? [name, created];
	return {
		kind: 'Table',
		apiVersion: 'meta.k8s.io/v1',
		metadata: {resourceVersion},
		columnDefinitions: chosen.map(([column, , priority = 0]) => ({
			name: column,
			type: 'string',
			format: column === 'Name' ? 'name' : '',
			description: '',
			priority,
		})),
		rows: objects.map(object => ({
			cells: chosen.map(([, value]) => value(object)),
			object: isWhole
				? object
				: {kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata},
		})),
	};
};
