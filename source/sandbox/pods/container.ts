import type {FaultBook} from '../faults.js';
import type {Capability, Credentials} from '../files/credentials.js';
import type {Volume} from '../files/volume.js';
import {makeLog} from '../processes/log.js';
import {makeProcesses, type Processes} from '../processes/process.js';
import {programs} from '../programs/index.js';
import type {KubeObject} from '../store/object.js';
import type {Store} from '../store/store.js';
import {tools} from '../tools/index.js';
import {environmentOf} from './environment.js';
import type {ImageFacts} from './image.js';
import type {Machine} from './machine.js';
import {makeRootFileSystem} from './root-file-system.js';
import {waiting, type ContainerSpec, type PodSpec} from './spec.js';
import {mountsOf} from './volumes.js';

const all: readonly Capability[] = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'NET_BIND_SERVICE'];

const capabilitiesOf = (
	uid: number,
	{add = [], drop = []}: {readonly add?: readonly string[]; readonly drop?: readonly string[]} = {},
): ReadonlySet<Capability> => {
	if (uid !== 0) {
		return new Set();
	}

	const names = (list: readonly string[]): Set<string> => new Set(list.map(name => name.replace(/^CAP_/v, '')));
	const [added, dropped] = [names(add), names(drop)];
	return new Set(
		all.filter(name => added.has(name) || added.has('ALL') || (!dropped.has(name) && !dropped.has('ALL'))),
	);
};

/** Who the container's processes are: the container's wish before the pod's, the pod's before the image's. */
const credentialsOf = (pod: PodSpec, container: ContainerSpec, facts: ImageFacts): Credentials => {
	const podContext = pod.securityContext ?? {};
	const context = container.securityContext ?? {};
	const wanted = context.runAsUser ?? podContext.runAsUser;
	const uid = wanted ?? facts.uid;
	const gid = context.runAsGroup ?? podContext.runAsGroup ?? (uid === facts.uid ? facts.gid : 0);
	return {
		uid,
		gid,
		groups: new Set([
			...(podContext.supplementalGroups ?? []),
			...(podContext.fsGroup === undefined ? [] : [podContext.fsGroup]),
		]),
		capabilities: capabilitiesOf(uid, context.capabilities),
	};
};

/** What a container is made from. */
export type MachineParts = {
	readonly store: Store;
	readonly faults: FaultBook;
	readonly pod: KubeObject;
	readonly container: ContainerSpec;
	readonly facts: ImageFacts;
	readonly volumes: ReadonlyMap<string, Volume>;
};

/** Makes a container ready to run. Throws a Waiting where the kubelet would not start it. */
export const makeMachine = (parts: MachineParts): Machine => {
	const {store, faults, pod, container, facts, volumes} = parts;
	const podSpec = pod.spec as PodSpec;
	const credentials = credentialsOf(podSpec, container, facts);
	if ((container.securityContext?.runAsNonRoot ?? podSpec.securityContext?.runAsNonRoot) && credentials.uid === 0) {
		throw waiting(
			'CreateContainerConfigError',
			'container has runAsNonRoot and image will run as root (pod: ' +
				`"${pod.metadata.name}_${pod.metadata.namespace ?? ''}(${pod.metadata.uid ?? ''})", container: ` +
				`${container.name})`,
		);
	}

	const ports = new Set<number>();
	const log = makeLog();
	const processes: Processes = makeProcesses((error, command) => {
		log.write(
			`The sandbox failed in ${command}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
		);
	});
	const rootFileSystem = makeRootFileSystem(facts, {
		name: pod.metadata.name,
		uid: credentials.uid,
		ports,
		processes: () => processes,
	});
	return {
		name: container.name,
		pod: pod.metadata.name,
		namespace: pod.metadata.namespace ?? 'default',
		image: container.image,
		credentials,
		environment: environmentOf(store, pod, container, facts.environment),
		tree: mountsOf(rootFileSystem, volumes, container),
		processes,
		log,
		faults,
		programs,
		tools,
		directory: undefined,
		ports,
	};
};
