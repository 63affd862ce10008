import {stepOf, type StepState} from '../state.js';
import type {Step, StepId} from '../step.js';
import {runName} from '../words/run-name.js';
import type {Session} from './session.js';

/** An answer that was given, and whether it can still be decided anew. */
export type Decision = {
	/** The step that asked. */
	readonly step: StepId;
	readonly question: string;
	readonly answer: string;
	/** Why it stands now, and what is possible instead. Left out where it can be decided anew. */
	readonly stands?: string;
};

/** What it takes to look at the decisions of a run. */
export type Deciding = Pick<Session, 'steps' | 'state' | 'run'>;

const knownOf = ({state}: Deciding, step: Step): StepState | undefined => stepOf(state(), step.id);

/** Whether a step may have changed the cluster: it was begun, and nobody has taken back what it did. */
const hasBegunToChange = (deciding: Deciding, step: Step): boolean => {
	const known = knownOf(deciding, step);
	return step.effect === 'cluster' && known !== undefined && known.attempts > 0 && known.status !== 'undone';
};

/** The later steps that go by an answer: all of them, unless the step that asked says which. */
const goingBy = ({steps}: Deciding, asker: Step, question: string): readonly Step[] => {
	const later = steps.slice(steps.indexOf(asker) + 1);
	const named = asker.decides?.[question];
	return named === undefined ? later : later.filter(({id}) => named.includes(id));
};

/**
The step whose effect on the cluster an answer is by now. A step that was begun and says that it has changed nothing
leaves its own questions open, but what it asked of others holds those before it.
*/
const effectOf = (deciding: Deciding, asker: Step, question: string): Step | undefined => {
	const isOwn = hasBegunToChange(deciding, asker) && !asker.mayDecideAnew?.(knownOf(deciding, asker)?.notes ?? []);
	return isOwn ? asker : goingBy(deciding, asker, question).find(step => hasBegunToChange(deciding, step));
};

/** Every answer of the run in the order of the checklist, and whether it can be decided anew. */
export const decisionsOf = (deciding: Deciding): readonly Decision[] =>
	deciding.steps.flatMap(step =>
		(knownOf(deciding, step)?.answered ?? []).map((question): Decision => {
			const by = effectOf(deciding, step, question);
			return {
				step: step.id,
				question,
				answer: deciding.state().answers[question] ?? '',
				...(by && {
					stands:
						`«${by.title}» has begun to change the cluster by it. To decide otherwise, go back with unroot ` +
						`rollback ${runName(deciding.run)}, then start a new run.`,
				}),
			};
		}),
	);

/** Where going back leads: to the question that is named, else to the last one that can be decided anew. */
export const backTarget = (deciding: Deciding, question?: string): Decision | undefined =>
	decisionsOf(deciding).findLast(
		decision => decision.stands === undefined && (question === undefined || decision.question === question),
	);

/**
What is opened again with a question: the step that asked it, then those that went by the answer, with the answers that
are withdrawn in each.
*/
export const reopenedBy = (
	deciding: Deciding,
	{step: id, question}: Decision,
): ReadonlyArray<{readonly step: Step; readonly withdrawn: readonly string[]}> => {
	const asker = deciding.steps.find(step => step.id === id);
	if (!asker) {
		return [];
	}

	const own = knownOf(deciding, asker)?.answered ?? [];
	return [
		{step: asker, withdrawn: own.slice(own.indexOf(question))},
		...goingBy(deciding, asker, question)
			.filter(step => {
				const known = knownOf(deciding, step);
				return known !== undefined && (known.status !== 'waiting' || known.answered.length > 0);
			})
			.map(step => ({step, withdrawn: knownOf(deciding, step)?.answered ?? []})),
	];
};
