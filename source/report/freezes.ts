import type {RunState} from '../migration/state.js';
import {freezeEndText, freezeLengthText, freezeLines} from '../migration/words/freeze.js';
import {heading, table, type Block} from './document.js';
import {dayTimeText} from './facts/times.js';

/** That writes are refused, before anything else; empty where they are not. */
export const freezeBlocks = (state: RunState): readonly Block[] => {
	const [first, ...others] = freezeLines(state);
	return first === undefined
		? []
		: [{kind: 'alarm', text: first, commands: others.map(line => line.trim()).join('\n')}];
};

/** Each time that writes were refused: from when to when, how long, and how it ended; empty where they never were. */
export const frozenBlocks = ({freezes}: RunState): readonly Block[] =>
	freezes.length === 0
		? []
		: [
				heading(2, 'Writes refused'),
				table(
					['Begun', 'Ended', 'Length', 'Servers', 'Mode', 'Since then writes are'],
					freezes.map(freeze => [
						dayTimeText(freeze.since),
						freeze.ended ? dayTimeText(freeze.ended.at) : 'not yet',
						freezeLengthText(freeze),
						freeze.servers.map(({pod}) => pod).join(', '),
						freeze.mode,
						freezeEndText(freeze),
					]),
				),
			];
