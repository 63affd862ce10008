import type {JournalEvent} from '../../migration/event.js';
import type {Evidence, StepId} from '../../migration/step.js';

/** A try that failed, also where a later one did not. */
export type FailedTry = {readonly at: string; readonly step: StepId; readonly attempt: number; readonly seen: string};

/** Every try that failed, oldest first. */
export const failedTries = (events: readonly JournalEvent[]): readonly FailedTry[] => {
	const attempts = new Map<StepId, number>();
	return events.flatMap((event): readonly FailedTry[] => {
		if (event.type === 'step-started') {
			attempts.set(event.step, event.attempt);
		}

		return event.type === 'step-failed'
			? [{at: event.at, step: event.step, attempt: attempts.get(event.step) ?? 1, seen: event.failure.seen}]
			: [];
	});
};

/** What proved a step when it was done: the way back has evidence of its own. */
export const provedWhenDone = (
	events: readonly JournalEvent[],
	id: StepId,
): {readonly at: string; readonly evidence: readonly Evidence[]} | undefined => {
	const event = events.findLast(one => one.type === 'step-verified' && one.step === id);
	return event?.type === 'step-verified' ? {at: event.at, evidence: event.evidence} : undefined;
};
