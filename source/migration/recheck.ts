import {Failure, partsOf} from '../failure/failure.js';
import {contextOf} from './context.js';
import type {Ending, Session} from './engine.js';
import {stepOf} from './state.js';
import type {Evidence, Step} from './step.js';

/** The Failure of a run whose context now leads to another cluster. */
const otherCluster = (session: Session, uid: string, was: string): Failure => new Failure({
	code: 'other-cluster',
	seen: `The context ${session.run.context} leads to the cluster ${uid}; the run was made on ${was} (UIDs of kube-system).`,
	means: 'What the journal says is done was done elsewhere. Nothing was changed.',
	todo: 'Choose the context of the cluster the run began on, or start a new run here.',
	byHand: `kubectl --context ${session.run.context} get namespace kube-system -o jsonpath={.metadata.uid}`,
	exit: 'blocked',
});

/** Whether a later step has begun that changes what this one's verification would look at. */
const overtaken = (session: Session, step: Step): boolean => {
	const later = step.verifiedUntil ? stepOf(session.state(), step.verifiedUntil) : undefined;
	return later !== undefined && later.status !== 'waiting';
};

const verifiedOr = async (session: Session, step: Step): Promise<readonly Evidence[]> => {
	try {
		return await step.verify(contextOf(session, step));
	} catch (error) {
		return [{label: 'Verification', value: partsOf(error).seen, holds: false}];
	}
};

/**
What a resume does first: the cluster must be the same one, and every step the journal calls done is verified against it again. A step that no longer holds is opened again.

Gives an ending where the run must not go on.
*/
export const recheck = async (session: Session): Promise<Ending | undefined> => {
	const {cluster, steps} = session.state();
	if (!cluster) {
		return undefined;
	}

	try {
		const {uid} = await session.world.cluster.identity();
		if (uid !== cluster.uid) {
			throw otherCluster(session, uid, cluster.uid);
		}
	} catch (error) {
		const failure = partsOf(error);
		await session.record({type: 'run-stopped', why: failure.seen});
		return {exit: failure.exit ?? 'failed', failure};
	}

	const done = session.steps.filter(step => steps.some(({id, status}) => id === step.id && status === 'done') && !overtaken(session, step));
	const results = await Promise.all(done.map(async step => ({step, evidence: await verifiedOr(session, step)})));
	if (session.stopping.aborted) {
		return undefined;
	}

	for (const {step, evidence} of results) {
		const broken = evidence.find(({holds}) => !holds);
		session.show({type: 'step-rechecked', step: step.id, evidence});
		if (broken) {
			await session.record({
				type: 'step-reopened', step: step.id, why: `${broken.label}: ${broken.value}`, withdrawn: [],
			});
		}
	}

	return undefined;
};
