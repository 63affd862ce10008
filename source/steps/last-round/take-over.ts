import type {Frozen} from '../../migration/freeze.js';
import type {Reporter, StepContext} from '../../migration/step.js';
import {annotateFreeze} from '../freeze/annotation.js';
import {disarmAll, stillWatched} from '../freeze/watch.js';
import type {LastRoundNeeds} from './needs.js';
import {requireFrozen} from './under-freeze.js';

/**
From here on nothing lifts the freeze but the run: the watchdogs are called off, which is read back; one that was faster
ends it here. The journal and the workload say so before the clients move.
*/
export const takeOver = async (
	context: StepContext<LastRoundNeeds>,
	freeze: Frozen,
	reporter: Reporter,
): Promise<Frozen> => {
	const called = await disarmAll(context, freeze);
	const waiting = called.filter(({holds}) => !holds);
	if (waiting.length > 0) {
		throw stillWatched(waiting);
	}

	const moving = {...freeze, isMoving: true as const};
	const {since: _, ...begun} = moving;
	await Promise.all([
		requireFrozen(context, freeze, 'With the watchdogs called off'),
		annotateFreeze(context, freeze.workload, moving, reporter),
	]);
	context.signal.throwIfAborted();
	await reporter.frozen(begun);
	for (const {label, value} of called) {
		reporter.log(`${label}: ${value}`);
	}

	return moving;
};
