import type {Identity, PortVariable} from '../workload.js';

/** A port that no sprint changed. */
export type SteadyPort = {readonly port: number; readonly what: string; readonly variable?: string};

/** What a product holds that a fresh deployment does not bring, and how it is carried over. */
export type ProductData = {
	readonly what: string;
	/** Where it lies in the container; undefined where there is none. */
	readonly path: string | undefined;
	readonly carriedBy: string;
	/** Whether losing the volume loses what no server profile brings back. */
	readonly isLostWithVolume: boolean;
};

/**
What a start on an old volume does where the ports in the environment differ from those of setup.
- `guarded`: the container refuses with exit status 20
- `silent`: the server keeps its old listeners, probes and Services go to new ones, and the pod never becomes ready
- `follows`: the port is read at every start
- `none`: the product has none of the ports that changed
*/
export type PortChange = 'guarded' | 'silent' | 'follows' | 'none';

/** How a server profile is made from a running workload. */
export type ProfileMethod = 'generate-profile' | 'bulk-export' | 'config-export' | 'by-hand' | 'none';

/** What is true of one product of Ping's. */
export type Product = {
	readonly id: string;
	readonly title: string;
	/** Names of its images in the registry. */
	readonly images: readonly string[];
	/** The first sprint that has an image of it, where that is not one before 2103. */
	readonly firstSprint?: string;
	/**
	The newest version that an image before sprint 2103 had: a higher one tells the side where the tag names no sprint.
	*/
	readonly newestBefore?: string;
	/** The variables, of the four whose default changed with 2103, that it listens on. */
	readonly changedPorts: readonly PortVariable[];
	readonly steadyPorts: readonly SteadyPort[];
	/** User and group before sprint 2103; from then on they follow from the sprint (`identityOf`). */
	readonly identityBefore: Identity;
	readonly portChange: PortChange;
	readonly data: ProductData;
	readonly profile: {
		readonly method: ProfileMethod;
		/** Paths of the profile, relative to its root. */
		readonly paths: readonly string[];
		/** Names that must not reach a commit, as globs. */
		readonly neverCommit: readonly string[];
		readonly license?: string;
	};
	/** Keys of its blocks in the values of the ping-devops chart, and whether the chart gives it a volume. */
	readonly chart: {
		readonly keys: readonly string[];
		readonly hasVolume: boolean;
		readonly since?: string;
		readonly until?: string;
	};
	/** Where each of the above was read: repository, ref and path. */
	readonly sources: readonly string[];
};

/** Where the changed ports and the user of every image stand. */
export const baseSources: readonly string[] = [
	'pingidentity-docker-builds 2102 pingbase/Dockerfile:137-143 and 2103 pingbase/Dockerfile:135-141 (ports)',
	'pingidentity-docker-builds 23360617 (user 9031:9999), 0ae0ce3c (9031:0)',
	'pingidentity-docker-builds 2102 */versions.json (the newest version before 2103)',
	'pingidentity-devops-getting-started 2506 docs/reference/profileStructures.md (profile)',
];

/** The user of images before sprint 2103. */
export const root: Identity = {uid: 0, gid: 0};

/** What no profile may hold, whatever the product. */
export const neverInImage: readonly string[] = [
	'*.jwk',
	'*.pin',
	'*.p12',
	'*.pfx',
	'*.pem',
	'*.key',
	'*.lic',
	'keystore*',
	'truststore*',
	'.sec/*',
	'logs/*',
];
