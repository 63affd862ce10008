import type {World} from './world.js';

const list = String.raw`for process in /proc/[0-9]*; do test -r "$process/cmdline" && tr '\0' ' ' <"$process/cmdline" && echo; done; echo '# end'`;

/** What a run starts in a pod: none of it may outlive the run. */
const started =
	/^(?:\S*\/)?(?:dd|gzip|sha256sum|tar|cat|timeout|export-ldif|import-ldif|manage-tasks|manage-profile|ldapsearch) /v;

/**
Command lines of processes in a pod that the program started and that still run. Throws where the list is not whole.
*/
export const leftRunning = async (world: World, pod: string): Promise<readonly string[]> => {
	const {stdout, stderr} = await world.exec(pod, ['sh', '-c', list]);
	if (!stdout.endsWith('# end\n')) {
		throw new Error(`the processes of ${pod} were not listed whole: ${stderr}`);
	}

	return stdout.split('\n').filter(line => started.test(line));
};
