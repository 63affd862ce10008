import {randomBytes} from 'node:crypto';
import process from 'node:process';
import {execa} from 'execa';
import {apply, images, kubectl, until, type KubeObject} from './cluster.js';

/**
Where the data of a test lies: volumes made by hand of one type, or whatever the cluster's default StorageClass gives.
*/
export type VolumeType = 'local' | 'hostPath' | 'default';

/** A namespace of its own for one test, with a StorageClass that has volumes to give. */
export type World = {
	readonly namespace: string;
	/** For `volumeClaimTemplates`; undefined leaves the choice to the cluster. */
	readonly storageClassName: string | undefined;
	/** The address that the first pod of the namespace had. */
	readonly podAddress: string;
	readonly apply: (...objects: readonly KubeObject[]) => Promise<void>;
	readonly kubectl: (...argv: readonly string[]) => Promise<string>;
	/** Watches one object until it is as wanted. */
	readonly until: <T extends KubeObject>(
		kind: string,
		name: string,
		isAsWanted: (object: T) => boolean,
		seconds?: number,
	) => Promise<T>;
	/**
	Runs a command in the pod's container `pingdirectory`. Gives its output, exit status and talk; never throws for a
	command that failed.
	*/
	readonly exec: (
		pod: string,
		argv: readonly string[],
		input?: string | Uint8Array,
	) => Promise<{readonly stdout: string; readonly stderr: string; readonly exitCode: number | undefined}>;
	/** Scales a StatefulSet and waits until exactly these pods are there, and Ready. */
	readonly scale: (name: string, replicas: number) => Promise<void>;
	/** Removes the namespace, the volumes and what lay on them. */
	readonly remove: () => Promise<void>;
};

/** The folder on the node below which volumes are made. */
const volumeFolder = process.env.UNROOT_E2E_VOLUMES ?? '/var/lib/unroot-e2e';

/** A pod that runs a command as root over the volumes' folder on the node. */
const folderPod = (name: string, argv: readonly string[]): KubeObject => ({
	apiVersion: 'v1',
	kind: 'Pod',
	metadata: {name},
	spec: {
		restartPolicy: 'Never',
		automountServiceAccountToken: false,
		terminationGracePeriodSeconds: 0,
		containers: [
			{
				name: 'folders',
				image: images.old,
				imagePullPolicy: 'IfNotPresent',
				command: argv,
				volumeMounts: [{name: 'volumes', mountPath: '/volumes'}],
			},
		],
		volumes: [{name: 'volumes', hostPath: {path: volumeFolder, type: 'DirectoryOrCreate'}}],
	},
});

type Phased = KubeObject & {readonly status?: {readonly phase?: string; readonly podIP?: string}};

/** Runs it and takes it away; gives the address it had. */
const runFolderPod = async (namespace: string, name: string, argv: readonly string[]): Promise<string> => {
	await apply(namespace, [folderPod(name, argv)]);
	const pod = await until<Phased>(
		{namespace, kind: 'pod', name},
		({status}) => status?.phase === 'Succeeded' || status?.phase === 'Failed',
	);
	if (pod.status?.phase !== 'Succeeded') {
		throw new Error(`${argv.join(' ')} failed on the node: ${await kubectl(['--namespace', namespace, 'logs', name])}`);
	}

	// It runs the old image: left behind, it would be one more workload to migrate.
	await kubectl(['--namespace', namespace, 'delete', 'pod', name]);
	return pod.status.podIP ?? '';
};

const persistentVolume = (
	name: string,
	type: 'local' | 'hostPath',
	storageClassName: string,
	node: string,
): KubeObject => ({
	apiVersion: 'v1',
	kind: 'PersistentVolume',
	metadata: {name},
	spec: {
		capacity: {storage: '8Gi'},
		accessModes: ['ReadWriteOnce'],
		persistentVolumeReclaimPolicy: 'Retain',
		storageClassName,
		[type]: {path: `${volumeFolder}/${name}`},
		nodeAffinity: {
			required: {
				nodeSelectorTerms: [{matchExpressions: [{key: 'kubernetes.io/hostname', operator: 'In', values: [node]}]}],
			},
		},
	},
});

/** Makes a StorageClass and volumes of it, empty folders owned by root as a new disk would be. */
const makeVolumes = async (namespace: string, type: 'local' | 'hostPath', count: number): Promise<string> => {
	const node = await kubectl([
		'get',
		'nodes',
		'--output',
		String.raw`jsonpath={.items[0].metadata.labels.kubernetes\.io/hostname}`,
	]);
	const names = Array.from({length: count}, (_, index) => `${namespace}-${index}`);
	const podAddress = await runFolderPod(namespace, 'make-folders', [
		'mkdir',
		'-p',
		...names.map(name => `/volumes/${name}`),
	]);
	await apply(namespace, [
		{
			apiVersion: 'storage.k8s.io/v1',
			kind: 'StorageClass',
			metadata: {name: namespace},
			provisioner: 'kubernetes.io/no-provisioner',
			volumeBindingMode: 'WaitForFirstConsumer',
		},
		...names.map(name => persistentVolume(name, type, namespace, node)),
	]);
	return podAddress;
};

const removeVolumes = async (namespace: string): Promise<void> => {
	await kubectl(['--namespace', namespace, 'delete', 'statefulset,deployment,job,pod', '--all', '--grace-period', '1']);
	await kubectl(['--namespace', namespace, 'delete', 'pvc', '--all']);
	const listed = await kubectl([
		'get',
		'pv',
		'--output',
		String.raw`jsonpath={range .items[?(@.spec.storageClassName=="${namespace}")]}{.metadata.name}{"\n"}{end}`,
	]);
	const names = listed.split('\n').filter(Boolean);
	if (names.length > 0) {
		await runFolderPod(namespace, 'remove-folders', ['rm', '-rf', ...names.map(name => `/volumes/${name}`)]);
		await kubectl(['delete', 'pv', ...names]);
	}

	await kubectl(['delete', 'storageclass', namespace, '--ignore-not-found']);
};

type Scaled = KubeObject & {
	readonly status?: {readonly replicas?: number; readonly readyReplicas?: number; readonly observedGeneration?: number};
};

/**
Makes a namespace with volumes to claim.

@param volumes Their type. `local` honours fsGroup, `hostPath` does not: what makes the difference on an old volume.
@param count How many there are to claim; the cluster's default class needs none made.
*/
export const makeWorld = async (volumes: VolumeType = 'local', count = 3): Promise<World> => {
	const namespace = `unroot-e2e-${randomBytes(3).toString('hex')}`;
	await kubectl(['create', 'namespace', namespace]);
	const podAddress =
		volumes === 'default'
			? await runFolderPod(namespace, 'look-at-network', ['true'])
			: await makeVolumes(namespace, volumes, count);

	const inNamespace = async (...argv: readonly string[]) => kubectl(['--namespace', namespace, ...argv]);
	return {
		namespace,
		podAddress,
		storageClassName: volumes === 'default' ? undefined : namespace,
		apply: async (...objects) => apply(namespace, objects),
		kubectl: inNamespace,
		until: async (kind, name, isAsWanted, seconds) => until({namespace, kind, name}, isAsWanted, seconds),
		async exec(pod, argv, input) {
			const where = [
				'--namespace',
				namespace,
				'exec',
				...(input === undefined ? [] : ['--stdin']),
				pod,
				'--container',
				'pingdirectory',
			];
			const {stdout, stderr, exitCode} = await execa('kubectl', [...where, '--', ...argv], {
				reject: false,
				maxBuffer: 1e9,
				stripFinalNewline: false,
				...(input === undefined ? {} : {input}),
			});
			return {stdout, stderr, exitCode};
		},
		async scale(name, replicas) {
			await inNamespace('scale', 'statefulset', name, '--replicas', String(replicas));
			await until<Scaled>(
				{namespace, kind: 'statefulset', name},
				({metadata, status}) =>
					status?.observedGeneration === metadata.generation &&
					(status?.replicas ?? 0) === replicas &&
					(status?.readyReplicas ?? 0) === replicas,
				// They come one after the other, and each joins.
				180 * Math.max(1, replicas),
			);
		},
		async remove() {
			await removeVolumes(namespace);
			await kubectl(['delete', 'namespace', namespace]);
		},
	};
};
