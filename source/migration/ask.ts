import {badAnswer, refusal} from './answers.js';
import {goBack, withBack} from './back.js';
import {contextOf} from './context.js';
import type {Session} from './engine.js';
import {stepOf} from './state.js';
import type {Question, Step} from './step.js';

/** What becomes of the walk after something the operator said. */
export type Turn = 'on' | 'again' | 'stopped';

/** Asks until an answer fits. */
const ask = async (session: Session, step: Step, question: Question): Promise<Turn> => {
	const typed = question.kind === 'typed' ? {typed: true} as const : {};
	const given = session.given.get(question.id);
	if (given !== undefined) {
		const says = refusal(question, given);
		if (says) {
			throw badAnswer(question, given, says);
		}

		await session.record({
			type: 'question-answered', step: step.id, question: question.id, answer: given, ...typed,
		});
		return 'on';
	}

	let refused: string | undefined;
	for (;;) {
		session.show({
			type: 'question-asked', step: step.id, question, ...(refused && {refused}),
		});
		const intent = await session.take(withBack(session, step, ['answer']));
		if (intent.type === 'stop') {
			return 'stopped';
		}

		if (intent.type === 'back') {
			await goBack(session, step);
			return 'again';
		}

		if (!(intent.type === 'answer' && intent.question === question.id)) {
			continue;
		}

		refused = refusal(question, intent.value);
		if (!refused) {
			await session.record({
				type: 'question-answered', step: step.id, question: question.id, answer: intent.value, ...typed,
			});
			return 'on';
		}
	}
};

/** Asks what is still open, computed anew after each answer. */
export const askAll = async (session: Session, step: Step): Promise<Turn> => {
	for (;;) {
		const questions = await step.questions(contextOf(session, step));
		const open = questions.find(({id}) => !(stepOf(session.state(), step.id)?.answered.includes(id)));
		if (!open) {
			return 'on';
		}

		const turn = await ask(session, step, open);
		if (turn !== 'on') {
			return turn;
		}
	}
};
