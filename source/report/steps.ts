import type {FailureParts} from '../failure/failure.js';
import {failureLabels} from '../failure/text.js';
import type {JournalEvent} from '../migration/event.js';
import type {StepState} from '../migration/state.js';
import type {Evidence} from '../migration/step.js';
import type {ChecklistLine} from '../migration/words/checklist.js';
import {code, heading, list, paragraph, table, type Block} from './document.js';
import {titleOf} from './facts/chronicle.js';
import {dayTimeText} from './facts/times.js';
import {provedWhenDone} from './facts/tries.js';
import {outcomeBlocks} from './outcome.js';
import {tookText} from './timing.js';

/** Where a step stands, in words. */
export const statusWords: Readonly<Record<StepState['status'], string>> = {
	waiting: 'not begun',
	started: 'begun, not ended',
	performed: 'ended, not checked',
	done: 'done',
	failed: 'failed',
	skipped: 'left out',
	undone: 'undone',
};

const evidenceTable = (evidence: readonly Evidence[]): Block =>
	table(
		['', 'Check', 'What was seen'],
		evidence.map(({label, value, holds}) => [holds ? '✓' : ['✗ ', {strong: 'does not hold'}], label, value]),
	);

const failureBlocks = ({seen, means, todo, byHand, details = []}: FailureParts): readonly Block[] => [
	list([
		[{strong: `${failureLabels.seen}:`}, ` ${seen}`],
		[{strong: `${failureLabels.means}:`}, ` ${means}`],
		[{strong: `${failureLabels.todo}:`}, ` ${todo}`],
		[{strong: `${failureLabels.byHand}:`}, ' ', code(byHand)],
	]),
	...(details.length > 0 ? [{kind: 'code', text: details.join('\n')} as const] : []),
];

const evidenceBlocks = (step: StepState, events: readonly JournalEvent[]): readonly Block[] => {
	const before = step.status === 'undone' ? provedWhenDone(events, step.id) : undefined;
	return [
		...(before && before.evidence.length > 0
			? [paragraph(`Checked when it was done, at ${dayTimeText(before.at)}:`), evidenceTable(before.evidence)]
			: []),
		...(step.evidence.length > 0
			? [
					...(step.status === 'undone' && step.endedAt !== undefined
						? [paragraph(`Checked when it was undone, at ${dayTimeText(step.endedAt)}:`)]
						: []),
					evidenceTable(step.evidence),
				]
			: []),
	];
};

/** What one step did, and what proves it. */
export const stepBlocks = (
	step: StepState,
	{
		number,
		events,
		checklist,
	}: {
		readonly number: number;
		readonly events: readonly JournalEvent[];
		readonly checklist: readonly ChecklistLine[];
	},
): readonly Block[] => {
	const took = tookText(step);
	const begun = step.startedAt === undefined ? '' : `, begun ${dayTimeText(step.startedAt)}`;
	return [
		heading(3, `${number}. ${titleOf(checklist, step.id)}`),
		paragraph(
			`${statusWords[step.status]}${took === '' ? '' : `, ${took}`}${begun}` +
				(step.undoing ? '; its undo was begun and has not ended' : ''),
		),
		...(step.skipped ? [paragraph(`Left out: ${step.skipped}`)] : []),
		...evidenceBlocks(step, events),
		...(step.facts && step.facts.length > 0 ? [list(step.facts.map(({label, value}) => `${label}: ${value}`))] : []),
		...(step.status === 'failed' && step.failure ? failureBlocks(step.failure) : []),
		...(step.status === 'waiting' ? [] : outcomeBlocks(step.outcome)),
	];
};
