import type {Product} from '../catalogue/index.js';
import {fieldOf, integerOf} from '../fields.js';
import {readImage, readTarget, sprintNumber, type ImageReading} from '../image.js';
import {environmentOf, type ContainerEnvironment, type Variable} from '../inventory/environment.js';
import {mainContainerOf} from '../inventory/index.js';
import {
	isOwned,
	nameOf,
	indexByNamespace,
	isOfOpenShift,
	ofKind,
	podTemplateOf,
	selects,
	type ByNamespace,
	type Container,
	type PodTemplate,
} from '../podspec.js';
import {newPorts, oldPorts} from '../ports.js';
import {productIn} from '../recognise.js';
import {sideOf, signsOf} from '../side.js';
import type {Inventory, Manifest, PortVariable, Side, VolumeUse, Workload} from '../workload.js';
import type {InspectTarget} from './finding.js';

/** A container that holds a Ping product, and what becomes of it. */
export type PingContainer = {
	readonly container: Container;
	readonly product: Product;
	readonly image: ImageReading;
	readonly environment: ContainerEnvironment;
	readonly variables: ReadonlyMap<string, Variable>;
	/** Which side its own image is on. */
	readonly side: Side;
	/** The sprint it will run: the target's, or its own where that is not before 2103. */
	readonly sprint: number | undefined;
	/** User and group as the manifest sets them; the container's own go before the pod's. */
	readonly declaredUid: number | undefined;
	readonly declaredGid: number | undefined;
	/** Whether it will run as root: the manifest says so, or that is the strategy. */
	readonly willBeRoot: boolean;
	/** The port each variable will have: what the environment sets, else the default. */
	readonly portAfter: (variable: PortVariable) => number;
};

/** A workload, Ping's or not, with what the rules ask of it. */
export type WorkloadLook = {
	readonly object: Manifest;
	readonly pod: PodTemplate;
	/** What the inventory says of it; undefined where no server of Ping's runs in it. */
	readonly workload: Workload | undefined;
	/** The container the workload is there for. */
	readonly main: PingContainer | undefined;
	readonly containers: readonly PingContainer[];
	readonly strategy: InspectTarget['strategy'];
};

/** A Service and what it leads to. */
export type SelectedBy = {readonly service: Manifest; readonly behind: readonly WorkloadLook[]};

/** Everything the rules look at. */
export type Look = {
	readonly objects: readonly Manifest[];
	readonly workloads: readonly WorkloadLook[];
	/** Every Service with the workloads of Ping's that it selects. */
	readonly services: readonly SelectedBy[];
	/** The Services of a name that an object's clients would reach. */
	readonly servicesNamed: ByNamespace<SelectedBy>;
	/** The workloads that can be in one namespace with an object. */
	readonly workloadsNear: (from: Manifest) => readonly WorkloadLook[];
	readonly isOpenShift: boolean;
	readonly target: InspectTarget;
};

const contextOf = (pod: PodTemplate, container: Container, field: string): number | undefined =>
	integerOf(fieldOf(container.spec, 'securityContext', field)) ??
	integerOf(fieldOf(pod.spec, 'securityContext', field));

const sideOfImage = (product: Product, {sprint, productVersion}: ImageReading): Side =>
	sideOf(
		signsOf({
			product,
			...(sprint !== undefined && {sprint}),
			...(productVersion !== undefined && {productVersion}),
			declared: {},
			logLines: [],
		}),
	);

const declaresOldPorts = (container: Container): boolean =>
	(Array.isArray(container.spec.ports) ? container.spec.ports : []).some(entry =>
		Object.values(oldPorts).includes(integerOf(fieldOf(entry, 'containerPort')) ?? 0),
	);

const lookAtContainer = (
	object: Manifest,
	pod: PodTemplate,
	container: Container,
	workload: Workload | undefined,
	objects: readonly Manifest[],
	target: InspectTarget,
): PingContainer | undefined => {
	const product = productIn(container);
	if (!product) {
		return undefined;
	}

	const image = readImage(container.image);
	const environment = environmentOf(object, container, objects);
	const variables = new Map(environment.variables.map(variable => [variable.name, variable]));
	const side =
		workload?.container === container.name && !container.isInit ? workload.side : sideOfImage(product, image);
	const targetSprint = target.image === undefined ? undefined : readTarget(target.image).sprint;
	const sprint = targetSprint ?? (side === 'old' ? undefined : image.sprint);
	const declaredUid = contextOf(pod, container, 'runAsUser');
	const willBeRoot = target.strategy === 'root' || (target.strategy === undefined && declaredUid === 0);
	// Root is chosen to keep the old ports: where the manifest has them, or had them by default, they are meant to stay.
	const keepsOld = willBeRoot && (target.strategy === 'root' || side === 'old' || declaresOldPorts(container));
	return {
		container,
		product,
		image,
		environment,
		variables,
		side,
		sprint: sprint === undefined ? undefined : sprintNumber(sprint),
		declaredUid,
		declaredGid: contextOf(pod, container, 'runAsGroup'),
		willBeRoot,
		portAfter: variable => integerOf(variables.get(variable)?.value) ?? (keepsOld ? oldPorts : newPorts)[variable],
	};
};

/** Gathers what the rules ask for again and again. */
export const lookAt = (objects: readonly Manifest[], inventory: Inventory, target: InspectTarget): Look => {
	const known = Map.groupBy(inventory.workloads, ({kind, name}) => `${kind}/${name}`);
	const used = new Map<string, number>();
	const workloads = objects.flatMap((object): readonly WorkloadLook[] => {
		const pod = isOwned(object) ? undefined : podTemplateOf(object);
		if (!pod) {
			return [];
		}

		const key = `${pod.kind}/${nameOf(object)}`;
		const main = mainContainerOf(pod);
		const index = used.get(key) ?? 0;
		const workload = main && (known.get(key)?.[index] ?? known.get(key)?.at(-1));
		used.set(key, main ? index + 1 : index);
		const containers = pod.containers.flatMap(
			container => lookAtContainer(object, pod, container, workload, objects, target) ?? [],
		);
		return [
			{
				object,
				pod,
				workload,
				containers,
				main: containers.find(({container}) => container === main?.container),
				strategy: target.strategy,
			},
		];
	});
	const near = indexByNamespace(
		workloads,
		({object}) => object,
		() => 'workload',
	);
	const services = ofKind(objects, 'Service').map(service => ({
		service,
		behind: near('workload', service).filter(
			({pod, workload}) => workload !== undefined && selects(fieldOf(service, 'spec', 'selector'), pod.labels),
		),
	}));
	return {
		objects,
		workloads,
		services,
		servicesNamed: indexByNamespace(
			services,
			({service}) => service,
			({service}) => nameOf(service),
		),
		workloadsNear: from => near('workload', from),
		isOpenShift: objects.some(object => isOfOpenShift(object)),
		target,
	};
};

/** Where a value stands: in the workload itself or in a ConfigMap. */
export const variablePlace = (
	{object}: WorkloadLook,
	{from}: Variable,
): {readonly on: Manifest; readonly field: string} => ({
	on: from.object === 'itself' ? object : from.object,
	field: from.field,
});

/** Whether what is on a volume is there for the next pod. */
export const outlivesPod = ({claim, isEphemeral, type}: VolumeUse): boolean =>
	claim !== undefined || (!isEphemeral && ['hostPath', 'nfs', 'csi', 'iscsi'].includes(type));

/** Whether a workload keeps its data on a volume that outlives the pod. */
export const hasClaim = (look: WorkloadLook): boolean =>
	look.workload?.volumes.some(volume => outlivesPod(volume)) ?? false;
