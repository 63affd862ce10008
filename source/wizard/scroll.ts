/** Rows that must be in sight, from 0, both included. */
export type Focus = {readonly from: number; readonly to: number};

/** The part of a list that is shown. */
export type Slice = {readonly offset: number; readonly shown: number; readonly above: number; readonly below: number};

/**
The part of a list that a pane shows. Where not all fits, the pane's last row tells how much is above and below, so one
row less is shown.
*/
export const sliceOf = (length: number, height: number, offset: number): Slice => {
	if (length <= height) {
		return {
			offset: 0,
			shown: length,
			above: 0,
			below: 0,
		};
	}

	const shown = Math.max(1, height - 1);
	const from = Math.max(0, Math.min(offset, length - shown));
	return {
		offset: from,
		shown,
		above: from,
		below: length - from - shown,
	};
};

/** The offset nearest to the one given that has the focus in sight; its start where it is longer than the pane. */
export const withFocus = (offset: number, height: number, focus: Focus): number => {
	const shown = Math.max(1, height - 1);
	if (focus.from < offset || focus.to - focus.from >= shown) {
		return focus.from;
	}

	return focus.to >= offset + shown ? focus.to - shown + 1 : offset;
};
