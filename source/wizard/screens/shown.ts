import type {Decision} from '../../migration/engine/decisions.js';
import type {RunState, View} from '../../migration/state.js';
import type {RunFacts, StepId} from '../../migration/step.js';
import type {ChecklistLine} from '../../migration/words/checklist.js';
import type {Typed} from '../draft.js';
import type {Waiting} from '../hooks.js';
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
	/** Every answer so far, and whether it can be decided anew. */
	readonly decisions: readonly Decision[];
	/** Which of them the cursor is on. */
	readonly picked: number;
	/** Which option the cursor is on. */
	readonly chosen: number;
	readonly draft: Typed;
	/** Seconds this screen has been there. */
	readonly seconds: number;
	/** Who is waited for outside, where that takes long. */
	readonly waiting?: Waiting;
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

/** The keys that look back, where there is something to see. */
const lookBack = ({state, decisions}: Parts, isTyping: boolean): readonly Hint[] => [
	...(state.steps.some(({evidence}) => evidence.length > 0)
		? [{command: 'evidence', says: 'proof', ...(isTyping && {isTyping})} as const]
		: []),
	...(decisions.length > 0 && !isTyping ? [{command: 'decisions', says: 'decisions'} as const] : []),
];

/** The keys that work on every screen. */
export const everywhere = (parts: Parts, isTyping = false): readonly Hint[] => [
	...lookBack(parts, isTyping),
	{command: 'help', says: 'help'},
	{command: 'log', says: 'log'},
];

/** The key that stops. */
export const stopHint: Hint = {command: 'stop', says: 'stop'};
