/** Where the operator's own tools are found. */
export type ToolEnvironment = Readonly<Record<string, string | undefined>>;

/** How a tool of the operator's ended. */
export type ToolEnd = {
	readonly isThere: boolean;
	readonly isDone: boolean;
	/** It took longer than it may. */
	readonly isLate: boolean;
	readonly exitCode: number | undefined;
	readonly stdout: string;
	readonly stderr: string;
};

/**
Runs a tool of the operator's in a folder, with nothing on standard input, for so many seconds and 64 MB of output at
most. Its end is no failure here, however it ends.
*/
export const runOwnTool = async (
	program: string,
	argv: readonly string[],
	{folder, environment, seconds}: {folder: string; environment: ToolEnvironment; seconds: number},
): Promise<ToolEnd> => {
	const {execa} = await import('execa');
	const {code, exitCode, timedOut, stdout, stderr} = await execa(program, argv, {
		cwd: folder,
		env: environment,
		extendEnv: false,
		reject: false,
		stdin: 'ignore',
		timeout: seconds * 1000,
		forceKillAfterDelay: 2000,
		maxBuffer: 64_000_000,
	});
	return {
		isThere: code !== 'ENOENT' && code !== 'EACCES',
		isDone: exitCode === 0,
		isLate: timedOut,
		exitCode,
		stdout: stdout ?? '',
		stderr: stderr ?? '',
	};
};
