import type {Fault, FaultBook} from '../faults.js';
import {exchange} from '../ldap/exchange.js';
import {misbehave} from '../ldap/misbehave.js';
import {makeWire} from '../ldap/replication.js';
import type {DirectoryServer} from '../ldap/server.js';
import type {KubeObject} from '../store/object.js';
import {timestamp, type Store} from '../store/store.js';
import {makeContainerRun, type ContainerRun} from './container-run.js';
import type {Pace} from './pace.js';
import {isFinished, podStatus} from './pod-status.js';
import type {PodSpec} from './spec.js';
import type {Disks} from './volumes.js';

/** A container as the API sees it: running or not, with what it logged. */
export type ContainerView = Pick<ContainerRun, 'name' | 'machine' | 'log' | 'previousLog'>;

/** What runs in the pods right now, for tests in another process. */
export type PodState = {
	readonly namespace: string;
	readonly name: string;
	readonly containers: ReadonlyArray<{
		readonly name: string;
		readonly isRunning: boolean;
		readonly uid?: number;
		readonly listening: readonly number[];
		/** Processes that an exec started and that still run. */
		readonly execs: ReadonlyArray<{readonly pid: number; readonly command: string}>;
		readonly entries?: Readonly<Record<string, number>>;
		readonly writability?: string;
		readonly tasks?: ReadonlyArray<{readonly id: string; readonly kind: string; readonly state: string}>;
	}>;
};

/** The node: runs the containers of the pods in the store and writes their status. */
export type PodHost = {
	readonly container: (namespace: string, pod: string, name?: string) => ContainerView | undefined;
	readonly state: () => readonly PodState[];
	readonly tell: (fault: Fault) => void;
	readonly clearFaults: () => void;
	readonly close: () => void;
};

type RunningPod = {
	readonly uid: string;
	readonly ip: string;
	readonly runs: readonly ContainerRun[];
	readonly started: string;
	isStopping: boolean;
};

/** Time between two turns of replication. */
const exchangeMilliseconds = 20;

const keyOf = ({metadata: {namespace = '', name}}: KubeObject): string => `${namespace}/${name}`;

export const makePodHost = (store: Store, disks: Disks, faults: () => FaultBook, pace: Pace): PodHost => {
	const pods = new Map<string, RunningPod>();
	const kept: KubeObject[] = [];
	let nextIp = 10;
	const peers = (): readonly DirectoryServer[] =>
		pods
			.values()
			.flatMap(({runs}) => runs)
			.map(({machine}) => machine?.directory)
			.filter(server => server !== undefined)
			.toArray();
	const network = {wire: makeWire(), peers};
	const turns = setInterval(() => {
		exchange(peers(), faults());
	}, exchangeMilliseconds);
	turns.unref();

	const writeStatus = (key: string): void => {
		const running = pods.get(key);
		const [namespace, name = ''] = key.split('/', 2);
		const pod = store.get('Pod', namespace, name);
		if (running && pod?.metadata.uid === running.uid) {
			store.put({...pod, status: podStatus(pod, running)});
		}
	};

	const stop = (key: string): void => {
		for (const run of pods.get(key)?.runs ?? []) {
			run.stop();
		}

		pods.delete(key);
	};

	const start = (pod: KubeObject): void => {
		const key = keyOf(pod);
		stop(key);
		const spec = pod.spec as PodSpec;
		const runs = spec.containers.map(container =>
			makeContainerRun({
				store,
				disks,
				faults: faults(),
				pace,
				pod,
				container,
				network,
				onChange() {
					writeStatus(key);
				},
			}),
		);
		pods.set(key, {
			uid: pod.metadata.uid!,
			ip: `10.244.0.${nextIp++}`,
			runs,
			started: timestamp(),
			isStopping: false,
		});
		writeStatus(key);
		for (const run of runs) {
			run.start();
		}
	};

	const terminate = (pod: KubeObject): void => {
		const running = pods.get(keyOf(pod));
		if (running?.isStopping) {
			return;
		}

		if (running) {
			running.isStopping = true;
			for (const run of running.runs) {
				run.stop();
			}
		}

		pace.after(80, () => {
			const current = store.get('Pod', pod.metadata.namespace, pod.metadata.name);
			if (!current || current.metadata.uid !== pod.metadata.uid) {
				return;
			}

			if (faults().take('keep-ended', fault => fault.pod === pod.metadata.name)) {
				store.put({...current, status: {...(current.status as object), phase: 'Failed'}});
				kept.push(current);
			} else {
				store.remove('Pod', pod.metadata.namespace, pod.metadata.name);
			}
		});
	};

	const unsubscribe = store.subscribe(({type, object}) => {
		if (object.kind !== 'Pod') {
			return;
		}

		if (type === 'DELETED') {
			if (pods.get(keyOf(object))?.uid === object.metadata.uid) {
				stop(keyOf(object));
			}
		} else if (object.metadata.deletionTimestamp) {
			terminate(object);
		} else if (type === 'ADDED' && !isFinished(object)) {
			pace.after(20, () => {
				if (store.get('Pod', object.metadata.namespace, object.metadata.name)?.metadata.uid === object.metadata.uid) {
					start(object);
				}
			});
		}
	});

	const find = (pod: string): RunningPod | undefined =>
		[...pods].find(([key]) => key === pod || key.endsWith(`/${pod}`))?.[1];
	const limited = new Set<{limit: number; capacity: number}>();

	return {
		container(namespace, pod, name) {
			const runs = pods.get(`${namespace}/${pod}`)?.runs;
			return name === undefined ? runs?.[0] : runs?.find(run => run.name === name);
		},
		state: () =>
			[...pods].map(([key, {runs}]) => ({
				namespace: key.split('/', 1)[0]!,
				name: key.split('/', 2)[1]!,
				containers: runs.map(({name, machine}) => ({
					name,
					isRunning: machine !== undefined,
					...(machine && {uid: machine.credentials.uid}),
					listening: [...(machine?.ports ?? [])],
					execs: (machine?.processes.list() ?? [])
						.filter(({isExec}) => isExec)
						.map(({pid, command}) => ({pid, command})),
					...(machine?.directory && {
						entries: Object.fromEntries(machine.directory.backends.map(({id, entries}) => [id, entries.size])),
						writability: machine.directory.backends[0]?.writability() ?? 'enabled',
						tasks: machine.directory.tasks.list().map(({id, kind, state}) => ({id, kind, state})),
					}),
				})),
			})),
		tell(fault) {
			if (fault.kind === 'kill-pod') {
				const [key] =
					[...pods].find(([candidate]) => candidate === fault.pod || candidate.endsWith(`/${fault.pod}`)) ?? [];
				const [namespace, name = ''] = (key ?? '/').split('/', 2);
				store.remove('Pod', namespace, name);
			} else if (fault.kind === 'disk-full') {
				const machine = find(fault.pod)?.runs.find(run => run.machine)?.machine;
				const volume = machine?.tree.get(fault.path ?? '/opt/out')?.volume;
				if (volume) {
					volume.limit = Math.min(volume.capacity, volume.used + (fault.after ?? 0));
					limited.add(volume);
				}
			}

			const server =
				'pod' in fault ? find(fault.pod)?.runs.find(run => run.machine?.directory)?.machine?.directory : undefined;
			if (server) {
				misbehave(server, fault);
			}
		},
		clearFaults() {
			for (const volume of limited) {
				volume.limit = volume.capacity;
			}

			limited.clear();
			for (const {
				metadata: {namespace, name, uid},
			} of kept.splice(0)) {
				if (store.get('Pod', namespace, name)?.metadata.uid === uid) {
					store.remove('Pod', namespace, name);
				}
			}
		},
		close() {
			unsubscribe();
			clearInterval(turns);
			for (const key of pods.keys()) {
				stop(key);
			}
		},
	};
};
