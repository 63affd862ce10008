import type {Failure} from '../../failure/failure.js';
import type {CommandResult, PodTarget} from '../../migration/world.js';
import {execArgv, type Connection} from '../connection.js';
import {execFailure} from '../failures/exec-failure.js';
import {spawnKubectl, type KubectlProcess} from '../kubectl/process.js';

/** Starts a command in a container and hands back its streams. All that the transfer needs of a cluster. */
export type Exec = (
	target: PodTarget,
	argv: readonly string[],
	options: {
		readonly stdin: 'pipe' | 'ignore';
		readonly signal?: AbortSignal;
	},
) => Promise<KubectlProcess>;

/** Starts commands by `kubectl exec`. */
export const kubectlExec =
	(connection: Connection): Exec =>
	async (target, argv, options) =>
		spawnKubectl(connection, execArgv(target, argv, options.stdin === 'pipe'), options);

/** A Failure for what kubectl said when a command could not be run. */
export type Explain = (target: PodTarget, result: CommandResult) => Failure;

/** Reads kubectl's words. */
export const explainKubectl =
	(connection: Connection): Explain =>
	(target, result) =>
		execFailure(connection, target, ['exec', target.pod], result);

/**
The words that run a constant script in a container. What the script starts carries the mark in its environment.
*/
export const scriptArgv = (mark: string, script: string, parameters: readonly string[]): readonly string[] => [
	'env',
	'LC_ALL=C',
	`UNROOT_COPY=${mark}`,
	'sh',
	'-c',
	script,
	'unroot-copy',
	...parameters,
];
