import type {Backend} from '../directory/backends.js';
import {Failure} from '../failure/failure.js';
import type {Decisions} from '../manifests/strategy.js';
import type {JsonObject} from '../migration/json.js';
import type {Fact, StepContext, StepId} from '../migration/step.js';
import type {Fingerprint, PodTarget} from '../migration/world.js';
import type {Workload} from '../ping/workload.js';
import type {SettingDifference} from '../profile/compare.js';
import type {ProfileSecrets} from './profile/way.js';
import type {PullView} from './questions/image.js';
import type {Round} from './rounds/figures.js';
import type {TopologyRow} from './servers/topology.js';

/** What each step leaves for the later ones, in the journal: plain JSON, no secret, no user data. */
export type Outcomes = {
	readonly connect: {
		readonly cluster: {readonly uid: string; readonly version: string; readonly server: string};
		readonly kubectl: string;
		readonly git: string;
		readonly missing: readonly string[];
	};
	readonly inventory: {
		readonly workload: Workload;
		readonly others: readonly string[];
		readonly isOpenShift: boolean;
		readonly backends: readonly Backend[];
		/** The volumes of all replicas; a journal of an earlier version names the first one's in the workload only. */
		readonly persistentVolumes?: readonly string[];
		/** The replicas as they were before anything was done; a journal of an earlier version has none. */
		readonly topology?: readonly TopologyRow[];
		/** What the old server's `export-ldif` can do, the SHA-256 of its schema's names, and what was found, by code. */
		readonly tools?: Readonly<Record<string, boolean>> | null;
		readonly schema?: string | null;
		readonly findings?: readonly string[];
	};
	readonly strategy: Omit<Decisions, 'fsGroup' | 'profile' | 'mounted'> & {
		readonly fsGroup: number | null;
		/** Whether a node has the image; a journal of an earlier version does not say. */
		readonly pull?: PullView;
	};
	readonly profile: {
		readonly repository: string;
		readonly branch: string;
		readonly commit: string;
		readonly path: string;
		readonly files: number;
		readonly removed: readonly string[];
		readonly toDecide: readonly string[];
		/**
		What else a new server must be given, and where what git must not hold lies; a journal of an earlier version has
		neither.
		*/
		readonly toProvide?: readonly string[];
		readonly secrets?: ProfileSecrets | null;
		/** The address new servers read it from; null where it was not pushed. */
		readonly url: string | null;
	};
	readonly export: {
		readonly server: PodTarget & {readonly ldapsPort: number};
		readonly files: readonly ExportedFile[];
		readonly isEncrypted: boolean;
	};
	readonly 'copy-out': {readonly files: readonly CopiedFile[]};
	readonly preview: {
		readonly folder: string;
		readonly files: readonly string[];
		readonly plan: Fingerprint;
		readonly commit: string | null;
	};
	/** Of a fresh deployment; a version before left it as root too. */
	readonly apply: StartedWorkload;
	readonly restart: StartedWorkload;
	readonly import: {readonly files: readonly ImportedFile[]};
	/** A journal of an earlier version has no proof of the configuration. */
	readonly prove: {
		readonly proofs: readonly Proof[];
		readonly configuration?: ConfigurationProof | null;
		/** What travels neither as LDIF nor in a profile, as it was seen on both sides. */
		readonly beside?: readonly Fact[];
	};
	readonly replicas: {readonly proved: readonly ProvedReplica[]; readonly topology: readonly TopologyRow[]};
	readonly 'catch-up': {
		readonly pictures: readonly CopiedFile[];
		readonly rounds: readonly Round[];
		/** Seconds in which the last round would refuse writes; null where nothing was measured. */
		readonly forecastSeconds: number | null;
	};
	readonly 'cut-over': {
		readonly services: readonly string[];
		readonly replicas: number;
		/** What was proved under freeze; a version before, and a product without directory data, has none. */
		readonly gate?: Gate | null;
	};
	readonly 'clean-up': {readonly copies: string};
};

/** The workload that runs the new image, the pod that was looked at, and what its log said of its start. */
export type StartedWorkload = {readonly workload: string; readonly pod: string; readonly runPlan: string | null};

/** What was proved before the clients moved, and how long they could not write. */
export type Gate = {
	readonly frozenAt: string;
	readonly movedAt: string;
	readonly refusedSeconds: number;
	/** What both sides held at that moment. */
	readonly proofs: ReadonlyArray<{
		readonly backend: string;
		readonly digest: string | null;
		readonly entries: number | null;
	}>;
	/** Entries that differ in nothing but what the new server writes anew. */
	readonly remade: number;
	/**
	Entries whose login state the old server changed after the proof; null where its owner scaled it down before it could
	be looked at.
	*/
	readonly lateLogins: number | null;
};

/** An export that lies in the pod. */
export type ExportedFile = Fingerprint & {
	readonly backend: string;
	readonly file: string;
	/** What the tool said. */
	readonly exported: number;
	/** What the monitor counted right before. */
	readonly counted: number;
};

/** A copy of an export on this machine. */
export type CopiedFile = Fingerprint & {
	readonly backend: string;
	readonly path: string;
	/** The canonical digest and the entries; null where the file is encrypted. */
	readonly digest: string | null;
	readonly entries: number | null;
	/**
	Passwords by scheme whose keys do not travel with the copy; left out where there are none, and by earlier versions.
	*/
	readonly reversible?: Readonly<Record<string, number>>;
};

/** What an import did. */
export type ImportedFile = {
	readonly backend: string;
	readonly exported: number;
	readonly imported: number;
	readonly rejected: number;
	readonly skipped: number;
};

/** A replica of the new set that was proved by itself. */
export type ProvedReplica = {
	readonly pod: string;
	/** The results that its hook logged; null where it logged none. */
	readonly hook: {readonly enable: string | null; readonly initialize: string | null};
	/** What its hook had left undone and was done from the first server. */
	readonly mended: readonly string[];
	/** The digest of its own export, by backend. */
	readonly digests: ReadonlyArray<{readonly backend: string; readonly digest: string}>;
};

/** What the comparison of the new server's configuration with the committed one gave. */
export type ConfigurationProof = {
	readonly same: number;
	/** Settings that the plan changed, from what to what. */
	readonly planned: readonly string[];
	readonly byVariable: readonly string[];
	/** What was accepted. */
	readonly differences: readonly SettingDifference[];
};

/** What proves that nothing is missing in one backend. */
export type Proof = {
	readonly backend: string;
	readonly source: string | null;
	readonly copy: string | null;
	readonly target: string | null;
	readonly entries: number;
};

/**
What an earlier step left. A Failure where it is not there, which only a journal that was edited by hand can bring
about.
*/
export const outcomeOf = <Id extends StepId>(context: Pick<StepContext, 'outcomes'>, id: Id): Outcomes[Id] => {
	const outcome = context.outcomes[id];
	if (outcome === undefined) {
		throw new Failure({
			code: 'outcome-missing',
			seen: `The journal has no outcome of the step ${id}.`,
			means: 'A later step needs it: the journal was changed, or the step was left out.',
			todo: 'Go back to that step, or start a new run.',
			byHand: 'unroot migrate',
		});
	}

	return outcome as unknown as Outcomes[Id];
};

/** The same, or undefined where the step was left out or has not come yet. */
export const outcomeIfAny = <Id extends StepId>(
	context: Pick<StepContext, 'outcomes'>,
	id: Id,
): Outcomes[Id] | undefined => context.outcomes[id] as unknown as Outcomes[Id] | undefined;

/** An outcome as the engine keeps it. The type says which step's it is. */
export const asOutcome = <Id extends StepId>(outcome: Outcomes[Id]): JsonObject => outcome;
