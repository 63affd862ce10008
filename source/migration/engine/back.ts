import type {IntentName} from '../event.js';
import {stepOf} from '../state.js';
import type {Step} from '../step.js';
import type {Session} from './session.js';

/** Whether a step was begun and has changed nothing yet, so that its own questions are still open, and only they: what it asked of others stands. */
const isOnlyWaiting = (session: Session, step: Step): boolean => {
	const known = stepOf(session.state(), step.id);
	return known !== undefined && known.attempts > 0 && (step.mayDecideAnew?.(known.notes) ?? false);
};

/**
Where going back leads: the nearest step before, with a question, that can be decided anew because nothing after it has changed the cluster.
*/
const backTarget = (session: Session, step: Step): Step | undefined => {
	if (isOnlyWaiting(session, step)) {
		return stepOf(session.state(), step.id)?.answered.length ? step : undefined;
	}

	const at = session.steps.indexOf(step);
	for (const candidate of session.steps.slice(0, at + 1).toReversed()) {
		const known = stepOf(session.state(), candidate.id);
		if (candidate !== step && candidate.effect === 'cluster' && known?.status !== 'skipped') {
			return undefined;
		}

		if (known?.answered.length && (candidate !== step || known.attempts === 0)) {
			return candidate;
		}
	}

	return undefined;
};

/** The intents, with `back` where going back is possible. */
export const withBack = (session: Session, step: Step, names: readonly IntentName[]): readonly IntentName[] =>
	backTarget(session, step) ? [...names, 'back'] : names;

/** Opens again what lies between the step and where going back leads. */
export const goBack = async (session: Session, step: Step): Promise<void> => {
	const target = backTarget(session, step);
	if (!target) {
		return;
	}

	const from = session.steps.indexOf(target);
	for (const opened of session.steps.slice(from, session.steps.indexOf(step) + 1).toReversed()) {
		const answered = stepOf(session.state(), opened.id)?.answered ?? [];
		const withdrawn = opened === target ? answered.slice(-1) : answered;
		for (const question of withdrawn) {
			session.given.delete(question);
		}

		await session.record({
			type: 'step-reopened',
			step: opened.id,
			why: 'The operator went back.',
			withdrawn,
		});
	}
};
