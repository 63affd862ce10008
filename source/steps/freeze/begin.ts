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
import {liftFreeze} from './lift.js';
import {frozenEvidence, writeStateText} from './look.js';
import {liftWords, serverOf, type FreezeNeeds} from './servers.js';
import {armAll, tooLate} from './watch.js';

/** What is to be frozen, how, and until when at the latest. */
export type FreezeOrder = {
	readonly workload: FrozenWorkload;
	readonly servers: readonly DirectoryServer[];
	readonly mode: Exclude<Writability, 'enabled'>;
	readonly until?: string;
};

const strictModeOf = ({mode}: Frozen): FreezeOrder['mode'] => (mode === 'disabled' ? 'disabled' : 'internal-only');

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

/**
Freezes one server and reads it back. It is not stopped half-way: a dsconfig that outlived it would freeze a
server that was let go meanwhile.
*/
const freezeServer = async (
	context: StepContext<'pods'>,
	server: FrozenServer,
	mode: FreezeOrder['mode'],
	reporter: Pick<Reporter, 'log'>,
): Promise<Evidence> => {
	const {global, backends, pod} = server;
	const directory = serverOf({...context, signal: new AbortController().signal}, server);
	for (const command of freezeCommands(server, mode)) {
		reporter.log(`${pod}: ${command.join(' ')}`);
	}

	const said =
		global === null
			? await Promise.all(backends.map(async ({id}) => setWritability(directory, id, mode)))
			: [await setWritability(directory, undefined, mode)];
	const now = await readWriteState(directory);
	const open = openBackends(now);
	if (open.length > 0) {
		throw notTaken(directory, mode, writeStateText(now), said.flat());
	}

	return {label: `writes on ${pod}`, value: writeStateText(now), holds: open.length === 0};
};

/**
Freezes all servers at once. Each comes to its end before the first failure is told: none is frozen later than
that.
*/
const freezeServers = async (
	context: StepContext<'pods'>,
	{servers, mode}: Pick<FreezeOrder, 'mode'> & Pick<Frozen, 'servers'>,
	reporter: Pick<Reporter, 'log'>,
): Promise<readonly Evidence[]> => {
	const results = await Promise.allSettled(servers.map(async server => freezeServer(context, server, mode, reporter)));
	return results.map(result => {
		if (result.status === 'rejected') {
			throw result.reason as Error;
		}

		return result.value;
	});
};

/**
Has the servers of a freeze that is known refuse writes again, where any of them takes them, and reads them all
back.
*/
export const freezeAgain = async (
	context: StepContext<'pods'>,
	freeze: Frozen,
	reporter: Pick<Reporter, 'log'>,
): Promise<readonly Evidence[]> => {
	const seen = await frozenEvidence(context, freeze);
	return seen.every(({holds}) => holds)
		? seen
		: freezeServers(context, {servers: freeze.servers, mode: strictModeOf(freeze)}, reporter);
};

/** A freeze in one sentence, for whoever wants the namespace meanwhile. */
const whyKept = ({workload, servers, since, until}: Frozen): string =>
	`${workload.name} refuses writes since ${timeText(since)} on ${servers.map(({pod}) => pod).join(', ')}` +
	`${until === undefined ? '' : `, until ${timeText(until)} at the latest`}.`;

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
says now. Rejects where one goes on taking writes, and where its time was over before the last one was frozen.
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
	const {clock, hold} = context.world;
	const since = known && !known.ended ? known.since : clock.now().toISOString();
	const begun = {workload, mode, servers, ...(await watched(context, servers, until, reporter))};
	await reporter.frozen(begun);
	const freeze = {...begun, since};
	await Promise.all([hold.keep(whyKept(freeze)), annotateFreeze(context, workload, freeze, reporter)]);
	const evidence = await freezeServers(context, freeze, reporter);
	if (until !== undefined && Date.parse(until) <= clock.now().getTime()) {
		await liftFreeze(context, freeze, reporter, 'expired');
		throw tooLate(servers.map(({pod}) => pod));
	}

	return {freeze, evidence};
};
