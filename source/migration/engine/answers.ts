import type {AnswerBasis} from '../event.js';
import type {Question} from '../step.js';

/**
Why an answer does not fit its question, or undefined where it does.
*/
export const whyRefused = (question: Question, value: string): string | undefined => {
	switch (question.kind) {
		case 'choice': {
			const values = question.options.map(option => option.value);
			return values.includes(value) ? undefined : `«${value}» is not one of: ${values.join(', ')}.`;
		}

		case 'text': {
			const {pattern} = question;
			return !pattern || new RegExp(`^(?:${pattern.source})$`, 'v').test(value) ? undefined : pattern.says;
		}

		case 'typed': {
			return value === question.expected ? undefined : `Type «${question.expected}» to go on; «${value}» was typed.`;
		}

		case 'secret': {
			return value !== '' && !/\p{Control}/v.test(value) ? undefined : 'Type it on one line, then Enter.';
		}
	}
};

/** The answer an operator in a hurry would give, if the question has one. */
export const recommendedAnswer = (question: Question): string | undefined =>
	question.kind === 'typed' || question.kind === 'secret' ? undefined : question.recommended;

/** What an answer stands on, for the journal: the report says whether it was recommended, and why one would give it. */
export const basisOf = (question: Question, answer: string, isGiven: boolean): AnswerBasis => {
	const recommended = recommendedAnswer(question);
	const why = question.kind === 'choice' ? question.options.find(({value}) => value === answer)?.reason : undefined;
	return {
		...(recommended !== undefined && {recommended}),
		...(why !== undefined && {why}),
		...(isGiven && {isGiven}),
	};
};
