import {join} from 'node:path';
import {lookAtJob} from '../../directory/detached.js';
import {exportAbilities, exportBackend, type Encryption} from '../../directory/export.js';
import type {DirectoryServer} from '../../directory/server.js';
import {putSecret, removeRemote} from '../../directory/volume.js';
import {createDigest} from '../../ldif/digest.js';
import {throughOutages} from '../../migration/engine/outage.js';
import type {Reporter, StepContext} from '../../migration/step.js';
import {readPassphrase} from '../export/passphrase.js';
import type {CopiedFile} from '../outcomes.js';
import {remoteFiles, type Picture} from '../run/remote-files.js';
import {watchWith} from '../servers/tries.js';

/** What a round needs of the world. */
export type RoundNeeds = 'clock' | 'files' | 'pods' | 'transfer';

/** Where a picture lies here. */
export const pictureHere = ({run}: Pick<StepContext, 'run'>, backend: string, name: string): string =>
	join(run.folder, 'data', `${name}-${backend}.ldif`);

const isEncrypted = ({answers}: Pick<StepContext, 'answers'>): boolean => answers.encryption === 'passphrase';

/** An export that an earlier try began shows a moment before this one: its end is waited for, and it is thrown away. */
const settle = async (context: StepContext<RoundNeeds>, server: DirectoryServer, log: string): Promise<void> => {
	const {clock} = context.world;
	for (;;) {
		const {state} = await throughOutages(async () => lookAtJob({server, log}), {clock, signal: context.signal});
		if (state !== 'running') {
			return;
		}

		await clock.sleep(500, context.signal);
	}
};

/**
What a server holds of a backend now, here as a file: exported after this was called, copied, digested while it streams,
and taken off the volume again.
*/
export const takePicture = async (
	context: StepContext<RoundNeeds>,
	server: DirectoryServer,
	{backend, picture, name}: {readonly backend: string; readonly picture: Picture; readonly name: string},
	reporter: Reporter,
): Promise<CopiedFile> => {
	const {clock, files, pods, transfer} = context.world;
	const remote = remoteFiles(context.run.id);
	const remotePath = remote.pictureOf(picture, backend);
	const log = remote.logOf(picture, backend);
	const path = pictureHere(context, backend, name);
	const encryption: Encryption = isEncrypted(context)
		? {kind: 'passphrase', remoteFile: remote.passphrase}
		: {kind: 'none'};
	await settle(context, server, log);
	if (encryption.kind === 'passphrase') {
		await putSecret(pods, server.target, remote.passphrase, await readPassphrase(context));
	}

	await exportBackend(
		server,
		clock,
		{backend, file: remotePath, log, encryption, abilities: await exportAbilities(server)},
		{isFresh: true, onEntries: watchWith(reporter, `Exporting ${backend} of ${server.target.pod}`).onEntries},
	);
	await files.remove(path);
	const digest = isEncrypted(context) ? undefined : createDigest();
	const {bytes, sha256} = await transfer.copyOut({
		target: server.target,
		remotePath,
		localPath: path,
		signal: context.signal,
		...(digest && {
			onBytes(piece: Uint8Array) {
				digest.write(piece);
			},
		}),
		onProgress({bytes: done, total}) {
			reporter.progress({what: `Copying ${backend} of ${server.target.pod}`, unit: 'bytes', done, total});
		},
	});
	const result = await digest?.end();
	await removeRemote(pods, server.target, context.run.id, [
		remotePath,
		...remote.logFilesOf(picture, backend),
		...(encryption.kind === 'passphrase' ? [remote.passphrase] : []),
	]);
	return {
		backend,
		path,
		bytes,
		sha256,
		digest: result?.digest ?? null,
		entries: result?.entries ?? null,
	};
};
