import {serve} from './api/server.js';
import {startControllers} from './controllers/loop.js';
import {isReady} from './controllers/stateful-sets.js';
import {makeFaults, type FaultBook, type Faults} from './faults.js';
import {makeKubeconfig} from './kubeconfig.js';
import {makePodHost} from './pods/host.js';
import {lookAt, type PodLook} from './pods/look.js';
import {makePace} from './pods/pace.js';
import {makeDisks} from './pods/volumes.js';
import {buildScenario, type ScenarioName} from './scenario/build.js';
import type {ModifyControls, TaskSupport} from './scenario/default.js';
import type {ScenarioOwner} from './scenario/owner.js';
import type {KubeObject} from './store/object.js';
import {makeStore} from './store/store.js';

export type {Fault, Faults} from './faults.js';
export type {Refusal, Write} from './ldap/write.js';
export type {PodLook} from './pods/look.js';
export type {ScenarioName} from './scenario/build.js';

/** How a sandbox is started. */
export type SandboxOptions = {
	/** The port on 127.0.0.1. Default: any that is free. */
	readonly port?: number;
	/** User entries in the old directory. Default 2000. */
	readonly entries?: number;
	/** Replicas of the old workload. Several are one topology. Default 1. */
	readonly replicas?: number;
	/** Backends of user data, from 1 to 3. Default 1. */
	readonly backends?: number;
	/** Closes itself after so many seconds without a request. Default: never. */
	readonly idleSeconds?: number;
	/** Which old workload runs there: a PingDirectory, a PingFederate or a PingAccess. */
	readonly scenario?: ScenarioName;
	/** Who applies the objects of the PingDirectory. Default: nobody but the operator. */
	readonly owner?: ScenarioOwner;
	/**
	Whether `export-ldif` of the servers takes `--task`: older versions do not, and some refuse what their help names.
	Default true.
	*/
	readonly exportTask?: TaskSupport;
	/** The same of `import-ldif`. */
	readonly importTask?: TaskSupport;
	/** Whether the servers take a task that is added over LDAP. Default true. */
	readonly ldapTasks?: boolean;
	/** Which servers' `ldapmodify` knows the controls that keep a change as it is given. Default `all`. */
	readonly modifyControls?: ModifyControls;
};

/** A cluster in this process: enough of the Kubernetes API for the real kubectl, with Ping-like pods. */
export type Sandbox = {
	readonly url: string;
	/** A kubeconfig as YAML text; its current context is `sandbox`. */
	readonly kubeconfig: string;
	readonly context: 'sandbox';
	readonly namespace: 'identity';
	readonly faults: Faults;
	/** Objects of a kind, of one namespace or of all. */
	readonly objects: (kind: string, namespace?: string) => readonly KubeObject[];
	/** A look into a running container, past all permissions. Undefined where nothing runs. */
	readonly pod: (name: string, container?: string) => PodLook | undefined;
	/** What was asked of the API so far, as an authorizer names it, such as `patch apps/statefulsets`. */
	readonly used: () => readonly string[];
	/** Resolves when the sandbox has closed, by itself or by `close`. */
	readonly closed: Promise<void>;
	readonly close: () => Promise<void>;
};

/**
Starts a cluster on 127.0.0.1, plain HTTP, and waits until its pods are ready. Rejects where the port is taken.
*/
export const startSandbox = async (options: SandboxOptions = {}): Promise<Sandbox> => {
	const {
		port = 0,
		entries = 2000,
		replicas = 1,
		backends = 1,
		idleSeconds,
		exportTask = true,
		importTask = true,
		ldapTasks = true,
		modifyControls = 'all',
		scenario = 'default',
		owner,
	} = options;
	const store = makeStore();
	const disks = makeDisks();
	const pace = makePace();
	const pods = makePodHost(store, disks, () => faults, pace);
	const faults: FaultBook = makeFaults({tell: pods.tell, clear: pods.clearFaults});
	const stopControllers = startControllers(store, disks, pace);
	buildScenario(store, disks, scenario, {
		entries,
		replicas,
		backends,
		exportTask,
		importTask,
		ldapTasks,
		modifyControls,
		...(owner && {owner}),
	});
	// While the scenario is set up nothing takes time; the pods are ready after a few turns.
	const wanted = [...store.list('StatefulSet'), ...store.list('Deployment')].reduce(
		(sum, {spec}) => sum + (spec as {readonly replicas: number}).replicas,
		0,
	);
	while (store.list('Pod').filter(pod => isReady(pod)).length < wanted) {
		await new Promise(resolve => {
			setImmediate(resolve);
		});
	}

	const used = new Set<string>();
	const server = await serve({store, faults, pods, used}, port);
	pace.begin();
	const closed = Promise.withResolvers<void>();
	let idleTimer: NodeJS.Timeout | undefined;
	let closing: Promise<void> | undefined;
	const close = async (): Promise<void> => {
		closing ??= (async () => {
			clearInterval(idleTimer);
			stopControllers();
			pace.close();
			pods.close();
			await server.close();
			closed.resolve();
		})();
		return closing;
	};

	if (idleSeconds !== undefined) {
		idleTimer = setInterval(
			() => {
				if (Date.now() - server.lastRequest() > idleSeconds * 1000) {
					void close();
				}
			},
			Math.min(1000, idleSeconds * 250),
		);
	}

	return {
		url: server.url,
		kubeconfig: makeKubeconfig(server.url, 'identity'),
		context: 'sandbox',
		namespace: 'identity',
		faults: {tell: faults.tell, clear: faults.clear, pending: faults.pending},
		objects: store.list,
		pod: (name, container) => lookAt(pods, name, container),
		used: () => [...used],
		closed: closed.promise,
		close,
	};
};
