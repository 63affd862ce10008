import {delimiter} from 'node:path';
import {Failure} from '../../failure/failure.js';
import {commandLine, type Connection} from '../connection.js';
import {kubeconfigFiles, readKubeconfig, type KubeconfigSource} from './kubeconfig-files.js';

/** A context as the wizard offers it. */
export type ContextChoice = {
	readonly name: string;
	/** The namespace of the context; `default` where it names none. */
	/** The name of the cluster's entry in the kubeconfig. */
	readonly cluster: string;
	readonly namespace: string;
	readonly isCurrent: boolean;
};

/** What was asked for, and where kubectl looks. */
export type ConnectionRequest = KubeconfigSource & {
	/** `--context`; else the current context. */
	readonly context?: string;
	/** `--namespace`; else the namespace of the context, else `default`. */
	readonly namespace?: string;
	/** Where kubectl's discovery cache goes: a folder of the run's own. */
	readonly cacheFolder: string;
};

/**
The contexts there are, in the order of the files. Rejects with a Failure where there is no kubeconfig or it does not
parse.
*/
export const contextsOf = async (source: KubeconfigSource): Promise<readonly ContextChoice[]> => {
	const {contexts, current} = await readKubeconfig(kubeconfigFiles(source));
	return contexts.map(({name, cluster, namespace = 'default'}) => ({
		name,
		cluster,
		namespace,
		isCurrent: name === current,
	}));
};

const listed = (names: readonly string[]): string =>
	names.length === 0 ? 'There is none in it.' : `There are: ${names.join(', ')}.`;

/**
Settles where a run goes, as kubectl would: context, namespace and kubeconfig are explicit from here on. Rejects with a
Failure where there is no kubeconfig, it does not parse, or the context is not in it.
*/
export const readConnection = async (request: ConnectionRequest): Promise<Connection> => {
	const files = kubeconfigFiles(request);
	const {contexts, clusters, current} = await readKubeconfig(files);
	const name = request.context ?? current;
	const byHand = commandLine([
		'kubectl',
		...(request.kubeconfig ? ['--kubeconfig', request.kubeconfig] : []),
		'config',
		'get-contexts',
	]);
	const names = contexts.map(context => context.name);
	if (!name) {
		throw new Failure({
			code: 'context-missing',
			seen: 'The kubeconfig has no current context, and none was named.',
			means: `unroot never guesses which cluster to change. ${listed(names)}`,
			todo: 'Name the context with --context.',
			byHand,
			exit: 'usage',
		});
	}

	const context = contexts.find(entry => entry.name === name);
	if (!context) {
		throw new Failure({
			code: 'context-unknown',
			seen: `The kubeconfig has no context «${name}».`,
			means: `Nothing was done, since the cluster is not known. ${listed(names)}`,
			todo: 'Name one of these with --context, or another kubeconfig with --kubeconfig.',
			byHand,
			exit: 'usage',
		});
	}

	if (clusters.every(cluster => cluster.name !== context.cluster)) {
		throw new Failure({
			code: 'cluster-unknown',
			seen: `The context «${name}» names the cluster «${context.cluster}», which the kubeconfig does not have.`,
			means: "Without the cluster's address there is no way to it. Nothing was done.",
			todo: 'Repair the kubeconfig, or name another context with --context.',
			byHand,
			exit: 'blocked',
		});
	}

	return {
		kubeconfig: files.join(delimiter),
		context: name,
		namespace: request.namespace ?? context.namespace ?? 'default',
		cacheFolder: request.cacheFolder,
	};
};
