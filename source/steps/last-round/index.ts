import type {DirectoryServer} from '../../directory/server.js';
import {frozenNow, type Frozen} from '../../migration/freeze.js';
import type {Reporter, StepContext} from '../../migration/step.js';
import {frozenMode} from '../freeze/begin.js';
import {oldWorkloadOf, wholeOldServers} from '../freeze/servers.js';
import {outcomeIfAny, outcomeOf} from '../outcomes.js';
import {fillOthers} from '../replicas/join.js';
import {there} from '../rounds/base-line.js';
import {wayTo} from '../rounds/carry.js';
import {forecastOf} from '../rounds/forecast.js';
import {makeRound, type BaseLine} from '../rounds/round.js';
import {isToFreeze} from '../servers/freeze.js';
import {findNewServer, newServers} from '../servers/new-server.js';
import {oldServer} from '../servers/old-server.js';
import {approach} from './approach.js';
import {allowedFrom, budgetOf, within} from './budget.js';
import {whileClientsOnOld} from './clients.js';
import type {LastRoundNeeds} from './needs.js';
import {settleReplicas} from './settle-replicas.js';
import {takeOver} from './take-over.js';
import {requireFrozen, underFreeze} from './under-freeze.js';

/** What was proved under freeze. */
export type Passed = {
	readonly line: BaseLine;
	/** The freeze that it was proved under. */
	readonly freeze: Frozen;
};

const prove = async (
	context: StepContext<LastRoundNeeds>,
	{line, freeze, servers}: Passed & {readonly servers: readonly DirectoryServer[]},
	reporter: Reporter,
): Promise<BaseLine> => {
	const to = await findNewServer(context);
	const [{way, abilities}] = await Promise.all([wayTo(context, to), settleReplicas(context, servers, reporter)]);
	const proved = await makeRound(
		context,
		{from: oldServer(context), to, way, abilities, change: whileClientsOnOld(context)},
		{line, backends: line.pictures.map(({backend}) => backend), isToProve: true, name: there},
		reporter,
	);
	const all = await newServers(context);
	const others = all.filter(({target}) => target.pod !== to.target.pod);
	if (proved.rounds.at(-1)?.way === 'whole') {
		await fillOthers(context, [to, ...others], reporter);
	}

	await Promise.all([
		settleReplicas(context, [to, ...others], reporter),
		requireFrozen(context, freeze, 'After the proof'),
	]);
	context.signal.throwIfAborted();
	return proved;
};

/**
The last round, under freeze: every old replica refuses writes, which is read back; they agree; what differs is
carried to the new server; both sides are proved to hold the same; the freeze is read back again. Then `move`
moves the clients.

Where anything fails before `move` has begun, or too little of the time is left for it, writes are allowed again on
every replica, the lifting is read back, and the Failure says so. A freeze that the operator chose to last from the
export on stays until its time is over.
*/
export const throughGate = async (
	context: StepContext<LastRoundNeeds>,
	reporter: Reporter,
	move: () => Promise<void>,
): Promise<Passed> => {
	const line = await approach(context, reporter);
	const kept = isToFreeze(context) ? frozenNow(context.freezes) : undefined;
	const servers = await wholeOldServers(context);
	const allowed = allowedFrom(context.world.clock.now(), {
		budget: budgetOf(context),
		forecast: forecastOf(line.rounds),
		toolSeconds: line.rounds.at(-1)?.toolSeconds,
	});
	const until = kept?.until ?? allowed.until;
	const bounded = within(context, {...allowed, until});
	let passed: Passed;
	try {
		passed = await underFreeze(
			bounded.context,
			{workload: oldWorkloadOf(context), servers, mode: frozenMode(servers.length), until},
			reporter,
			{
				kept,
				async what(freeze) {
					const proved = await prove(bounded.context, {line, freeze, servers}, reporter);
					return {line: proved, freeze: await takeOver(bounded.context, freeze, reporter)};
				},
			},
		);
	} finally {
		bounded.end();
	}

	await move();
	return passed;
};

/** Whether there is a last round to make: entries were exported, for a new server. */
export const hasGate = (context: Pick<StepContext, 'outcomes'>): boolean =>
	outcomeOf(context, 'strategy').strategy === 'fresh' && outcomeIfAny(context, 'copy-out') !== undefined;
