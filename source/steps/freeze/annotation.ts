import {partsOf} from '../../failure/failure.js';
import type {Freeze, FrozenWorkload} from '../../migration/freeze.js';
import type {Reporter, StepContext} from '../../migration/step.js';
import {runName} from '../../migration/words/run-name.js';
import {changeSeen} from '../shared-objects/change.js';

/** Where a workload says that its servers refuse writes, for whoever looks at it without the run. */
export const freezeAnnotation = 'unroot/freeze';

type Said = Pick<Freeze, 'isMoving' | 'mode' | 'servers' | 'until'> & {
	readonly since: string;
	readonly clientsMovedAt?: string;
};

/** What the annotation says, as JSON. */
const text = (
	run: Parameters<typeof runName>[0],
	{since, mode, servers, until, isMoving, clientsMovedAt}: Said,
): string =>
	JSON.stringify({
		since,
		run: runName(run),
		mode,
		pods: servers.map(({pod}) => pod),
		...(until !== undefined && !isMoving && {until}),
		...(clientsMovedAt !== undefined && {clientsMovedAt}),
		lift: servers.map(({lift}) => lift),
	});

/**
Writes on the workload that its servers refuse writes, or takes that away. Where it may not be written the freeze stands
all the same: the journal and the lease know of it, and the reason is told.
*/
export const annotateFreeze = async (
	context: StepContext<'cluster' | 'kubectl'>,
	workload: FrozenWorkload,
	said: Said | undefined,
	reporter: Pick<Reporter, 'log'>,
): Promise<void> => {
	const value = said ? text(context.run, said) : null;
	try {
		await changeSeen(context, workload, now => {
			const written = now?.metadata.annotations?.[freezeAnnotation] ?? null;
			return now && written !== value ? {metadata: {annotations: {[freezeAnnotation]: value}}} : undefined;
		});
	} catch (error) {
		context.signal.throwIfAborted();
		reporter.log(
			`${workload.kind}/${workload.name} does not say that its servers refuse writes: ${partsOf(error).seen}`,
		);
	}
};
