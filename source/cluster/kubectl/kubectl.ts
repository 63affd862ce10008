import {randomUUID} from 'node:crypto';
import {mkdir, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {JsonObject} from '../../migration/json.js';
import type {CommandResult, Kind, Kubectl, KubernetesObject} from '../../migration/world.js';
import {isDone, kubectlByHand, type Connection} from '../connection.js';
import {serverFailure} from '../failures/server-failure.js';
import {conflictFailure, conflictsIn, fieldManager} from './conflict.js';
import {plainDiff} from './diff-text.js';
import {runKubectl} from './process.js';

/** No write takes longer, on a cluster that is well. */
const timeoutSeconds = 120;

/** The status of `kubectl diff` where something differs. Higher ones are failures. */
const differs = 1;

/** A patch that the API server takes only while the object has this version. */
const onlyAt = (change: JsonObject, resourceVersion: string): JsonObject => ({
	...change,
	metadata: {...(change.metadata as JsonObject | undefined), resourceVersion},
});

/** One JSON document after the other. A v1 List would have kubectl look for a way to validate the list itself. */
const asDocuments = (objects: readonly KubernetesObject[]): string =>
	objects.map(object => `${JSON.stringify(object)}\n`).join('');

const serverSide = (force: boolean): readonly string[] => [
	'--server-side',
	'--field-manager',
	fieldManager,
	...(force ? ['--force-conflicts'] : []),
	'-f',
	'-',
];

/**
Writes to the cluster through kubectl. Objects and patches go through standard input or a file that only this user may
read, never through arguments.
*/
export const createKubectl = (connection: Connection): Kubectl => {
	const failureOf = (argv: readonly string[], result: CommandResult): Error => {
		const conflicts = conflictsIn(result.stderr);
		return conflicts.length > 0
			? conflictFailure(connection, argv, conflicts)
			: serverFailure(connection, argv, result);
	};

	/** Runs it; where the fields in conflict are this program's own, of an earlier patch, they are taken. */
	const withObjects = async (
		command: readonly string[],
		objects: readonly KubernetesObject[],
		force: boolean,
		isGood: (result: CommandResult) => boolean,
	): Promise<CommandResult> => {
		const argv = [...command, ...serverSide(force)];
		const result = await runKubectl(connection, argv, {input: asDocuments(objects), timeoutSeconds});
		if (isGood(result)) {
			return result;
		}

		const conflicts = conflictsIn(result.stderr);
		if (!force && conflicts.length > 0 && conflicts.every(({manager}) => manager === fieldManager)) {
			return withObjects(command, objects, true, isGood);
		}

		throw failureOf(argv, result);
	};

	const patch = async (kind: Kind, name: string, change: JsonObject, resourceVersion: string): Promise<void> => {
		// kubectl cannot open its standard input by name where that is a socket, as it is here.
		const file = join(connection.cacheFolder, `patch-${randomUUID()}.json`);
		const argv = [
			'patch',
			kind.toLowerCase(),
			name,
			'--type',
			'merge',
			'--field-manager',
			fieldManager,
			'--patch-file',
			file,
		];
		await mkdir(connection.cacheFolder, {recursive: true, mode: 0o700});
		try {
			await writeFile(file, JSON.stringify(onlyAt(change, resourceVersion)), {mode: 0o600, flag: 'wx'});
			const result = await runKubectl(connection, argv, {timeoutSeconds});
			if (!isDone(result)) {
				throw failureOf(argv, result);
			}
		} finally {
			await rm(file, {force: true});
		}
	};

	let known: string | undefined;
	return {
		async clientVersion() {
			if (known) {
				return known;
			}

			const argv = ['version', '--client', '--output', 'json'];
			const result = await runKubectl(connection, argv, {timeoutSeconds});
			const version = isDone(result)
				? /"gitVersion":\s*"(?<version>[^"]+)"/v.exec(result.stdout)?.groups?.version
				: undefined;
			if (!version) {
				throw failureOf(argv, result);
			}

			known = version;
			return version;
		},
		async diff(objects, {force = false} = {}) {
			if (objects.length === 0) {
				return '';
			}

			const result = await withObjects(
				['diff'],
				objects,
				force,
				({exitCode, stdout}) => exitCode === 0 || (exitCode === differs && stdout !== ''),
			);
			return plainDiff(result.stdout);
		},
		async dryRun(objects, {force = false} = {}) {
			if (objects.length > 0) {
				await withObjects(['apply', '--dry-run=server'], objects, force, isDone);
			}
		},
		async apply(objects, {force = false} = {}) {
			if (objects.length > 0) {
				await withObjects(['apply'], objects, force, isDone);
			}
		},
		mergePatch: patch,
		byHand: (...argv) => kubectlByHand(connection, argv),
	};
};
