import type {KubeObject} from '../store/object.js';
import {timestamp} from '../store/store.js';
import type {ContainerRun} from './container-run.js';
import type {PodSpec} from './spec.js';

type Fields = Record<string, unknown>;

/** The phase of a pod; empty where it has none yet. */
export const phaseOf = ({status}: KubeObject): string => (status as {phase?: string} | undefined)?.phase ?? '';

/** A pod that has run to its end runs nothing any more. */
export const isFinished = (pod: KubeObject): boolean => ['Failed', 'Succeeded'].includes(phaseOf(pod));

const stateOf = ({machine, waiting, startedAt}: ContainerRun): Fields =>
	machine ? {running: {startedAt}} : {waiting: waiting ?? {reason: 'ContainerCreating'}};

const statusOf = (run: ContainerRun): Fields => ({
	name: run.name,
	image: run.image,
	imageID: `sandbox://${run.image}`,
	containerID: `containerd://${run.name}`,
	ready: run.isReady,
	started: run.machine !== undefined,
	restartCount: run.restarts,
	state: stateOf(run),
	lastState: run.lastEnd ? {terminated: run.lastEnd} : {},
});

/** The status of a pod from its containers. Times of conditions stay while nothing changes. */
export const podStatus = (
	pod: KubeObject,
	{ip, runs, started}: {readonly ip: string; readonly runs: readonly ContainerRun[]; readonly started: string},
): Fields => {
	const isReady = runs.every(run => run.isReady);
	const old = (pod.status as {conditions?: Fields[]} | undefined)?.conditions ?? [];
	const condition = (type: string, holds: boolean): Fields => {
		const status = holds ? 'True' : 'False';
		const before = old.find(item => item.type === type);
		return before?.status === status
			? before
			: {
					type,
					status,
					lastProbeTime: null,
					lastTransitionTime: timestamp(),
					...(!holds && {reason: 'ContainersNotReady'}),
				};
	};

	const isUnschedulable = runs.some(run => /^persistentvolumeclaim|unbound/v.test(run.waiting?.message ?? ''));
	const initContainers = (pod.spec as PodSpec).initContainers ?? [];
	return {
		phase: runs.some(run => run.machine !== undefined || run.lastEnd !== undefined) ? 'Running' : 'Pending',
		conditions: [
			condition('PodScheduled', !isUnschedulable),
			condition('Initialized', true),
			condition('ContainersReady', isReady),
			condition('Ready', isReady),
		],
		hostIP: '10.0.0.1',
		podIP: ip,
		podIPs: [{ip}],
		startTime: started,
		qosClass: 'BestEffort',
		...(initContainers.length > 0 && {
			initContainerStatuses: initContainers.map(({name, image}) => ({
				name,
				image,
				imageID: `sandbox://${image}`,
				ready: true,
				restartCount: 0,
				state: {
					terminated: {
						exitCode: 0,
						reason: 'Completed',
						startedAt: started,
						finishedAt: started,
					},
				},
				lastState: {},
			})),
		}),
		containerStatuses: runs.map(run => statusOf(run)),
	};
};
