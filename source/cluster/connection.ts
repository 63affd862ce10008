import {delimiter} from 'node:path';
import type {CommandResult} from '../migration/world.js';

/** Where a run's kubectl and API calls go. All of it is explicit, because somebody may change the current context meanwhile. */
export type Connection = {
	/** The kubeconfig files, as KUBECONFIG lists them. */
	readonly kubeconfig: string;
	readonly context: string;
	readonly namespace: string;
	/** kubectl's discovery cache, a folder of the run's own. */
	readonly cacheFolder: string;
};

/** The flags that every kubectl call starts with. KUBECONFIG goes through the environment, since `--kubeconfig` takes one file only. */
export const connectionFlags = ({context, namespace, cacheFolder}: Connection): readonly string[] => [
	'--context', context, '--namespace', namespace, '--cache-dir', cacheFolder,
];

/** The command an operator would type, quoted for a shell where need be. For showing only: it is never run. */
export const commandLine = (argv: readonly string[]): string => argv.map(word => /^[\w%+,\-.\/:=@]+$/v.test(word) ? word : `'${word.replaceAll('\'', String.raw`'\''`)}'`).join(' ');

/** The kubectl command an operator would type for the same. A kubeconfig that kubectl finds by itself is not named. */
export const kubectlByHand = ({kubeconfig, context, namespace}: Connection, argv: readonly string[]): string => {
	const isFound = kubeconfig.includes(delimiter) || /[\/\\]\.kube[\/\\]config$/v.test(kubeconfig);
	return commandLine(['kubectl', ...(isFound ? [] : ['--kubeconfig', kubeconfig]), '--context', context, '--namespace', namespace, ...argv]);
};

/** Whether a command ended well. */
export const isDone = (result: CommandResult): boolean => result.exitCode === 0;
