import {deadlineOf, frozenNow, type Frozen} from '../../migration/freeze.js';
import type {Reporter, StepContext} from '../../migration/step.js';
import {timeText} from '../../migration/words/freeze.js';
import {endFreeze, liftFreeze} from './lift.js';
import {thawedEvidence} from './look.js';
import type {FreezeNeeds} from './servers.js';
import {armAll, firedOn, unarmedOn} from './watch.js';

const tell = ({workload, until}: Frozen, isOver: boolean, reporter: Pick<Reporter, 'log'>): void => {
	reporter.log(
		isOver
			? `The time for the freeze of ${workload.name} was over at ${timeText(until ?? '')}: its servers take writes ` +
					'again. Clients stay where they are, and what they write is carried by the next round.'
			: `Somebody lifted the freeze of ${workload.name}: its servers take writes again.`,
	);
};

/** Sees that something waits for the deadline in each pod: a container that restarted has forgotten it. */
const watchAgain = async (context: StepContext<FreezeNeeds>, freeze: Frozen, reporter: Reporter): Promise<void> => {
	const {until, workload, mode, servers} = freeze;
	const unarmed = await unarmedOn(context, freeze);
	if (until === undefined || unarmed.length === 0) {
		return;
	}

	const seconds = Math.max(1, (Date.parse(until) - context.world.clock.now().getTime()) / 1000);
	const without = await armAll(
		context,
		servers.filter(({pod}) => unarmed.includes(pod)),
		{until, seconds},
		reporter,
	);
	await reporter.frozen({workload, mode, servers, until, unwatched: without});
};

/**
Looks what became of the freeze that is on. One that nobody keeps any more is written down as over: the watchdogs lifted
it, or somebody did. One whose time is over is lifted on every server, which is read back. One that goes on gets its
watchdogs back where a container has lost them. Nothing is done to one without a deadline, or under which clients are
about to move: they may be on their way to the other side.
*/
export const settleFreeze = async (context: StepContext<FreezeNeeds>, reporter: Reporter): Promise<void> => {
	const freeze = frozenNow(context.freezes);
	if (!freeze) {
		return;
	}

	const deadline = deadlineOf(freeze);
	const isOver = deadline !== undefined && deadline <= context.world.clock.now().getTime();
	const taken = await thawedEvidence(context, freeze);
	if (taken.every(({holds}) => holds)) {
		const fired = await firedOn(context, freeze);
		const isExpired = isOver || fired.length > 0;
		tell(freeze, isExpired, reporter);
		await endFreeze(context, freeze, isExpired ? 'expired' : 'lifted', reporter);
	} else if (isOver) {
		const evidence = await liftFreeze(context, freeze, reporter, 'expired');
		if (evidence.every(({holds}) => holds)) {
			tell(freeze, true, reporter);
		}
	} else if (deadline !== undefined) {
		await watchAgain(context, freeze, reporter);
	}
};
