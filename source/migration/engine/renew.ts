import {stepOf} from '../state.js';
import {whyRefused} from './answers.js';
import {contextOf} from './context.js';
import type {Session} from './session.js';

/**
Takes answers that were given with this start in the place of earlier ones, where the step that asked says so: a budget
that was too small is not the last word. One that does not fit its question is left out.
*/
export const renewAnswers = async (session: Session): Promise<void> => {
	for (const step of session.steps) {
		const known = stepOf(session.state(), step.id);
		const ids = (step.renews ?? []).filter(id => {
			const given = session.given.get(id);
			return given !== undefined && known?.answered.includes(id) && given !== session.state().answers[id];
		});
		if (ids.length === 0) {
			continue;
		}

		const questions = await step.questions(contextOf(session, step));
		for (const id of ids) {
			const question = questions.find(one => one.id === id);
			const given = session.given.get(id) ?? '';
			if (!question || whyRefused(question, given) === undefined) {
				await session.record({type: 'question-answered', step: step.id, question: id, answer: given});
			}
		}
	}
};
