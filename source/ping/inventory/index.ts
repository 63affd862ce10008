import type {Product} from '../catalogue/index.js';
import {fieldOf, integerOf, listOf, mapOf, textOf} from '../fields.js';
import {identityOf, readImage} from '../image.js';
import {isOwned, nameOf, neighboursOf, podTemplateOf, selects, type Container, type PodTemplate} from '../podspec.js';
import {productIn} from '../recognise.js';
import {sideOf, signsOf, stepsDown} from '../side.js';
import type {Inventory, Manifest, PodProbe, Side, Workload} from '../workload.js';
import {environmentOf} from './environment.js';
import {managerOf} from './manager.js';
import {oldPortPlaces, portsOf} from './ports.js';
import {servicesOf} from './services.js';
import {volumesOf} from './volumes.js';

/** Products that only serve others: a workload is named after one only where nothing else of Ping's runs in it. */
const tools = new Set(['pingtoolkit', 'ldap-sdk-tools', 'apache-jmeter']);

/**
The container of a pod that holds its Ping product, and the product; undefined where there is none. Init containers do
not count.
*/
export const mainContainerOf = (
	pod: PodTemplate,
): {readonly container: Container; readonly product: Product} | undefined => {
	const found = pod.containers
		.filter(({isInit}) => !isInit)
		.flatMap(container => {
			const product = productIn(container);
			return product ? [{container, product}] : [];
		});
	const servers = found.filter(({product}) => !tools.has(product.id));
	// A utility sidecar runs the same image: the container named after the product is the server.
	return servers.find(({container, product}) => container.name === product.id) ?? servers[0] ?? found[0];
};

const podsOf = (owner: Manifest, pod: PodTemplate, objects: readonly Manifest[]): readonly Manifest[] => {
	if (pod.kind === 'Pod') {
		return [owner];
	}

	const name = nameOf(owner);
	return neighboursOf(objects, 'Pod', owner).filter(object => {
		const [by] = listOf(fieldOf(object, 'metadata', 'ownerReferences'));
		const [byKind, byName] = [fieldOf(by, 'kind'), textOf(fieldOf(by, 'name')) ?? ''];
		return pod.kind === 'Deployment'
			? byKind === 'ReplicaSet' &&
					byName.startsWith(`${name}-`) &&
					selects(fieldOf(owner, 'spec', 'selector', 'matchLabels'), mapOf(fieldOf(object, 'metadata', 'labels')))
			: byKind === pod.kind && byName === name;
	});
};

const contextOf = (pod: PodTemplate, container: Container, field: string): number | undefined =>
	integerOf(fieldOf(container.spec, 'securityContext', field)) ??
	integerOf(fieldOf(pod.spec, 'securityContext', field));

type Known = {
	readonly product: Product;
	readonly side: Side;
	readonly sprint: string | undefined;
	readonly declared: Readonly<Record<string, string>>;
};

const identityFrom = (
	pod: PodTemplate,
	container: Container,
	{product, side, sprint, declared}: Known,
	probe: PodProbe | undefined,
): Workload['identity'] => {
	if (probe?.uid !== undefined && probe.gid !== undefined) {
		return {uid: probe.uid, gid: probe.gid, from: 'running'};
	}

	const uid = contextOf(pod, container, 'runAsUser');
	if (uid !== undefined) {
		return {uid, gid: contextOf(pod, container, 'runAsGroup') ?? 0, from: 'manifest'};
	}

	if (side === 'old') {
		return product.identityBefore.uid === 0 && stepsDown(declared)
			? {
					uid: integerOf(declared.PING_CONTAINER_UID) ?? 9031,
					gid: integerOf(declared.PING_CONTAINER_GID) ?? 9999,
					from: 'image',
				}
			: {...product.identityBefore, from: 'image'};
	}

	const identity = sprint !== undefined && side === 'new' ? identityOf(sprint) : undefined;
	return identity && {uid: identity.uid, gid: identity.gid, from: 'image'};
};

const replicasOf = (object: Manifest, pod: PodTemplate): number => {
	switch (pod.kind) {
		case 'StatefulSet':
		case 'Deployment': {
			return integerOf(fieldOf(object, 'spec', 'replicas')) ?? 1;
		}

		case 'DaemonSet': {
			return integerOf(fieldOf(object, 'status', 'desiredNumberScheduled')) ?? 1;
		}

		case 'Job': {
			return integerOf(fieldOf(object, 'spec', 'parallelism')) ?? 1;
		}

		case 'CronJob':
		case 'Pod': {
			return 1;
		}
	}
};

const readWorkload = (
	object: Manifest,
	pod: PodTemplate,
	objects: readonly Manifest[],
	allProbes: readonly PodProbe[],
): Workload | undefined => {
	const main = mainContainerOf(pod);
	if (!main) {
		return undefined;
	}

	const {container, product} = main;
	const {sprint, productVersion} = readImage(container.image);
	const pods = podsOf(object, pod, objects)
		.map(one => nameOf(one))
		.toSorted((one, other) => one.localeCompare(other, 'en', {numeric: true}));
	const probes = allProbes.filter(probe => probe.container === container.name && pods.includes(probe.pod));
	const [probe] = probes;
	const declared = Object.fromEntries(
		environmentOf(object, container, objects).variables.map(({name, value}) => [name, value]),
	);
	const runAsUser = contextOf(pod, container, 'runAsUser');
	const signs = signsOf({
		declared,
		logLines: probes.flatMap(({logSigns}) => logSigns),
		product,
		...(sprint !== undefined && {sprint}),
		...(productVersion !== undefined && {productVersion}),
		...(runAsUser !== undefined && {declaredUid: runAsUser}),
		...(probe && {running: probe.environment}),
		...(probe?.uid !== undefined && runAsUser === undefined && {imageUid: probe.uid}),
	});
	const side = sideOf(signs);
	const identity = identityFrom(
		pod,
		container,
		{
			product,
			side,
			sprint,
			declared,
		},
		probe,
	);
	const fsGroup = integerOf(fieldOf(pod.spec, 'securityContext', 'fsGroup'));
	return {
		kind: pod.kind,
		name: nameOf(object),
		product: product.id,
		container: container.name,
		image: container.image,
		side,
		signs,
		...(sprint !== undefined && {sprint}),
		...(productVersion !== undefined && {productVersion}),
		...(identity && {identity}),
		...(fsGroup !== undefined && {fsGroup}),
		...portsOf({
			container,
			changed: product.changedPorts,
			declared,
			probes,
			side,
		}),
		volumes: volumesOf(object, pod, container, objects, probes),
		replicas: replicasOf(object, pod),
		pods,
		services: servicesOf(object, pod, product.changedPorts, objects),
		oldPortPlaces: oldPortPlaces(pod, container, product.changedPorts),
		manager: managerOf(object),
	};
};

/** A pod that has run to its end and that nobody replaces: a leftover, in which no command can run any more. */
export const isFinishedPod = (object: Manifest): boolean =>
	fieldOf(object, 'kind') === 'Pod' &&
	['Succeeded', 'Failed'].includes(textOf(fieldOf(object, 'status', 'phase')) ?? '');

/**
The Ping workloads among objects of a namespace, as far as they are known from the objects and from what was seen inside
running pods. Objects may come from a cluster or from files and need not be complete: what is not known is left out or
`unknown`, never guessed.
*/
export const takeInventory = (objects: readonly Manifest[], probes: readonly PodProbe[] = []): Inventory => ({
	workloads: objects.flatMap(object => {
		const pod = isOwned(object) || isFinishedPod(object) ? undefined : podTemplateOf(object);
		const workload = pod && readWorkload(object, pod, objects, probes);
		return workload ? [workload] : [];
	}),
});
