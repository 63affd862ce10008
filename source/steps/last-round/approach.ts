import type {Reporter, StepContext} from '../../migration/step.js';
import {secondsBetween} from '../../migration/words/figures.js';
import {baseLineOf, there} from '../rounds/base-line.js';
import {wayTo} from '../rounds/carry.js';
import {forecastOf} from '../rounds/forecast.js';
import {makeRound, type BaseLine} from '../rounds/round.js';
import {isToFreeze} from '../servers/freeze.js';
import {findNewServer} from '../servers/new-server.js';
import {oldServer} from '../servers/old-server.js';
import {budgetOf, tooLong} from './budget.js';
import {whileClientsOnOld} from './clients.js';
import type {LastRoundNeeds} from './needs.js';

/**
A round is made without freeze first, where the last one is older than this: what it carries need not be carried
under freeze.
*/
const staleSeconds = 120;

/** Makes a round without freeze where the last one is long ago, and refuses a freeze that would not fit. */
export const approach = async (context: StepContext<LastRoundNeeds>, reporter: Reporter): Promise<BaseLine> => {
	const {clock} = context.world;
	const line = baseLineOf(context, context.notes);
	const budget = budgetOf(context);
	let last = line;
	const age = secondsBetween(line.rounds.at(-1)?.at ?? '', clock.now().toISOString());
	const to = await findNewServer(context);
	const {way, abilities, why} = await wayTo(context, to);
	if (!isToFreeze(context) && way === 'changes' && (age === undefined || age > staleSeconds || !line.isSure)) {
		reporter.log('one more round without freeze, so that little is left for the last one');
		last = await makeRound(
			context,
			{from: oldServer(context), to, way, abilities, change: whileClientsOnOld(context)},
			{line, backends: line.pictures.map(({backend}) => backend), isToProve: false, name: there},
			reporter,
		);
	}

	if (way === 'whole') {
		reporter.log(why);
	}

	const forecast = forecastOf(last.rounds);
	if (!isToFreeze(context) && budget !== undefined && forecast !== undefined && forecast > budget) {
		throw tooLong(forecast, budget);
	}

	return last;
};
