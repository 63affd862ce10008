import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';

/** A folder for one test, removed when it is over. */
export const temporaryFolder = async (): Promise<string> => {
	const folder = await mkdtemp(join(tmpdir(), 'unroot-test-'));
	onTestFinished(async () => rm(folder, {recursive: true, force: true}));
	return folder;
};
