import type {Fact, Question, StepContext} from '../../migration/step.js';
import {bytesText} from '../../migration/words/figures.js';
import {outcomeIfAny, outcomeOf} from '../outcomes.js';
import {countText} from '../run/words.js';

/** What stands above the word: what restarts, with which image, and what there is to go back to. */
const proofOf = (context: Pick<StepContext, 'outcomes'>): readonly Fact[] => {
	const {workload} = outcomeOf(context, 'inventory');
	const {image, pull} = outcomeOf(context, 'strategy');
	const copies = outcomeIfAny(context, 'copy-out')?.files ?? [];
	return [
		{label: 'restarts', value: `${workload.name}, ${countText(workload.replicas, 'replica')}`},
		{
			label: 'image',
			value: `${image} in place of ${workload.image}${pull ? `; ${pull.says}` : ''}`,
			...(pull && {mark: pull.isSeen ? ('good' as const) : ('warning' as const)}),
		},
		...copies.map(({backend, bytes, entries}): Fact => ({
			label: `copy of ${backend}`,
			value: `${bytesText(bytes)}${entries === null ? '' : `, ${countText(entries, 'entry', 'entries')}`}`,
			mark: 'good',
		})),
		{
			label: 'way back',
			value:
				'the old template, for as long as the old image can be pulled; data that a newer version has changed ' +
				'is not changed back',
		},
	];
};

/** Production restarts: the operator types where. */
export const restartQuestion = (context: Pick<StepContext, 'run' | 'outcomes'>): Question => ({
	kind: 'typed',
	id: 'restart',
	title: 'Type the name of the namespace to restart its servers as root.',
	why: 'Clients lose their connections while a pod restarts, and root stays until you move to a fresh deployment.',
	expected: context.run.namespace,
	proof: proofOf(context),
});
