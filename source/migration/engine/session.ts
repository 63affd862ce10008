import {exitStatus, type ExitName, type FailureParts} from '../../failure/failure.js';
import type {Intent, IntentName, JournalEvent, LiveEvent} from '../event.js';
import type {Untimed} from '../journal.js';
import type {RunState} from '../state.js';
import type {RunFacts, Step} from '../step.js';
import type {World} from '../world.js';

/** How a run, or this session of it, ended. */
export type Ending = {readonly exit: ExitName; readonly failure?: FailureParts};

/** What the parts of the engine share. */
export type Session = {
	readonly steps: readonly Step[];
	readonly world: World;
	readonly run: RunFacts;
	/** Answers given in advance. One that the operator went back from is taken out, so that it is asked. */
	readonly given: Map<string, string>;
	/** Secrets that were typed for this try of a step. */
	readonly secrets: Map<string, string>;
	readonly state: () => RunState;
	/** Keeps an event in the journal, then shows it. */
	readonly record: (event: Untimed<JournalEvent>) => Promise<void>;
	/** Shows an event that is not kept. */
	readonly show: (event: LiveEvent) => void;
	/** Waits for one of the intents; `stop` is always among them. */
	readonly take: (names: readonly IntentName[]) => Promise<Intent>;
	/** Looks after the deadline of a freeze; a step that does so by itself has it paused. */
	readonly deadline: {
		readonly pause: () => Promise<void>;
		readonly goOn: () => void;
		readonly look: () => Promise<void>;
	};
	/** Aborted when the operator stops. */
	readonly stopping: AbortSignal;
};

/** The number a shell sees. */
export const statusOf = (ending: Ending): number => exitStatus[ending.exit];
