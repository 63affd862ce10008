import type {Waits} from '../../migration/waits.js';
import type {WorkloadRow} from '../../migration/workload-row.js';
import type {Terminal} from '../terminal.js';

/** A run that can be gone on with. */
export type RunChoice = {
	readonly run: string;
	readonly context: string;
	readonly namespace: string;
	readonly mode: 'migrate' | 'rehearse';
	/** The title of the step it stopped at. */
	readonly step: string;
	/** Seconds since its last event. */
	readonly ageSeconds: number;
	/** That its servers refuse writes, in one sentence; left out where they do not. */
	readonly frozen?: string;
};

/** A context of the kubeconfig. */
export type ContextChoice = {readonly name: string; readonly cluster: string; readonly isCurrent: boolean};

/** A namespace, with what is known of it. */
export type NamespaceChoice = {readonly name: string; readonly says?: string};

/** What the start menu needs. The functions may reject with a Failure, which is shown. */
export type StartOptions = Terminal & {
	readonly program: string;
	/** Who is waited for outside. */
	readonly waits: Waits;
	readonly runs: readonly RunChoice[];
	readonly contexts: () => Promise<readonly ContextChoice[]>;
	readonly namespaces: (context: string) => Promise<readonly NamespaceChoice[]>;
	/** The Ping workloads of a namespace, in the sensible order. */
	readonly workloads: (context: string, namespace: string) => Promise<readonly WorkloadRow[]>;
	/** Where the operator named a namespace: it opens on the list of its workloads. */
	readonly place?: {readonly context: string; readonly namespace: string};
};

/** What the operator chose to do; `quit` leaves without doing anything. */
export type StartChoice =
	| {
			readonly kind: 'migrate';
			readonly context: string;
			readonly namespace: string;
			/** Where there are several, such as `StatefulSet/pingdirectory`. */
			readonly workload?: string;
			readonly strategy?: 'fresh';
	  }
	| {readonly kind: 'rehearse'; readonly context: string; readonly namespace: string}
	| {readonly kind: 'rehearse-sandbox'}
	| {readonly kind: 'resume'; readonly run: string}
	| {readonly kind: 'verify'; readonly run: string}
	| {readonly kind: 'quit'};
