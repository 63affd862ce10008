import type {View} from '../migration/state.js';
import {orderedOptions} from './blocks/options.js';
import {draftOf, emptyDraft} from './draft.js';
import type {Beginning} from './ui.js';

/** What a screen begins with: a question that is opened again, with what was answered before. */
export const beginningOf = (key: string, {state}: View): Beginning => {
	const {question} = state.live;
	const before = question && state.before[question.id];
	const nothing: Beginning = {key, chosen: 0, draft: emptyDraft};
	if (question?.kind === 'choice') {
		return {
			...nothing,
			chosen: Math.max(
				0,
				orderedOptions(question).findIndex(({value}) => value === before),
			),
		};
	}

	return question?.kind === 'text' && before !== undefined && before !== question.recommended
		? {...nothing, draft: draftOf(before)}
		: nothing;
};
