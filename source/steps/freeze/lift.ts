import {setWritability, asWritability} from '../../directory/writability.js';
import {partsOf} from '../../failure/failure.js';
import type {Frozen, FreezeEnd, FrozenServer} from '../../migration/freeze.js';
import type {Evidence, Reporter, StepContext} from '../../migration/step.js';
import {annotateFreeze} from './annotation.js';
import {thawedEvidence} from './look.js';
import {liftWords, serverOf, type FreezeNeeds} from './servers.js';
import {disarmAll} from './watch.js';

/**
Lets one server take writes again. What goes wrong is told, so that the others are let go too; the reading back
decides.
*/
export const liftServer = async (
	context: StepContext<'pods'>,
	server: FrozenServer,
	reporter: Pick<Reporter, 'log'>,
): Promise<void> => {
	const {pod, global, backends} = server;
	const directory = serverOf(context, server);
	try {
		for (const words of liftWords(server)) {
			reporter.log(`${pod}: ${words.join(' ')}`);
		}

		if (global === null) {
			await Promise.all(backends.map(async ({id, was}) => setWritability(directory, id, asWritability(was))));
		} else {
			await setWritability(directory, undefined, asWritability(global));
		}
	} catch (error) {
		context.signal.throwIfAborted();
		reporter.log(`${pod}: ${partsOf(error).seen}`);
	}
};

/** Writes down that a freeze is over: in the journal, on the workload, and in the hold on the namespace. */
export const endFreeze = async (
	context: StepContext<FreezeNeeds>,
	{workload}: Frozen,
	how: FreezeEnd,
	reporter: Pick<Reporter, 'log' | 'thawed'>,
): Promise<void> => {
	await reporter.thawed(workload.name, how);
	await annotateFreeze(context, workload, undefined, reporter);
	await context.world.hold.keep(undefined);
};

/**
Lifts a freeze on every server: each gets back the modes it had, and is read back. Where one is not as before, its
watchdog stays and goes on trying at the deadline. Only when all of them are as before is the freeze written down as
over, and how. Gives what each server says now.
*/
export const liftFreeze = async (
	context: StepContext<FreezeNeeds>,
	freeze: Frozen,
	reporter: Pick<Reporter, 'log' | 'thawed'>,
	how: 'lifted' | 'expired' = 'lifted',
): Promise<readonly Evidence[]> => {
	await Promise.all(freeze.servers.map(async server => liftServer(context, server, reporter)));
	const evidence = await thawedEvidence(context, freeze);
	const free = freeze.servers.filter((_, index) => evidence[index]?.holds);
	await disarmAll(context, {...freeze, servers: free}).catch(() => {
		// One that was faster has done the same, and one that cannot be asked does it once more.
	});
	if (evidence.every(({holds}) => holds)) {
		await endFreeze(context, freeze, how, reporter);
	}

	return evidence;
};

/**
Says that clients have moved to other servers: nobody is refused any more, and the old servers go on refusing, so that
they stay what the way back begins from. The workload goes on saying so.
*/
export const leaveFrozen = async (
	context: StepContext<FreezeNeeds>,
	freeze: Frozen,
	reporter: Pick<Reporter, 'log' | 'thawed'>,
): Promise<void> => {
	await reporter.thawed(freeze.workload.name, 'moved');
	await annotateFreeze(
		context,
		freeze.workload,
		{...freeze, clientsMovedAt: context.world.clock.now().toISOString()},
		reporter,
	);
	await context.world.hold.keep(undefined);
};
