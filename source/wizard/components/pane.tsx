import {Box, useCursor, useInput} from 'ink';
import {useState, type ReactNode} from 'react';
import {commandOf, type Command} from '../keys.js';
import {row, type Line} from '../lines.js';
import {sliceOf, withFocus, type Focus} from '../scroll.js';
import type {Theme} from '../theme.js';
import {Row} from './row.js';

/** Where a pane is on the screen, and its size. */
export type Area = {readonly width: number; readonly height: number; readonly left: number; readonly top: number};

/** What a pane shows. */
export type PaneProps = {
	readonly lines: readonly Line[];
	readonly area: Area;
	readonly theme: Theme;
	readonly focus?: Focus;
	/** Where the terminal's cursor stands, from 0: a row of the lines and a column of the pane. */
	readonly cursor?: {readonly line: number; readonly column: number};
	/** Whether it takes the keys that move the text. */
	readonly isActive: boolean;
	/** The keys that move the text; the arrows move it where nothing else takes them. */
	readonly moves?: readonly Command[];
	/** Whether it begins at its end and stays there. */
	readonly atEnd?: boolean;
};

/** The keys that move the text. */
export const allMoves: readonly Command[] = ['up', 'down', 'page-up', 'page-down', 'top', 'bottom'];

/** The keys that move the text where the arrows choose. */
export const pageMoves: readonly Command[] = ['page-up', 'page-down'];

/** The same where Home and End edit nothing. */
export const readMoves: readonly Command[] = [...pageMoves, 'top', 'bottom'];

const moved = (command: Command, offset: number, page: number): number => {
	const by: Partial<Record<Command, number>> = {
		up: -1,
		down: 1,
		'page-up': 1 - page,
		'page-down': page - 1,
		top: -Infinity,
		bottom: Infinity,
	};
	return offset + (by[command] ?? 0);
};

/** Puts the terminal's own cursor where text is typed: it is seen without colour, and by input methods. */
const Cursor = ({x, y}: {readonly x: number; readonly y: number}): ReactNode => {
	const {setCursorPosition} = useCursor();
	setCursorPosition({x, y});
	return null;
};

/** Lines in a window of their own: what does not fit is scrolled to, and the last row says how much there is. */
export const Pane = ({
	lines,
	area,
	theme,
	focus,
	cursor,
	isActive,
	moves = allMoves,
	atEnd = false,
}: PaneProps): ReactNode => {
	const {width, height, left, top} = area;
	const [scroll, setScroll] = useState<{readonly offset: number; readonly focus: string}>();
	const focused = focus ? `${focus.from}-${focus.to}` : '';
	const start = scroll?.offset ?? (atEnd ? Infinity : 0);
	const wanted = focus && scroll?.focus !== focused ? withFocus(Math.min(start, lines.length), height, focus) : start;
	const slice = sliceOf(lines.length, height, wanted);
	const hidden = slice.above + slice.below;

	useInput(
		(input, key) => {
			const command = commandOf(moves, input, key);
			if (!command || hidden === 0) {
				return;
			}

			const last = lines.length - slice.shown;
			const offset = Math.max(0, Math.min(moved(command, slice.offset, slice.shown), last));
			setScroll(atEnd && offset === last ? undefined : {offset, focus: focused});
		},
		{isActive},
	);

	const isCursorInSight =
		cursor !== undefined && cursor.line >= slice.offset && cursor.line < slice.offset + slice.shown;
	const {more, dot} = theme.symbols;
	const footer = [
		...(slice.above > 0 ? [`${more.up} ${slice.above} above (PgUp)`] : []),
		...(slice.below > 0 ? [`${more.down} ${slice.below} below (PgDn)`] : []),
	].join(dot);
	return (
		<Box flexDirection="column" width={width} height={height} overflow="hidden">
			{lines.slice(slice.offset, slice.offset + slice.shown).map((line, index) => (
				<Row key={index} line={line} theme={theme} />
			))}
			{isCursorInSight && <Cursor x={left + Math.min(cursor.column, width - 1)} y={top + cursor.line - slice.offset} />}
			{hidden > 0 && <Row line={{...row({text: footer, tone: 'dim'}), spoken: ''}} theme={theme} />}
		</Box>
	);
};
