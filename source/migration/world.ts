import type {JsonObject} from './json.js';

/**
The interfaces to everything outside the program. Steps name those they need; tests hand in literals.
*/
export type World = {
	readonly clock: Clock;
	readonly cluster: ClusterReader;
	readonly kubectl: Kubectl;
	readonly helm: Helm;
	readonly pods: PodShell;
	readonly transfer: Transfer;
	readonly git: Git;
	readonly files: Files;
	readonly hold: Hold;
};

/** Time as the engine sees it. */
export type Clock = {
	readonly now: () => Date;
	/** Waits; rejects with the signal's reason when it is aborted. */
	readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
};

/**
The hold on the namespace. It runs out when the program ends, whatever ends it, unless there is a reason to keep it.
*/
export type Hold = {
	/**
	Keeps the hold beyond the end of the program and says why to whoever wants the namespace, or ends that. Rejects with a
	Failure where it could not be written down.
	*/
	readonly keep: (why: string | undefined) => Promise<void>;
};

/** Kinds of objects the program reads or writes, by their Kubernetes names. */
export type Kind =
	| 'ConfigMap'
	| 'CronJob'
	| 'CSIDriver'
	| 'DaemonSet'
	| 'Deployment'
	| 'Endpoints'
	| 'Event'
	| 'HorizontalPodAutoscaler'
	| 'Ingress'
	| 'Job'
	| 'Namespace'
	| 'NetworkPolicy'
	| 'Node'
	| 'PersistentVolume'
	| 'PersistentVolumeClaim'
	| 'Pod'
	| 'PodDisruptionBudget'
	| 'Secret'
	| 'Service'
	| 'StatefulSet'
	| 'StorageClass';

/** An object of the cluster as the API gives it. */
export type KubernetesObject = {
	readonly apiVersion: string;
	readonly kind: string;
	readonly metadata: {
		readonly name: string;
		readonly namespace?: string;
		readonly uid?: string;
		readonly resourceVersion?: string;
		readonly generation?: number;
		readonly labels?: Readonly<Record<string, string>>;
		readonly annotations?: Readonly<Record<string, string>>;
		readonly [field: string]: unknown;
	};
	readonly [field: string]: unknown;
};

/** Who the cluster is: the UID of its kube-system namespace outlives contexts and addresses. */
export type ClusterIdentity = {
	readonly uid: string;
	readonly version: string;
	readonly server: string;
};

/** A right the run needs, in the terms of RBAC. */
export type Right = {
	readonly verb: string;
	readonly group: string;
	readonly resource: string;
	readonly subresource?: string;
	/** Cluster-wide rights have none of the run's namespace. */
	readonly clusterWide?: boolean;
};

/** The answer of an access review. */
export type RightReview = {readonly right: Right; readonly allowed: boolean; readonly reason?: string};

/** One event of the cluster, as `kubectl get events` shows it. */
export type ClusterEvent = {
	readonly type: string;
	readonly reason: string;
	readonly object: string;
	readonly message: string;
	readonly at: string;
};

/** Reads of the cluster, through its API, in the run's context and namespace. All reject with a Failure. */
export type ClusterReader = {
	readonly identity: () => Promise<ClusterIdentity>;
	/** Lists objects of a kind: of the run's namespace, or of the cluster where the kind has none. */
	readonly list: (kind: Kind, options?: {readonly labelSelector?: string}) => Promise<readonly KubernetesObject[]>;
	/** One object, or undefined where there is none. */
	readonly get: (kind: Kind, name: string) => Promise<KubernetesObject | undefined>;
	readonly mayI: (rights: readonly Right[]) => Promise<readonly RightReview[]>;
	/**
	The last lines of a container's log; the log of the container before, where `previous` is set. Bounded to 1 MiB.
	*/
	readonly logs: (
		pod: string,
		options?: {readonly container?: string; readonly tail?: number; readonly previous?: boolean},
	) => Promise<string>;
	readonly events: (object: string) => Promise<readonly ClusterEvent[]>;
};

/** What a command printed and how it ended. */
export type CommandResult = {
	/** Undefined where the command was ended by a signal. */
	readonly exitCode: number | undefined;
	readonly stdout: string;
	readonly stderr: string;
};

/**
Writes to the cluster, through the real kubectl, with explicit kubeconfig, context, namespace and cache. All reject with
a Failure.
*/
export type Kubectl = {
	readonly clientVersion: () => Promise<string>;
	/**
	Server-side diff of the objects against the cluster; an empty text where nothing differs. Rejects on conflicts with
	other managers, unless forced.
	*/
	readonly diff: (objects: readonly KubernetesObject[], options?: {readonly force?: boolean}) => Promise<string>;
	/** Server-side dry run: rejects with what the API server would refuse. */
	readonly dryRun: (objects: readonly KubernetesObject[], options?: {readonly force?: boolean}) => Promise<void>;
	/**
	Server-side apply under the field manager `unroot`; conflicts are a Failure that names the managers, unless forced. An
	object with a `resourceVersion` is applied only while it is still that one: else the Failure `object-changed`.
	*/
	readonly apply: (objects: readonly KubernetesObject[], options?: {readonly force?: boolean}) => Promise<void>;
	/**
	A JSON merge patch of one object, made only while it is still the one that was read: the Failure `object-changed`
	where somebody was faster.
	*/
	readonly mergePatch: (kind: Kind, name: string, patch: JsonObject, resourceVersion: string) => Promise<void>;
	/** The command an operator would type for the same, with context and namespace. */
	readonly byHand: (...argv: readonly string[]) => string;
};

/** A release as Helm keeps it. */
export type HelmRelease = {
	readonly revision: number;
	/** Such as `deployed`, `failed` or `pending-upgrade`. */
	readonly status: string;
	/** The chart's name and version; where it came from is not kept. */
	readonly chart: string;
	readonly version: string;
};

/** A change of a release by values that are given on top of its own. */
export type HelmOrder = {
	readonly release: string;
	/** Where the chart is: `REPOSITORY/CHART`, an `oci://` address, or a path. */
	readonly chart: string;
	/** The chart's version, where it is fetched and not read from a path. */
	readonly version: string;
};

/** Changes releases through the operator's own helm, with explicit kubeconfig, context and namespace. */
export type Helm = {
	/** The release as it stands, or why nothing can be done with it: no helm on the PATH, or no such release. */
	readonly release: (name: string) => Promise<HelmRelease | {readonly missing: string}>;
	/** The objects as the release has them now, by its own record. */
	readonly manifest: (name: string) => Promise<readonly KubernetesObject[]>;
	/** What an upgrade with values, as YAML, would give; changes nothing. Rejects with a Failure. */
	readonly dryRun: (
		order: HelmOrder,
		values: string,
	) => Promise<{readonly chart: string; readonly version: string; readonly objects: readonly KubernetesObject[]}>;
	/** Upgrades with the values of a file. Rejects with a Failure. */
	readonly upgrade: (order: HelmOrder, path: string) => Promise<void>;
	/** Makes a new revision that is as an earlier one was. Rejects with a Failure. */
	readonly rollback: (name: string, revision: number) => Promise<void>;
	/** The command an operator would type for the same, with context and namespace. */
	readonly byHand: (...argv: readonly string[]) => string;
};

/** A container to run commands in. */
export type PodTarget = {
	readonly pod: string;
	readonly container: string;
};

/** Runs commands in containers by `kubectl exec`. */
export type PodShell = {
	/**
	Runs a command and waits for its end. Output is bounded to 4 MiB. The result is only returned when the end of the
	stream was seen, so a stream that was cut is a retryable Failure and never a short result. A command whose end was not
	seen is run again, a few times: it must be one that may be.
	*/
	readonly run: (
		target: PodTarget,
		argv: readonly string[],
		options?: {
			readonly input?: string;
			readonly timeoutSeconds?: number;
			readonly signal?: AbortSignal;
		},
	) => Promise<CommandResult>;
	/**
	Runs a constant POSIX script with data as `$1`, `$2`, … The script must not be built from data.
	*/
	readonly script: (
		target: PodTarget,
		script: string,
		parameters?: readonly string[],
		options?: {
			readonly input?: string;
			readonly timeoutSeconds?: number;
			readonly signal?: AbortSignal;
			/** Absolute paths of what the script leaves in the container: they stand in the journal before it runs. */
			readonly makes?: readonly string[];
			/**
			Absolute paths of what the script removes. It looks for them again: `left PATH` is a line for each that is still
			there, `looked` one at the end.
			*/
			readonly removes?: readonly string[];
		},
	) => Promise<CommandResult>;
	/** The command an operator would type for the same. */
	readonly byHand: (target: PodTarget, argv: readonly string[]) => string;
};

/** Length and hash of a file, wherever it lies. */
export type Fingerprint = {readonly bytes: number; readonly sha256: string};

/** How far a copy is. Bytes are those of the file, verified ones only. */
export type CopyProgress = {
	readonly bytes: number;
	readonly total: number;
	readonly compressed: boolean;
	/** Ranges that had to be fetched again because length or hash did not agree. */
	readonly retried: number;
};

/** What a finished copy proves. */
export type CopyReceipt = Fingerprint & {
	readonly ranges: number;
	readonly retried: number;
	/** Bytes that an earlier, interrupted copy had already verified. */
	readonly resumedFrom: number;
	readonly seconds: number;
};

/** Options both directions share. */
export type CopyOptions = {
	readonly target: PodTarget;
	/** Absolute path in the container. */
	readonly remotePath: string;
	/** Absolute path here. */
	readonly localPath: string;
	readonly onProgress?: (progress: CopyProgress) => void;
	/** Processes in the pod at a time. Default 1. */
	readonly streams?: number;
	readonly signal?: AbortSignal;
};

/** Verified copies by `kubectl exec` alone: whole only when length and SHA-256 agree on both sides. */
export type Transfer = {
	/**
	Copies out of a pod. `onBytes` sees the file's bytes once and in order, for digests that are computed while it
	streams. `expected` is what `fingerprint` said of the file before: the copy is proved against it, and the pod does not
	hash the whole file once more.
	*/
	readonly copyOut: (
		options: CopyOptions & {readonly onBytes?: (bytes: Uint8Array) => void; readonly expected?: Fingerprint},
	) => Promise<CopyReceipt>;
	/** Copies into a pod; the folder is made where there is none. */
	readonly copyIn: (options: CopyOptions) => Promise<CopyReceipt>;
	/** The files that a copy out to this path may leave beside it when it is stopped: as secret as the whole. */
	readonly partialFiles: (localPath: string) => readonly string[];
	/** Length and SHA-256 of a file in a pod, or undefined where there is none. */
	readonly fingerprint: (
		target: PodTarget,
		remotePath: string,
		signal?: AbortSignal,
	) => Promise<Fingerprint | undefined>;
};

/**
Where a command of git finds what belongs to a work tree of its own: its HEAD and index lie apart from those of the
repository, whose objects, branches, configuration and hooks it shares. Absolute paths.
*/
export type OwnWorkTree = {
	/** HEAD and index. */
	readonly gitDir: string;
	/** The git directory of the repository. */
	readonly commonDir: string;
	/** The files. */
	readonly workTree: string;
};

/** A lock file of git. One that no process holds was left behind by a git that was killed. */
export type GitLock = {
	readonly path: string;
	/** A living process of git that works in that repository, and so may hold it. */
	readonly holder?: string;
};

/** The real git, run with argument arrays in a folder. Never with the operator's hooks disabled, never with a shell. */
export type Git = {
	readonly version: () => Promise<string>;
	readonly run: (
		folder: string,
		argv: readonly string[],
		options?: {readonly input?: string; readonly own?: OwnWorkTree},
	) => Promise<CommandResult>;
	/**
	Makes a repository in a folder: whole or not at all, whenever it is interrupted. Rejects with a Failure where there is
	something called .git already.
	*/
	readonly init: (folder: string) => Promise<void>;
	/** The lock files of a repository, by its git directory and its top. */
	readonly locks: (gitDir: string, top: string) => Promise<readonly GitLock[]>;
};

/** A text that is written piece by piece. */
export type TextSink = {readonly write: (text: string) => Promise<void>; readonly close: () => Promise<void>};

/** Files on this machine. */
export type Files = {
	/** The file's text, or undefined where there is none. */
	readonly readText: (path: string) => Promise<string | undefined>;
	/** The text of a file that holds a password, or undefined where there is none. A Failure where others may read it. */
	readonly readSecret: (path: string) => Promise<string | undefined>;
	/** Writes by rename and fsync, with mode 0600 unless told. Creates folders with mode 0700. */
	readonly writeText: (path: string, text: string, mode?: number) => Promise<void>;
	/** The same for bytes. */
	readonly writeBytes: (path: string, bytes: Uint8Array, mode?: number) => Promise<void>;
	/** The file's bytes, or undefined where there is none. */
	readonly readBytes: (path: string) => Promise<Uint8Array | undefined>;
	readonly remove: (path: string) => Promise<void>;
	/** Paths of the files below a folder, relative to it, sorted; an empty list where there is no folder. */
	readonly list: (folder: string) => Promise<readonly string[]>;
	readonly makeFolder: (path: string) => Promise<void>;
	/** Free bytes on the file system that holds the path. */
	readonly freeBytes: (path: string) => Promise<number>;
	/** Bytes and mode, or undefined where there is nothing. */
	readonly stat: (
		path: string,
	) => Promise<{readonly bytes: number; readonly mode: number; readonly isFolder: boolean} | undefined>;
	readonly stream: (path: string) => AsyncIterable<Uint8Array>;
	/**
	Begins a file of mode 0600 that is written piece by piece; what was there is gone. Only what is closed is on the disk.
	*/
	readonly begin: (path: string) => Promise<TextSink>;
	readonly fingerprint: (path: string) => Promise<Fingerprint | undefined>;
	/** Overwrites and removes: `seal` encrypts beside it first (AES-256-GCM, key from the passphrase file). */
	readonly shred: (path: string) => Promise<void>;
	readonly seal: (path: string, passphraseFile: string) => Promise<string>;
	readonly home: string;
};
