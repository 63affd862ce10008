import {Box} from 'ink';
import type {ReactNode} from 'react';
import {frozenNow} from '../../migration/freeze.js';
import type {RunState} from '../../migration/state.js';
import {freezeSentence} from '../../migration/words/freeze.js';
import {fitted} from '../cells.js';
import {row, wrapped, type Line} from '../lines.js';
import type {Theme} from '../theme.js';
import {Row} from './row.js';

/** Windows that are lower than this have one row for it. */
const roomy = 16;

/**
What stands above every screen while writes are refused: since when and where, and the command that lifts it. Empty
where they are not.
*/
export const freezeRows = (
	state: Pick<RunState, 'freezes'>,
	name: string,
	{columns, rows, theme}: {readonly columns: number; readonly rows: number; readonly theme: Theme},
): readonly Line[] => {
	const freeze = frozenNow(state.freezes);
	if (!freeze) {
		return [];
	}

	const {cut, warning} = theme.symbols;
	const said = `${warning} ${freezeSentence(freeze)}`;
	const lift = `  Lift it: unroot unfreeze ${name}`;
	return [
		row({text: fitted(said, columns, cut).trimEnd(), tone: 'bad'}),
		...(rows < roomy ? [] : [row({text: fitted(lift, columns, cut).trimEnd(), tone: 'bad'})]),
	];
};

/** The same within a screen, where there is room for all of it: empty where writes are taken. */
export const freezeParagraph = (
	state: Pick<RunState, 'freezes'>,
	name: string,
	{width, theme}: {readonly width: number; readonly theme: Theme},
): readonly Line[] => {
	const freeze = frozenNow(state.freezes);
	return freeze
		? [
				...wrapped(
					`${freezeSentence(freeze)} A freeze since the export stays when you stop; that of a last round is ` +
						`lifted first. To lift it: unroot unfreeze ${name}`,
					{
						width,
						lead: [{text: `${theme.symbols.warning} `, tone: 'bad'}],
						tone: 'bad',
					},
				),
				row(),
			]
		: [];
};

/** Rows above the frame. */
export const FreezeBanner = ({lines, theme}: {readonly lines: readonly Line[]; readonly theme: Theme}): ReactNode => (
	<Box flexDirection="column" flexShrink={0}>
		{lines.map((line, index) => (
			<Row key={index} line={line} theme={theme} />
		))}
	</Box>
);
