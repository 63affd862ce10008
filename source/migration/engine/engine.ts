import {partsOf} from '../../failure/failure.js';
import type {Intent, IntentName, JournalEvent, RunEvent} from '../event.js';
import {fold} from '../fold/index.js';
import type {Journal} from '../journal.js';
import {emptyState, type RunState, type View} from '../state.js';
import type {Evidence, RunFacts, Step} from '../step.js';
import {checklistOf, type ChecklistLine} from '../words/checklist.js';
import type {World} from '../world.js';
import {watchDeadline, type DeadlineWatch} from './deadline.js';
import {decisionsOf, type Decision} from './decisions.js';
import {listingWorld} from './listing.js';
import {recheck} from './recheck.js';
import {rollBack} from './rollback.js';
import type {Ending, Session} from './session.js';
import {unfreeze} from './unfreeze.js';
import {walk} from './walk.js';

/** What drives a run: front ends send intents and read events, nothing else. */
export type Engine = {
	readonly checklist: readonly ChecklistLine[];
	readonly facts: RunFacts;
	readonly view: () => View;
	/** Every answer so far, and whether it can be decided anew. */
	readonly decisions: () => readonly Decision[];
	/** Called after each change of the view. */
	readonly subscribe: (listener: () => void) => () => void;
	/** Called with each event. */
	readonly onEvent: (listener: (event: RunEvent) => void) => () => void;
	/** An intent that is not among the view's next ones is ignored. */
	readonly send: (intent: Intent) => void;
	/**
	Walks the checklist to its end, or to where the operator stops it. Never rejects: a journal that cannot be written is
	an ending too.
	*/
	readonly run: () => Promise<Ending>;
	/** Undoes what can be undone, last step first. */
	readonly rollback: () => Promise<Ending>;
	/** Lets servers take writes again and leaves the run where it is. Gives what each says; rejects with a Failure. */
	readonly unfreeze: () => Promise<readonly Evidence[]>;
};

/** What an engine is made of. */
export type EngineOptions = {
	readonly steps: readonly Step[];
	readonly world: World;
	readonly journal: Journal;
	readonly run: RunFacts;
	/** The events of the journal so far; the first one opened the run. */
	readonly history: readonly JournalEvent[];
	/** Answers given in advance, by question id. */
	readonly given?: Readonly<Record<string, string>>;
};

/**
The engine of one run. It has no clock, no file and no screen of its own.
*/
export const createEngine = (options: EngineOptions): Engine => {
	const {steps, world, journal, run} = options;
	const listeners = new Set<() => void>();
	const eventListeners = new Set<(event: RunEvent) => void>();
	const abort = new AbortController();
	let state = options.history.reduce<RunState>((before, event) => fold(before, event), emptyState);
	let next: readonly IntentName[] = [];
	let stoppedBecause = 'The operator stopped it.';
	let waiting: ((intent: Intent) => void) | undefined;
	let view: View = {state, next};
	let watch: DeadlineWatch | undefined;

	const changed = (): void => {
		view = {state, next};
		for (const listener of listeners) {
			listener();
		}
	};

	const happened = (event: RunEvent): void => {
		state = fold(state, event);
		for (const listener of eventListeners) {
			listener(event);
		}

		changed();
		watch?.happened();
	};

	const expect = (names: readonly IntentName[]): void => {
		next = names;
		changed();
	};

	const record: Session['record'] = async event => {
		const timed: JournalEvent = {at: world.clock.now().toISOString(), ...event};
		await journal.append(timed);
		happened(timed);
	};

	const session: Session = {
		steps,
		world: listingWorld(world, {run, state: () => state, record}),
		run,
		given: new Map(Object.entries(options.given ?? {})),
		secrets: new Map(),
		state: () => state,
		record,
		show: happened,
		async take(names) {
			if (abort.signal.aborted) {
				return {type: 'stop'};
			}

			const {promise, resolve} = Promise.withResolvers<Intent>();
			waiting = resolve;
			expect([...names, 'stop']);
			const intent = await promise;
			waiting = undefined;
			expect(['stop']);
			return intent;
		},
		deadline: {
			pause: async () => watch?.pause(),
			look: async () => watch?.look(),
			goOn() {
				watch?.goOn();
			},
		},
		stopping: abort.signal,
	};

	const stopped = async (): Promise<Ending> => {
		await session.record({type: 'run-stopped', why: stoppedBecause});
		return {exit: 'interrupted'};
	};

	const ended = async (what: (session: Session) => Promise<Ending | 'stopped'>): Promise<Ending> => {
		expect(['stop']);
		watch = watchDeadline(session);
		try {
			const ending = await what(session);
			await watch.end();
			return ending === 'stopped' ? await stopped() : ending;
		} catch (error) {
			// What cannot be written to the journal must not go on.
			const failure = partsOf(error);
			return {exit: failure.exit ?? 'failed', failure};
		} finally {
			await watch.end();
			expect([]);
		}
	};

	return {
		checklist: checklistOf(steps),
		facts: run,
		view: () => view,
		decisions: () => decisionsOf(session),
		subscribe(listener) {
			listeners.add(listener);
			return () => {
				listeners.delete(listener);
			};
		},
		onEvent(listener) {
			eventListeners.add(listener);
			return () => {
				eventListeners.delete(listener);
			};
		},
		send(intent) {
			if (intent.type === 'stop') {
				stoppedBecause = intent.why ?? stoppedBecause;
				abort.abort();
				waiting?.(intent);
			} else if (next.includes(intent.type)) {
				waiting?.(intent);
			}
		},
		run: async () =>
			ended(async current => {
				const refused = await recheck(current);
				return refused ?? (abort.signal.aborted ? 'stopped' : walk(current));
			}),
		rollback: async () => ended(rollBack),
		unfreeze: async () => unfreeze(session),
	};
};
