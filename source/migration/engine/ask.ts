import {stepOf} from '../state.js';
import type {Question, Step} from '../step.js';
import {basisOf, whyRefused} from './answers.js';
import {goBack, withBack} from './back.js';
import {contextOf} from './context.js';
import type {Session} from './session.js';

/** What becomes of the walk after something the operator said. */
export type Turn = 'on' | 'again' | 'stopped';

/** Keeps an answer: in the journal, or in memory where it is a secret. */
const keep = async (
	session: Session,
	step: Step,
	question: Question,
	answer: string,
	isGiven = false,
): Promise<void> => {
	if (question.kind === 'secret') {
		session.secrets.set(question.id, answer);
		session.show({type: 'secret-taken', step: step.id, question: question.id});
		return;
	}

	await session.record({
		type: 'question-answered',
		step: step.id,
		question: question.id,
		answer,
		...(question.kind === 'typed' && {typed: true}),
		basis: basisOf(question, answer, isGiven),
	});
};

/** The answer that was given in advance. Nobody can have given a secret. */
const givenFor = (session: Session, {kind, id}: Question): string | undefined =>
	kind === 'secret' ? undefined : session.given.get(id);

/** Why an answer cannot be taken: it does not fit the question, or a look at the world speaks against it. */
const judged = async (session: Session, step: Step, question: Question, value: string): Promise<string | undefined> => {
	const misfit = whyRefused(question, value);
	if (misfit !== undefined || question.kind === 'secret' || !step.judge) {
		return misfit;
	}

	session.show({type: 'answer-judged', step: step.id, question: question.id});
	return step.judge(contextOf(session, step), question.id, value);
};

/** Asks until an answer can be taken. One that was given in advance and cannot be is asked for, with the reason. */
const ask = async (session: Session, step: Step, question: Question): Promise<Turn> => {
	let refused: string | undefined;
	const given = givenFor(session, question);
	if (given !== undefined) {
		const says = await judged(session, step, question, given);
		if (says === undefined) {
			await keep(session, step, question, given, true);
			return 'on';
		}

		session.given.delete(question.id);
		refused = `«${given}» was given in advance. ${says}`;
	}

	for (;;) {
		session.show({
			type: 'question-asked',
			step: step.id,
			question,
			...(refused && {refused}),
		});
		const intent = await session.take(withBack(session, ['answer']));
		if (intent.type === 'stop') {
			return 'stopped';
		}

		if (intent.type === 'back') {
			await goBack(session, intent.question);
			return 'again';
		}

		if (!(intent.type === 'answer' && intent.question === question.id)) {
			continue;
		}

		refused = await judged(session, step, question, intent.value);
		if (!refused) {
			await keep(session, step, question, intent.value);
			return 'on';
		}
	}
};

/** The question itself; where it is a secret, and the question that takes its place was given an answer, that one. */
const askable = (session: Session, question: Question, questions: readonly Question[]): Question => {
	const instead = question.kind === 'secret' ? questions.find(({id}) => id === question.instead.question) : undefined;
	return instead && givenFor(session, instead) ? instead : question;
};

/** The first question that has no answer yet. */
const firstOpen = (session: Session, step: Step, questions: readonly Question[]): Question | undefined =>
	questions.find(({kind, id}) =>
		kind === 'secret' ? !session.secrets.has(id) : !stepOf(session.state(), step.id)?.answered.includes(id),
	);

/** Whether a step has anything to ask now. */
export const hasOpen = async (session: Session, step: Step): Promise<boolean> =>
	firstOpen(session, step, await step.questions(contextOf(session, step))) !== undefined;

/** Asks what is still open, computed anew after each answer. */
export const askAll = async (session: Session, step: Step): Promise<Turn> => {
	for (;;) {
		const questions = await step.questions(contextOf(session, step));
		const open = firstOpen(session, step, questions);
		if (!open) {
			return 'on';
		}

		const turn = await ask(session, step, askable(session, open, questions));
		if (turn !== 'on') {
			return turn;
		}
	}
};
