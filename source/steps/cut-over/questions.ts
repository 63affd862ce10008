import type {Question, StepContext} from '../../migration/step.js';
import {outcomeIfAny, outcomeOf} from '../outcomes.js';
import {cutOverProof} from '../questions/cut-over.js';
import {holdsDirectoryData} from '../servers/products.js';

const confirm = (context: Pick<StepContext, 'run' | 'outcomes' | 'answers' | 'freezes'>): Question => ({
	kind: 'typed',
	id: 'cut-over',
	title: 'Type the name of the namespace to move the clients.',
	why: 'From here on clients talk to the new server. The way back is one command: unroot rollback.',
	expected: context.run.namespace,
	proof: cutOverProof(context),
});

/**
Nothing was imported into a new server that has no directory data, and nothing proves what it has: the operator
looks, and says so.
*/
const seen = ({product}: {readonly product: string}, newName: string): Question => ({
	kind: 'typed',
	id: 'configuration-seen',
	title: `Type the name of the product, once you have seen that ${newName} has its configuration and its data.`,
	why:
		`unroot imported nothing into ${newName} and cannot prove what it has. Bring it what the step ` +
		'«Server profile» left to decide (its key, the values of its variables, the profile), and look at ' +
		'it. Otherwise clients are led to an empty server. It can also wait: stop here, unroot resume goes ' +
		'on.',
	expected: product,
});

/** What is typed before the clients move. */
export const cutOverQuestions = (
	context: Pick<StepContext, 'run' | 'outcomes' | 'answers' | 'freezes'>,
): readonly Question[] => {
	const {workload} = outcomeOf(context, 'inventory');
	const {strategy, newName} = outcomeOf(context, 'strategy');
	const isProved = Boolean(outcomeIfAny(context, 'prove')?.configuration);
	return strategy === 'fresh' && !holdsDirectoryData(workload.product) && !isProved
		? [seen(workload, newName ?? workload.name), confirm(context)]
		: [confirm(context)];
};
