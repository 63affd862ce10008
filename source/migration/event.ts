import type {FailureParts} from '../failure/failure.js';
import type {FreezeBegun, FreezeEnd} from './freeze.js';
import type {Json, JsonObject} from './json.js';
import type {FileEnd, FilePlace} from './listed.js';
import type {Evidence, Fact, Inspection, Preview, Progress, Question, StepId} from './step.js';

/** The journal's format. An older one is read, a newer one is refused. 2 has the steps from «Restart» to «Catch up». */
export const journalFormat = 2;

/** From whom the namespace was taken over. */
export type TookOver = {readonly run: string; readonly by: string};

/** What was recommended, why one would give the answer that was given, and whether it was given beforehand. */
export type AnswerBasis = {readonly recommended?: string; readonly why?: string; readonly isGiven?: true};

/** What is kept in the journal, one line each. Never a secret, never user data. */
export type JournalEvent = {readonly at: string} & (
	| {
			readonly type: 'run-opened';
			readonly format: number;
			readonly run: string;
			readonly mode: 'migrate' | 'rehearse';
			readonly context: string;
			readonly namespace: string;
			readonly sandbox: boolean;
			readonly program: string;
			readonly steps: readonly StepId[];
			readonly by: string;
			readonly tookOver?: TookOver;
	  }
	/** `steps` is the checklist that goes on; a version before wrote none, since it had but one. */
	| {
			readonly type: 'run-resumed';
			readonly program: string;
			readonly by: string;
			readonly steps?: readonly StepId[];
			readonly tookOver?: TookOver;
	  }
	| {readonly type: 'cluster-identified'; readonly uid: string; readonly version: string; readonly server: string}
	/** `typed` marks the word of a destructive step: it holds for this run alone and is kept out of an answers file. */
	| {
			readonly type: 'question-answered';
			readonly step: StepId;
			readonly question: string;
			readonly answer: string;
			readonly typed?: true;
			/** What the answer stands on; a version before wrote none. */
			readonly basis?: AnswerBasis;
	  }
	| {readonly type: 'step-started'; readonly step: StepId; readonly attempt: number}
	| {readonly type: 'step-noted'; readonly step: StepId; readonly note: JsonObject}
	/** A file is about to be made: the list of them is what clean-up and rollback work from. */
	| {readonly type: 'file-listed'; readonly place: FilePlace; readonly path: string}
	| {readonly type: 'file-settled'; readonly place: FilePlace; readonly path: string; readonly end: FileEnd}
	| {readonly type: 'step-performed'; readonly step: StepId; readonly outcome: Json}
	/** `facts` are told beside the evidence; a version before wrote none. */
	| {
			readonly type: 'step-verified';
			readonly step: StepId;
			readonly evidence: readonly Evidence[];
			readonly facts?: readonly Fact[];
	  }
	| {readonly type: 'step-failed'; readonly step: StepId; readonly failure: FailureParts}
	| {readonly type: 'step-skipped'; readonly step: StepId; readonly why: string}
	| {readonly type: 'step-reopened'; readonly step: StepId; readonly why: string; readonly withdrawn: readonly string[]}
	/** Written before the first server is told to refuse writes. */
	| ({readonly type: 'freeze-begun'; readonly step: StepId} & FreezeBegun)
	/** Written once each server was read back, or when clients are on other servers. */
	| {readonly type: 'freeze-ended'; readonly step: StepId; readonly workload: string; readonly how: FreezeEnd}
	| {readonly type: 'undo-started'; readonly step: StepId}
	| {readonly type: 'undo-done'; readonly step: StepId; readonly evidence: readonly Evidence[]}
	| {readonly type: 'run-stopped'; readonly why: string}
	| {readonly type: 'run-finished'}
	| {readonly type: 'run-rolled-back'}
);

/** What only the screens need: it is not kept. */
export type LiveEvent =
	| {readonly type: 'step-entered'; readonly step: StepId}
	| {readonly type: 'step-inspected'; readonly step: StepId; readonly inspection: Inspection}
	| {readonly type: 'step-rechecked'; readonly step: StepId; readonly evidence: readonly Evidence[]}
	| {readonly type: 'question-asked'; readonly step: StepId; readonly question: Question; readonly refused?: string}
	/** An answer that fits its question is held against the world. */
	| {readonly type: 'answer-judged'; readonly step: StepId; readonly question: string}
	/** A secret was typed; what it is stands in no event. */
	| {readonly type: 'secret-taken'; readonly step: StepId; readonly question: string}
	| {readonly type: 'preview-shown'; readonly step: StepId; readonly preview: Preview}
	| {readonly type: 'step-verifying'; readonly step: StepId}
	| {
			readonly type: 'progressed';
			readonly step: StepId;
			readonly progress: Progress;
			readonly rate?: number;
			readonly secondsLeft?: number;
			readonly stalledSeconds?: number;
	  }
	| {readonly type: 'logged'; readonly step: StepId; readonly line: string};

/** Everything a front end can see happen. */
export type RunEvent = JournalEvent | LiveEvent;

/** What an operator can want. The engine says which are possible next. */
export type Intent =
	| {readonly type: 'start'}
	| {readonly type: 'answer'; readonly question: string; readonly value: string}
	| {readonly type: 'retry'}
	| {readonly type: 'skip'}
	/** Opens a question again: the last one that can be, or the one that is named. */
	| {readonly type: 'back'; readonly question?: string}
	/** Why goes into the journal; left out, the operator stopped it. */
	| {readonly type: 'stop'; readonly why?: string};

/** The name of an intent. */
export type IntentName = Intent['type'];
