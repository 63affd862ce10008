import {deadlineOf, frozenNow} from '../freeze.js';
import {contextOf, withReporter} from './context.js';
import type {Session} from './session.js';

/*
A freeze may be on while a step works at something else, or while a question waits for the operator through the night.
So its deadline is looked after here, beside whatever goes on. A step that freezes and moves clients looks after it by
itself: while it does, nothing is lifted here.
*/

/** Looks after the deadline of a freeze. */
export type DeadlineWatch = {
	/** Told of each event, so that it knows of a freeze as soon as one is on. */
	readonly happened: () => void;
	/** Does nothing from here on, and waits until what it has begun is through. */
	readonly pause: () => Promise<void>;
	readonly goOn: () => void;
	/** Looks now what became of the freeze that is on, unless that is being looked at. */
	readonly look: () => Promise<void>;
	/** As `pause`, for good. */
	readonly end: () => Promise<void>;
};

/** How long after the deadline it looks, in milliseconds: by then the watchdogs in the pods have begun to lift it. */
const grace = 2000;

/** How long it waits before it looks once more, in milliseconds. */
const pauseMilliseconds = 1000;

/**
Looks what became of the freeze that is on; nothing where none is. What goes wrong is told, and tried again
later.
*/
const settleOnce = async (session: Session): Promise<void> => {
	const step = session.steps.find(one => one.settleFreeze);
	if (!step?.settleFreeze || !frozenNow(session.state().freezes)) {
		return;
	}

	const {settleFreeze} = step;
	await withReporter(session, step, async reporter => {
		try {
			// A stop must not leave servers half lifted.
			const context = {...contextOf(session, step), signal: new AbortController().signal};
			await settleFreeze(context, reporter);
		} catch (error) {
			reporter.log(error instanceof Error ? error.message : 'The freeze could not be looked at.');
		}
	});
};

/** Watches the deadlines of a session's freezes until it is ended. */
export const watchDeadline = (session: Session): DeadlineWatch => {
	const {clock} = session.world;
	const over = new AbortController();
	let isPaused = false;
	let isWatching = false;
	let acting: Promise<void> = Promise.resolve();

	const deadline = (): number | undefined => {
		const freeze = frozenNow(session.state().freezes);
		return freeze && deadlineOf(freeze);
	};

	const look = async (): Promise<void> => {
		const before = acting;
		acting = (async () => {
			await before;
			await settleOnce(session);
		})();
		await acting;
	};

	const watch = async (): Promise<void> => {
		for (let due = deadline(); due !== undefined && !over.signal.aborted; due = deadline()) {
			if (!isPaused && clock.now().getTime() >= due + grace) {
				await look();
			}

			// A freeze may end, or get another deadline, long before this one.
			await clock.sleep(pauseMilliseconds, over.signal).catch(() => undefined);
		}

		isWatching = false;
	};

	const pause = async (): Promise<void> => {
		isPaused = true;
		await acting;
	};

	return {
		happened() {
			if (!isWatching && !over.signal.aborted && deadline() !== undefined) {
				isWatching = true;
				void watch();
			}
		},
		pause,
		look,
		goOn() {
			isPaused = false;
		},
		async end() {
			over.abort();
			await pause();
		},
	};
};
