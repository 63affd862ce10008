import {converge, notConverged} from '../../directory/converge.js';
import type {DirectoryServer} from '../../directory/server.js';
import {readWriteState} from '../../directory/writability.js';
import type {Reporter, StepContext} from '../../migration/step.js';
import {freezeCommands, frozenMode} from '../freeze/begin.js';
import {oldServers} from '../freeze/servers.js';
import {countText} from '../run/words.js';
import type {Needs} from './needs.js';

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

	const rest = await converge({
		servers,
		clock: context.world.clock,
		signal: context.signal,
		onReading({changes, restless}) {
			reporter.progress({
				what: changes > 0 ? `The replicas agree on all but ${countText(changes, 'change')}` : 'The replicas agree',
				unit: 'pods',
				done: servers.length - restless.length,
				total: servers.length,
			});
		},
		onLog: reporter.log,
	});
	if (!rest.isAtRest) {
		throw notConverged(rest, servers, 'Nothing was exported: what one replica took may be missing on another.');
	}
};
