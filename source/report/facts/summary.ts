import {frozenNow} from '../../migration/freeze.js';
import {stepOf, type RunState} from '../../migration/state.js';
import type {StepId} from '../../migration/step.js';
import {countText, durationText, secondsBetween} from '../../migration/words/figures.js';
import {lengthOf} from '../../migration/words/freeze.js';
import {comparisonsOf} from './comparisons.js';
import {isDone, listAt, numberAt, outcomeOf, textAt} from './known.js';
import {dayTimeText, spanText} from './times.js';

/** A number with its noun, as one says it. */
const counted = (count: number, one: string, many = `${one}s`): string =>
	`${countText(count)} ${count === 1 ? one : many}`;

/** How many entries were moved, and what speaks for it. */
const entriesText = (state: RunState): string => {
	const comparisons = comparisonsOf(state);
	const [first] = comparisons;
	if (!first) {
		const known = listAt(outcomeOf(state, 'inventory'), 'backends').map(backend => numberAt(backend, 'entries') ?? 0);
		return known.length === 0
			? 'not known'
			: `${counted(
					known.reduce((sum, count) => sum + count, 0),
					'entry',
					'entries',
				)} on the old server; not compared yet`;
	}

	// The newest comparison of each backend counts.
	const newest = new Map(comparisons.map(comparison => [comparison.backend, comparison]));
	const total = newest.values().reduce((sum, {holdings}) => sum + (holdings.at(-1)?.entries ?? 0), 0);
	const says = comparisons.every(({isEqual}) => isEqual)
		? 'the digests agree each time they were compared'
		: comparisons.some(({isEqual}) => isEqual === false)
			? 'DIGESTS DIFFER'
			: 'an encrypted export has no digest to compare';
	return `${counted(total, 'entry', 'entries')} in ${counted(newest.size, 'backend')}; ${says}`;
};

const frozenText = ({freezes}: RunState): string =>
	freezes.length === 0
		? 'never'
		: freezes
				.map(freeze => {
					const seconds = lengthOf(freeze);
					return (
						spanText(freeze.since, freeze.ended?.at) + (seconds === undefined ? '' : ` (${durationText(seconds)})`)
					);
				})
				.join('; ');

const refusedSeconds = ({freezes}: RunState): number =>
	freezes.reduce((sum, freeze) => sum + (lengthOf(freeze) ?? 0), 0);

/** What clients felt of the run so far. */
const feltText = (state: RunState): string => {
	const {freezes} = state;
	const restart = stepOf(state, 'restart');
	const replicas = numberAt(outcomeOf(state, 'inventory'), 'workload', 'replicas') ?? 1;
	const movedAt = textAt(outcomeOf(state, 'cut-over'), 'gate', 'movedAt');
	const took = restart?.status === 'done' ? secondsBetween(restart.startedAt, restart.endedAt) : undefined;
	const said = [
		...(frozenNow(freezes) ? ['Writes are refused at the moment.'] : []),
		...(freezes.some(({ended}) => ended)
			? [
					`Writes were refused for ${durationText(refusedSeconds(state))}` +
						`${freezes.length > 1 ? `, in ${freezes.length} freezes` : ''}; searches were not.`,
				]
			: []),
		...(movedAt === undefined
			? []
			: [
					`Clients moved at ${dayTimeText(movedAt)}; connections to the old servers ended when these were scaled ` +
						'down.',
				]),
		...(restart && restart.attempts > 0
			? [
					replicas > 1
						? `Each of ${replicas} replicas restarted, one after the other.`
						: `The only server restarted${took === undefined ? '' : `, within ${durationText(took)}`}.`,
				]
			: []),
		...(state.status === 'rolled-back' && movedAt !== undefined ? ['They have gone back since.'] : []),
	];
	return said.length === 0 ? 'Nothing: no write was refused, and no client was moved.' : said.join(' ');
};

const hasBegun = (state: RunState, id: StepId): boolean => {
	const step = stepOf(state, id);
	return step !== undefined && step.attempts > 0 && step.status !== 'undone' && step.status !== 'skipped';
};

/** What it would cost clients to go back now. */
const wayBackText = (state: RunState): string => {
	if (state.status === 'rolled-back') {
		return 'None: the run was rolled back.';
	}

	if (hasBegun(state, 'cut-over')) {
		const seconds = numberAt(outcomeOf(state, 'cut-over'), 'gate', 'refusedSeconds');
		return (
			'Writes are refused once more while what clients wrote on the new servers is carried back' +
			`${seconds === undefined ? '' : `; the cut-over took ${durationText(seconds)} for the same`}. ` +
			'The more they have written, the longer it takes.'
		);
	}

	if (hasBegun(state, 'restart')) {
		return 'Every replica restarts once more, one after the other. Data that a newer version changed stays changed.';
	}

	return state.steps.some(({attempts}) => attempts > 0)
		? 'None for clients: they are on the old servers.'
		: 'None: nothing was changed.';
};

/** What somebody has to look at yet, one line each. */
export const openPointsOf = (state: RunState, titleOf: (id: StepId) => string): readonly string[] => [
	...(frozenNow(state.freezes) ? ['Writes are refused.'] : []),
	...state.steps.flatMap(step => [
		...(step.status === 'failed' && step.failure ? [`${titleOf(step.id)}: ${step.failure.seen}`] : []),
		...step.evidence
			.filter(({holds}) => !holds)
			.map(({label, value}) => `${titleOf(step.id)}: ${label} does not hold: ${value}`),
		...(step.status === 'undone' ? [] : (step.facts ?? []))
			.filter(({mark}) => mark === 'warning' || mark === 'bad')
			.map(({label, value}) => `${titleOf(step.id)}: ${label}: ${value}`),
	]),
	...state.files.flatMap(({path, end}) => (end?.kind === 'left' ? [`${path} is still there: ${end.why}`] : [])),
];

/** What a manager reads first, by name. */
export const summaryOf = (
	state: RunState,
	openPoints: number,
): ReadonlyArray<readonly [name: string, value: string]> => [
	['Entries', entriesText(state)],
	['Writes refused', frozenText(state)],
	['What clients felt', feltText(state)],
	['Clients are on', isDone(state, 'cut-over') ? 'the new servers' : clientsWithoutCutOver(state)],
	['Open points', openPoints === 0 ? 'none' : `${countText(openPoints)}, listed below`],
	['Cost of going back today', wayBackText(state)],
];

const clientsWithoutCutOver = (state: RunState): string =>
	isDone(state, 'restart') ? 'the same servers, with the new image' : 'the old servers';
