import type {CopyOptions} from '../../migration/world.js';
import type {Pod} from './ask.js';
import type {CopyFailures} from './failures.js';
import type {Ledger} from './ledger.js';
import type {Trouble} from './trouble.js';

/** A copy in either direction, with everything it needs. */
export type Copy = Omit<CopyOptions, 'target' | 'signal'> & {
	readonly pod: Pod;
	readonly failures: CopyFailures;
	readonly rangeBytes: number;
	/** What every copy of this file begins its marks with. */
	readonly family: string;
};

/** Counts what a copy reports. */
export type Meter = {
	readonly report: () => void;
	readonly onTurn: (compressed: boolean) => void;
	/** A range is to be copied again. */
	readonly onRetry: () => void;
	readonly onTrouble: (trouble: Trouble) => void;
	readonly retried: () => number;
};

/** A meter that reports verified bytes only. */
export const createMeter = ({onProgress}: Copy, ledger: Ledger, total: number): Meter => {
	let compressed = false;
	let retried = 0;
	return {
		report() {
			onProgress?.({
				bytes: ledger.verifiedBytes(),
				total,
				compressed,
				retried,
			});
		},
		onTurn(next) {
			compressed = next;
		},
		onRetry() {
			retried += 1;
		},
		onTrouble({kind}) {
			// A range that differs was counted when it did; a cut breaks one range.
			retried += kind === 'differs' ? 0 : 1;
		},
		retried: () => retried,
	};
};
