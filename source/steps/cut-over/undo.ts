import {freezeOf} from '../../migration/freeze.js';
import type {Evidence, Reporter, StepContext} from '../../migration/step.js';
import {liftFreeze} from '../freeze/lift.js';
import {changeBackThroughOwner} from '../owner/change.js';
import {readPlan} from '../run/plan.js';
import {countText} from '../run/words.js';
import {watchRollout} from '../servers/rollout.js';
import {changeShared} from '../shared-objects/change.js';
import {isToCarryBack} from '../way-back/choice.js';
import {carryBack} from '../way-back/index.js';
import type {Needs} from './needs.js';
import {oldWorkload, readyOf, scaled} from './old-workload.js';
import {isMoved, switched, switchEvidence} from './services.js';
import {ownShare} from './share.js';

/** The old servers take writes again. */
const liftOld = async (context: StepContext<Needs>, reporter: Reporter): Promise<readonly Evidence[]> => {
	const freeze = freezeOf(context.freezes, oldWorkload(context).name);
	return freeze ? liftFreeze(context, freeze, reporter) : [];
};

/** Whether clients may have written to the new side: then it is asked what becomes of that. */
export const isToAskBack = async (context: StepContext<Needs>): Promise<boolean> =>
	(await isMoved(context)) && isToCarryBack(context);

/** Leads the clients back to the old workload, which comes up again. */
export const moveBack = async (context: StepContext<Needs>, reporter: Reporter): Promise<readonly Evidence[]> => {
	const plan = await readPlan(context);
	const old = oldWorkload(context);
	const {owned, isThroughOwner, switches, isScaling} = await ownShare(context);
	const isCarrying = (await isMoved(context)) && isToCarryBack(context);
	if (isScaling) {
		await changeShared(context, scaled(old, 'back'), reporter);
	}

	const throughOwner = async (): Promise<readonly Evidence[]> =>
		isThroughOwner ? changeBackThroughOwner(context, owned, reporter) : [];
	// Where no client Service is the owner's, his change only brings the old workload up.
	const isOwnerFirst = switches.length === plan.switches.length;
	const first = isOwnerFirst ? await throughOwner() : [];
	const move = async (): Promise<readonly Evidence[]> => {
		const through = isOwnerFirst ? first : await throughOwner();
		await watchRollout(context, {...old, isFresh: false}, reporter);
		for (const one of switches) {
			await changeShared(context, switched(one, 'back'), reporter);
			reporter.log(`Service/${one.name} selects the old pods`);
		}

		return through;
	};

	let through: readonly Evidence[];
	if (isCarrying) {
		await watchRollout(context, {...old, isFresh: false}, reporter);
		through = await carryBack(context, reporter, {isOldUp: isScaling || isOwnerFirst, move});
	} else {
		through = [...(await move()), ...(await liftOld(context, reporter))];
	}

	const [services, workload] = await Promise.all([
		switchEvidence(context, plan.switches, 'back'),
		context.world.cluster.get(old.kind, old.name),
	]);
	const ready = readyOf(workload);
	return [
		...through,
		{
			label: `${old.kind}/${old.name}`,
			value: `${ready} of ${countText(old.replicas, 'replica')} ready`,
			holds: ready === old.replicas,
		},
		...services,
	];
};
