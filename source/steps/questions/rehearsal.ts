import {Failure, partsOf} from '../../failure/failure.js';
import type {Question, RunFacts, StepContext} from '../../migration/step.js';
import type {ClusterIdentity, KubernetesObject} from '../../migration/world.js';

/** Whether everything a rehearsal does is really done: it has no sandbox to itself. */
export const isReal = ({mode, sandbox}: Pick<RunFacts, 'mode' | 'sandbox'>): boolean => mode === 'rehearse' && !sandbox;

/** Labels and annotations by which people say what a namespace is for, by the last part of their key. */
const stageKeys = new Set(['environment', 'env', 'stage', 'tier']);

const production = /^(?:prd|prod|production|live)$/iv;

/**
Where a namespace says that it is production: `unroot/production: "true"`, or a usual label or annotation such as
`environment: production`.
*/
const productionMark = ({metadata: {labels, annotations}}: Pick<KubernetesObject, 'metadata'>): string | undefined => {
	const marks = Object.entries({...labels, ...annotations});
	const mark = marks.find(
		([key, value]) =>
			(key === 'unroot/production' && value === 'true') ||
			(stageKeys.has(key.split('/').at(-1) ?? '') && production.test(value)),
	);
	return mark?.join('=');
};

const refused = ({namespace, context}: Pick<RunFacts, 'namespace' | 'context'>, seen: string): Failure =>
	new Failure({
		code: 'rehearsal-on-production',
		seen,
		means:
			'A rehearsal outside the sandbox is a real migration: it exports the entries, freezes writes and moves ' +
			'the clients. Nothing was changed.',
		todo: 'Rehearse in another namespace, or on the sandbox. For the real move, start a migration.',
		byHand: ['unroot rehearse --sandbox', `unroot migrate --context ${context} --namespace ${namespace}`].join('\n'),
		exit: 'blocked',
	});

/**
What stands against a rehearsal here: a mark of production on the namespace, or a real run that was started in it.
Undefined where nothing does, and for any other run.
*/
export const rehearsalRefusal = async (
	{world, run}: StepContext<'cluster'>,
	cluster: ClusterIdentity,
): Promise<Failure | undefined> => {
	if (!isReal(run)) {
		return undefined;
	}

	const named = run.realRuns?.find(
		real => real.namespace === run.namespace && (real.cluster ?? cluster.uid) === cluster.uid,
	);
	if (named) {
		return refused(run, `The migration ${named.run} was started in the namespace ${run.namespace} of this cluster.`);
	}

	const namespace = await world.cluster.get('Namespace', run.namespace).catch((error: unknown) => {
		if (partsOf(error).code === 'forbidden') {
			return undefined;
		}

		throw error;
	});
	const mark = namespace && productionMark(namespace);
	return mark === undefined ? undefined : refused(run, `The namespace ${run.namespace} is marked ${mark}.`);
};

/** A rehearsal outside the sandbox says what it is, and is let begin once, by the name of its namespace. */
export const rehearsalQuestions = ({run}: Pick<StepContext, 'run'>): readonly Question[] =>
	isReal(run)
		? [
				{
					kind: 'typed',
					id: 'rehearse',
					title: 'This rehearsal is a real migration. Type the name of the namespace it may do it in.',
					why:
						`All of it is really done in ${run.namespace} of the context ${run.context}: objects are created, ` +
						'entries exported, writes frozen, clients moved. With --yes no later word is asked for. Go on only ' +
						'where that harms nobody.',
					expected: run.namespace,
					isAsked: true,
				},
			]
		: [];
