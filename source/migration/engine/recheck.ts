import {partsOf} from '../../failure/failure.js';
import {renewAnswers} from './renew.js';
import type {Ending, Session} from './session.js';
import {refuseOtherCluster, verifyAgain} from './verification.js';

/**
What a resume does first: the cluster must be the same one, a freeze that is on is looked at, and every step the journal
calls done is verified against the cluster again. A step that no longer holds is opened again.

Gives an ending where the run must not go on.
*/
export const recheck = async (session: Session): Promise<Ending | undefined> => {
	if (!session.state().cluster) {
		return undefined;
	}

	try {
		await refuseOtherCluster(session);
	} catch (error) {
		const failure = partsOf(error);
		await session.record({type: 'run-stopped', why: failure.seen});
		return {exit: failure.exit ?? 'failed', failure};
	}

	await session.deadline.look();
	await renewAnswers(session);
	const results = await verifyAgain(session);
	if (session.stopping.aborted) {
		return undefined;
	}

	for (const {step, evidence} of results) {
		const broken = evidence.find(({holds}) => !holds);
		session.show({type: 'step-rechecked', step: step.id, evidence});
		if (broken) {
			await session.record({
				type: 'step-reopened',
				step: step.id,
				why: `${broken.label}: ${broken.value}`,
				withdrawn: [],
			});
		}
	}

	return undefined;
};
