import {frozenNow} from '../../migration/freeze.js';
import type {Fact, StepContext} from '../../migration/step.js';
import {durationText} from '../../migration/words/figures.js';
import {timeText} from '../../migration/words/freeze.js';
import {outcomeIfAny} from '../outcomes.js';
import {roundText} from '../rounds/figures.js';
import {countText} from '../run/words.js';

/** Enough of a digest to tell two apart at a glance; the whole of it stands in the evidence. */
const shortDigest = (digest: string): string => digest.slice(0, 12);

/** What was counted and compared, backend by backend. */
const proofFacts = (context: Pick<StepContext, 'outcomes'>): readonly Fact[] =>
	(outcomeIfAny(context, 'prove')?.proofs ?? []).flatMap(
		({backend, source, copy, target, entries}): readonly Fact[] => {
			const exported = outcomeIfAny(context, 'export')?.files.find(file => file.backend === backend)?.exported;
			const isSame = source === copy && copy === target;
			return [
				{
					label: `${backend}, entries`,
					value: `${entries} on the new server, ${exported ?? 'none'} exported from the old one`,
					mark: entries === exported ? 'good' : 'warning',
				},
				source === null
					? {
							label: `${backend}, digest`,
							value: 'none: the export is encrypted, so entries were counted and not compared',
							mark: 'warning',
						}
					: {
							label: `${backend}, digest`,
							value: isSame
								? `old server, copy and new server agree (${shortDigest(source)}…)`
								: `old ${shortDigest(source)}…, copy ${shortDigest(copy ?? 'none')}…, new ` +
									`${shortDigest(target ?? 'none')}…`,
							mark: isSame ? 'good' : 'bad',
						},
			];
		},
	);

/** What was left to people, and is not known to be done. */
const openFacts = (context: Pick<StepContext, 'outcomes'>): readonly Fact[] => {
	const {toDecide = [], toProvide = []} = outcomeIfAny(context, 'profile') ?? {};
	const open = [...toProvide, ...toDecide];
	return open.length === 0
		? []
		: [
				{
					label: 'open points',
					value: `${countText(open.length, 'point')} left to you by «Server profile»:`,
					mark: 'warning',
				},
				...open.map((point): Fact => ({label: 'open point', value: point, mark: 'warning'})),
			];
};

const freezeFacts = (context: Pick<StepContext, 'outcomes' | 'answers' | 'freezes'>): readonly Fact[] => {
	const freeze = frozenNow(context.freezes);
	const caughtUp = outcomeIfAny(context, 'catch-up');
	const forecast = caughtUp?.forecastSeconds ?? undefined;
	const last = caughtUp?.rounds.at(-1);
	const budget = context.answers['freeze-budget'];
	return [
		freeze
			? {
					label: 'freeze',
					value: `${freeze.workload.name} refuses writes since ${timeText(freeze.since)}`,
					mark: 'warning',
				}
			: {label: 'freeze', value: 'no server refuses writes now'},
		...(last ? [{label: 'caught up', value: roundText(last)}] : []),
		...(forecast === undefined
			? []
			: [
					{
						label: 'last round',
						value:
							'expected to refuse writes for about ' +
							`${durationText(forecast)}${budget === undefined ? '' : `; the budget is ${budget}`}`,
					},
				]),
	];
};

/**
What stands above the word that moves the clients: counts, digests, the freeze, and what is still open. All of it is
what earlier steps found.
*/
export const cutOverProof = (context: Pick<StepContext, 'outcomes' | 'answers' | 'freezes'>): readonly Fact[] => [
	...proofFacts(context),
	...freezeFacts(context),
	...openFacts(context),
];
