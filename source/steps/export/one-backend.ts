import type {Backend} from '../../directory/backends.js';
import {exportBackend} from '../../directory/export.js';
import {countEntries} from '../../directory/volume.js';
import {Failure} from '../../failure/failure.js';
import type {Reporter, StepContext} from '../../migration/step.js';
import type {ExportedFile} from '../outcomes.js';
import {oldServer} from '../servers/old-server.js';
import {isFreshTry, isToolFailure, watchWith} from '../servers/tries.js';
import {encryptionOf, filesOf, lookOnce} from './look.js';
import type {Needs} from './needs.js';

/** Exports one backend, whole, or rejects with a Failure. */
export const exportOne = async (
	context: StepContext<Needs>,
	backend: Backend,
	reporter: Reporter,
): Promise<ExportedFile> => {
	const server = oldServer(context);
	const file = filesOf(context).ldifOf(backend.id);
	const {abilities} = await lookOnce(context, false);
	const isFresh = isFreshTry(context.notes, 'export', backend.id);
	if (isFresh) {
		await reporter.note({kind: 'export', backend: backend.id});
	}

	const result = await exportBackend(
		server,
		context.world.clock,
		{
			backend: backend.id,
			file,
			log: filesOf(context).logOf('export', backend.id),
			encryption: encryptionOf(context),
			abilities,
		},
		{
			isFresh,
			...watchWith(reporter, `Exporting ${backend.id}`, backend.entries),
		},
	).catch(async (error: unknown) => {
		if (isToolFailure(error)) {
			await reporter.note({kind: 'export-failed', backend: backend.id});
		}

		throw error;
	});
	const print = await context.world.transfer.fingerprint(server.target, file, context.signal);
	if (!print) {
		await reporter.note({kind: 'export-failed', backend: backend.id});
		throw new Failure({
			code: 'no-export-file',
			seen: `export-ldif ended well, but there is no file ${file} in ${server.target.pod}.`,
			means: 'There is nothing to copy.',
			todo: 'Look at the log of the tool, then try again.',
			byHand: context.world.pods.byHand(server.target, ['cat', filesOf(context).logOf('export', backend.id)]),
			retryable: true,
		});
	}

	const isPlain = context.answers.encryption !== 'passphrase';
	// A task that the server itself calls completed is whole; that its count is right is for the import to show.
	const exported =
		result.exported ??
		(isPlain ? await countEntries(context.world.pods, server.target, file) : undefined) ??
		(result.taskId === undefined ? undefined : backend.entries);
	if (exported === undefined) {
		await reporter.note({kind: 'export-failed', backend: backend.id});
		throw new Failure({
			code: 'export-uncounted',
			seen: `export-ldif in ${server.target.pod} does not say how many entries of ${backend.id} it exported.`,
			means: 'Nothing tells a whole export from one that was cut short, so it is not used.',
			todo: 'Look at the log of the tool. If the volume was full, make room; then try again.',
			byHand: context.world.pods.byHand(server.target, ['cat', filesOf(context).logOf('export', backend.id)]),
			retryable: true,
		});
	}

	return {
		backend: backend.id,
		file,
		...print,
		exported,
		counted: backend.entries,
	};
};
