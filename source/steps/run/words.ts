import type {Json} from '../../migration/json.js';

/** A number with its noun: `1 entry`, `20 entries`. The plural is the noun with an s where none is given. */
export const countText = (count: number, noun: string, plural = `${noun}s`): string =>
	`${count} ${count === 1 ? noun : plural}`;

/** A text that a step noted; empty where it is none. */
export const noteText = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
