import {workFolder} from '../../directory/volume.js';

/** A tool that leaves a log in the pod. */
type Logged = 'export' | 'import' | 'proof' | 'replication';

/** Every file that a run leaves in a pod, named in one place: what is written is what is removed. All paths are absolute. */
export const remoteFiles = (run: string) => {
	const folder = workFolder(run);
	const logOf = (tool: Logged, backend: string): string => `${folder}/${tool}-${backend}.log`;
	const logFilesOf = (tool: Logged, backend: string): readonly string[] => [
		logOf(tool, backend),
		`${logOf(tool, backend)}.exit`,
	];
	const ldifOf = (backend: string): string => `${folder}/${backend}.ldif`;
	const proofOf = (backend: string): string => `${folder}/proof-${backend}.ldif`;
	const rejectsOf = (backend: string): string => `${folder}/rejects-${backend}.ldif`;
	const passphrase = `${folder}/passphrase`;
	return {
		folder,
		/** The export, or its copy on the new volume. */
		ldifOf,
		/** What the new server exports again. */
		proofOf,
		rejectsOf,
		logOf,
		/** A tool's log, and the file that says how it ended. */
		logFilesOf,
		passphrase,
		/** All that may lie in a pod for the backends. */
		allOf: (backends: readonly string[]): readonly string[] => [
			...backends.flatMap(backend => [
				ldifOf(backend),
				proofOf(backend),
				rejectsOf(backend),
				...logFilesOf('export', backend),
				...logFilesOf('import', backend),
				...logFilesOf('proof', backend),
			]),
			passphrase,
		],
	};
};
