import {frozenNow} from '../../migration/freeze.js';
import type {JsonObject} from '../../migration/json.js';
import type {Reporter, StepContext} from '../../migration/step.js';
import {leaveFrozen} from '../freeze/lift.js';
import {hasGate} from '../last-round/index.js';
import {asOutcome} from '../outcomes.js';
import {changeThroughOwner, notePatch} from '../owner/change.js';
import {readPlan} from '../run/plan.js';
import {refuseEmptiedServer} from '../servers/moved-data.js';
import {changeShared} from '../shared-objects/change.js';
import {moveThroughGate} from './gate.js';
import type {Needs} from './needs.js';
import {removeOldExport} from './old-export.js';
import {oldWorkload, scaled, waitGone} from './old-workload.js';
import {switched} from './services.js';
import {ownShare} from './share.js';
import {retainVolumes} from './volumes.js';

/** Moves the clients, behind the gate where there are entries, and scales the old workload down. */
export const moveClients = async (context: StepContext<Needs>, reporter: Reporter): Promise<JsonObject> => {
	const plan = await readPlan(context);
	const old = oldWorkload(context);
	const {owned, isThroughOwner, switches, isScaling} = await ownShare(context);
	if (!hasGate(context)) {
		await refuseEmptiedServer(context);
	}

	await retainVolumes(context, reporter);
	const move = async (): Promise<void> => {
		if (!isThroughOwner) {
			await notePatch(owned, reporter);
		}

		for (const one of switches) {
			await changeShared(context, switched(one, 'there'), reporter);
			reporter.log(`Service/${one.name} selects the new pods`);
		}

		if (isThroughOwner) {
			await removeOldExport(context, reporter);
			await changeThroughOwner(context, owned, reporter);
		}
	};

	const gate = hasGate(context) ? await moveThroughGate(context, {isOldKept: isScaling, move}, reporter) : null;
	if (!hasGate(context)) {
		await move();
	}

	const freeze = gate ? undefined : frozenNow(context.freezes);
	if (freeze) {
		await leaveFrozen(context, freeze, reporter);
	}

	await removeOldExport(context, reporter);
	if (isScaling) {
		await changeShared(context, scaled(old, 'there'), reporter);
	}

	await waitGone(context, old, reporter);
	return asOutcome<'cut-over'>({
		services: plan.switches.map(({name}) => name),
		replicas: old.replicas,
		gate,
	});
};
