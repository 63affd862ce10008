import type {JsonObject} from './json.js';

/*
A freeze is a state of the world and not of the program: servers that refuse the writes of clients until somebody lets
them in again. The journal remembers it, so that every front end can say so first of all.
*/

/** A server that refuses writes, what it was told before, and how it is let take them again by hand. */
export type FrozenServer = {
	readonly pod: string;
	readonly container: string;
	readonly ldapsPort: number;
	/** The server-wide writability mode before; null where the server has none, or none was read. */
	readonly global: string | null;
	/** The backends' own modes before. */
	readonly backends: ReadonlyArray<{readonly id: string; readonly was: string}>;
	/** The command, as an operator would type it. */
	readonly lift: string;
};

/** The workload whose servers refuse writes. */
export type FrozenWorkload = {readonly kind: 'StatefulSet' | 'Deployment'; readonly name: string};

/**
How a freeze ended: lifted by the run, or by somebody; over because its time was, lifted by the watchdogs in the pods or
by the run; or left behind by clients that moved to other servers.
*/
export type FreezeEnd = 'lifted' | 'expired' | 'moved';

/** The beginning of a freeze, or another mode, deadline or server of one that is on. */
export type FreezeBegun = {
	readonly workload: FrozenWorkload;
	readonly mode: string;
	readonly servers: readonly FrozenServer[];
	/** When it is to be over, as an ISO time, where it has a budget. */
	readonly until?: string;
	/** Pods in which nothing lifts it at that time by itself. */
	readonly unwatched?: readonly string[];
	/** Set where clients are about to move: from here on nothing lifts it by itself, whatever the time. */
	readonly isMoving?: true;
};

/** A freeze, from its beginning to its end. */
export type Freeze = FreezeBegun & {
	readonly since: string;
	readonly ended?: {readonly at: string; readonly how: FreezeEnd};
};

/** A freeze as those handle it who look at it or lift it. */
export type Frozen = Omit<Freeze, 'ended'>;

/** The freeze that is on: the newest where both sides refuse writes. */
export const frozenNow = (freezes: readonly Freeze[]): Freeze | undefined =>
	freezes.findLast(({ended}) => ended === undefined);

/**
The time from which nothing may refuse writes any more, in milliseconds since 1970; undefined where none was
set, or clients are about to move.
*/
export const deadlineOf = ({until, isMoving}: Frozen): number | undefined =>
	until === undefined || isMoving ? undefined : Date.parse(until);

/** The freeze of a workload whose servers refuse writes still, whether clients are on them or not. */
export const freezeOf = (freezes: readonly Freeze[], workload: string): Freeze | undefined => {
	const last = freezes.findLast(freeze => freeze.workload.name === workload);
	return last?.ended === undefined || last.ended.how === 'moved' ? last : undefined;
};

const isOn =
	(workload: string) =>
	(freeze: Freeze): boolean =>
		freeze.workload.name === workload && freeze.ended === undefined;

/** A beginning more. What servers were told before the first one stands. */
export const withFreeze = (freezes: readonly Freeze[], at: string, begun: FreezeBegun): readonly Freeze[] => {
	const on = freezes.findLast(isOn(begun.workload.name));
	if (!on) {
		const kept = freezeOf(freezes, begun.workload.name);
		return [...freezes, {...begun, servers: keptServers(kept, begun.servers), since: at}];
	}

	const {until: _, unwatched: __, isMoving: ___, ...open} = on;
	const changed: Freeze = {
		...open,
		mode: begun.mode,
		servers: keptServers(on, begun.servers),
		...(begun.until !== undefined && {until: begun.until}),
		...(begun.unwatched !== undefined && {unwatched: begun.unwatched}),
		...(begun.isMoving && {isMoving: begun.isMoving}),
	};
	return freezes.map(freeze => (freeze === on ? changed : freeze));
};

/** Servers known before and new ones. Of one that is known before, what it was told first stands. */
const keptServers = (before: Freeze | undefined, servers: readonly FrozenServer[]): readonly FrozenServer[] => {
	const known = before?.servers ?? [];
	return [
		...known.map(server => {
			const again = servers.find(({pod}) => pod === server.pod);
			const backends = again?.backends.filter(({id}) => server.backends.every(one => one.id !== id)) ?? [];
			return {...server, backends: [...server.backends, ...backends]};
		}),
		...servers.filter(({pod}) => known.every(one => one.pod !== pod)),
	];
};

/** An end more, of the freeze of one workload. */
export const withoutFreeze = (
	freezes: readonly Freeze[],
	at: string,
	workload: string,
	how: FreezeEnd,
): readonly Freeze[] => {
	const last = freezes.findLastIndex(freeze => freeze.workload.name === workload);
	return freezes.map((freeze, index) =>
		index === last && (freeze.ended === undefined || freeze.ended.how === 'moved')
			? {...freeze, ended: freeze.ended?.how === 'moved' ? {...freeze.ended, how} : {at, how}}
			: freeze,
	);
};

/** Ends what is on still: a version before this one wrote down no end. */
export const settled = (freezes: readonly Freeze[], at: string, how: FreezeEnd): readonly Freeze[] =>
	freezes.map(freeze => (freeze.ended === undefined ? {...freeze, ended: {at, how}} : freeze));

/** What is asked of a run's state by `frozenBefore`. */
type Known = {readonly steps: ReadonlyArray<{readonly id: string; readonly outcome?: unknown}>};

/**
The freeze that a version before this one noted, backend by backend, in the step «Export»; undefined for any
other note.
*/
export const frozenBefore = ({steps}: Known, {note}: {readonly note: JsonObject}): FreezeBegun | undefined => {
	const {kind, pod, backend, was} = note;
	if (kind !== 'freeze' || typeof pod !== 'string' || typeof backend !== 'string' || typeof was !== 'string') {
		return undefined;
	}

	const {workload} = (steps.find(({id}) => id === 'inventory')?.outcome ?? {}) as {
		readonly workload?: {
			readonly kind: string;
			readonly name: string;
			readonly container: string;
			readonly ports: {readonly LDAPS_PORT?: number};
		};
	};
	const container = workload?.container ?? '';
	return {
		workload: {kind: workload?.kind === 'Deployment' ? 'Deployment' : 'StatefulSet', name: workload?.name ?? ''},
		mode: 'disabled',
		servers: [
			{
				pod,
				container,
				ldapsPort: workload?.ports.LDAPS_PORT ?? 636,
				global: null,
				backends: [{id: backend, was}],
				lift:
					`kubectl exec ${pod} -c ${container} -- dsconfig set-backend-prop --backend-name ${backend} --set ` +
					`writability-mode:${was} --no-prompt`,
			},
		],
	};
};
