import type {DirectoryServer} from '../../directory/server.js';
import type {Frozen} from '../../migration/freeze.js';
import type {Reporter, StepContext} from '../../migration/step.js';
import {frozenMode} from '../freeze/begin.js';
import {oldServers, oldWorkloadOf} from '../freeze/servers.js';
import {disarmAll} from '../freeze/watch.js';
import {outcomeIfAny, outcomeOf} from '../outcomes.js';
import {there} from '../rounds/base-line.js';
import {wayTo} from '../rounds/carry.js';
import {forecastOf} from '../rounds/forecast.js';
import {makeRound, type BaseLine} from '../rounds/round.js';
import {isToFreeze} from '../servers/freeze.js';
import {findNewServer, newServers} from '../servers/new-server.js';
import {oldServer} from '../servers/old-server.js';
import {approach} from './approach.js';
import {budgetOf, usualLimit, within} from './budget.js';
import type {LastRoundNeeds} from './needs.js';
import {settleReplicas} from './settle-replicas.js';
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
	await settleReplicas(context, servers, reporter);
	const to = await findNewServer(context);
	const {way, abilities} = await wayTo(context, to);
	const proved = await makeRound(
		context,
		{from: oldServer(context), to, way, abilities},
		{line, backends: line.pictures.map(({backend}) => backend), isToProve: true, name: there},
		reporter,
	);
	await settleReplicas(context, await newServers(context), reporter);
	await requireFrozen(context, freeze, 'After the proof');
	context.signal.throwIfAborted();
	return proved;
};

/**
The last round, under freeze: every old replica refuses writes, which is read back; they agree; what differs is
carried to the new server; both sides are proved to hold the same; the freeze is read back again. Then `move`
moves the clients.

Where anything fails before `move` has begun, or the budget is over, writes are allowed again on every replica,
the lifting is read back, and the Failure says so. A freeze that the operator chose to last from the export on
stays.
*/
export const throughGate = async (
	context: StepContext<LastRoundNeeds>,
	reporter: Reporter,
	move: () => Promise<void>,
): Promise<Passed> => {
	const line = await approach(context, reporter);
	const isKept = isToFreeze(context);
	const budget = isKept ? undefined : budgetOf(context);
	const limit = isKept ? undefined : (budget ?? usualLimit(forecastOf(line.rounds)));
	const bounded = within(context, budget);
	const servers = await oldServers(context);
	let passed: Passed;
	try {
		passed = await underFreeze(
			bounded.context,
			{
				workload: oldWorkloadOf(context),
				servers,
				mode: frozenMode(servers.length),
				...(limit !== undefined && {
					until: new Date(context.world.clock.now().getTime() + limit * 1000).toISOString(),
				}),
			},
			reporter,
			{
				isKept,
				async what(freeze) {
					const proved = await prove(bounded.context, {line, freeze, servers}, reporter);
					// Nothing lifts the freeze from here on but the run: a watchdog that was faster ends it here.
					const called = await disarmAll(context, freeze);
					await requireFrozen(context, freeze, 'With the watchdogs called off');
					for (const {label, value} of called) {
						reporter.log(`${label}: ${value}`);
					}

					return {freeze, line: proved};
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
