import {join} from 'node:path';
import type {DirectoryServer} from '../../directory/server.js';
import {changesBetween, countOf} from '../../ldif/changes.js';
import type {Evidence, Reporter, StepContext} from '../../migration/step.js';
import type {LastRoundNeeds} from '../last-round/needs.js';
import type {CopiedFile} from '../outcomes.js';
import {takePicture} from '../rounds/pictures.js';
import {countText} from '../run/words.js';
import {oldServer} from '../servers/old-server.js';

/** Where the changes are kept that are not applied. */
const changesFile = ({run}: Pick<StepContext, 'run'>, backend: string): string =>
	join(run.folder, `written-since-cut-over-${backend}.ldif`);

export const keepChanges = async (
	context: StepContext<LastRoundNeeds>,
	from: DirectoryServer,
	{pictures, isOldUp}: {readonly pictures: readonly CopiedFile[]; readonly isOldUp: boolean},
	reporter: Reporter,
): Promise<readonly Evidence[]> => {
	const {files} = context.world;
	const evidence: Evidence[] = [];
	for (const picture of pictures) {
		const {backend} = picture;
		const wanted = await takePicture(context, from, {backend, picture: 'round', name: 'back-new'}, reporter);
		const held = isOldUp
			? await takePicture(context, oldServer(context), {backend, picture: 'held', name: 'back-old'}, reporter)
			: picture;
		const path = changesFile(context, backend);
		const sink = await files.begin(path);
		const changes = await changesBetween(
			() => files.stream(held.path),
			() => files.stream(wanted.path),
			{onText: sink.write},
		);
		await sink.close();
		await files.shred(wanted.path);
		if (isOldUp) {
			await files.shred(held.path);
		}

		const written = await files.stat(path);
		evidence.push({
			label: `written to ${backend} since the cut-over`,
			value:
				`${countText(changes.added, 'entry', 'entries')} added, ${changes.removed} removed, ` +
				`${changes.changed} changed; kept in ${path} (user data, mode 0600), not applied`,
			holds: written !== undefined && (countOf(changes) === 0 || written.bytes > 0),
		});
	}

	return evidence;
};
