import type {Progress} from '../step.js';

const sizes = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes for people, in powers of 1000: `1.2 GB`. */
export const bytesText = (bytes: number): string => {
	let value = bytes;
	let at = 0;
	while (value >= 999.5 && at < sizes.length - 1) {
		value /= 1000;
		at++;
	}

	return `${at > 0 && value < 99.95 ? value.toFixed(1) : value.toFixed(0)} ${sizes[at] ?? ''}`;
};

/** A whole number with a space between thousands: `20 000`. */
export const countText = (count: number): string => Math.round(count).toLocaleString('en').replaceAll(',', ' ');

/** Seconds for people, coarser as they grow: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 4 min`, `3 d`. */
export const durationText = (seconds: number): string => {
	if (seconds < 9.95) {
		return `${Math.max(0, seconds).toFixed(1)} s`;
	}

	const whole = Math.round(seconds);
	if (whole < 60) {
		return `${whole} s`;
	}

	const minutes = Math.floor(whole / 60);
	if (minutes < 60) {
		return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
	}

	const hours = Math.floor(minutes / 60);
	if (hours < 48) {
		return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
	}

	return `${Math.round(hours / 24)} d`;
};

/** Seconds that are counted up before an operator's eyes: whole ones. */
export const elapsedText = (seconds: number): string =>
	seconds < 10 ? `${Math.floor(seconds)} s` : durationText(Math.floor(seconds));

/** A duration in six characters at most, for a narrow column: `0.4s`, `12s`, `3m05s`, `2h04m`, `3d`. */
export const shortDuration = (seconds: number): string => {
	if (seconds < 9.95) {
		return `${Math.max(0, seconds).toFixed(1)}s`;
	}

	const whole = Math.round(seconds);
	if (whole < 60) {
		return `${whole}s`;
	}

	const minutes = Math.floor(whole / 60);
	if (minutes < 60) {
		return `${minutes}m${(whole % 60).toString().padStart(2, '0')}s`;
	}

	const hours = Math.floor(minutes / 60);
	return hours < 48 ? `${hours}h${(minutes % 60).toString().padStart(2, '0')}m` : `${Math.round(hours / 24)}d`;
};

/** How far a progress is: `360 MB of 1.2 GB`, `1 000 of 20 000 entries`, `3 pods`. */
export const amountText = ({done, total, unit}: Progress): string => {
	if (unit === 'bytes') {
		return total === undefined ? bytesText(done) : `${bytesText(done)} of ${bytesText(total)}`;
	}

	return total === undefined ? `${countText(done)} ${unit}` : `${countText(done)} of ${countText(total)} ${unit}`;
};

/** A rate: `31 MB/s`, `6 600/s`. */
export const rateText = (rate: number, unit: Progress['unit']): string =>
	`${unit === 'bytes' ? bytesText(rate) : countText(rate)}/s`;

/** Whole percent done, or undefined where the total is not known. Only what is done is 100. */
export const percentOf = ({done, total}: Pick<Progress, 'done' | 'total'>): number | undefined => {
	if (total === undefined) {
		return undefined;
	}

	return done >= total ? 100 : Math.min(99, Math.floor((done * 100) / total));
};

/** Seconds between two ISO times, or undefined where one is missing. */
export const secondsBetween = (from: string | undefined, to: string | undefined): number | undefined =>
	from === undefined || to === undefined ? undefined : Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
