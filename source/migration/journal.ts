import type {JournalEvent} from './event.js';

/** Where a run's events are kept. `append` returns once the line is on the disk. */
export type Journal = {readonly append: (event: JournalEvent) => Promise<void>};

/** A journal event before it has a time. */
export type Untimed<Event> = Event extends unknown ? Omit<Event, 'at'> : never;
