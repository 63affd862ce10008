import type {FaultBook} from '../faults.js';
import type {View} from '../files/view.js';
import type {Entry} from './entry.js';

/** Where a job runs: with whose files, and how it waits and tells. */
export type Surroundings = {
	readonly view: View;
	readonly sleep: (milliseconds: number) => Promise<void>;
	readonly tell: (line: string) => Promise<void>;
	readonly faults: FaultBook;
};

/** How a job ended: `errors` is an import with rejected entries that says so by its state. */
export type JobEnd = 'done' | 'errors' | 'failed';

/** Entries between two waits. */
export const batch = 100;

/** Time that so many entries take, so that a job can be interrupted; large jobs are quicker. */
export const millisecondsFor = (entries: number, all: number): number => entries * Math.min(0.2, 2000 / all);

/** Entries a second since a time, as the server prints it. */
export const rate = (entries: number, started: number): string =>
	(entries / Math.max(0.001, (Date.now() - started) / 1000)).toFixed(1);

/** Whole seconds since a time. */
export const seconds = (started: number): number => Math.round((Date.now() - started) / 1000);

/** An entry without some of its attributes. */
export const without = (entry: Entry, drops: (name: string) => boolean): Entry => ({
	...entry,
	attributes: entry.attributes.filter(([name]) => !drops(name)),
});
