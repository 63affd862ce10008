import type {Json} from '../../migration/json.js';

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** A number of bytes as people read it: `1.5 MiB`. */
export const bytesText = (bytes: number): string => {
	const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
	const value = bytes / 1024 ** power;
	return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power] ?? 'B'}`;
};

/** A number with its noun: `1 entry`, `20 entries`. The plural is the noun with an s where none is given. */
export const countText = (count: number, noun: string, plural = `${noun}s`): string =>
	`${count} ${count === 1 ? noun : plural}`;

/** A text that a step noted; empty where it is none. */
export const noteText = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
