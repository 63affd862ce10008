import {delimiter} from 'node:path';
import {quoted} from '../failure/quoted.js';
import type {Waits} from '../migration/waits.js';
import type {CommandResult, PodTarget} from '../migration/world.js';

/**
Where a run's kubectl and API calls go. All of it is explicit, because somebody may change the current context
meanwhile.
*/
export type Connection = {
	/** The kubeconfig files, as KUBECONFIG lists them. */
	readonly kubeconfig: string;
	readonly context: string;
	readonly namespace: string;
	/** Whom it acts as, as kubectl's `--as` and `--as-group`; its own user where left out. */
	readonly actsAs?: {readonly user: string; readonly groups: readonly string[]};
	/** Seconds in which the API server must have answered a request; 30 where left out. */
	readonly requestSeconds?: number;
	/** kubectl's discovery cache, a folder of the run's own. */
	readonly cacheFolder: string;
	/** Where it is said who is waited for; nowhere where left out. */
	readonly waits?: Waits;
};

/** The flags by which kubectl, or helm, acts as somebody else. */
const actingFlags = (tool: '' | 'helm', actsAs: Connection['actsAs']): readonly string[] => {
	const [user, group] = tool === '' ? ['--as', '--as-group'] : ['--kube-as-user', '--kube-as-group'];
	return actsAs ? [user, actsAs.user, ...actsAs.groups.flatMap(name => [group, name])] : [];
};

/** The same for helm. */
export const helmActing = ({actsAs}: Connection): readonly string[] => actingFlags('helm', actsAs);

/**
The flags that every kubectl call starts with. KUBECONFIG goes through the environment, since `--kubeconfig` takes one
file only.
*/
export const connectionFlags = ({context, namespace, cacheFolder, actsAs}: Connection): readonly string[] => [
	'--context',
	context,
	'--namespace',
	namespace,
	'--cache-dir',
	cacheFolder,
	...actingFlags('', actsAs),
];

/** The command an operator would type, quoted for a shell where need be. For showing only: it is never run. */
export const commandLine = (argv: readonly string[]): string => argv.map(word => quoted(word)).join(' ');

/** The flag that names a kubeconfig which a tool does not find by itself. */
const kubeconfigFlag = ({kubeconfig}: Connection): readonly string[] =>
	kubeconfig.includes(delimiter) || /[\/\\]\.kube[\/\\]config$/v.test(kubeconfig) ? [] : ['--kubeconfig', kubeconfig];

/** The kubectl command an operator would type for the same. A kubeconfig that kubectl finds by itself is not named. */
export const kubectlByHand = (connection: Connection, argv: readonly string[]): string =>
	commandLine([
		'kubectl',
		...kubeconfigFlag(connection),
		'--context',
		connection.context,
		'--namespace',
		connection.namespace,
		...actingFlags('', connection.actsAs),
		...argv,
	]);

/** The helm command an operator would type for the same. */
export const helmByHand = (connection: Connection, argv: readonly string[]): string =>
	commandLine([
		'helm',
		...argv,
		...kubeconfigFlag(connection),
		'--kube-context',
		connection.context,
		'--namespace',
		connection.namespace,
		...helmActing(connection),
	]);

/** Waits for somebody on a connection, and says so where the connection has a place for it. */
export const waitingFor = async <T>(
	{waits}: Pick<Connection, 'waits'>,
	who: string,
	what: string,
	work: () => Promise<T>,
): Promise<T> => (waits ? waits.during(who, what, work) : work());

/** Whether a command ended well. */
export const isDone = (result: CommandResult): boolean => result.exitCode === 0;

/** The arguments of kubectl for a command in a container. */
export const execArgv = (
	{pod, container}: PodTarget,
	command: readonly string[],
	withInput = false,
): readonly string[] => ['exec', ...(withInput ? ['-i'] : []), pod, '-c', container, '--', ...command];
