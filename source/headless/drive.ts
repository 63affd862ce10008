import type {FailureParts} from '../failure/failure.js';
import {recommendedAnswer} from '../migration/engine/answers.js';
import type {Engine} from '../migration/engine/engine.js';
import type {Intent} from '../migration/event.js';
import type {View} from '../migration/state.js';
import type {Question} from '../migration/step.js';
import {runName} from '../migration/words/run-name.js';

/** The command that goes on with what is driven. */
export type DrivenBy = 'resume' | 'rollback';

type Giveable = Exclude<Question, {readonly kind: 'secret'}>;

const exampleOf = (question: Giveable): string =>
	question.kind === 'typed' ? question.expected : (recommendedAnswer(question) ?? '…');

const detailsOf = (question: Giveable): readonly string[] => {
	switch (question.kind) {
		case 'choice': {
			return [
				question.why,
				...question.options.map(
					({value, label, reason}) =>
						`${value}${value === question.recommended ? ' (recommended)' : ''}: ${label}. ${reason}`,
				),
			];
		}

		case 'text': {
			return question.pattern ? [question.pattern.says] : [];
		}

		case 'typed': {
			return [question.why, ...(question.proof ?? []).map(({label, value}) => `${label}: ${value}`)];
		}
	}
};

/** The Failure of a secret that nobody is there to type. */
const untyped = ({id, title, instead}: Extract<Question, {readonly kind: 'secret'}>, run: string): FailureParts => ({
	code: 'unanswered',
	seen: `The question ${id} has no answer: ${title}`,
	means:
		'A secret is typed on a terminal, and here is none. No argument and no answers file can hold it. The run ' +
		'stopped before the step; what is done is kept.',
	todo:
		`Give ${instead.says} in an answers file as {"answers": {"${instead.question}": "…"}}, or resume on a ` +
		'terminal.',
	byHand: `unroot resume ${run} --answers FILE`,
	exit: 'unanswered',
});

/** The Failure of a question that nobody answered. */
export const unanswered = (question: Question, run: string, command: DrivenBy = 'resume'): FailureParts =>
	question.kind === 'secret'
		? untyped(question, run)
		: {
				code: 'unanswered',
				seen: `The question ${question.id} has no answer: ${question.title}`,
				means:
					'Without a terminal, and with --yes, nobody is asked. The run stopped before the step; what is done is kept.',
				todo: [
					`Give it in an answers file as {"answers": {"${question.id}": "${exampleOf(question)}"}}`,
					...(recommendedAnswer(question) === undefined ? [] : ['let --yes take the recommended one']),
					'or resume on a terminal.',
				].join(', '),
				byHand: `unroot ${command} ${run} --answers FILE`,
				exit: 'unanswered',
				details: detailsOf(question),
			};

/** The Failure of an answer that was given, or recommended, and cannot be taken. */
const refusedAnswer = (
	question: Question,
	refused: string,
	{run, command}: {readonly run: string; readonly command: DrivenBy},
): FailureParts => ({
	code: 'answer-refused',
	seen: `The answer to ${question.id} was refused. ${refused}`,
	means: 'The run cannot go on with it. It stopped before the step; what is done is kept.',
	todo: 'Correct the answer, or leave it out and answer on a terminal.',
	byHand: `unroot ${command} ${run} --answers FILE    # with another answer to ${question.id}`,
	exit: 'usage',
});

/** The answer that may be taken without an operator: what is recommended, and the typed word in a rehearsal. */
const takeable = (question: Question, mode: 'migrate' | 'rehearse'): string | undefined =>
	mode === 'rehearse' && question.kind === 'typed' && !question.isAsked
		? question.expected
		: recommendedAnswer(question);

/** What to send now, and the failure the run ends with where that is to stop. */
type Move = {readonly intent: Intent; readonly failure?: FailureParts};

const moveOf = (
	{state, next}: View,
	{run, command}: {readonly run: string; readonly command: DrivenBy},
	takeRecommended: boolean,
): Move | undefined => {
	const {question, refused} = state.live;
	if (next.includes('retry')) {
		return {intent: {type: 'stop', why: 'A step failed.'}};
	}

	if (next.includes('start')) {
		return {intent: {type: 'start'}};
	}

	if (!question || !next.includes('answer')) {
		return undefined;
	}

	if (refused !== undefined) {
		return {
			intent: {type: 'stop', why: `The answer to ${question.id} was refused.`},
			failure: refusedAnswer(question, refused, {run, command}),
		};
	}

	const value = takeRecommended ? takeable(question, state.mode) : undefined;
	return value === undefined
		? {intent: {type: 'stop', why: `No answer to ${question.id}.`}, failure: unanswered(question, run, command)}
		: {intent: {type: 'answer', question: question.id, value}};
};

/**
Answers, starts and stops in the operator's place, once for each time the engine waits. Gives the failure the run was
stopped with, if that was the driver's doing.
*/
export const drive = (
	engine: Engine,
	takeRecommended: boolean,
	command: DrivenBy = 'resume',
): {readonly failure: () => FailureParts | undefined; readonly release: () => void} => {
	let answered: View['next'] | undefined;
	let failure: FailureParts | undefined;
	const look = (): void => {
		const view = engine.view();
		if (view.next === answered) {
			return;
		}

		const move = moveOf(view, {run: runName(engine.facts), command}, takeRecommended);
		if (!move) {
			return;
		}

		answered = view.next;
		failure = move.failure;
		engine.send(move.intent);
	};

	return {failure: () => failure, release: engine.subscribe(look)};
};
