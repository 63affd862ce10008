import {readBackends} from '../../directory/backends.js';
import type {Fact, Question, StepContext} from '../../migration/step.js';
import {budgetQuestion} from '../freeze/budget.js';
import type {LastRoundNeeds} from '../last-round/needs.js';
import {baseLineOf} from '../rounds/base-line.js';
import {findNewServer} from '../servers/new-server.js';

/** What is to be decided once clients have moved. */
export const wayBackQuestions = (
	{run, answers}: Pick<StepContext, 'answers' | 'run'>,
	forecast: number | undefined,
): readonly Question[] => [
	{
		kind: 'choice',
		id: 'carry-back',
		title: 'What should happen to what clients wrote to the new server?',
		why: 'Clients have been on the new server since the cut-over. The old one does not have what they wrote there.',
		recommended: 'apply',
		options: [
			{
				value: 'apply',
				label: 'Carry it to the old server',
				reason:
					'The new server is frozen, compared with the old one, and what differs is applied and ' +
					'proved before clients go back.',
				cost: 'Clients that write get an error until they are back.',
			},
			{
				value: 'file',
				label: 'Keep it in a file',
				reason:
					'The changes are written to an LDIF in the folder of the run, and counted. The old server ' +
					'stays as it was at the switch.',
				cost: 'What clients wrote is not on the old server until you apply that file.',
			},
			{
				value: 'leave',
				label: 'Leave it on the new server',
				reason: 'The new server does not answer, so that nothing can be taken from it.',
				cost: 'What clients wrote since the cut-over is lost to them, and nobody can say how much it is.',
			},
		],
	},
	...(answers['freeze-budget'] === undefined ? [budgetQuestion(forecast)] : []),
	{
		kind: 'typed',
		id: 'roll-back',
		title: 'Type the name of the namespace to move the clients back.',
		why: 'Clients are on the new server. Going back moves them to the old one, as it is shown above.',
		expected: run.namespace,
	},
];

/** What going back will do, and what would stay behind, as far as it can be seen without changing anything. */
export const wayBackFacts = async (context: StepContext<LastRoundNeeds>): Promise<readonly Fact[]> => {
	const {pictures} = baseLineOf(context, context.notes);
	const now = await findNewServer(context)
		.then(async server => readBackends(server))
		.catch(() => undefined);
	return [
		{label: 'new server', value: 'is frozen, exported and compared with the old one; what differs is carried back'},
		...pictures.map(({backend, entries}): Fact => ({
			label: `entries of ${backend}`,
			value: now
				? `${now.find(({id}) => id === backend)?.entries ?? 'none'} on the new server now, ` +
					`${entries ?? 'unknown'} at the switch; entries that were changed are counted once it is ` +
					'frozen'
				: 'the new server does not answer',
			...(!now && {mark: 'bad' as const}),
		})),
	];
};
