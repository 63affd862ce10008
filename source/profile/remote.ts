import type {PodShell, PodTarget} from '../migration/world.js';

/** Where a run makes its files of a profile in the pod: in /tmp, which is gone with the container. */
export const remoteFolder = (run: string): string => `/tmp/unroot-${run}`;

const clear = 'rm -rf "$1"; if [ -e "$1" ]; then echo "left $1"; fi; echo looked';

/** Removes them. */
export const clearRemote = async (pods: PodShell, target: PodTarget, run: string): Promise<void> => {
	await pods.script(target, clear, [remoteFolder(run)], {removes: [remoteFolder(run)]});
};
