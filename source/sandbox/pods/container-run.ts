import {bootAdministered} from '../boot/administration.js';
import type {Boot, Network} from '../boot/boot.js';
import {bootDirectory} from '../boot/index.js';
import {recordEvent} from '../controllers/events.js';
import type {FaultBook} from '../faults.js';
import type {Log} from '../processes/log.js';
import type {Process} from '../processes/process.js';
import type {KubeObject} from '../store/object.js';
import {timestamp, type Store} from '../store/store.js';
import {makeMachine} from './container.js';
import {domainOf} from './domain.js';
import {imageFacts} from './image.js';
import type {Machine} from './machine.js';
import type {Pace} from './pace.js';
import {isWaiting, type ContainerSpec, type PodSpec} from './spec.js';
import {openVolumes, type Disks} from './volumes.js';

type Ended = {
	readonly exitCode: number;
	readonly reason: string;
	readonly startedAt: string;
	readonly finishedAt: string;
};

/** One container of a pod through its starts and ends. */
export type ContainerRun = {
	readonly name: string;
	readonly image: string;
	readonly machine: Machine | undefined;
	readonly log: Log | undefined;
	readonly previousLog: Log | undefined;
	readonly waiting: {readonly reason: string; readonly message?: string} | undefined;
	readonly lastEnd: Ended | undefined;
	readonly startedAt: string | undefined;
	readonly restarts: number;
	readonly isReady: boolean;
	readonly start: () => void;
	readonly stop: () => void;
};

type Parts = {
	readonly store: Store;
	readonly disks: Disks;
	readonly faults: FaultBook;
	readonly pace: Pace;
	readonly pod: KubeObject;
	readonly container: ContainerSpec;
	readonly network: Network;
	readonly onChange: () => void;
};

const portOf = ({ports = []}: ContainerSpec, port: number | string): number =>
	typeof port === 'number' ? port : (ports.find(({name}) => name === port)?.containerPort ?? 0);

/**
Whether the readiness probe would succeed now. A probe by command is taken to ask on `LDAPS_PORT`; `readiness.sh` asks
for user data.
*/
const isProbeHappy = (container: ContainerSpec, machine: Machine): boolean => {
	const {tcpSocket, httpGet, exec} = container.readinessProbe ?? {};
	if (imageFacts(container.image).product === 'other') {
		return true;
	}

	if (
		!machine.directory ||
		((exec?.command ?? []).some(word => word.includes('readiness.sh')) && !machine.directory.isServing())
	) {
		return false;
	}

	const port = tcpSocket?.port ?? httpGet?.port;
	return port === undefined
		? exec === undefined || machine.ports.has(Number(machine.environment.get('LDAPS_PORT')))
		: machine.ports.has(portOf(container, port));
};

/** What runs until it is ended. */
const forEver = async (): Promise<never> =>
	new Promise<never>(() => {
		/* nothing ends it but a signal */
	});

export const makeContainerRun = ({
	store,
	disks,
	faults,
	pace,
	pod,
	container,
	network,
	onChange,
}: Parts): ContainerRun => {
	const facts = imageFacts(container.image);
	const run: {-readonly [K in keyof ContainerRun]: ContainerRun[K]} = {
		name: container.name,
		image: container.image,
		machine: undefined,
		log: undefined,
		previousLog: undefined,
		waiting: {reason: 'ContainerCreating'},
		lastEnd: undefined,
		startedAt: undefined,
		restarts: 0,
		isReady: false,
		start() {
			/* set below */
		},
		stop() {
			/* set below */
		},
	};
	let isStopped = false;

	const tellEvent = (type: 'Normal' | 'Warning', reason: string, message: string): void => {
		recordEvent(store, pod, {
			type,
			reason,
			message,
			source: 'kubelet',
		});
	};

	const ended = (machine: Machine, exitCode: number): void => {
		machine.processes.endAll();
		machine.log.end();
		run.machine = undefined;
		run.isReady = false;
		run.previousLog = machine.log;
		run.lastEnd = {
			exitCode,
			reason: exitCode === 137 ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error',
			startedAt: run.startedAt ?? timestamp(),
			finishedAt: timestamp(),
		};
		if (isStopped) {
			return;
		}

		const backOff = Math.min(5000, 400 * 2 ** run.restarts);
		run.waiting = {
			reason: 'CrashLoopBackOff',
			message:
				`back-off ${Math.ceil(backOff / 1000) * 10}s restarting failed container=${container.name} ` +
				`pod=${pod.metadata.name}_${pod.metadata.namespace ?? ''}(${pod.metadata.uid ?? ''})`,
		};
		tellEvent(
			'Warning',
			'BackOff',
			`Back-off restarting failed container ${container.name} in pod ` +
				`${pod.metadata.name}_${pod.metadata.namespace ?? ''}(${pod.metadata.uid ?? ''})`,
		);
		onChange();
		pace.after(backOff, () => {
			run.restarts++;
			run.start();
		});
	};

	const runEntryPoint = (machine: Machine): Process =>
		machine.processes.start(
			facts.product === 'pingdirectory' ? 'tini -- /opt/bootstrap.sh start-server' : 'tini -- sleep infinity',
			{},
			async process => {
				const sleep = async (milliseconds: number): Promise<void> =>
					process.interruptible(
						new Promise(resolve => {
							setTimeout(resolve, milliseconds).unref();
						}),
					);
				const boot: Boot = {
					machine,
					facts,
					process,
					sleep,
					wait: async milliseconds => process.interruptible(pace.wait(milliseconds)),
					domain: service => domainOf(store, pod, service),
					network,
				};
				const result = await (facts.product === 'pingdirectory' ? bootDirectory : bootAdministered)(boot);
				if ('exit' in result) {
					return result.exit;
				}

				if ('hangs' in result) {
					onChange();
					return process.interruptible(forEver());
				}

				run.isReady = isProbeHappy(container, machine);
				if (!run.isReady) {
					tellEvent('Warning', 'Unhealthy', 'Readiness probe failed: ');
				}

				onChange();
				// A pod that was not ready becomes it. One that is ready stays so during an import: a probe gives up after
				// minutes, and no import here takes that long.
				machine.directory?.onEnabled(() => {
					if (run.machine === machine && !run.isReady && isProbeHappy(container, machine)) {
						run.isReady = true;
						onChange();
					}
				});
				return process.interruptible(forEver());
			},
		);

	const launch = (): void => {
		if (facts.isMissing) {
			run.waiting = {reason: 'ImagePullBackOff', message: `Back-off pulling image "${container.image}"`};
			tellEvent('Warning', 'Failed', `Failed to pull image "${container.image}": manifest unknown`);
			onChange();
			return;
		}

		const machine = makeMachine({
			store,
			faults,
			pod,
			container,
			facts,
			volumes: openVolumes(store, disks, pod.metadata.namespace ?? 'default', pod.spec as PodSpec),
		});
		run.machine = machine;
		run.log = machine.log;
		run.waiting = undefined;
		run.startedAt = timestamp();
		tellEvent('Normal', 'Started', `Started container ${container.name}`);
		const entryPoint = runEntryPoint(machine);
		onChange();
		void entryPoint.ended.then(status => {
			ended(machine, status);
		});
	};

	run.start = () => {
		if (isStopped) {
			return;
		}

		try {
			launch();
		} catch (error) {
			if (!isWaiting(error)) {
				throw error;
			}

			run.waiting = {
				reason: error.reason === 'Unschedulable' ? 'ContainerCreating' : error.reason,
				message: error.message,
			};
			tellEvent(
				'Warning',
				error.reason === 'Unschedulable' ? 'FailedScheduling' : 'Failed',
				error.reason === 'Unschedulable' ? error.message : `Error: ${error.message}`,
			);
			onChange();
			pace.after(300, run.start);
		}
	};

	run.stop = () => {
		isStopped = true;
		run.machine?.processes.endAll();
		run.machine = undefined;
	};

	return run;
};
