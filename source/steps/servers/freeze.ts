import {writabilityCommand} from '../../directory/writability.js';
import type {Question, StepContext} from '../../migration/step.js';
import {durationText} from '../../migration/words/figures.js';
import {frozenMode} from '../freeze/begin.js';
import {estimateFor} from '../rounds/forecast.js';

/**
Whether writes are refused from the export on, or for the last difference alone; with about how long, for so many
entries.
*/
export const freezeQuestion = (replicas: number, entries: number): Question => {
	const {catchUp, freeze} = estimateFor(entries);
	const where = replicas === 1 ? 'its pod' : `each of the ${replicas} pods`;
	return {
		kind: 'choice',
		id: 'freeze',
		title: 'When are writes to be frozen?',
		why:
			'Clients must not write to the old server any more when they are moved to the new one. Reads go on all the ' +
			'time. While writes are frozen, logins that must write (last login time, failed tries) may fail. No write is ' +
			'lost with either answer.',
		recommended: 'catch-up',
		options: [
			{
				value: 'catch-up',
				label: `Move while clients write, then freeze briefly (about ${durationText(catchUp)})`,
				reason: 'What clients write meanwhile is carried over in rounds. The rounds tell how long the freeze will be.',
				cost: 'Clients that write get an error for that time. Each round exports the old server once.',
				wayBack: 'The freeze is lifted where the last round does not come to its end in time.',
			},
			{
				value: 'freeze',
				label: `Freeze now, until the cut-over (about ${durationText(freeze)}, and as long as you wait)`,
				reason: `${writabilityCommand(undefined, frozenMode(replicas)).join(' ')}, on ${where}.`,
				cost: 'Clients that write get an error until the cut-over.',
				wayBack: 'unroot rollback lifts the freeze.',
			},
		],
	};
};

/**
Whether writes are refused from the export on: the operator chose it, and that freeze has not ended since. Once
it has,
because its time was over or somebody lifted it, the run goes on as if they had not been frozen. The version
before had
`open` for the other answer.
*/
export const isToFreeze = ({answers, freezes}: Pick<StepContext, 'answers' | 'freezes'>): boolean =>
	answers.freeze === 'freeze' && freezes.every(({ended}) => ended === undefined);
