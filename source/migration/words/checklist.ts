import type {Step, StepId} from '../step.js';

/** One line of the checklist, as front ends and the report show it. */
export type ChecklistLine = {
	readonly id: StepId;
	readonly title: string;
	readonly why: string;
	readonly effect: Step['effect'];
	/** What undoing it does, or why it cannot be undone. */
	readonly undo: {readonly kind: 'can' | 'cannot'; readonly says: string};
	/** What it means to leave the step out, where that is allowed. */
	readonly skip?: string;
};

/** The checklist of a run: what is known of its steps before anything happens. */
export const checklistOf = (steps: readonly Step[]): readonly ChecklistLine[] =>
	steps.map(({id, title, why, effect, undo, skip}) => ({
		id,
		title,
		why,
		effect,
		undo: {kind: undo.kind, says: undo.says},
		...(skip !== undefined && {skip}),
	}));
