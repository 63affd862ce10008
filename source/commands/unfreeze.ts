import {exitStatus} from '../failure/failure.js';
import {plainLine} from '../failure/plain.js';
import {frozenNow} from '../migration/freeze.js';
import {freezeSentence, unfrozenSentence} from '../migration/words/freeze.js';
import {withKnownRun} from './migrate.js';
import type {Surroundings} from './surroundings.js';

/**
`unroot unfreeze`: lets the servers of a run take writes again and reads that back; the run stays where it is. Exit
status 1 where a server could not be let go.
*/
export const unfreezeRun = async (surroundings: Surroundings): Promise<number> =>
	withKnownRun(surroundings, true, async ({engine}) => {
		const {stdout, stderr, options} = surroundings;
		const ignore = engine.onEvent(event => {
			if (event.type === 'logged') {
				stderr.write(`  | ${plainLine(event.line)}\n`);
			}
		});
		const before = frozenNow(engine.view().state.freezes);
		const evidence = await engine.unfreeze();
		ignore();
		const isLifted = evidence.every(({holds}) => holds);
		stdout.write(
			options.output === 'json'
				? `${JSON.stringify({run: engine.facts.id, lifted: isLifted, evidence})}\n`
				: [
						...(before ? [freezeSentence(before)] : []),
						...evidence.map(
							({label, value, holds}) => `  ${holds ? '✓' : '✗'} ${plainLine(label)}: ${plainLine(value)}`,
						),
						isLifted ? unfrozenSentence(before) : 'Not every server takes writes again. Lift it there by hand.',
						'',
					].join('\n'),
		);
		return isLifted ? exitStatus.done : exitStatus.failed;
	});
