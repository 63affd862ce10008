import {Box, Static} from 'ink';
import type {ReactNode} from 'react';
import {hintLine} from './components/frame.js';
import {Row} from './components/row.js';
import {plainRow, type Line} from './lines.js';
import type {Parts, Shown} from './screens/shown.js';

/** What was proved of a step that is settled, in one sentence. */
const settledLines = ({state, checklist}: Parts): ReadonlyArray<{readonly id: string; readonly line: Line}> =>
	state.steps
		.filter(({status}) => ['done', 'skipped', 'undone'].includes(status))
		.map(({id, status, evidence, skipped}) => {
			const title = checklist.find(line => line.id === id)?.title ?? id;
			const proof = evidence
				.map(({label, value, holds}) => `${label}: ${value}${holds ? '' : ', does not hold'}`)
				.join('. ');
			const said = status === 'skipped' ? `left out. ${skipped ?? ''}` : `${status}. ${proof}`;
			return {id: `${id} ${status}`, line: plainRow(`${title}: ${said}`)};
		});

/** The wizard for a screen reader: what is settled is said once, then the screen as plain lines from top to bottom. */
export const Spoken = ({
	parts,
	shown,
	log,
}: {
	readonly parts: Parts;
	readonly shown: Shown;
	readonly log: readonly Line[];
}): ReactNode => (
	<Box flexDirection="column">
		<Static items={[...settledLines(parts)]}>{({id, line}) => <Row key={id} line={line} theme={parts.theme} />}</Static>
		{[...shown.lines, ...log, hintLine(shown.hints, Infinity, parts.theme)].map((line, index) => (
			<Row key={index} line={line} theme={parts.theme} />
		))}
	</Box>
);
