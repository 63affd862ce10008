import type {StepContext} from '../../migration/step.js';
import {outcomeOf} from '../outcomes.js';
import {baseLineOf} from '../rounds/base-line.js';

/** What becomes of what clients wrote to the new side. */
export type CarryBack = 'apply' | 'file' | 'leave';

export const choiceOf = ({answers}: Pick<StepContext, 'answers'>): CarryBack => {
	const answer = answers['carry-back'];
	return answer === 'file' || answer === 'leave' ? answer : 'apply';
};

/** Whether clients may have written to the new side, so that there is something to carry back. */
export const isToCarryBack = (context: Pick<StepContext, 'outcomes'>): boolean =>
	outcomeOf(context, 'strategy').strategy === 'fresh' && baseLineOf(context, []).pictures.length > 0;
