import type {JournalEvent} from '../../migration/event.js';
import type {RunState} from '../../migration/state.js';
import {actorsOf} from './chronicle.js';

/** A decision that stands: by whom, whether it was what unroot recommends, and why one would take it. */
export type Decision = {
	readonly question: string;
	readonly answer: string;
	readonly at: string;
	readonly who: string;
	readonly how: 'typed' | 'recommended' | 'chosen' | 'not recorded';
	/** Whether it came from an answers file or a flag. */
	readonly isGiven: boolean;
	/** What unroot recommended instead. */
	readonly recommended?: string;
	readonly why: string;
};

const howOf = ({
	typed,
	answer,
	basis,
}: Extract<JournalEvent, {readonly type: 'question-answered'}>): Decision['how'] => {
	if (typed) {
		return 'typed';
	}

	// A version before this one did not write down what was recommended.
	return basis === undefined ? 'not recorded' : basis.recommended === answer ? 'recommended' : 'chosen';
};

/** The decisions that stand, in the order of the checklist. */
export const decisionsOf = (events: readonly JournalEvent[], {steps, answers}: RunState): readonly Decision[] => {
	const actors = actorsOf(events);
	return steps.flatMap(step =>
		step.answered.flatMap((question): Decision | readonly never[] => {
			const index = events.findLastIndex(event => event.type === 'question-answered' && event.question === question);
			const event = events[index];
			if (event?.type !== 'question-answered') {
				return [];
			}

			const how = howOf(event);
			return {
				question,
				answer: answers[question] ?? '',
				at: event.at,
				who: actors[index] ?? '',
				how,
				isGiven: event.basis?.isGiven === true,
				...(how === 'chosen' && event.basis?.recommended !== undefined && {recommended: event.basis.recommended}),
				why: event.basis?.why ?? '',
			};
		}),
	);
};
