import {Failure, partsOf} from '../../failure/failure.js';
import type {Frozen} from '../../migration/freeze.js';
import type {Reporter, StepContext} from '../../migration/step.js';
import {beginFreeze} from '../freeze/begin.js';
import {liftFreeze} from '../freeze/lift.js';
import {frozenEvidence} from '../freeze/look.js';
import {overBudgetCode} from '../freeze/watch.js';
import {clientsMovedCode} from './clients.js';
import type {LastRoundNeeds} from './needs.js';

/** The Failure with which a freeze ended that moved nothing: the cause, and where writes stand now. */
const lifted = (cause: unknown, {servers}: Frozen): Failure => {
	const parts = partsOf(cause);
	return new Failure(
		{
			...parts,
			means:
				`${parts.means} Writes are allowed again on ${servers.map(({pod}) => pod).join(', ')}, which ` +
				'was read back; clients are where they were, and nothing has moved.',
		},
		{cause},
	);
};

const notLifted = (cause: unknown, because: string, {servers}: Frozen): Failure =>
	new Failure({
		code: 'freeze-not-lifted',
		seen: `${partsOf(cause).seen} Then the freeze could not be lifted: ${because}`,
		means: 'Old servers still refuse writes, though clients are on them. Nothing has moved.',
		todo: 'Lift the freeze by hand on each old server, then try again; or unroot rollback, which lifts it too.',
		byHand: servers.map(({lift}) => lift).join(' && '),
		retryable: true,
	});

/** Rejects where a server takes writes though it was frozen. */
export const requireFrozen = async (
	context: StepContext<LastRoundNeeds>,
	freeze: Frozen,
	when: string,
): Promise<void> => {
	const evidence = await frozenEvidence(context, freeze);
	const open = evidence.filter(({holds}) => !holds);
	if (open.length > 0) {
		throw new Failure({
			code: 'freeze-lifted',
			seen: `${when}: ${open.map(({label, value}) => `${label} ${value}`).join('; ')}.`,
			means: 'Somebody lifted the freeze: what is written there now would be missing on the other side.',
			todo: 'Find out who lifted it, then try again: writes are refused again, and what came in is carried over.',
			byHand: 'unroot resume',
			retryable: true,
		});
	}
};

const isOverBudget = (cause: unknown): boolean => partsOf(cause).code === overBudgetCode;

/** Takes the freeze back, whatever stopped what was to be done under it. Gives the Failure to end with. */
const takeBack = async (
	context: StepContext<LastRoundNeeds>,
	freeze: Frozen,
	cause: unknown,
	reporter: Reporter,
): Promise<Failure> => {
	// What was stopped must not keep the freeze from being lifted.
	const free = {...context, signal: new AbortController().signal};
	try {
		const evidence = await liftFreeze(free, freeze, reporter, isOverBudget(cause) ? 'expired' : 'lifted');
		const stuck = evidence.filter(({holds}) => !holds);
		return stuck.length === 0
			? lifted(cause, freeze)
			: notLifted(cause, stuck.map(({label, value}) => `${label}: ${value}`).join('; '), freeze);
	} catch (error) {
		return notLifted(cause, partsOf(error).seen, freeze);
	}
};

/**
Freezes a side, does something under it, and takes the freeze back where that fails. One that is `kept` since before
stays until its time is over: the operator chose it to last. One under which clients have moved stays in any case.
*/
export const underFreeze = async <Result>(
	context: StepContext<LastRoundNeeds>,
	order: Parameters<typeof beginFreeze>[1],
	reporter: Reporter,
	{kept, what}: {readonly kept?: Frozen | undefined; readonly what: (freeze: Frozen) => Promise<Result>},
): Promise<Result> => {
	let known = kept;
	const watching: Reporter = {
		...reporter,
		async frozen(begun) {
			known = {...begun, since: known?.since ?? context.world.clock.now().toISOString()};
			await reporter.frozen(begun);
		},
	};
	try {
		context.signal.throwIfAborted();
		const {freeze} = await beginFreeze(context, order, watching);
		known = freeze;
		return await what(freeze);
	} catch (error) {
		const cause: unknown =
			context.signal.aborted && context.signal.reason instanceof Failure ? context.signal.reason : error;
		const {code} = partsOf(cause);
		const isToStay = code === clientsMovedCode || (kept !== undefined && code !== overBudgetCode);
		throw known && !isToStay ? await takeBack(context, known, cause, reporter) : cause;
	}
};
