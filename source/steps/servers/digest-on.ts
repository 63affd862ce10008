import {exportAbilities, exportBackend} from '../../directory/export.js';
import type {DirectoryServer} from '../../directory/server.js';
import {removeRemote} from '../../directory/volume.js';
import {createDigest} from '../../ldif/digest.js';
import type {Reporter, StepContext} from '../../migration/step.js';
import {remoteFiles} from '../run/remote-files.js';
import {watchWith} from './tries.js';

/**
The digest of what a server holds in a backend: it exports it, and the digest is computed while that streams out.
Nothing is left in the pod; `localPath` is left here, for who has to explain a difference, and is to be shredded.
*/
export const digestOn = async (
	context: StepContext<'pods' | 'clock' | 'files' | 'transfer'>,
	server: DirectoryServer,
	{backend, localPath}: {readonly backend: string; readonly localPath: string},
	reporter: Reporter,
): Promise<string> => {
	const {proofOf, logOf, logFilesOf} = remoteFiles(context.run.id);
	await exportBackend(
		server,
		context.world.clock,
		{
			backend,
			file: proofOf(backend),
			log: logOf('proof', backend),
			encryption: {kind: 'none'},
			abilities: await exportAbilities(server),
		},
		{
			isFresh: true,
			onEntries: watchWith(reporter, `Exporting ${backend} from ${server.target.pod}`).onEntries,
		},
	);
	const digest = createDigest();
	await context.world.files.remove(localPath);
	await context.world.transfer.copyOut({
		target: server.target,
		remotePath: proofOf(backend),
		localPath,
		signal: context.signal,
		onBytes(bytes) {
			digest.write(bytes);
		},
		onProgress({bytes, total}) {
			reporter.progress({
				what: `Reading ${backend} back from ${server.target.pod}`,
				unit: 'bytes',
				done: bytes,
				total,
			});
		},
	});
	await removeRemote(context.world.pods, server.target, context.run.id, [
		proofOf(backend),
		...logFilesOf('proof', backend),
	]);
	const result = await digest.end();
	return result.digest;
};
