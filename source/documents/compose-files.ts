import {readFile, stat} from 'node:fs/promises';
import path from 'node:path';
import {envFilesOf, readEnvFile, type ComposeSurroundings} from '../ping/compose-environment.js';
import {mapOf} from '../ping/fields.js';
import {isCompose} from '../ping/findings/compose.js';
import type {SourceFile, Sources} from './index.js';

/** No file of variables is larger. */
const mostBytes = 1_000_000;

/** The variables of a file beside a Compose file; undefined where there is none that can be read. */
const variablesIn = async (file: string): Promise<Readonly<Record<string, string>> | undefined> => {
	try {
		const {size} = await stat(file);
		return size > mostBytes ? undefined : readEnvFile(await readFile(file, 'utf8'));
	} catch {
		return undefined;
	}
};

/** What lies beside each Compose file, and the env files that were not read. */
export type ComposeFiles = {
	readonly surroundings: ReadonlyMap<string, ComposeSurroundings>;
	readonly unread: Sources['skipped'];
};

/** Reads `.env` and the env files of the Compose files that were read, as Compose finds them: beside the file. */
export const readComposeFiles = async (files: readonly SourceFile[]): Promise<ComposeFiles> => {
	const surroundings = new Map<string, ComposeSurroundings>();
	const unread: Array<Sources['skipped'][number]> = [];
	for (const {file, documents} of files) {
		const composes = documents.filter(({value}) => isCompose(value));
		if (composes.length === 0 || file === 'standard input') {
			continue;
		}

		const folder = path.dirname(file);
		const named = composes.flatMap(({value}) =>
			Object.values(mapOf(mapOf(value).services)).flatMap(service => envFilesOf(service)),
		);
		const found = await Promise.all(
			[...new Set(named)].map(async name => [name, await variablesIn(path.resolve(folder, name))] as const),
		);
		surroundings.set(file, {
			variables: (await variablesIn(path.join(folder, '.env'))) ?? {},
			envFiles: Object.fromEntries(found.flatMap(([name, variables]) => (variables ? [[name, variables]] : []))),
		});
		unread.push(
			...found
				.filter(([, variables]) => !variables)
				.map(([name]) => ({file, why: `its env_file ${name} is not there or cannot be read`})),
		);
	}

	return {surroundings, unread};
};
