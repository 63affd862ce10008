import {readBackends} from '../../directory/backends.js';
import {Failure} from '../../failure/failure.js';
import type {StepContext} from '../../migration/step.js';
import {
	outcomeIfAny,
	outcomeOf,
	type CopiedFile,
	type ExportedFile,
	type ImportedFile,
	type Proof,
} from '../outcomes.js';
import {findNewServer} from './new-server.js';
import {holdsDirectoryData} from './products.js';

/**
What an earlier step says of each backend. For a product that holds directory data an empty list is a Failure: nothing
was moved, so nothing may be built on it.
*/
const someOf = <Item>(context: Pick<StepContext, 'outcomes' | 'run'>, items: readonly Item[]): readonly Item[] => {
	const {workload} = outcomeOf(context, 'inventory');
	if (items.length > 0 || !holdsDirectoryData(workload.product)) {
		return items;
	}

	throw new Failure({
		code: 'nothing-moved',
		seen: `${workload.name} is a ${workload.product}, which holds entries, and this run has exported none.`,
		means: 'Clients would be moved to an empty directory.',
		todo: 'Undo this run and start a new one: it looks at the data of the old server again.',
		byHand: `unroot rollback ${context.run.id}`,
		exit: 'blocked',
	});
};

/** The exports; none where the product holds no directory data. */
export const exportedFiles = (context: Pick<StepContext, 'outcomes' | 'run'>): readonly ExportedFile[] =>
	someOf(context, outcomeIfAny(context, 'export')?.files ?? []);

/** The copies here; none where the product holds no directory data. */
export const copiedFiles = (context: Pick<StepContext, 'outcomes' | 'run'>): readonly CopiedFile[] =>
	someOf(context, outcomeIfAny(context, 'copy-out')?.files ?? []);

/** What was imported; nothing where the product holds no directory data. */
export const importedFiles = (context: Pick<StepContext, 'outcomes' | 'run'>): readonly ImportedFile[] =>
	someOf(context, outcomeIfAny(context, 'import')?.files ?? []);

/** What was proved of each backend; nothing where the product holds no directory data. */
export const provedBackends = (context: Pick<StepContext, 'outcomes' | 'run'>): readonly Proof[] =>
	someOf(context, outcomeIfAny(context, 'prove')?.proofs ?? []);

/**
Looks once more whether the new server still holds what was proved of it, by the server's own count. `proofs` are those
of the last round, where there were rounds. Rejects with a Failure where it does not.
*/
export const refuseEmptiedServer = async (
	context: StepContext<'cluster' | 'pods'>,
	proofs: ReadonlyArray<{readonly backend: string; readonly entries: number | null}> = provedBackends(context),
): Promise<void> => {
	if (proofs.length === 0) {
		return;
	}

	const server = await findNewServer(context);
	const backends = await readBackends(server);
	const changed = proofs.flatMap(({backend, entries}) => {
		const now = backends.find(({id}) => id === backend)?.entries;
		return entries === null || now === entries
			? []
			: [`${backend}: ${entries} were proved, ${now ?? 'none'} are there now`];
	});
	if (changed.length > 0) {
		throw new Failure({
			code: 'new-server-changed',
			seen: `The new server in ${server.target.pod} does not hold the entries that were proved. ${changed.join('; ')}.`,
			means: 'It was emptied or written to since. Clients are still on the old server; nothing was moved.',
			todo: 'Find out what happened to the new server. Then go back to «Import», or undo this run and start a new one.',
			byHand: `unroot rollback ${context.run.id}`,
			exit: 'blocked',
			retryable: true,
		});
	}
};
