import {converge, notConverged} from '../../directory/converge.js';
import type {DirectoryServer} from '../../directory/server.js';
import {Failure, partsOf} from '../../failure/failure.js';
import type {Frozen} from '../../migration/freeze.js';
import type {Reporter, StepContext} from '../../migration/step.js';
import {durationText, secondsBetween} from '../../migration/words/figures.js';
import {beginFreeze, frozenMode} from '../freeze/begin.js';
import {secondsIn} from '../freeze/budget.js';
import {liftFreeze} from '../freeze/lift.js';
import {frozenEvidence} from '../freeze/look.js';
import {oldServers, oldWorkloadOf, type FreezeNeeds} from '../freeze/servers.js';
import {disarmAll} from '../freeze/watch.js';
import {outcomeIfAny, outcomeOf, type CopiedFile} from '../outcomes.js';
import {countText} from '../run/words.js';
import {isToFreeze} from '../servers/freeze.js';
import {findNewServer, newServers} from '../servers/new-server.js';
import {oldServer} from '../servers/old-server.js';
import {baseLineOf, there} from './base-line.js';
import {compare, wayTo} from './carry.js';
import {forecastOf} from './forecast.js';
import {pictureHere, takePicture, type RoundNeeds} from './pictures.js';
import {makeRound, type BaseLine} from './round.js';

/** What the last round needs of the world. */
export type LastRoundNeeds = FreezeNeeds | RoundNeeds;

/** What was proved under freeze. */
export type Passed = {
	readonly line: BaseLine;
	/** The freeze that it was proved under. */
	readonly freeze: Frozen;
};

/** A round is made without freeze first, where the last one is older than this: what it carries need not be carried under freeze. */
const staleSeconds = 120;

/** Waits until all replicas of a side agree and nothing is under way among them. */
export const settleReplicas = async (
	{world: {clock}, signal}: StepContext<LastRoundNeeds>,
	servers: readonly DirectoryServer[],
	reporter: Reporter,
): Promise<void> => {
	const state = await converge({servers, clock, signal, onLog: reporter.log});
	if (!state.isAtRest) {
		throw notConverged(state, servers, 'What one replica took may be missing on another, so no export shows it all.');
	}
};

/** The budget, in seconds, that the operator gave. */
const budgetOf = ({answers}: Pick<StepContext, 'answers'>): number | undefined =>
	answers['freeze-budget'] === undefined ? undefined : secondsIn(answers['freeze-budget']);

/** The least time after which a freeze without a budget is lifted all the same, and how many times the forecast it may last, in seconds: a program that is killed leaves none without end. */
const leastLimit = 900;
const limitFactor = 4;

const usualLimit = (forecast: number | undefined): number => Math.max(leastLimit, (forecast ?? 0) * limitFactor);

const tooLong = (forecast: number, budget: number): Failure =>
	new Failure({
		code: 'freeze-too-long',
		seen: `The last round is expected to refuse writes for ${durationText(forecast)}; ${durationText(budget)} are allowed.`,
		means: 'It was not begun: writes go on, and nothing has moved.',
		todo: 'Wait for a time with fewer writes and try again, or go back and allow more.',
		byHand: 'unroot resume --freeze-budget 30m',
		exit: 'blocked',
		retryable: true,
	});

const overBudget = (budget: number): Failure =>
	new Failure({
		code: 'freeze-over-budget',
		seen: `The last round was not through after ${durationText(budget)}, which is what the freeze was allowed to last.`,
		means: 'It was given up.',
		todo: 'Try again at a time with fewer writes, or go back and allow more.',
		byHand: 'unroot resume --freeze-budget 30m',
		exit: 'blocked',
		retryable: true,
	});

/** The Failure with which a freeze ended that moved nothing: the cause, and where writes stand now. */
const lifted = (cause: unknown, {servers}: Frozen): Failure => {
	const parts = partsOf(cause);
	return new Failure(
		{
			...parts,
			means: `${parts.means} Writes are allowed again on ${servers.map(({pod}) => pod).join(', ')}, which was read back; clients are where they were, and nothing has moved.`,
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
			todo: 'Find out who lifted it, then try again: the freeze is made anew, and what came in is carried over.',
			byHand: 'unroot resume',
			retryable: true,
		});
	}
};

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
		const evidence = await liftFreeze(free, freeze, reporter);
		const stuck = evidence.filter(({holds}) => !holds);
		return stuck.length === 0
			? lifted(cause, freeze)
			: notLifted(cause, stuck.map(({label, value}) => `${label}: ${value}`).join('; '), freeze);
	} catch (error) {
		return notLifted(cause, partsOf(error).seen, freeze);
	}
};

/** Freezes a side, does something under it, and takes the freeze back where that fails. `isKept` leaves it: the operator chose it to last. */
export const underFreeze = async <Result>(
	context: StepContext<LastRoundNeeds>,
	order: Parameters<typeof beginFreeze>[1],
	reporter: Reporter,
	{isKept, what}: {readonly isKept: boolean; readonly what: (freeze: Frozen) => Promise<Result>},
): Promise<Result> => {
	let known: Frozen | undefined;
	const watching: Reporter = {
		...reporter,
		async frozen(begun) {
			known = {...begun, since: context.world.clock.now().toISOString()};
			await reporter.frozen(begun);
		},
	};
	try {
		const {freeze} = await beginFreeze(context, order, watching);
		known = freeze;
		await requireFrozen(context, freeze, 'Right after the freeze');
		return await what(freeze);
	} catch (error) {
		const cause: unknown =
			context.signal.aborted && context.signal.reason instanceof Failure ? context.signal.reason : error;
		throw known && !isKept ? await takeBack(context, known, cause, reporter) : cause;
	}
};

/** The context with a signal that is raised when the budget is over as well. */
const within = (
	context: StepContext<LastRoundNeeds>,
	budget: number | undefined,
): {readonly context: StepContext<LastRoundNeeds>; readonly end: () => void} => {
	const over = new AbortController();
	const done = new AbortController();
	const wait = async (seconds: number): Promise<void> => {
		try {
			await context.world.clock.sleep(seconds * 1000, done.signal);
			over.abort(overBudget(seconds));
		} catch {
			// The round was through before.
		}
	};

	if (budget !== undefined) {
		void wait(budget);
	}

	return {
		context: {...context, signal: AbortSignal.any([context.signal, over.signal])},
		end() {
			done.abort();
		},
	};
};

/** Makes a round without freeze where the last one is long ago, and refuses a freeze that would not fit. */
const approach = async (context: StepContext<LastRoundNeeds>, reporter: Reporter): Promise<BaseLine> => {
	const {clock} = context.world;
	const line = baseLineOf(context, context.notes);
	const budget = budgetOf(context);
	let last = line;
	const age = secondsBetween(line.rounds.at(-1)?.at ?? '', clock.now().toISOString());
	const to = await findNewServer(context);
	const {way, abilities, why} = await wayTo(context, to);
	if (!isToFreeze(context) && way === 'changes' && (age === undefined || age > staleSeconds || !line.isSure)) {
		reporter.log('one more round without freeze, so that little is left for the last one');
		last = await makeRound(
			context,
			{from: oldServer(context), to, way, abilities},
			{line, backends: line.pictures.map(({backend}) => backend), isToProve: false, name: there},
			reporter,
		);
	}

	if (way === 'whole') {
		reporter.log(why);
	}

	const forecast = forecastOf(last.rounds);
	if (!isToFreeze(context) && budget !== undefined && forecast !== undefined && forecast > budget) {
		throw tooLong(forecast, budget);
	}

	return last;
};

const prove = async (
	context: StepContext<LastRoundNeeds>,
	{line, freeze, servers}: Passed & {readonly servers: readonly DirectoryServer[]},
	reporter: Reporter,
): Promise<BaseLine> => {
	await settleReplicas(context, servers, reporter);
	const to = await findNewServer(context);
	const {way, abilities} = await wayTo(context, to);
	const proved = await makeRound(
		context,
		{from: oldServer(context), to, way, abilities},
		{line, backends: line.pictures.map(({backend}) => backend), isToProve: true, name: there},
		reporter,
	);
	await settleReplicas(context, await newServers(context), reporter);
	await requireFrozen(context, freeze, 'After the proof');
	context.signal.throwIfAborted();
	return proved;
};

/**
The last round, under freeze: every old replica refuses writes, which is read back; they agree; what differs is carried to the new server; both sides are proved to hold the same; the freeze is read back again. Then `move` moves the clients.

Where anything fails before `move` has begun, or the budget is over, writes are allowed again on every replica, the lifting is read back, and the Failure says so. A freeze that the operator chose to last from the export on stays.
*/
export const throughGate = async (
	context: StepContext<LastRoundNeeds>,
	reporter: Reporter,
	move: () => Promise<void>,
): Promise<Passed> => {
	const line = await approach(context, reporter);
	const isKept = isToFreeze(context);
	const budget = isKept ? undefined : budgetOf(context);
	const limit = isKept ? undefined : (budget ?? usualLimit(forecastOf(line.rounds)));
	const bounded = within(context, budget);
	const servers = await oldServers(context);
	let passed: Passed;
	try {
		passed = await underFreeze(
			bounded.context,
			{
				workload: oldWorkloadOf(context),
				servers,
				mode: frozenMode(servers.length),
				...(limit !== undefined && {
					until: new Date(context.world.clock.now().getTime() + limit * 1000).toISOString(),
				}),
			},
			reporter,
			{
				isKept,
				async what(freeze) {
					const proved = await prove(bounded.context, {line, freeze, servers}, reporter);
					// Nothing lifts the freeze from here on but the run: a watchdog that was faster ends it here.
					const called = await disarmAll(context, freeze);
					await requireFrozen(context, freeze, 'With the watchdogs called off');
					for (const {label, value} of called) {
						reporter.log(`${label}: ${value}`);
					}

					return {freeze, line: proved};
				},
			},
		);
	} finally {
		bounded.end();
	}

	await move();
	return passed;
};

/** Attributes that a login writes: its time, its failures, and what follows from them. They are the server's own writes, which `internal-only` lets pass. */
const isLoginState = (name: string): boolean =>
	/^(?:ds-pwp-|pwdfailuretime|pwdaccountlockedtime|pwdgraceusetime|ds-last-access)/v.test(name);

/** What came into the old side after the last round, seen once the clients had moved. */
export type Late = {readonly logins: number};

/** What differs now from what was proved: in login state alone, and otherwise. */
const lateDifferences = async (
	context: StepContext<LastRoundNeeds>,
	proved: CopiedFile,
	now: CopiedFile,
): Promise<{readonly ofLogins: number; readonly other: number}> => {
	let ofLogins = 0;
	let other = 0;
	await compare(context, proved, now, difference => {
		if (difference.kind === 'differs' && difference.attributes.every(name => isLoginState(name))) {
			ofLogins += 1;
		} else {
			other += 1;
		}
	});
	return {ofLogins, other};
};

/**
Looks once more at the old side before it is stopped: it must still hold what was proved. What logins wrote is counted; anything else is a Failure with the changes in a file, since clients have moved and neither side may be taken by itself.
*/
export const lookOnceMore = async (
	context: StepContext<LastRoundNeeds>,
	{pictures}: BaseLine,
	reporter: Reporter,
): Promise<Late> => {
	const {files} = context.world;
	let logins = 0;
	const comparable = pictures.filter(({digest}) => digest !== null);
	for (const picture of comparable) {
		const {backend} = picture;
		const now = await takePicture(context, oldServer(context), {backend, picture: 'round', name: 'late'}, reporter);
		if (now.digest !== picture.digest) {
			const {ofLogins, other} = await lateDifferences(context, picture, now);
			logins += ofLogins;
			if (other > 0) {
				throw new Failure({
					code: 'written-late',
					seen: `${countText(other, 'entry', 'entries')} of ${backend} changed on the old server after the proof, though it was frozen.`,
					means: 'Clients are on the new server, which does not have these changes.',
					todo: `${pictureHere(context, backend, 'changes')} (user data, mode 0600) has them as change records. Look at them, apply on the new server what is right, then try again.`,
					byHand: `less ${pictureHere(context, backend, 'changes')}`,
					retryable: true,
				});
			}

			await files.shred(pictureHere(context, backend, 'changes'));
		}

		await files.shred(pictureHere(context, backend, 'late'));
	}

	if (logins > 0) {
		reporter.log(
			`${countText(logins, 'entry', 'entries')} got another login state on the old server during the switch`,
		);
	}

	return {logins};
};

/** Whether there is a last round to make: entries were exported, for a new server. */
export const hasGate = (context: Pick<StepContext, 'outcomes'>): boolean =>
	outcomeOf(context, 'strategy').strategy === 'fresh' && outcomeIfAny(context, 'copy-out') !== undefined;
