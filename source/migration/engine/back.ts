import type {IntentName} from '../event.js';
import {backTarget, reopenedBy} from './decisions.js';
import type {Session} from './session.js';

/** The intents, with `back` where going back is possible. */
export const withBack = (session: Session, names: readonly IntentName[]): readonly IntentName[] =>
	backTarget(session) ? [...names, 'back'] : names;

/** Opens a question again, the last one where none is named, and with it every step that went by its answer. */
export const goBack = async (session: Session, question?: string): Promise<void> => {
	const target = backTarget(session, question);
	if (!target) {
		return;
	}

	for (const {step, withdrawn} of reopenedBy(session, target).toReversed()) {
		for (const answered of withdrawn) {
			session.given.delete(answered);
		}

		await session.record({
			type: 'step-reopened',
			step: step.id,
			why: 'The operator went back.',
			withdrawn,
		});
	}
};
