/** The four variables whose defaults changed with sprint 2103. */
export type PortVariable = 'LDAP_PORT' | 'LDAPS_PORT' | 'HTTPS_PORT' | 'JMX_PORT';

/** The ports of a server, by the variable that sets them. */
export type Ports = Readonly<Record<PortVariable, number>>;

/** Which side of sprint 2103 an image is on. `unknown` is an answer: then the operator is asked. */
export type Side = 'old' | 'new' | 'unknown';

/** Something that says which side an image is on, strongest first. */
export type Sign = {
	readonly says: 'old' | 'new';
	/** What was seen, such as «environment has PING_CONTAINER_PRIVILEGED». */
	readonly seen: string;
	readonly strength: 'strong' | 'medium' | 'weak';
};

/** A user and a group, by number; 0 is a real value. */
export type Identity = {readonly uid: number; readonly gid: number};

/** Files on a volume by who owns them. */
export type Ownership = Identity & {readonly files: number};

/** An object of Kubernetes, from a cluster or from a file. */
export type Manifest = {
	readonly apiVersion: string;
	readonly kind: string;
	readonly metadata: {
		readonly name: string;
		readonly namespace?: string;
		readonly labels?: Readonly<Record<string, string>>;
		readonly annotations?: Readonly<Record<string, string>>;
		readonly [field: string]: unknown;
	};
	readonly [field: string]: unknown;
};

/** What was seen inside a running container, by a read-only look. Holds no secret. */
export type PodProbe = {
	readonly pod: string;
	readonly container: string;
	readonly uid?: number;
	readonly gid?: number;
	/**
	The environment, names that are known to be harmless only (ports, profile address, IMAGE_VERSION, PING_CONTAINER_*).
	*/
	readonly environment: Readonly<Record<string, string>>;
	/** Ports as the setup of the server recorded them (`config/.manage-profile-setup-arguments.txt`). */
	readonly setupPorts?: Readonly<Partial<Record<PortVariable, number>>>;
	/** Who owns the files below a mount path, most files first. */
	readonly owners: Readonly<Record<string, readonly Ownership[]>>;
	/** Lines of the container's log that are signs (banner, user, pattern). */
	readonly logSigns: readonly string[];
};

/** A volume as a workload uses it. */
export type VolumeUse = {
	readonly name: string;
	readonly mountPath: string;
	/** The claim of ordinal 0, where the volume is claimed. */
	readonly claim?: string;
	readonly persistentVolume?: string;
	/**
	The type: `csi`, `local`, `hostPath`, `nfs`, `emptyDir`, `configMap`, `secret`, … or `unknown` where the volume was
	not seen.
	*/
	readonly type: string;
	readonly storageClass?: string;
	readonly reclaimPolicy?: string;
	/**
	What the CSI driver does with fsGroup (`None`, `File`, `ReadWriteOnceWithFSType`), where the driver's object was seen.
	*/
	readonly fsGroupPolicy?: string;
	/** Empty where nobody looked or nothing lies there. */
	readonly owners: readonly Ownership[];
	/** Whether the data dies with the pod. */
	readonly isEphemeral: boolean;
};

/** A Service that selects the workload's pods. */
export type ServiceUse = {
	readonly name: string;
	readonly isHeadless: boolean;
	readonly ports: ReadonlyArray<{readonly name?: string; readonly port: number; readonly targetPort: number | string}>;
	/** Ports among these that are numbers of the old days. */
	readonly oldPorts: readonly number[];
};

/** Who applies the workload's manifests. */
export type Manager =
	| {readonly kind: 'nobody'}
	| {readonly kind: 'helm'; readonly release: string; readonly chart?: string}
	| {readonly kind: 'gitops'; readonly tool: 'argocd' | 'flux'; readonly application: string};

/** One Ping workload of a namespace, as far as it is known. */
export type Workload = {
	readonly kind: 'StatefulSet' | 'Deployment' | 'DaemonSet' | 'Job' | 'CronJob' | 'Pod';
	readonly name: string;
	/** The id of a row of the catalogue, such as `pingdirectory`. */
	readonly product: string;
	readonly container: string;
	readonly image: string;
	readonly side: Side;
	readonly signs: readonly Sign[];
	/** The sprint in the tag, such as `2102` or `2012.1`. */
	readonly sprint?: string;
	readonly productVersion?: string;
	/** The user it runs as, and how that is known. */
	readonly identity?: Identity & {readonly from: 'running' | 'manifest' | 'image'};
	readonly fsGroup?: number;
	readonly ports: Readonly<Partial<Ports>>;
	readonly portsFrom: 'setup' | 'environment' | 'manifest' | 'image' | 'unknown';
	readonly volumes: readonly VolumeUse[];
	readonly replicas: number;
	readonly pods: readonly string[];
	readonly services: readonly ServiceUse[];
	/** Places in the workload's own probes, container ports and init containers that name an old port. */
	readonly oldPortPlaces: readonly string[];
	readonly manager: Manager;
};

/** What runs in a namespace, or is described in files. */
export type Inventory = {readonly workloads: readonly Workload[]};
