import {spawnSync} from 'node:child_process';

/** Shells that are on this machine, as scripts for pods are run in; `sh` always is. */
export const shells = ['sh', 'dash', 'bash', 'busybox'].filter(
	program => spawnSync(program, ['true']).error === undefined,
);

/** The words after a shell's name with which it runs a script. */
export const scriptWords = (shell: string, script: string): readonly string[] => [
	...(shell === 'busybox' ? ['sh'] : []),
	'-c',
	script,
];
