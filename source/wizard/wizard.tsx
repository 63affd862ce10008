import type {Ending, Engine} from '../migration/engine.js';
import type {StepId} from '../migration/step.js';

/** What the terminal can do, as the caller found out. */
export type Terminal = {
	readonly stdin: NodeJS.ReadStream;
	readonly stdout: NodeJS.WriteStream;
	/** Whether colours may be used (NO_COLOR, TERM=dumb). */
	readonly colour: boolean;
	/** Whether only ASCII is shown for sure (TERM=dumb, a locale that is not UTF-8). */
	readonly ascii: boolean;
	/** Plain linear text for a screen reader (INK_SCREEN_READER=true). */
	readonly screenReader: boolean;
};

/** What the wizard needs. The caller has checked that both streams are terminals. */
export type WizardOptions = Terminal & {
	readonly engine: Engine;
	/** Seconds each step took in the rehearsal. */
	readonly expected?: Readonly<Partial<Record<StepId, number>>>;
	/** Undoes instead of walking the checklist. Default `false`. */
	readonly rollback?: boolean;
};

/** How the wizard ended, and what the caller prints to stdout now that the screen is gone. */
export type WizardEnding = {readonly ending: Ending; readonly summary: string};

/**
Leads an operator through the checklist on a terminal. Owns Ctrl-C: the first one asks, the second one returns at once with exit `interrupted` although the engine may still be at work.
*/
export const runWizard = async ({engine, rollback}: WizardOptions): Promise<WizardEnding> => ({
	ending: await (rollback ? engine.rollback() : engine.run()),
	summary: '',
});
