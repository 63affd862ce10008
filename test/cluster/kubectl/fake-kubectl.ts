import {writeFile} from 'node:fs/promises';
import {delimiter, join} from 'node:path';
import {env} from 'node:process';
import {onTestFinished, vi} from 'vitest';
import type {Connection} from '../../../source/cluster/connection.js';
import {temporaryFolder} from '../temporary-folder.js';

/**
Puts a shell script in kubectl's place for one test, and gives a connection to run it with.
*/
export const withFakeKubectl = async (script: string): Promise<Connection> => {
	const folder = await temporaryFolder();
	await writeFile(join(folder, 'kubectl'), `#!/bin/sh\n${script}\n`, {mode: 0o755});
	vi.stubEnv('PATH', `${folder}${delimiter}${env.PATH ?? ''}`);
	onTestFinished(() => {
		vi.unstubAllEnvs();
	});
	return {
		kubeconfig: join(folder, 'kubeconfig'),
		context: 'test',
		namespace: 'identity',
		cacheFolder: join(folder, 'cache'),
	};
};

/** Part of a script: drops the arguments up to what is to be run in the container. */
export const untilCommand = 'while [ "$1" != -- ]; do shift; done; shift';
