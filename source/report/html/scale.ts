import type {Chronicle} from '../facts/chronicle.js';

/** How wide a drawing of time is. */
export const drawingWidth = 1000;

/** A gap in which nothing was done is drawn at most as wide as this share of what was done. */
const widestGap = 0.06;

/**
Where a time lies on the drawing, from 0 to its width. A run may have waited for days between two sessions: gaps in
which nothing was done are drawn shorter than they were.
*/
export const scaleOf = ({
	from,
	to,
	work,
	freezes,
	moments,
}: Chronicle): {readonly isShortened: boolean; readonly place: (iso: string) => number} => {
	const spans = [...work, ...freezes].map(span => [Date.parse(span.from), Date.parse(span.to)] as const);
	const times = [
		...new Set([Date.parse(from), Date.parse(to), ...spans.flat(), ...moments.map(({at}) => Date.parse(at))]),
	].toSorted((one, other) => one - other);
	const intervals = times.slice(1).map((end, index) => {
		const begin = times[index] ?? end;
		return {length: end - begin, isActive: spans.some(([first, last]) => first <= begin && end <= last)};
	});
	const active = intervals.reduce((sum, {length, isActive}) => sum + (isActive ? length : 0), 0);
	const most = active > 0 ? active * widestGap : Infinity;
	const widths = intervals.map(({length, isActive}) => (isActive ? length : Math.min(length, most)));
	const total = widths.reduce((sum, width) => sum + width, 0);
	const places = new Map<number, number>();
	let sum = 0;
	for (const [index, time] of times.entries()) {
		places.set(time, total === 0 ? 0 : (sum * drawingWidth) / total);
		sum += widths[index] ?? 0;
	}

	return {
		isShortened: intervals.some(({length, isActive}) => !isActive && length > most),
		place: iso => places.get(Date.parse(iso)) ?? 0,
	};
};
