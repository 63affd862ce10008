import type {InspectTarget} from '../../ping/findings/index.js';
import type {Manifest, PodProbe} from '../../ping/workload.js';
import type {Narrowing} from './narrow.js';

/** What a cluster has to say, read by whoever holds the connection. */
export type ClusterView = {
	/** Such as `namespace identity of context staging`. */
	readonly what: string;
	readonly objects: readonly Manifest[];
	/** What was seen inside the pods, where it was looked at. */
	readonly probes?: readonly PodProbe[];
};

/** What `unroot inspect` is called with. */
export type InspectInput = {
	/** Files, folders and `-`; empty where the cluster is meant. */
	readonly files: readonly string[];
	/** Reads the cluster; called where no files are named. */
	readonly readCluster: () => Promise<ClusterView>;
	readonly output: 'text' | 'json' | 'yaml';
	readonly target?: InspectTarget;
	/** What is to be shown of it; all of it where left out. */
	readonly narrowing?: Narrowing;
	/** The day it is, such as `2026-11-30`. */
	readonly today?: string;
	/** Where the operator's own tools are found. */
	readonly environment?: Readonly<Record<string, string | undefined>>;
	readonly stdin: AsyncIterable<Uint8Array | string>;
	/** Takes the result. */
	readonly write: (text: string) => void;
	/** Columns of the terminal; 80 where there is none. */
	readonly width?: number;
	readonly hasColour?: boolean;
};
