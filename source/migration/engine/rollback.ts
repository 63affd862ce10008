import {Failure, partsOf} from '../../failure/failure.js';
import {stepOf} from '../state.js';
import type {Evidence, Step} from '../step.js';
import {whileFrozen} from '../words/freeze.js';
import {runName} from '../words/run-name.js';
import {contextOf, withReporter} from './context.js';
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

const unproved = (step: Step, evidence: Evidence): Failure =>
	new Failure({
		code: 'undo-unproved',
		seen: `Undoing «${step.title}» ended, but ${evidence.label} says: ${evidence.value}.`,
		means: 'The way back is not complete.',
		todo: 'Look at what the cluster says, then run the rollback again: it goes on where it stopped.',
		byHand: 'unroot rollback',
		retryable: true,
	});

/**
Undoes what can be undone, last step first. Safe to run again after an interruption.
*/
export const rollBack = async (session: Session): Promise<Ending | 'stopped'> => {
	for (const step of session.steps.toReversed()) {
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
			if (session.stopping.aborted) {
				return 'stopped';
			}

			const failure = whileFrozen(partsOf(error), session.state(), runName(session.run));
			await session.record({type: 'run-stopped', why: failure.seen});
			return {exit: failure.exit ?? 'failed', failure};
		}
	}

	await session.record({type: 'run-rolled-back'});
	return {exit: 'done'};
};
