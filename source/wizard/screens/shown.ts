import type {RunState, View} from '../../migration/state.js';
import type {RunFacts, StepId} from '../../migration/step.js';
import type {ChecklistLine} from '../../migration/words/checklist.js';
import type {Draft} from '../draft.js';
import type {Command, Hint} from '../keys.js';
import type {Line} from '../lines.js';
import type {Focus} from '../scroll.js';
import type {Theme} from '../theme.js';

/** What a screen is made from. Every text in it has been made plain. */
export type Parts = {
	readonly state: RunState;
	readonly next: View['next'];
	readonly checklist: readonly ChecklistLine[];
	readonly facts: RunFacts;
	readonly expected: Readonly<Partial<Record<StepId, number>>>;
	readonly theme: Theme;
	/** Columns of the pane; endless for a screen reader. */
	readonly width: number;
	/** Rows of the pane. */
	readonly height: number;
	/** Which option the cursor is on. */
	readonly chosen: number;
	readonly draft: Draft;
	/** Seconds this screen has been there. */
	readonly seconds: number;
	/** Whether the operator has asked to stop. */
	readonly isStopping: boolean;
	/** Whether it is read aloud: then nothing is said that changes by itself. */
	readonly isSpoken: boolean;
};

/** What a screen shows and which keys work on it, the most important first. */
export type Shown = {
	readonly lines: readonly Line[];
	readonly focus?: Focus;
	readonly cursor?: {readonly line: number; readonly column: number};
	readonly moves?: readonly Command[];
	readonly hints: readonly Hint[];
	readonly atEnd?: boolean;
};

/** The keys that work on every screen. */
export const everywhere: readonly Hint[] = [
	{command: 'help', says: 'help'},
	{command: 'log', says: 'log'},
];

/** The key that stops. */
export const stopHint: Hint = {command: 'stop', says: 'stop'};
