/** A time for people, with its day: `2026-11-30 13:17:11 UTC`. */
export const dayTimeText = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;

/** A span within a day has the day once. */
export const spanText = (from: string, to: string | undefined): string => {
	if (to === undefined) {
		return `since ${dayTimeText(from)}`;
	}

	return from.slice(0, 10) === to.slice(0, 10)
		? `${from.slice(0, 10)}, ${from.slice(11, 19)} to ${to.slice(11, 19)} UTC`
		: `${dayTimeText(from)} to ${dayTimeText(to)}`;
};
