import {Failure} from '../../failure/failure.js';
import {isOpen, type FileEnd} from '../listed.js';
import {stepOf} from '../state.js';
import type {Evidence, Question, Step} from '../step.js';
import {whileFrozen} from '../words/freeze.js';
import {runName} from '../words/run-name.js';
import {basisOf, whyRefused} from './answers.js';
import {contextOf, withReporter} from './context.js';
import {renewAnswers} from './renew.js';
import {tellFailure} from './said.js';
import type {Ending, Session} from './session.js';

/** Whether a step has left something that its undo takes back. */
const canUndo = (session: Pick<Session, 'state'>, step: Step): boolean => {
	const known = stepOf(session.state(), step.id);
	return (
		step.undo.kind === 'can' &&
		known !== undefined &&
		known.attempts > 0 &&
		known.status !== 'undone' &&
		known.status !== 'skipped'
	);
};

const endedBy = async (session: Session, step: Pick<Step, 'id'>, error: unknown): Promise<Ending> => {
	const told = await tellFailure(session, step, error);
	const failure = whileFrozen(told, session.state(), runName(session.run));
	await session.record({type: 'run-stopped', why: failure.seen});
	return {exit: failure.exit ?? 'failed', failure};
};

/** The answer that was given in advance, or that the operator gives; undefined where the operator stops. */
const answerTo = async (session: Session, step: Step, question: Question): Promise<string | undefined> => {
	let refused: string | undefined;
	const given = session.given.get(question.id);
	if (given !== undefined) {
		const says = whyRefused(question, given);
		if (says === undefined) {
			return given;
		}

		session.given.delete(question.id);
		refused = `«${given}» was given in advance. ${says}`;
	}

	for (;;) {
		session.show({type: 'question-asked', step: step.id, question, ...(refused && {refused})});
		const intent = await session.take(['answer']);
		if (intent.type === 'stop') {
			return undefined;
		}

		if (intent.type === 'answer' && intent.question === question.id) {
			refused = whyRefused(question, intent.value);
			if (!refused) {
				return intent.value;
			}
		}
	}
};

const unproved = (step: Step, evidence: Evidence): Failure =>
	new Failure({
		code: 'undo-unproved',
		seen: `Undoing «${step.title}» ended, but ${evidence.label} says: ${evidence.value}.`,
		means: 'The way back is not complete.',
		todo: 'Look at what the cluster says, then run the rollback again: it goes on where it stopped.',
		byHand: 'unroot rollback',
		retryable: true,
	});

/** Shows what undoing a step would do, and asks what is to be decided for it. */
const askBefore = async (session: Session, step: Step): Promise<'on' | 'stopped'> => {
	if (step.undo.kind !== 'can' || !step.undo.questions) {
		return 'on';
	}

	const {undo} = step;
	session.show({type: 'step-entered', step: step.id});
	const facts = (await undo.facts?.(contextOf(session, step))) ?? [];
	session.show({type: 'step-inspected', step: step.id, inspection: {state: 'to-do', facts}});
	for (;;) {
		const questions = (await undo.questions?.(contextOf(session, step))) ?? [];
		const open = questions.find(({id}) => !stepOf(session.state(), step.id)?.answered.includes(id));
		if (!open) {
			return 'on';
		}

		const answer = await answerTo(session, step, open);
		if (answer === undefined) {
			return 'stopped';
		}

		await session.record({
			type: 'question-answered',
			step: step.id,
			question: open.id,
			answer,
			...(open.kind === 'typed' && {typed: true}),
			basis: basisOf(open, answer, session.given.get(open.id) === answer),
		});
	}
};

/**
Undoes what can be undone, last step first. What is to be decided is asked before anything is undone. Safe to run again
after an interruption.
*/
export const rollBack = async (session: Session): Promise<Ending | 'stopped'> => {
	// Undoing lifts freezes and begins them, each with its own time.
	await session.deadline.pause();
	await renewAnswers(session);
	const undoable = session.steps.toReversed().filter(step => canUndo(session, step));
	for (const step of undoable) {
		try {
			if ((await askBefore(session, step)) === 'stopped') {
				return 'stopped';
			}
		} catch (error) {
			return endedBy(session, step, error);
		}
	}

	for (const step of undoable) {
		if (step.undo.kind !== 'can' || !canUndo(session, step)) {
			continue;
		}

		const {undo} = step;
		try {
			await session.record({type: 'undo-started', step: step.id});
			const evidence = await withReporter(session, step, async reporter =>
				undo.run(contextOf(session, step), reporter),
			);
			const broken = evidence.find(({holds}) => !holds);
			if (broken) {
				throw unproved(step, broken);
			}

			await session.record({type: 'undo-done', step: step.id, evidence});
		} catch (error) {
			return session.stopping.aborted ? 'stopped' : endedBy(session, step, error);
		}
	}

	const open = session.state().files.filter(file => file.place.kind === 'here' && isOpen(file));
	for (const {place, path} of open) {
		const end: FileEnd = {kind: 'kept', why: 'The way back removes nothing here: it may be needed yet.'};
		await session.record({type: 'file-settled', place, path, end});
	}

	await session.record({type: 'run-rolled-back'});
	return {exit: 'done'};
};
