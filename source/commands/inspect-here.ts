import {join} from 'node:path';
import {tmpdir} from 'node:os';
import {mkdtemp, rm} from 'node:fs/promises';
import {readConnection} from '../cluster/kubeconfig.js';
import {lookAround} from '../steps/look.js';
import {runInspect, type ClusterView} from './inspect.js';
import type {Surroundings} from './surroundings.js';
import {createWorld} from './world.js';

/** Reads the namespace and looks into its Ping pods, as the wizard's inventory does. */
const readCluster = async ({environment, home, options: {values}}: Surroundings): Promise<ClusterView> => {
	const cacheFolder = await mkdtemp(join(tmpdir(), 'unroot-'));
	try {
		const connection = await readConnection({
			environment,
			home,
			cacheFolder,
			...(values.kubeconfig !== undefined && {kubeconfig: values.kubeconfig}),
			...(values.context !== undefined && {context: values.context}),
			...(values.namespace !== undefined && {namespace: values.namespace}),
		});
		const {objects, probes} = await lookAround({
			world: createWorld(connection, home),
			run: {
				id: 'inspect', folder: cacheFolder, mode: 'migrate', context: connection.context, namespace: connection.namespace, sandbox: false,
			},
			answers: {},
			outcomes: {},
			notes: [],
			signal: new AbortController().signal,
		});
		return {what: `namespace ${connection.namespace} of context ${connection.context}`, objects, probes};
	} finally {
		await rm(cacheFolder, {recursive: true, force: true});
	}
};

/** `unroot inspect`: what will break, of files or of a cluster. */
export const inspect = async (surroundings: Surroundings): Promise<number> => {
	const {options, stdin, stdout, hasColour} = surroundings;
	const {'image-tag': image, strategy} = options.values;
	return runInspect({
		files: options.files,
		readCluster: async () => readCluster(surroundings),
		output: options.output === 'json' ? 'json' : 'text',
		target: {...(image !== undefined && {image}), ...((strategy === 'fresh' || strategy === 'root') && {strategy})},
		stdin,
		write(text) {
			stdout.write(text);
		},
		width: stdout.columns,
		hasColour,
	});
};
