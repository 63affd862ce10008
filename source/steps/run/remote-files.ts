import {jobFiles} from '../../directory/detached.js';
import {workFolder} from '../../directory/volume.js';

/** A tool that leaves a log in the pod. */
type Logged = 'changes' | 'export' | 'held' | 'import' | 'proof' | 'replication' | 'round';

/**
What a side holds at a moment: `round` of the side that is carried from, `held` of the side that it is carried to.
*/
export type Picture = 'held' | 'round';

/**
Every file that a run leaves in a pod, named in one place: what is written is what is removed. All paths are absolute.
*/
export const remoteFiles = (run: string) => {
	const folder = workFolder(run);
	const logOf = (tool: Logged, backend: string): string => `${folder}/${tool}-${backend}.log`;
	const logFilesOf = (tool: Logged, backend: string): readonly string[] => jobFiles(logOf(tool, backend));
	const ldifOf = (backend: string): string => `${folder}/${backend}.ldif`;
	const proofOf = (backend: string): string => `${folder}/proof-${backend}.ldif`;
	const pictureOf = (picture: Picture, backend: string): string => `${folder}/${picture}-${backend}.ldif`;
	const changesOf = (backend: string): string => `${folder}/changes-${backend}.ldif`;
	const rejectsOf = (backend: string): string => `${folder}/rejects-${backend}.ldif`;
	const passphrase = `${folder}/passphrase`;
	return {
		folder,
		/** The export, or its copy on the new volume. */
		ldifOf,
		/** What the new server exports again. */
		proofOf,
		rejectsOf,
		/** What a side holds now, as a round looks at it. */
		pictureOf,
		/** What a round changes, on its way in. */
		changesOf,
		logOf,
		/** A tool's log, and what its process leaves beside it. */
		logFilesOf,
		passphrase,
		/** All that may lie in a pod for the backends. */
		allOf: (backends: readonly string[]): readonly string[] => [
			...backends.flatMap(backend => [
				ldifOf(backend),
				proofOf(backend),
				rejectsOf(backend),
				changesOf(backend),
				pictureOf('round', backend),
				pictureOf('held', backend),
				...logFilesOf('changes', backend),
				...logFilesOf('round', backend),
				...logFilesOf('held', backend),
				...logFilesOf('export', backend),
				...logFilesOf('import', backend),
				...logFilesOf('proof', backend),
			]),
			passphrase,
		],
	};
};
