/** Where the parts of the screen are, in columns and rows. */
export type Layout = {
	readonly columns: number;
	/** One row less than the window: a frame that fills the window is redrawn as a whole. */
	readonly height: number;
	readonly hasRules: boolean;
	/** Columns of the rail beside the step; undefined where it is one line above it. */
	readonly rail: number | undefined;
	readonly pane: {
		readonly width: number;
		readonly height: number;
		/** The first column and row of the pane, from 0. */
		readonly left: number;
		readonly top: number;
	};
};

/** Below this width the rail is one line: the step needs the columns more. */
const narrow = 100;

/** Columns between the rail and the step: a space, the wall, a space. */
const gap = 3;

/** Lays out a window. Everything fits into it, whatever its size. */
export const layoutOf = (columns: number, rows: number, steps: number): Layout => {
	const height = Math.max(1, rows - 1);
	const hasRules = height >= 12;
	const around = hasRules ? 4 : 2;
	const isBeside = columns >= narrow && height - around >= steps;
	const rail = isBeside ? Math.min(36, Math.max(24, Math.floor(columns * 0.36))) : undefined;
	const above = rail === undefined ? 1 : 0;
	return {
		columns,
		height,
		hasRules,
		rail,
		pane: {
			width: Math.max(1, rail === undefined ? columns : columns - rail - gap),
			height: Math.max(1, height - around - above),
			left: rail === undefined ? 0 : rail + gap,
			top: (hasRules ? 2 : 1) + above,
		},
	};
};
