import {backOff, throwIfFinal, type Pod} from './ask.js';
import type {CopyFailures} from './failures.js';
import type {Ledger, RangeRun} from './ledger.js';
import {learn, nextTurn, type Pace} from './pace.js';
import type {Trouble} from './trouble.js';

/** One exec that copies a run of ranges. */
export type CopySession = (run: RangeRun, compressed: boolean, pod: Pod, seconds: number) => Promise<SessionEnd>;

/** How a session ended: the seconds are those in which bytes moved. */
export type SessionEnd = {readonly seconds: number; readonly trouble?: Trouble | undefined};

/**
Seconds after which the pod's side of a session ends itself. Longer on later tries, for a link on which a range takes
long.
*/
const sessionLimitSeconds = 900;

/** A file of so few ranges is copied without trying first what is faster. */
const smallRanges = 4;

/** What drives a copy. */
export type Drive = {
	readonly pod: Pod;
	readonly failures: CopyFailures;
	readonly ledger: Ledger;
	readonly totalBytes: number;
	readonly rangeBytes: number;
	readonly streams: number;
	readonly canCompress: boolean;
	readonly session: CopySession;
	/** Called after a session that brought trouble, before the next try. Ends what it left in the pod. */
	readonly clean: (pod: Pod) => Promise<void>;
	readonly onTurn: (compressed: boolean) => void;
	readonly onTrouble: (trouble: Trouble) => void;
};

const verifiedIn = (ledger: Ledger, run: RangeRun): number => {
	let bytes = 0;
	for (let range = run.first; range < run.first + run.count; range += 1) {
		bytes += ledger.isVerified(range) ? ledger.bytesOf(range) : 0;
	}

	return bytes;
};

/**
Copies every missing range: so many sessions at a time, each followed by the next until nothing is missing. A session
that brings nothing new is tried again after a pause, a bounded number of times in a row.
*/
export const driveCopy = async (copy: Drive): Promise<void> => {
	const {ledger, streams, session, failures} = copy;
	const stop = new AbortController();
	let pace: Pace = {};

	const work = async (slot: number): Promise<void> => {
		const pod: Pod = {
			...copy.pod,
			mark: `${copy.pod.mark}${slot}.`,
			signal: AbortSignal.any([copy.pod.signal, stop.signal]),
		};
		let fruitless = 0;
		// A link that breaks often is given short sessions, so that each brings something.
		let most = Infinity;
		for (;;) {
			pod.signal.throwIfAborted();
			const turn = nextTurn(pace, copy.canCompress, copy.rangeBytes, performance.now() / 1000);
			const share = Math.ceil(ledger.missing() / streams);
			// A small file is not worth the start of several sessions.
			const run = ledger.take(Math.min(ledger.count > smallRanges ? turn.ranges : share, share, most));
			if (!run) {
				return;
			}

			copy.onTurn(turn.compressed);
			let end: SessionEnd;
			try {
				end = await session(run, turn.compressed, pod, sessionLimitSeconds * (fruitless + 1));
			} finally {
				ledger.release(run);
			}

			pod.signal.throwIfAborted();
			const gained = verifiedIn(ledger, run);
			if (gained > 0 && end.seconds > 0) {
				pace = learn(
					pace,
					{compressed: turn.compressed, bytes: gained, seconds: end.seconds},
					performance.now() / 1000,
				);
			}

			if (!end.trouble) {
				most *= 2;
				continue;
			}

			copy.onTrouble(end.trouble);
			throwIfFinal(pod, end.trouble);
			most = Math.max(1, Math.floor(run.count / 4));
			fruitless = gained > 0 ? 1 : fruitless + 1;
			if (fruitless >= pod.tries) {
				throw failures.givenUp(ledger.verifiedBytes(), copy.totalBytes, fruitless, end.trouble);
			}

			await backOff(pod, fruitless);
			await copy.clean(pod);
		}
	};

	const workers = Array.from({length: Math.max(1, streams)}, async (_, slot) => {
		try {
			await work(slot);
		} catch (error) {
			stop.abort(error);
			throw error;
		}
	});
	await Promise.allSettled(workers);
	stop.signal.throwIfAborted();
};
