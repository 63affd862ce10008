import {
	armWatchdog,
	disarmWatchdog,
	lookAtWatchdog,
	type Watchdog,
	type WatchdogState,
} from '../../directory/watchdog.js';
import {Failure, partsOf} from '../../failure/failure.js';
import type {Frozen, FrozenServer} from '../../migration/freeze.js';
import type {Evidence, Reporter, StepContext} from '../../migration/step.js';
import {serverOf} from './servers.js';

/** The mark of a freeze's watchdogs: its deadline, which no other freeze of the run has. */
const markOf = (until: string): string => until.replaceAll(/[^\dTZ]/gv, '');

const watchdogOf = (context: StepContext<'pods'>, server: FrozenServer, until: string): Watchdog => ({
	server: serverOf(context, server),
	run: context.run.id,
	mark: markOf(until),
});

/** Where the watchdogs of a freeze stand, by pod; `none` in one that cannot be asked. */
const statesOf = async (
	context: StepContext<'pods'>,
	{until, servers}: Frozen,
): Promise<ReadonlyArray<{readonly pod: string; readonly state: WatchdogState}>> =>
	Promise.all(
		servers.map(async server => {
			try {
				const {state} =
					until === undefined ? ({state: 'none'} as const) : await lookAtWatchdog(watchdogOf(context, server, until));
				return {pod: server.pod, state};
			} catch {
				context.signal.throwIfAborted();
				return {pod: server.pod, state: 'none'};
			}
		}),
	);

/** The pods whose watchdog has lifted a freeze, or is about to. */
export const firedOn = async (context: StepContext<'pods'>, freeze: Frozen): Promise<readonly string[]> => {
	const states = await statesOf(context, freeze);
	return states.filter(({state}) => state === 'fired').map(({pod}) => pod);
};

/** The pods in which nothing waits for the deadline, though something should. */
export const unarmedOn = async (context: StepContext<'pods'>, freeze: Frozen): Promise<readonly string[]> => {
	const states = await statesOf(context, freeze);
	return states.filter(({state}) => state === 'none' || state === 'disarmed').map(({pod}) => pod);
};

/**
Has each pod lift the freeze by itself after so many seconds, before the first server is frozen. Gives the pods where
that could not be arranged: a program that is killed leaves those frozen, which is to be said.
*/
export const armAll = async (
	context: StepContext<'pods'>,
	servers: readonly FrozenServer[],
	{until, seconds}: {readonly until: string; readonly seconds: number},
	reporter: Pick<Reporter, 'log'>,
): Promise<readonly string[]> => {
	const results = await Promise.all(
		servers.map(async server => {
			try {
				const {state, said} = await armWatchdog(watchdogOf(context, server, until), seconds, server);
				return {pod: server.pod, isArmed: state === 'armed', why: said.join(' ')};
			} catch (error) {
				context.signal.throwIfAborted();
				return {pod: server.pod, isArmed: false, why: partsOf(error).seen};
			}
		}),
	);
	const without = results.filter(({isArmed}) => !isArmed);
	for (const {pod, why} of without) {
		reporter.log(
			`${pod}: no watchdog could be left there (${why || 'nothing was said'}). Were unroot killed, this server ` +
				'would go on refusing writes until somebody lifts it.',
		);
	}

	return without.map(({pod}) => pod);
};

/** The code of every Failure that says that the time of a freeze is over. */
export const overBudgetCode = 'freeze-over-budget';

/** The Failure of a freeze whose time was over before its end. */
export const tooLate = (pods: readonly string[]): Failure =>
	new Failure({
		code: overBudgetCode,
		seen: `The time for the freeze was over: ${pods.join(', ')} let clients write again.`,
		means: 'What was written since is not on the new side, so the clients stay where they are. Nothing has moved.',
		todo: 'Try again with a longer budget, or when fewer writes come in.',
		byHand: 'unroot resume --freeze-budget 30m',
		exit: 'blocked',
		retryable: true,
	});

/** The Failure of a freeze that a watchdog may still lift while the clients move. */
export const stillWatched = (watchdogs: readonly Evidence[]): Failure =>
	new Failure({
		code: 'watchdog-not-called-off',
		seen: `${watchdogs.map(({label, value}) => `${label} ${value}`).join('; ')}, though it was called off.`,
		means: 'It would let clients write in the middle of the switch, so the switch did not begin.',
		todo: 'Try again. Where it stays so, look whether /tmp in that container can be written.',
		byHand: 'unroot resume',
		retryable: true,
	});

/**
Calls off the watchdogs of a freeze and reads back that they are, so that nothing lifts it while the clients move. Every
server is asked: where the answer to arming was lost, one waits in a pod that is said to have none. Rejects with the
Failure `freeze-over-budget` where one was faster. One that is not there any more lifts nothing either, and is said so.
*/
export const disarmAll = async (context: StepContext<'pods'>, freeze: Frozen): Promise<readonly Evidence[]> => {
	const {until, servers} = freeze;
	if (until === undefined) {
		return [];
	}

	const results = await Promise.all(
		servers.map(async server => {
			const watchdog = watchdogOf(context, server, until);
			await disarmWatchdog(watchdog);
			const {state} = await lookAtWatchdog(watchdog);
			return {pod: server.pod, state};
		}),
	);
	const fired = results.filter(({state}) => state === 'fired').map(({pod}) => pod);
	if (fired.length > 0) {
		throw tooLate(fired);
	}

	return results.map(({pod, state}) => ({
		label: `watchdog on ${pod}`,
		value: state === 'disarmed' ? 'called off' : state === 'none' ? 'is gone; it lifts nothing' : `still ${state}`,
		holds: state === 'disarmed' || state === 'none',
	}));
};
