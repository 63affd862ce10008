/*
The workloads of a namespace as they are listed: what each is, where its move stands, and what can be done about it
now. Plain data: the table on paper, the JSON and the screen say the same.
*/

/** Where the move of a workload stands. */
export type Move =
	| {readonly kind: 'not-begun'; readonly rolledBack?: string}
	/** Somebody is at work on it at this moment. */
	| {readonly kind: 'running'; readonly run: string; readonly by: string; readonly since: string}
	/** A run was begun and nobody is at work on it. `step` and `at` are known where the run is kept here. */
	| {readonly kind: 'stopped'; readonly run: string; readonly step?: string; readonly at?: string}
	/** Clients are on the workload `to`; this one is kept for the way back. */
	| {readonly kind: 'moved'; readonly run: string; readonly at: string; readonly to: string}
	/** It was made by a run, in the place of another workload. */
	| {readonly kind: 'successor'; readonly of?: string; readonly run?: string}
	/** It runs as root for a while: a debt. Left out is what nobody wrote down. */
	| {readonly kind: 'root'; readonly run?: string; readonly since?: string; readonly until?: string}
	/** Its image runs as an unprivileged user: there is nothing to move. */
	| {readonly kind: 'unprivileged'};

/** A workload in the list. */
export type WorkloadRow = {
	readonly context: string;
	readonly namespace: string;
	readonly kind: string;
	readonly name: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly product: string;
	/** The product's version; null where the image does not say. */
	readonly version: string | null;
	readonly image: string;
	/** Which side of sprint 2103 its image is on. */
	readonly side: 'old' | 'new' | 'unknown';
	readonly replicas: number;
	readonly move: Move;
	/** Set while its servers refuse writes. */
	readonly frozen: {readonly since: string; readonly until?: string} | null;
	/**
	What blocks, each kind once: findings by their code, and `namespace-held` where somebody else is at work there.
	*/
	readonly blocks: ReadonlyArray<{readonly code: string; readonly seen: string}>;
	/** How many findings warn. */
	readonly warns: number;
	/** Why it stands where it does in the sensible order. */
	readonly order: string;
};

/** Among what blocks: another run is at work in the namespace. */
export const heldCode = 'namespace-held';

/** What is done about a workload next. Nothing where it is moved, or somebody else is at work on it. */
export type NextAct = 'start' | 'resume' | 'pay' | 'nothing';

/** What is sensible to do next. */
export const nextActOf = ({move}: Pick<WorkloadRow, 'move'>): NextAct => {
	switch (move.kind) {
		case 'not-begun': {
			return 'start';
		}

		case 'stopped': {
			return move.step === undefined ? 'nothing' : 'resume';
		}

		case 'root': {
			return 'pay';
		}

		case 'running':
		case 'moved':
		case 'successor':
		case 'unprivileged': {
			return 'nothing';
		}
	}
};

/** The run that can be looked at again for a workload; undefined where none is known. */
export const runOfRow = ({move}: Pick<WorkloadRow, 'move'>): string | undefined => {
	switch (move.kind) {
		case 'running':
		case 'stopped':
		case 'moved': {
			return move.run;
		}

		case 'root':
		case 'successor': {
			return move.run;
		}

		case 'not-begun':
		case 'unprivileged': {
			return undefined;
		}
	}
};
