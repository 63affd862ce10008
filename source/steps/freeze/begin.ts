import type {DirectoryServer} from '../../directory/server.js';
import {
	notTaken,
	openBackends,
	readWriteState,
	setWritability,
	writabilityCommand,
	type Writability,
	type WriteState,
} from '../../directory/writability.js';
import {freezeOf, type Frozen, type FrozenServer, type FrozenWorkload} from '../../migration/freeze.js';
import type {Evidence, Reporter, StepContext} from '../../migration/step.js';
import {timeText} from '../../migration/words/freeze.js';
import {annotateFreeze} from './annotation.js';
import {frozenEvidence, writeStateText} from './look.js';
import {liftWords, serverOf, type FreezeNeeds} from './servers.js';
import {armAll} from './watch.js';

/** What is to be frozen, how, and until when at the latest. */
export type FreezeOrder = {
	readonly workload: FrozenWorkload;
	readonly servers: readonly DirectoryServer[];
	readonly mode: Exclude<Writability, 'enabled'>;
	readonly until?: string;
};

/** Replication is an internal write: with several servers it must go on until they agree. */
export const frozenMode = (replicas: number): FreezeOrder['mode'] => (replicas > 1 ? 'internal-only' : 'disabled');

/** A server as it is told nothing yet, with the way back to that. */
const asFound = ({pods, target, ldapsPort}: DirectoryServer, {global, backends}: WriteState): FrozenServer => {
	const found = {global, backends: backends.map(({id, mode}) => ({id, was: mode}))};
	return {
		...target,
		ldapsPort,
		...found,
		lift: liftWords(found)
			.map(words => pods.byHand(target, words))
			.join(' && '),
	};
};

/** The commands that freeze a server: one covers all its backends where it knows a server-wide mode. */
export const freezeCommands = (
	{global, backends}: Pick<FrozenServer, 'global' | 'backends'>,
	mode: Writability,
): ReadonlyArray<readonly string[]> =>
	global === null ? backends.map(({id}) => writabilityCommand(id, mode)) : [writabilityCommand(undefined, mode)];

const freezeServer = async (
	context: StepContext<'pods'>,
	server: FrozenServer,
	mode: FreezeOrder['mode'],
	reporter: Reporter,
): Promise<void> => {
	const {global, backends, pod} = server;
	const directory = serverOf(context, server);
	for (const command of freezeCommands(server, mode)) {
		reporter.log(`${pod}: ${command.join(' ')}`);
	}

	const said =
		global === null
			? await Promise.all(backends.map(async ({id}) => setWritability(directory, id, mode)))
			: [await setWritability(directory, undefined, mode)];
	const now = await readWriteState(directory);
	if (openBackends(now).length > 0) {
		throw notTaken(directory, mode, writeStateText(now), said.flat());
	}
};

/** A freeze in one sentence, for whoever wants the namespace meanwhile. */
const whyKept = ({workload, servers, since}: Frozen): string =>
	`${workload.name} refuses writes since ${timeText(since)} on ${servers.map(({pod}) => pod).join(', ')}.`;

/** A freeze with an end has a watchdog in each pod, or says in which pods there is none. */
const watched = async (
	context: StepContext<FreezeNeeds>,
	servers: readonly FrozenServer[],
	until: string | undefined,
	reporter: Reporter,
): Promise<Pick<Frozen, 'until' | 'unwatched'>> => {
	if (until === undefined) {
		return {};
	}

	const seconds = Math.max(1, (Date.parse(until) - context.world.clock.now().getTime()) / 1000);
	return {until, unwatched: await armAll(context, servers, {until, seconds}, reporter)};
};

/**
Has servers refuse the writes of clients. What each was told before is kept in the journal first, with the command that
lifts it; then the namespace is held beyond the end of the program, the workload says so, and each server is told and
read back. Run again, or with a stricter mode, it keeps what was there before the first time. Gives what each server
says now. Rejects where one goes on taking writes.
*/
export const beginFreeze = async (
	context: StepContext<FreezeNeeds>,
	order: FreezeOrder,
	reporter: Reporter,
): Promise<{readonly freeze: Frozen; readonly evidence: readonly Evidence[]}> => {
	const {workload, mode, until} = order;
	const states = await Promise.all(order.servers.map(async server => asFound(server, await readWriteState(server))));
	const known = freezeOf(context.freezes, workload.name);
	const servers = states.map(server => known?.servers.find(({pod}) => pod === server.pod) ?? server);
	const since = known && !known.ended ? known.since : context.world.clock.now().toISOString();
	const begun = {workload, mode, servers, ...(await watched(context, servers, until, reporter))};
	await reporter.frozen(begun);
	await context.world.hold.keep(whyKept({...begun, since}));
	await annotateFreeze(context, workload, {...begun, since}, reporter);
	for (const server of servers) {
		await freezeServer(context, server, mode, reporter);
	}

	const freeze = {...begun, since};
	return {freeze, evidence: await frozenEvidence(context, freeze)};
};
