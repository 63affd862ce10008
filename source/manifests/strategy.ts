import type {Identity, Manifest, Ports, Workload} from '../ping/workload.js';
import type {ReferredSecret} from './objects/referred.js';

/** The two ways the vendor documents. */
export type Strategy = 'fresh' | 'root';

/** Where a new server finds its server profile. */
export type ProfileSource = {readonly url: string; readonly branch: string; readonly path: string};

/** Files of a server profile, by their paths below its root. */
export type ProfileFiles = ReadonlyMap<string, Uint8Array>;

/** A server profile that is mounted where the images look for it: its files in objects, or a claim that holds them. */
export type MountedProfile =
	| {readonly kind: 'ConfigMap' | 'Secret'; readonly files: ProfileFiles}
	| {readonly kind: 'claim'; readonly name: string};

/** Secrets of the namespace that a new server reads beside its profile. */
export type ProvidedSecrets = {
	/** The one with the values of the profile's variables, by their names. */
	readonly variables?: string;
	/**
	The one with the key of the server that was exported: the name of its entry, and where the images look for it.
	*/
	readonly key?: {readonly secret: string; readonly item: string; readonly mountPath: string};
};

/** What was decided for one workload. */
export type Decisions = {
	readonly strategy: Strategy;
	/** The image to migrate to, with its tag. */
	readonly image: string;
	/** The user and group of the target image's sprint: 9031:9999 for 2103 to 2108, 9031:0 from 2109. */
	readonly identity: Identity;
	/** fsGroup for the volumes; undefined where the platform assigns it (OpenShift). */
	readonly fsGroup: number | undefined;
	/** Ports the old server has. */
	readonly oldPorts: Ports;
	/** Ports the new server gets: the new defaults for a fresh deployment, the old ones as root. */
	readonly newPorts: Ports;
	/** Name of the new StatefulSet of a fresh deployment. */
	readonly newName: string;
	readonly profile?: ProfileSource;
	readonly mounted?: MountedProfile;
	readonly secrets?: ProvidedSecrets;
	/** Base DNs beside the users' that the old server holds: replicas of the new one have to join for them too. */
	readonly furtherBaseDns?: readonly string[];
};

/** A change of one object that already exists, and the change that takes it back. Both are JSON merge patches. */
export type Switch = {
	readonly kind: 'Service';
	readonly name: string;
	readonly before: Manifest;
	readonly after: Manifest;
	readonly patch: Readonly<Record<string, unknown>>;
	readonly back: Readonly<Record<string, unknown>>;
};

/** A file of manifests to be written. */
export type ManifestFile = {
	readonly name: string;
	readonly text: string;
	/** What it was made from, where it was made by editing: a file, and the text of it that was edited. */
	readonly from?: {readonly file: string; readonly text: string};
	/** What it is an overlay over, where it is a Kustomization, and what it must hold once it is built. */
	readonly overlay?: {
		readonly over: string;
		readonly holds: ReadonlyArray<{readonly kind: string; readonly name: string}>;
	};
};

/** What a strategy does to the objects of one workload. */
export type ManifestPlan = {
	/**
	Objects to apply, in order; none of status, uid, resourceVersion, managedFields or other fields of the server in
	them.
	*/
	readonly apply: readonly Manifest[];
	/** The same objects as they are now, where they exist. */
	readonly before: readonly Manifest[];
	/** What moves the clients at cut-over; empty as root. */
	readonly switches: readonly Switch[];
	readonly files: readonly ManifestFile[];
	/** A Secret that the new workload refers to in place of what the old one has in the clear. */
	readonly secret?: ReferredSecret;
	/** What an operator should know of this plan, one sentence each. */
	readonly notes: readonly string[];
};

/** What a plan is made from: the workload and the objects of its namespace as they are now. */
export type PlanInput = {
	readonly workload: Workload;
	readonly objects: readonly Manifest[];
	readonly decisions: Decisions;
	/**
	Whether a workload that stays as root refers to a Secret as well. In a cluster it keeps what it has: nothing of it
	is written.
	*/
	readonly refers?: boolean;
};
