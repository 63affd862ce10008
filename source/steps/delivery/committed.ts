import {createHash} from 'node:crypto';
import {join} from 'node:path';
import {Failure} from '../../failure/failure.js';
import type {StepContext} from '../../migration/step.js';
import {runGit} from '../../profile/repository.js';
import type {ProfileTree} from '../../profile/tree.js';
import {outcomeIfAny} from '../outcomes.js';

/** The name that git gives the content of a file: SHA-1 or SHA-256, by the length of the names in the repository. */
const blobName = (bytes: Uint8Array, like: string): string =>
	createHash(like.length === 64 ? 'sha256' : 'sha1')
		.update(`blob ${bytes.byteLength}\0`)
		.update(bytes)
		.digest('hex');

const changed = (folder: string, path: string, commit: string): Failure =>
	new Failure({
		code: 'profile-changed',
		seen: `${join(folder, path)} is not what was committed as ${commit.slice(0, 12)}.`,
		means: 'The new server would be given, or compared with, another configuration than the one that is in git.',
		todo: 'Go back to the step «Server profile», so that it is committed as it is now; or put the file back.',
		byHand: `git show ${commit}:${path}`,
		exit: 'blocked',
		retryable: true,
	});

/**
The profile as it was committed, by paths below its root: the files of the run's folder, each checked against its name
in the commit. Undefined where the step was left out.
@throws Failure `profile-changed`
*/
export const committedProfile = async (context: StepContext<'files' | 'git'>): Promise<ProfileTree | undefined> => {
	const profile = outcomeIfAny(context, 'profile');
	if (!profile) {
		return undefined;
	}

	const {repository, commit, path: root} = profile;
	const folder = join(context.run.folder, 'profile');
	const listed = await runGit(context.world.git, repository, [
		'ls-tree',
		'-r',
		'-z',
		'--full-tree',
		commit,
		`${root}/`,
	]);
	const files = new Map<string, Uint8Array>();
	const lines = listed.split('\0').filter(Boolean);
	for (const line of lines) {
		const [facts = '', whole = ''] = line.split('\t', 2);
		const path = whole.slice(root.length + 1);
		const name = facts.split(' ', 3)[2] ?? '';
		const bytes = await context.world.files.readBytes(join(folder, path));
		if (!bytes || blobName(bytes, name) !== name) {
			throw changed(folder, path, commit);
		}

		files.set(path, bytes);
	}

	return files;
};
