import type {Ending, Engine} from '../migration/engine.js';
import type {StepId} from '../migration/step.js';

/** What the run without a terminal needs. */
export type HeadlessOptions = {
	readonly engine: Engine;
	/** `json` prints each RunEvent as one line, then `{"type":"ended",…}`. */
	readonly output: 'text' | 'json';
	/** Whether questions are answered with what is recommended (`--yes`); a `typed` one only in a rehearsal. */
	readonly takeRecommended: boolean;
	/** Takes one line for stdout: steps, facts, answers, commands, evidence, durations; in JSON everything. */
	readonly write: (line: string) => void;
	/** Takes one line for stderr: progress, what tools say, and the four parts of a failure. */
	readonly talk: (line: string) => void;
	/** Whether the terminal or log shows only ASCII for sure (NO_COLOR, TERM=dumb). Default `false`. */
	readonly ascii?: boolean;
	/** Seconds each step took in the rehearsal. */
	readonly expected?: Readonly<Partial<Record<StepId, number>>>;
	/** Undoes instead of walking the checklist. Default `false`. */
	readonly rollback?: boolean;
};

/**
Drives a run without a terminal: takes the answers it may take, starts the steps, and stops at the first failure or at a question without an answer (exit `unanswered`). The failure has been printed when this returns.
*/
export const runHeadless = async (options: HeadlessOptions): Promise<Ending> => options.rollback ? options.engine.rollback() : options.engine.run();
