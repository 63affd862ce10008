import type {Switch} from '../../manifests/strategy.js';
import type {StepContext} from '../../migration/step.js';
import {isLeftToOwner, makerOf, ownedByCutOver, type Owned} from '../owner/index.js';
import {readPlan} from '../run/plan.js';
import type {Needs} from './needs.js';
import {oldWorkload} from './old-workload.js';

/** What unroot changes itself: all of it, or what nobody else was asked to change. */
export const ownShare = async (
	context: StepContext<Needs>,
): Promise<{
	readonly owned: Owned;
	readonly isThroughOwner: boolean;
	readonly switches: readonly Switch[];
	readonly isScaling: boolean;
}> => {
	const [plan, owned] = await Promise.all([readPlan(context), ownedByCutOver(context)]);
	const isThroughOwner = makerOf(context, owned) !== 'patch';
	const {kind, name} = oldWorkload(context);
	return {
		owned,
		isThroughOwner,
		switches: plan.switches.filter(({before}) => !isThroughOwner || !isLeftToOwner(owned, before)),
		isScaling: !isThroughOwner || !isLeftToOwner(owned, {kind, metadata: {name}}),
	};
};
