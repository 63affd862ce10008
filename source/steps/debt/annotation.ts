import {join} from 'node:path';
import type {Evidence, StepContext} from '../../migration/step.js';
import {debtAnnotation, debtOf, debtText} from '../../ping/debt.js';
import {outcomeOf} from '../outcomes.js';
import {controlledKind} from '../servers/workload-pods.js';
import {changeSeen} from '../shared-objects/change.js';
import {today} from './questions.js';

const workloadOf = (context: Pick<StepContext, 'outcomes'>) => {
	const {workload} = outcomeOf(context, 'inventory');
	return {kind: controlledKind(workload), name: workload.name};
};

/** Whether this run takes a debt on: a version before did not ask. */
const isAsked = ({answers, outcomes}: Pick<StepContext, 'answers' | 'outcomes'>): boolean =>
	answers['root-until'] !== undefined && outcomeOf({outcomes}, 'strategy').strategy === 'root';

/** Where the run keeps what the workload said of its debt before, as it was written there. */
const earlierFile = ({run}: Pick<StepContext, 'run'>): string => join(run.folder, 'debt-before.json');

/** Keeps what another run wrote on the workload. It is looked for before this run writes: then it would be lost. */
const keepEarlier = async (context: StepContext<'cluster' | 'files'>): Promise<void> => {
	const {kind, name} = workloadOf(context);
	const object = await context.world.cluster.get(kind, name);
	const annotations = object?.metadata.annotations;
	if (debtOf(annotations)?.run === context.run.id) {
		return;
	}

	// Nothing is noted, too, where an earlier try of this run noted something.
	const text = annotations?.[debtAnnotation] ?? '';
	if (text !== ((await context.world.files.readText(earlierFile(context))) ?? '')) {
		await context.world.files.writeText(earlierFile(context), text);
	}
};

/**
Writes on the workload since when, by whom, until when and why it runs as root. One that is written already by this run
stays. Rejects with a Failure where the workload may not be patched.
*/
export const takeOnDebt = async (context: StepContext<'cluster' | 'kubectl' | 'clock' | 'files'>): Promise<void> => {
	if (!isAsked(context)) {
		return;
	}

	await keepEarlier(context);
	const {answers, run} = context;
	await changeSeen(context, workloadOf(context), now => {
		const written = debtOf(now?.metadata.annotations);
		const until = answers['root-until'] ?? '';
		const why = answers['root-why'] ?? '';
		if (!now || (written?.run === run.id && written.until === until && written.why === why)) {
			return undefined;
		}

		// A debt that is only put off began when it began.
		const since = written?.since ?? today(context);
		const text = debtText({since, by: run.by ?? '', until, why, run: run.id});
		return {metadata: {annotations: {[debtAnnotation]: text}}};
	});
};

/**
Takes away what this run wrote: the old template is back, and so is a debt that this run only put off. What another run
wrote stays.
*/
export const takeBackDebt = async (context: StepContext<'cluster' | 'kubectl' | 'files'>): Promise<void> => {
	const text = (await context.world.files.readText(earlierFile(context))) ?? '';
	const earlier = text === '' ? null : text;
	await changeSeen(context, workloadOf(context), now =>
		debtOf(now?.metadata.annotations)?.run === context.run.id
			? {metadata: {annotations: {[debtAnnotation]: earlier}}}
			: undefined,
	);
};

/** What the workload says of its debt. Empty where this run takes none on. */
export const debtEvidence = async (context: StepContext<'cluster'>): Promise<readonly Evidence[]> => {
	if (!isAsked(context)) {
		return [];
	}

	const {kind, name} = workloadOf(context);
	const object = await context.world.cluster.get(kind, name);
	const debt = debtOf(object?.metadata.annotations);
	return [
		{
			label: 'debt',
			value: debt
				? `${name} says that it runs as root until ${debt.until}`
				: `${name} does not say that it runs as root`,
			holds: debt?.until === context.answers['root-until'],
		},
	];
};
