import type {DirectoryServer} from '../../directory/server.js';
import {readWriteState} from '../../directory/writability.js';
import {frozenNow} from '../../migration/freeze.js';
import type {Reporter, StepContext} from '../../migration/step.js';
import {freezeCommands, frozenMode} from '../freeze/begin.js';
import {secondsIn} from '../freeze/budget.js';
import {oldServers} from '../freeze/servers.js';
import {countText} from '../run/words.js';
import {untilReplicasAgree} from '../servers/replicas-agree.js';
import type {Needs} from './needs.js';

/** What a freeze may last where nobody was asked: a day. */
const unaskedSeconds = 86_400;

/** How long a freeze may last that begins with the export, in seconds. A version before did not ask. */
export const keptSeconds = ({answers}: Pick<StepContext, 'answers'>): number =>
	secondsIn(answers['freeze-budget'] ?? '') ?? unaskedSeconds;

/** When such a freeze is over: from its beginning, whenever the export is tried again. */
export const keptUntil = ({answers, freezes, world: {clock}}: StepContext<'clock'>): string => {
	const freeze = frozenNow(freezes);
	const since = freeze ? Date.parse(freeze.since) : clock.now().getTime();
	return freeze?.until ?? new Date(since + keptSeconds({answers}) * 1000).toISOString();
};

/** The commands that freeze the old servers, as an operator would type them. */
export const freezeByHand = async (context: StepContext<Needs>): Promise<readonly string[]> => {
	const servers = await oldServers(context);
	const states = await Promise.all(servers.map(async server => ({server, state: await readWriteState(server)})));
	return states.flatMap(({server, state: {global, backends}}) =>
		freezeCommands({global, backends: backends.map(({id, mode}) => ({id, was: mode}))}, frozenMode(servers.length)).map(
			words => context.world.pods.byHand(server.target, words),
		),
	);
};

/** Waits until the frozen replicas agree: what one took last must be on the one that is exported from. */
export const settle = async (
	context: StepContext<Needs>,
	servers: readonly DirectoryServer[],
	reporter: Reporter,
): Promise<void> => {
	if (servers.length < 2) {
		return;
	}

	await untilReplicasAgree(context, servers, reporter, {
		means: 'Nothing was exported: what one replica took may be missing on another.',
		says: changes =>
			changes > 0 ? `The replicas agree on all but ${countText(changes, 'change')}` : 'The replicas agree',
	});
};
