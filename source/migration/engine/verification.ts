import {Failure, partsOf} from '../../failure/failure.js';
import {stepOf} from '../state.js';
import type {Evidence, Step} from '../step.js';
import {contextOf, type Seen} from './context.js';

/** What it takes to look again at what a run says is done. */
export type Verifying = Seen & {readonly steps: readonly Step[]};

/** A step that the journal calls done, and what the world says of it now. */
export type Verified = {readonly step: Step; readonly evidence: readonly Evidence[]};

/** Refuses a context that now leads to another cluster than the one the run was made on. */
export const refuseOtherCluster = async ({world, run, state}: Verifying): Promise<void> => {
	const {cluster} = state();
	const {uid} = await world.cluster.identity();
	if (cluster && cluster.uid !== uid) {
		throw new Failure({
			code: 'other-cluster',
			seen:
				`The context ${run.context} leads to the cluster ${uid}; the run was made on ${cluster.uid} (UIDs of ` +
				'kube-system).',
			means: 'What the journal says is done was done elsewhere. Nothing was changed.',
			todo: 'Choose the context of the cluster the run began on, or start a new run here.',
			byHand: `kubectl --context ${run.context} get namespace kube-system -o jsonpath={.metadata.uid}`,
			exit: 'blocked',
		});
	}
};

/** Whether a later step has begun that changes what this one's verification would look at. */
const isOvertaken = ({state}: Verifying, {verifiedUntil = []}: Step): boolean =>
	verifiedUntil.some(id => {
		const later = stepOf(state(), id);
		return later !== undefined && later.status !== 'waiting' && later.status !== 'skipped';
	});

const evidenceOf = async (verifying: Verifying, step: Step): Promise<readonly Evidence[]> => {
	try {
		return await step.verify(contextOf(verifying, step));
	} catch (error) {
		return [{label: 'Verification', value: partsOf(error).seen, holds: false}];
	}
};

/**
Verifies again every step that the journal calls done, but for those that a later step has overtaken. Changes nothing;
what cannot be checked does not hold.
*/
export const verifyAgain = async (verifying: Verifying): Promise<readonly Verified[]> => {
	const done = verifying.steps.filter(
		step => stepOf(verifying.state(), step.id)?.status === 'done' && !isOvertaken(verifying, step),
	);
	return Promise.all(done.map(async step => ({step, evidence: await evidenceOf(verifying, step)})));
};
