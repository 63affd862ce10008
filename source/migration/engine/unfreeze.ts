import {Failure} from '../../failure/failure.js';
import {frozenNow} from '../freeze.js';
import type {Evidence} from '../step.js';
import {runName} from '../words/run-name.js';
import {withReporter, contextOf} from './context.js';
import type {Session} from './session.js';
import {refuseOtherCluster} from './verification.js';

/**
Lets servers take writes again, and nothing else: the run stays where it is. Gives what each server says now. Rejects
with a Failure where no server refuses writes, or not all of them could be let go.
*/
export const unfreeze = async (session: Session): Promise<readonly Evidence[]> => {
	const step = session.steps.find(one => one.unfreeze);
	if (!step?.unfreeze || !frozenNow(session.state().freezes)) {
		throw new Failure({
			code: 'not-frozen',
			seen: `The run ${session.run.id} refuses no writes.`,
			means: 'There is no freeze to lift. Nothing was done.',
			todo: 'Look where the run stands.',
			byHand: `unroot status ${runName(session.run)}`,
			exit: 'usage',
		});
	}

	await refuseOtherCluster(session);
	const {unfreeze: lift} = step;
	return withReporter(session, step, async reporter => lift(contextOf(session, step), reporter));
};
