import type {FailureParts} from '../failure/failure.js';
import type {Certificate} from './certificate.js';
import type {Freeze, FreezeBegun, FreezeEnd} from './freeze.js';
import type {Json, JsonObject} from './json.js';
import type {FileEnd, ListedFile} from './listed.js';
import type {World} from './world.js';

/** What a step is called in the journal, on screens, in answers and in JSON. */
export type StepId =
	| 'connect'
	| 'inventory'
	| 'strategy'
	| 'profile'
	| 'preview'
	| 'apply'
	| 'export'
	| 'copy-out'
	| 'restart'
	| 'import'
	| 'prove'
	| 'replicas'
	| 'catch-up'
	| 'cut-over'
	| 'clean-up';

/** What the world looks like before a step: the cluster is the truth, the journal only a memory of it. */
export type Inspection =
	| {readonly state: 'to-do'; readonly facts: readonly Fact[]}
	| {readonly state: 'partly'; readonly facts: readonly Fact[]; readonly what: string}
	| {readonly state: 'done'; readonly facts: readonly Fact[]}
	| {readonly state: 'not-needed'; readonly facts: readonly Fact[]; readonly why: string}
	| {readonly state: 'blocked'; readonly facts: readonly Fact[]; readonly failure: FailureParts};

/** Something seen, for an operator to read. */
export type Fact = {readonly label: string; readonly value: string; readonly mark?: 'good' | 'warning' | 'bad'};

/** One way to answer a question. */
export type Option = {
	readonly value: string;
	readonly label: string;
	/** Why one would choose it. */
	readonly reason: string;
	/** What it costs. */
	readonly cost?: string;
	/** How to go back. */
	readonly wayBack?: string;
};

/** What the operator must decide. Ids are the keys of an answers file. */
export type Question =
	| {
			readonly kind: 'choice';
			readonly id: string;
			readonly title: string;
			readonly why: string;
			readonly options: readonly Option[];
			readonly recommended?: string;
	  }
	| {
			readonly kind: 'text';
			readonly id: string;
			readonly title: string;
			readonly why: string;
			readonly recommended?: string;
			/** A regular expression the whole answer must match, and what to say where it does not. */
			readonly pattern?: {readonly source: string; readonly says: string};
			/** What an empty answer means, where the pattern takes one. */
			readonly ifEmpty?: string;
	  }
	| {
			/**
			A destructive step: the operator types the word. `--yes` does not answer it unless the run is a rehearsal; an
			answers file does.
			*/
			readonly kind: 'typed';
			readonly id: string;
			readonly title: string;
			readonly why: string;
			readonly expected: string;
			/** What is to be read before the word is typed: it stands above it. */
			readonly proof?: readonly Fact[];
			/** Whether it is asked in a rehearsal too, and not answered by `--yes`. */
			readonly isAsked?: true;
	  }
	| {
			/**
			Typed on a terminal and shown to nobody. The answer is held in memory for one try of the step: no event, no
			journal, no answers file has it.
			*/
			readonly kind: 'secret';
			readonly id: string;
			readonly title: string;
			readonly why: string;
			/** The question of the same step that takes its place without a terminal, and what its answer must be. */
			readonly instead: {readonly question: string; readonly says: string};
	  };

/** What a step is about to do. */
export type Preview = {
	/** One sentence each. */
	readonly summary: readonly string[];
	/** The exact commands, as an operator would type them. */
	readonly commands: readonly string[];
	readonly diffs?: ReadonlyArray<{readonly title: string; readonly text: string}>;
	/** Files it writes here. */
	readonly files?: readonly string[];
	/** How to go back once it is done; shown before it is done. */
	readonly wayBack: string;
};

/** One thing that was checked in the world, and what it said. */
export type Evidence = {readonly label: string; readonly value: string; readonly holds: boolean};

/** How far a step is. Totals are left out where they are not known. */
export type Progress = {
	readonly what: string;
	readonly unit: 'bytes' | 'entries' | 'pods' | 'checks';
	readonly done: number;
	readonly total?: number;
	/**
	Set where somebody else's move is waited for: what is still missing, and how it is done, one line each. Standing still
	is no stall then.
	*/
	readonly awaits?: readonly string[];
};

/** How a step tells what it does while it does it. */
export type Reporter = {
	readonly progress: (progress: Progress) => void;
	/** A line for the log pane: what a tool or the cluster said. */
	readonly log: (line: string) => void;
	/** Keeps something in the journal before going on, so that a second try finds it. */
	readonly note: (note: JsonObject) => Promise<void>;
	/** Keeps in the journal that servers are about to refuse writes. */
	readonly frozen: (begun: FreezeBegun) => Promise<void>;
	/** Keeps in the journal that the freeze of a workload is over, once that was read back. */
	readonly thawed: (workload: string, how: FreezeEnd) => Promise<void>;
	/** Keeps in the journal what became of a file of the list. */
	readonly settle: (file: ListedFile, end: FileEnd) => Promise<void>;
};

/** What is the same for every step of a run. */
export type RunFacts = {
	readonly id: string;
	/** The folder that holds the journal, the copy, the manifests and the report. */
	readonly folder: string;
	readonly mode: 'migrate' | 'rehearse';
	readonly context: string;
	readonly namespace: string;
	/** Whether it runs on the sandbox that comes with the program. */
	readonly sandbox: boolean;
	/** What a rehearsal found, where the run is to go by one. */
	readonly certificate?: Certificate;
	/** Who runs it: user and machine; left out where nothing is changed. */
	readonly by?: string;
	/** Whom the run acts as, where that was named. */
	readonly actsAs?: {readonly user: string; readonly groups: readonly string[]};
	/** The kubeconfig that was named and is not found without that. */
	readonly kubeconfig?: string;
	/**
	The migrations that this operator has started, for a rehearsal to keep away from: the cluster's UID where it was
	known.
	*/
	readonly realRuns?: ReadonlyArray<{readonly run: string; readonly namespace: string; readonly cluster?: string}>;
};

/** What a step may see: its share of the world, what was decided, and what earlier steps found. */
export type StepContext<Needs extends keyof World = keyof World> = {
	readonly world: Pick<World, Needs>;
	readonly run: RunFacts;
	/** Answers given so far, by question id. */
	readonly answers: Readonly<Record<string, string>>;
	/**
	What was typed for questions of the kind `secret`, by question id. It is gone after the try, whatever its end.
	*/
	readonly secrets: ReadonlyMap<string, string>;
	/** What earlier steps (and this one, once performed) found or made, by step. */
	readonly outcomes: Readonly<Partial<Record<StepId, Json>>>;
	/** How often this step was begun before. */
	readonly attempts: number;
	/** What this step noted in the journal, oldest first, over all its attempts. */
	readonly notes: readonly JsonObject[];
	/** Each time that servers were told to refuse writes, oldest first. */
	readonly freezes: readonly Freeze[];
	/** Every file that the run made so far, and what became of it. */
	readonly listed: readonly ListedFile[];
	readonly signal: AbortSignal;
};

/** What is done with a step in a rehearsal. */
export type Rehearsal = {readonly kind: 'same'} | {readonly kind: 'skip'; readonly why: string};

/** What undoing a step does, or a sentence that says why it cannot be undone, shown before it is performed. */
export type Undo<Needs extends keyof World> =
	| {
			readonly kind: 'can';
			readonly says: string;
			/** What undoing it would do now, and what would stay behind; changes nothing. */
			readonly facts?: (context: StepContext<Needs>) => Promise<readonly Fact[]>;
			/** What the operator must decide before anything is undone. */
			readonly questions?: (context: StepContext<Needs>) => Promise<readonly Question[]>;
			readonly run: (context: StepContext<Needs>, reporter: Reporter) => Promise<readonly Evidence[]>;
	  }
	| {readonly kind: 'cannot'; readonly says: string};

/**
One line of the checklist. Every step has this one shape, so that the wizard, the headless front end, the journal and
the report need no special case.
*/
export type Step<Needs extends keyof World = keyof World> = {
	readonly id: StepId;
	readonly title: string;
	/** One or two sentences an operator understands. */
	readonly why: string;
	/** What it uses of the world. */
	readonly needs: readonly Needs[];
	/**
	`none` starts by itself; `local` writes files here; `cluster` changes the cluster and is started by the operator.
	*/
	readonly effect: 'none' | 'local' | 'cluster';
	/** Whether it waits, although it changes nothing, until the operator has read what was seen. */
	readonly isRead?: true;
	/** Looks, changes nothing. */
	readonly inspect: (context: StepContext<Needs>) => Promise<Inspection>;
	/** What is to be decided, given the answers so far; asked in order, computed anew after each answer. */
	readonly questions: (context: StepContext<Needs>) => Promise<readonly Question[]>;
	/**
	Why an answer that fits its question cannot be taken, after a look at the world; undefined where it can. Looks,
	changes nothing.
	*/
	readonly judge?: (context: StepContext<Needs>, question: string, answer: string) => Promise<string | undefined>;
	/**
	Which later steps go by an answer, by question id, where not all of them do: it can be decided anew until one of these
	has begun to change the cluster.
	*/
	readonly decides?: Readonly<Record<string, readonly StepId[]>>;
	/** What it is about to do; writes nothing. */
	readonly preview: (context: StepContext<Needs>) => Promise<Preview>;
	/** Does it. Safe to run again: it looks for what an earlier try left. Rejects with a Failure. */
	readonly perform: (context: StepContext<Needs>, reporter: Reporter) => Promise<JsonObject>;
	/** Looks at the world, not at its own return value. */
	readonly verify: (context: StepContext<Needs>) => Promise<readonly Evidence[]>;
	/**
	What it found or decided that an operator should read beside the evidence. It is told, not asked of the world, and
	counts for no check.
	*/
	readonly tell?: (context: StepContext<Needs>) => readonly Fact[];
	/**
	Later steps that change what this one's verification would look at: once one of them has begun, it is no longer
	verified. One that was left out has changed nothing.
	*/
	readonly verifiedUntil?: readonly StepId[];
	readonly undo: Undo<Needs>;
	/** Lets the servers that refuse writes take them again, and nothing else. One step of the checklist knows how. */
	readonly unfreeze?: (context: StepContext<Needs>, reporter: Reporter) => Promise<readonly Evidence[]>;
	/**
	Looks what became of the freeze that is on, and ends it where its time is over. The step that knows `unfreeze`
	knows it.
	*/
	readonly settleFreeze?: (context: StepContext<Needs>, reporter: Reporter) => Promise<void>;
	/** Whether it looks after the deadline of a freeze by itself while it is performed: nothing else lifts one then. */
	readonly keepsDeadline?: true;
	/**
	Its questions whose answer may be given anew with each start until it has moved anything for good, by what it
	noted.
	*/
	readonly renews?: readonly string[];
	/**
	Whether its questions may be answered anew after it was begun, by what it noted: it has changed nothing so far. Left
	out, that is never so.
	*/
	readonly mayDecideAnew?: (notes: readonly JsonObject[]) => boolean;
	readonly rehearsal: Rehearsal;
	/** What it means to leave this step out, where that is allowed. */
	readonly skip?: string;
};
