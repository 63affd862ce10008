import type {RunState} from '../migration/state.js';
import {freezeEndText, freezeLengthText, freezeLines} from '../migration/words/freeze.js';
import {codeBlock, escaped, table} from './markdown.js';

/** That writes are refused, before anything else; empty where they are not. */
export const freezeBlocks = (state: RunState): readonly string[] => {
	const [first, ...others] = freezeLines(state);
	return first === undefined ? [] : [`**${escaped(first)}**`, codeBlock(others.map(line => line.trim()).join('\n'))];
};

/** Each time that writes were refused: from when to when, how long, and how it ended; empty where they never were. */
export const timeLineBlocks = ({freezes}: RunState): readonly string[] =>
	freezes.length === 0
		? []
		: [
				'## Writes refused',
				table(
					['Begun', 'Ended', 'Length', 'Servers', 'Mode', 'Since then writes are'],
					freezes.map(freeze => [
						freeze.since,
						freeze.ended?.at ?? 'not yet',
						freezeLengthText(freeze),
						escaped(freeze.servers.map(({pod}) => pod).join(', ')),
						escaped(freeze.mode),
						escaped(freezeEndText(freeze)),
					]),
				),
			];
