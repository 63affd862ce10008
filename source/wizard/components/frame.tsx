import {Box, Text} from 'ink';
import type {ReactNode} from 'react';
import {cellsOf, fitted} from '../cells.js';
import {shownKey, type Hint} from '../keys.js';
import type {Layout} from '../layout.js';
import {row, type Line, type Span} from '../lines.js';
import type {Theme} from '../theme.js';
import {Row} from './row.js';

/** What every screen stands in. */
export type FrameProps = {
	readonly layout: Layout;
	readonly theme: Theme;
	/** What is being done, and where. */
	readonly title: string;
	/** A word at the right end of the first row. */
	readonly badge: string;
	readonly rail: readonly Line[];
	readonly hints: readonly Hint[];
	readonly children: ReactNode;
};

const gap = ' '.repeat(3);

/**
As many hints as fit on one row, the most important first. The last one leads out of the screen: it is kept, and those
before it give way.
*/
export const hintLine = (hints: readonly Hint[], width: number, {symbols}: Theme): Line => {
	const all = hints.map(({command, says, isTyping}) => ({key: shownKey(command, symbols, isTyping), says}));
	const cells = (shown: typeof all): number =>
		shown.reduce((sum, {key, says}) => sum + cellsOf(key) + 1 + cellsOf(says), gap.length * (shown.length - 1));
	let shown = all;
	while (shown.length > 1 && cells(shown) > width) {
		shown = shown.toSpliced(-2, 1);
	}

	return {
		spans: shown.flatMap(({key, says}, index): readonly Span[] => [
			{text: `${index > 0 ? gap : ''}${key}`, tone: 'accent'},
			{text: ` ${says}`, tone: 'dim'},
		]),
		spoken: `Keys: ${all.map(({key, says}) => `${key} ${says}`).join(', ')}`,
	};
};

const Rule = ({
	layout,
	theme,
	joint,
}: {
	readonly layout: Layout;
	readonly theme: Theme;
	readonly joint: string;
}): ReactNode => {
	const {rule} = theme.symbols;
	const text =
		layout.rail === undefined
			? rule.repeat(layout.columns)
			: `${rule.repeat(layout.rail + 1)}${joint}${rule.repeat(Math.max(0, layout.columns - layout.rail - 2))}`;
	return <Row line={row({text, tone: 'dim'})} theme={theme} />;
};

/** The frame: where one is, the checklist, the screen, the keys. Never higher than the window. */
export const Frame = ({layout, theme, title, badge, rail, hints, children}: FrameProps): ReactNode => {
	const {columns, height, pane, hasRules} = layout;
	const {symbols} = theme;
	const name = 'unroot';
	const room = Math.max(0, columns - cellsOf(name) - cellsOf(badge) - 3);
	const head = row(
		{text: name, tone: 'accent'},
		{text: `  ${fitted(title, room, symbols.cut)} `, tone: 'dim'},
		{text: badge, tone: 'warning'},
	);
	const isBeside = layout.rail !== undefined;
	return (
		<Box flexDirection="column" width={columns} height={height} overflow="hidden">
			<Row line={head} theme={theme} />
			{hasRules && <Rule layout={layout} theme={theme} joint={symbols.above} />}
			<Box flexDirection={isBeside ? 'row' : 'column'} height={pane.height + (isBeside ? 0 : 1)} overflow="hidden">
				<Box
					flexDirection="column"
					width={layout.rail ?? columns}
					height={isBeside ? pane.height : 1}
					overflow="hidden"
					flexShrink={0}
				>
					{rail.map((line, index) => (
						<Row key={index} line={line} theme={theme} />
					))}
				</Box>
				{isBeside && (
					<Box width={3} height={pane.height} flexShrink={0} overflow="hidden">
						<Text dimColor={theme.isColoured}>
							{Array.from({length: pane.height}, () => ` ${symbols.wall} `).join('\n')}
						</Text>
					</Box>
				)}
				<Box flexDirection="column" width={pane.width} height={pane.height} overflow="hidden">
					{children}
				</Box>
			</Box>
			{hasRules && <Rule layout={layout} theme={theme} joint={symbols.below} />}
			<Row line={hintLine(hints, columns, theme)} theme={theme} />
		</Box>
	);
};
