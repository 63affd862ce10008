import type {StepId} from '../../migration/step.js';
import type {ChecklistLine} from '../../migration/words/checklist.js';
import {blank, row, wrapped, type Line} from '../lines.js';

/** The step's place in the checklist, its title, and why it is there. */
export const headLines = (checklist: readonly ChecklistLine[], id: StepId, width: number): readonly Line[] => {
	const at = checklist.findIndex(line => line.id === id);
	const step = checklist[at];
	return step
		? [
				{
					...row({text: step.title, tone: 'accent'}, {text: `  step ${at + 1} of ${checklist.length}`, tone: 'dim'}),
					spoken: `Step ${at + 1} of ${checklist.length}: ${step.title}`,
				},
				...wrapped(step.why, {width, tone: 'dim'}),
				blank,
			]
		: [];
};

/** A heading within a screen. */
export const heading = (text: string): Line => row({text, tone: 'strong'});
