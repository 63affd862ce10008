import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {kubectlByHand, type Connection} from '../../cluster/connection.js';
import {Failure} from '../../failure/failure.js';
import {plainLine} from '../../failure/plain.js';
import type {Severity} from '../../ping/findings/index.js';
import {connectionFor} from '../connect.js';
import {lookAtNamespace, refuseUnknownNamespace} from '../look.js';
import type {Surroundings} from '../surroundings.js';
import {createWorld, noHold} from '../world.js';
import {runInspect, type ClusterView} from './index.js';

const notSeen = (connection: Connection, unseen: readonly string[]): Failure =>
	new Failure({
		code: 'not-seen',
		seen:
			`No Ping workload was found in the namespace ${connection.namespace}, but not everything in it could be ` +
			'looked at.',
		means: 'Whether there is one, and what will break, is not known.',
		todo: 'Have the missing permissions granted, then inspect again.',
		byHand: kubectlByHand(connection, ['auth', 'can-i', '--list']),
		exit: 'blocked',
		details: unseen,
	});

/** Reads the namespace and looks into its Ping pods, as the wizard's inventory does. */
const readCluster = async (surroundings: Surroundings): Promise<ClusterView> => {
	const {
		home,
		stderr,
		options: {values},
	} = surroundings;
	const cacheFolder = await mkdtemp(join(tmpdir(), 'unroot-'));
	try {
		const connection = await connectionFor(surroundings, {
			cacheFolder,
			...(values.kubeconfig !== undefined && {kubeconfig: values.kubeconfig}),
			...(values.context !== undefined && {context: values.context}),
			...(values.namespace !== undefined && {namespace: values.namespace}),
		});
		const world = createWorld(connection, home, noHold);
		await world.cluster.identity();
		await refuseUnknownNamespace(world, connection);
		const {objects, probes, inventory, unseen} = await lookAtNamespace(world, connection);
		if (inventory.workloads.length === 0 && unseen.length > 0) {
			throw notSeen(connection, unseen);
		}

		for (const what of unseen) {
			stderr.write(`Not looked at: ${plainLine(what)}\n`);
		}

		return {what: `namespace ${connection.namespace} of context ${connection.context}`, objects, probes};
	} finally {
		await rm(cacheFolder, {recursive: true, force: true});
	}
};

const severities: readonly string[] = ['blocks', 'warns', 'informs'] satisfies readonly Severity[];

const isSeverity = (word: string | undefined): word is Severity => word !== undefined && severities.includes(word);

/** `unroot inspect`: what will break, of files or of a cluster. */
export const inspect = async (surroundings: Surroundings): Promise<number> => {
	const {options, stdin, stdout, hasColour, environment} = surroundings;
	const {'image-tag': image, strategy, severity, workload, selector} = options.values;
	return runInspect({
		files: options.files,
		readCluster: async () => readCluster(surroundings),
		output: options.output,
		target: {...(image !== undefined && {image}), ...((strategy === 'fresh' || strategy === 'root') && {strategy})},
		narrowing: {
			...(isSeverity(severity) && {severity}),
			...(workload !== undefined && {workload}),
			...(selector !== undefined && {selector}),
		},
		today: new Date().toISOString().slice(0, 10),
		stdin,
		environment,
		write(text) {
			stdout.write(text);
		},
		width: stdout.columns,
		hasColour,
	});
};
