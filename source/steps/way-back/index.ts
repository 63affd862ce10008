import {freezeOf, type Frozen} from '../../migration/freeze.js';
import type {Evidence, Reporter, StepContext} from '../../migration/step.js';
import {frozenMode} from '../freeze/begin.js';
import {leaveFrozen, liftFreeze} from '../freeze/lift.js';
import {oldWorkloadOf} from '../freeze/servers.js';
import {allowedFrom, budgetOf, within} from '../last-round/budget.js';
import type {LastRoundNeeds} from '../last-round/needs.js';
import {settleReplicas} from '../last-round/settle-replicas.js';
import {takeOver} from '../last-round/take-over.js';
import {requireFrozen, underFreeze} from '../last-round/under-freeze.js';
import {outcomeOf} from '../outcomes.js';
import {baseLineOf} from '../rounds/base-line.js';
import {forecastOf} from '../rounds/forecast.js';
import {findNewServer, newServers} from '../servers/new-server.js';
import {applyBack} from './apply.js';
import {choiceOf} from './choice.js';
import {keepChanges} from './keep.js';

/**
Brings what clients wrote to the new side to the old one, or keeps it in a file, and then lets `move` lead the
clients back. The new side is frozen before, and stays so. Where anything fails before `move`, it takes writes
again, and clients stay on it. That freeze is bounded as the one on the way there is.

`isOldUp` is false where only the owner can bring the old workload up, in the same change that moves the
clients: then the changes go into a file, against the baseline.
*/
export const carryBack = async (
	context: StepContext<LastRoundNeeds>,
	reporter: Reporter,
	{isOldUp, move}: {readonly isOldUp: boolean; readonly move: () => Promise<readonly Evidence[]>},
): Promise<readonly Evidence[]> => {
	const choice = choiceOf(context);
	/** Leads the clients to servers that refuse writes, which is written down before, and lets these take them. */
	const moveAndLift = async (): Promise<readonly Evidence[]> => {
		const freeze = freezeOf(context.freezes, oldWorkloadOf(context).name);
		if (!freeze) {
			return move();
		}

		const {workload, mode, servers} = freeze;
		await reporter.frozen({workload, mode, servers, isMoving: true});
		const moved = await move();
		return [...moved, ...(await liftFreeze(context, freeze, reporter))];
	};

	if (choice === 'leave') {
		return moveAndLift();
	}

	const servers = await newServers(context);
	const {pictures, rounds} = baseLineOf(context, context.notes);
	const from = await findNewServer(context);
	const {newName} = outcomeOf(context, 'strategy');
	const workload = {kind: oldWorkloadOf(context).kind, name: newName};
	const allowed = allowedFrom(context.world.clock.now(), {
		budget: budgetOf(context),
		forecast: forecastOf(rounds),
		toolSeconds: rounds.at(-1)?.toolSeconds,
	});
	const bounded = within(context, allowed);
	const carry = async (frozen: Frozen): Promise<{readonly freeze: Frozen; readonly carried: readonly Evidence[]}> => {
		await settleReplicas(bounded.context, servers, reporter);
		const carried =
			choice === 'file' || !isOldUp
				? await keepChanges(bounded.context, from, {pictures, isOldUp}, reporter)
				: await applyBack(bounded.context, from, pictures, reporter);
		return {freeze: await takeOver(bounded.context, frozen, reporter), carried};
	};

	const {freeze, carried} = await underFreeze(
		bounded.context,
		{workload, servers, mode: frozenMode(servers.length), until: allowed.until},
		reporter,
		{what: carry},
	).finally(bounded.end);
	const moved = await moveAndLift();
	await requireFrozen(context, freeze, 'After the clients moved back');
	await leaveFrozen(context, freeze, reporter);
	return [...carried, ...moved];
};
