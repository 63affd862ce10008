import type {FailureParts} from '../failure/failure.js';
import type {IntentName} from './event.js';
import type {Freeze} from './freeze.js';
import type {Json, JsonObject} from './json.js';
import type {ListedFile} from './listed.js';
import type {Evidence, Fact, Inspection, Preview, Progress, Question, StepId} from './step.js';

/** Where a step stands. */
export type StepStatus = 'waiting' | 'started' | 'performed' | 'done' | 'failed' | 'skipped' | 'undone';

/** What is known of one step. */
export type StepState = {
	readonly id: StepId;
	readonly status: StepStatus;
	readonly attempts: number;
	readonly startedAt?: string;
	readonly endedAt?: string;
	readonly outcome?: Json;
	readonly notes: readonly JsonObject[];
	readonly evidence: readonly Evidence[];
	/** What the step told beside its evidence. */
	readonly facts?: readonly Fact[];
	readonly failure?: FailureParts;
	readonly skipped?: string;
	/** Questions this step asked and got answers to, in order. */
	readonly answered: readonly string[];
	/** Set where the version that began the run had no such step. */
	readonly isNew?: true;
	/** Whether an undo was begun and not ended. */
	readonly undoing: boolean;
};

/** Where the run as a whole stands. */
export type RunStatus = 'open' | 'finished' | 'stopped' | 'rolled-back';

/** Whether there is nothing to go on with. */
export const isOver = ({status}: {readonly status: RunStatus}): boolean =>
	status === 'finished' || status === 'rolled-back';

/** What is on the screen right now: nothing of it is kept. */
export type Live = {
	readonly step?: StepId;
	readonly inspection?: Inspection;
	readonly question?: Question;
	/** Whether an answer is held against the world at this moment. */
	readonly judging: boolean;
	/** Why the last answer was refused. */
	readonly refused?: string;
	readonly preview?: Preview;
	readonly progress?: Progress & {
		readonly rate?: number;
		readonly secondsLeft?: number;
		readonly stalledSeconds?: number;
	};
	readonly verifying: boolean;
	/** The last lines of the log pane, oldest first, with the step that said them. */
	readonly log: ReadonlyArray<{readonly step: StepId; readonly line: string}>;
};

/** The state of a run: a fold of its events and nothing else. */
export type RunState = {
	readonly run: string;
	readonly mode: 'migrate' | 'rehearse';
	readonly context: string;
	readonly namespace: string;
	readonly sandbox: boolean;
	readonly openedAt: string;
	readonly openedBy: string;
	readonly cluster?: {readonly uid: string; readonly version: string; readonly server: string};
	readonly status: RunStatus;
	readonly stopped?: string;
	readonly steps: readonly StepState[];
	readonly answers: Readonly<Record<string, string>>;
	/** What was answered before a question was opened again, to begin with when it is asked anew. */
	readonly before: Readonly<Record<string, string>>;
	/** Questions among the answers that wanted a word typed. */
	readonly typed: readonly string[];
	/** Each time that servers were told to refuse writes, oldest first. */
	readonly freezes: readonly Freeze[];
	/** Every file that the run made, and what became of it. */
	readonly files: readonly ListedFile[];
	readonly live: Live;
};

/** What the engine accepts now, beside the state: a screen shows no key that would do nothing. */
export type View = {readonly state: RunState; readonly next: readonly IntentName[]};

/** A screen on which nothing happens. */
export const nothingLive: Live = {verifying: false, judging: false, log: []};

/** The state before the first event. */
export const emptyState: RunState = {
	run: '',
	mode: 'migrate',
	context: '',
	namespace: '',
	sandbox: false,
	openedAt: '',
	openedBy: '',
	status: 'open',
	steps: [],
	answers: {},
	before: {},
	typed: [],
	freezes: [],
	files: [],
	live: nothingLive,
};

/** What is known of one step. */
export const stepOf = (state: RunState, id: StepId): StepState | undefined => state.steps.find(step => step.id === id);
